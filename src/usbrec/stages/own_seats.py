"""User-supplied seats: objects handed in or loaded, services over HTTP; all recorded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

from usbrec.config import Config
from usbrec.errors import ConfigError
from usbrec.items import Catalogue
from usbrec.llm import ChatModel, read_seat
from usbrec.llm.recorded import Recorder

# What takes a user's objects is imported where there are some.
if TYPE_CHECKING:
    from usbrec.judge.own import OwnJudge
    from usbrec.play.grounding.candidates import Grounding
    from usbrec.play.own.calls import CallQueue, OwnObject
    from usbrec.play.own.http import HttpRecommender
    from usbrec.play.own.recommender import Ask, OwnRecommender
    from usbrec.play.own.seeker import OwnSimulator

#: Settings of the seats by the names that callers may use.
SEATS = {"recommender": "recommender", "seeker": "simulator", "simulator": "simulator", "judge": "judge"}


def with_objects(config: Config, objects: Mapping[str, object] | None) -> Config:
    """The settings with ``object:TYPE`` or ``model:NAME`` in the seats that objects and models take, so that
    records say so. The keys of `objects` are recommender, simulator (or seeker) and judge.

    Raises ConfigError.
    """
    if not objects:
        return config
    from usbrec.play.own.calls import attribute, type_name

    named = {}
    for seat, thing in objects.items():
        if seat not in SEATS:
            raise ConfigError(f"objects: {seat} is no seat. There are: {', '.join(SEATS)}.")
        text = f"object:{type_name(thing)}"
        if _is_model(thing, text, seat):
            text = f"model:{attribute(thing, 'name', text, seat)}"
        named[SEATS[seat]] = text
    return config.with_(seats=named) if named else config


def models_given(config: Config, objects: Mapping[str, object] | None) -> dict[str, ChatModel]:
    """The objects that are language models, by their seats' texts."""
    return {
        text: thing
        for seat, thing in (objects or {}).items()
        if _is_model(thing, text := getattr(config.seats, SEATS[seat]), seat)
        and text == f"model:{thing.name}"
    }


def _is_model(thing: object, text: str, seat: str) -> TypeGuard[ChatModel]:
    """Whether an object is a language model; methods are looked for first, in one order.

    ``isinstance`` with a protocol asks for its members in the order of a set, so that which of an object's
    properties is asked, and may raise, would change from process to process.
    """
    from usbrec.play.own.calls import attribute

    return all(callable(attribute(thing, name, text, seat)) for name in ("chat", "choose", "aclose")) and (
        isinstance(thing, ChatModel)
    )


@dataclass(frozen=True)
class Unidentified:
    """An object that does not say what decides its answers: whose seat, and its type."""

    seat: str
    kind: str


class OwnSeats:
    """Everyone of the user's own in one run: who it is, what decides their answers, what to close.

    With `replayed`, nothing is loaded and nobody is asked. What `before` has loaded or connected to is taken
    over: whoever comes last closes it.
    """

    def __init__(
        self,
        config: Config,
        recorder: Recorder,
        objects: Mapping[str, object] | None,
        *,
        replayed: bool,
        before: OwnSeats | None = None,
    ) -> None:
        self._config = config
        self._recorder = recorder
        self._objects = {SEATS[seat]: thing for seat, thing in (objects or {}).items()}
        self._replayed = replayed
        self._loaded: dict[str, object] = {} if before is None else before._loaded
        self._queues: dict[int, CallQueue] = {} if before is None else before._queues
        self._connected: dict[str, HttpRecommender] = {} if before is None else before._connected
        self._services: list[OwnRecommender] = []
        self.identities: dict[str, Mapping[str, Any]] = {}
        self.unidentified: list[Unidentified] = []

    def recommender(
        self, text: str, catalogue: Catalogue | None, candidates: Grounding | None
    ) -> OwnRecommender:
        """Raises ConfigError."""
        from usbrec.play.own.recommender import OwnRecommender, object_reply

        seat = read_seat(text, self._config.servers)
        ask: Ask | None = None
        close: Callable[[], Awaitable[None]] | None = None
        identity: Mapping[str, Any] = {"backend": "replay", "model": text}
        if seat.kind == "http":
            from usbrec.play.own.http import HttpRecommender  # its HTTP client takes long to import

            if text not in self._connected:
                self._connected[text] = HttpRecommender(text, self._config.models)
            service = self._connected[text]
            ask, close, identity = service.ask, service.aclose, {"backend": "http"}
        elif not self._replayed:
            own = self._seated("recommender", "recommender", text, "reply")
            ask, identity = object_reply(own), own.identity
        self.identities[f"recommender {text}"] = identity
        marks = self._config.models.reasoning
        found = OwnRecommender(
            text, identity, ask, self._recorder, catalogue, candidates, close=close, marks=marks
        )
        self._services.append(found)
        return found

    def simulator(self, text: str) -> OwnSimulator:
        """Raises ConfigError."""
        from usbrec.play.own.seeker import OwnSimulator

        own = self._own("simulator", "seeker", text, "reply")
        models, play = self._config.models, self._config.play
        return OwnSimulator(text, own, self._recorder, play.rounds, models.reasoning)

    def judge(self, text: str) -> OwnJudge:
        """Raises ConfigError."""
        from usbrec.judge.own import OwnJudge

        own = self._own("judge", "judge", text, "score")
        return OwnJudge(text, own, self._recorder, self._config.play.rounds)

    async def aclose(self) -> None:
        for service in self._services:
            await service.aclose()
        for queue in self._queues.values():
            queue.close()

    def _own(self, setting: str, seat: str, text: str, method: str) -> OwnObject | None:
        if read_seat(text, self._config.servers).kind == "http":
            raise ConfigError(f"{text} cannot be the {seat}: only a recommender may be a service over HTTP.")
        if self._replayed:
            self.identities[f"{seat} {text}"] = {"backend": "replay", "model": text}
            return None
        own = self._seated(setting, seat, text, method)
        self.identities[f"{seat} {text}"] = own.identity
        return own

    def _seated(self, setting: str, seat: str, text: str, method: str) -> OwnObject:
        from usbrec.play.own.calls import CallQueue, OwnObject, attribute, type_name

        thing = self._thing(setting, seat, text)
        free = attribute(thing, "concurrent", text, seat) is True
        threads = self._config.models.workers(in_process=False) if free else 1
        queue = self._queues.setdefault(id(thing), CallQueue(threads))
        own = OwnObject.seated(thing, seat, text, method, queue)
        if not own.identified:
            self.unidentified.append(Unidentified(seat, type_name(thing)))
        return own

    def _thing(self, setting: str, seat: str, text: str) -> object:
        read = read_seat(text, self._config.servers)
        if read.kind == "object":
            if setting not in self._objects:
                raise ConfigError(
                    f"{text} in the {seat}'s seat was an object of a Python program. Run it from there, or "
                    "name the object as python:MODULE:THING."
                )
            return self._objects[setting]
        if text not in self._loaded:
            from usbrec.play.own.loading import load_object

            self._loaded[text] = load_object(read.kind, read.rest, text)
        return self._loaded[text]

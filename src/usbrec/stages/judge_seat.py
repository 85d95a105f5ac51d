"""The judge's seat alone: whoever rates dialogues that were had already, with nobody else seated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from usbrec.config import Config, settled
from usbrec.dialogue import RecordedDialogue, Sample, Score
from usbrec.errors import ConfigError
from usbrec.items.knowledge import Knowledge
from usbrec.journal import Journal
from usbrec.judge.aspects import ASPECTS, OWN, Aspect, AspectJudge
from usbrec.judge.model import ModelJudge
from usbrec.judge.own import OwnJudge
from usbrec.judge.rated_by_rules import RulesRater
from usbrec.judge.recorded import RecordedFacts
from usbrec.judge.trained.model import TrainedJudge
from usbrec.llm import ChatModel, ModelOpener, RecordedModel, Unreachable, model_name, read_seat
from usbrec.llm.recorded import Recorder
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts
from usbrec.stages.own_seats import OwnSeats, models_given
from usbrec.stages.rules import RULES
from usbrec.stages.trained_seat import open_judge

#: What is said of judges that nobody asks for aspects.
_OTHERS = {"rules": "Rules give facts alone.", "trained": "A trained judge gives those that it has learnt."}


@dataclass(frozen=True)
class JudgeSeat:
    """Who rates: a model by aspects, a trained judge, an object of the user's own, rules, or nobody (`rules`
    is None: facts are read alone).

    `seated` and `judges` have the model and its judge by the seat's text, `workers`, `batch_size` and
    `restart_whole` say how the engine is to work with them.
    """

    seat: str
    model: AspectJudge | None
    own: OwnJudge | None
    seats: OwnSeats
    seated: Mapping[str, ChatModel]
    ours: bool
    workers: int
    batch_size: int = 1
    restart_whole: bool = False
    trained: TrainedJudge | None = None
    rules: RulesRater | None = None

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        if self.model is not None:
            return self.model.aspects
        if self.trained is not None:
            return tuple(aspect for name, aspect in ASPECTS.items() if name in self.trained.tops)
        if self.rules is not None:
            return tuple(ASPECTS[name] for name in self.rules.aspects)
        return () if self.own is None else (OWN,)

    @property
    def judges(self) -> Mapping[str, ModelJudge]:
        return {} if self.model is None else {self.seat: self.model.base}

    @property
    def identities(self) -> Mapping[str, Mapping[str, object]]:
        models = {seat: dict(model.identity) for seat, model in self.seated.items()}
        if self.trained is not None:
            models[f"judge {self.seat}"] = dict(self.trained.identity)
        return models | {seat: dict(identity) for seat, identity in self.seats.identities.items()}

    async def judged_by_own(
        self, own: OwnJudge, dialogue: RecordedDialogue, knowledge: Knowledge | None, seed: int
    ) -> Score:
        """What an object of the user's own says of the whole dialogue; it is told the targets that are known.
        Raises ModelError."""
        targets = None
        if dialogue.targets:
            sample = Sample(dialogue.id, dialogue.id, dialogue.turns, dialogue.targets)
            targets = Targets.of(sample, knowledge)
        return await own.judge((), dialogue.turns, targets, None, seed)

    async def aclose(self) -> None:
        if self.ours:
            for model in self.seated.values():
                await model.aclose()
        await self.seats.aclose()


def aspects_named(names: str | tuple[str, ...] | list[str] | None) -> tuple[Aspect, ...] | None:
    """The aspects of these names (a text has commas between them), in their own order; None of None. Raises
    ConfigError."""
    if names is None:
        return None
    listed = [name.strip() for name in (names.split(",") if isinstance(names, str) else names)]
    known = ", ".join(ASPECTS)
    for name in listed:
        if name not in ASPECTS:
            raise ConfigError(f"--aspects: no aspect is called {name!r}. There are: {known}.")
    if not listed:
        raise ConfigError(f"--aspects: none is named. There are: {known}.")
    return tuple(aspect for aspect in ASPECTS.values() if aspect.name in listed)


def seat_judge(
    config: Config,
    prompts: Prompts,
    aspects: tuple[Aspect, ...] | None,
    journal: Journal,
    *,
    replay: Journal | None = None,
    objects: Mapping[str, object] | None = None,
    rules_rate: RecordedFacts | None = None,
) -> JudgeSeat:
    """Seat the judge of `config`, with resolved settings; by default a model is asked all aspects. Rules rate
    by `rules_rate`, where that is there, and else nothing.

    Calls are recorded in `journal`; with `replay`, that one answers alone. Raises ConfigError.
    """
    text, servers, judging = config.seats.judge, config.servers, config.judging
    seat = read_seat(text, servers)
    own_seats = OwnSeats(config, Recorder(journal, replay=replay), objects, replayed=replay is not None)
    most = settled(config.models.concurrency, "models.concurrency")
    if aspects is not None and not seat.is_model:
        raise ConfigError(
            f"--aspects are questions to a language model, and --judge {text} is none. "
            + _OTHERS.get(seat.kind, "A judge of your own gives one score.")
        )
    if text == RULES:
        rater = None if rules_rate is None else RulesRater(rules_rate)
        return JudgeSeat(text, None, None, own_seats, {}, True, most, rules=rater)
    if seat.kind == "trained":
        return JudgeSeat(text, None, None, own_seats, {}, True, most, trained=open_judge(text))
    if seat.is_own:
        return JudgeSeat(text, None, own_seats.judge(text), own_seats, {}, True, most)
    if not seat.is_model:
        raise ConfigError(
            f"--judge {text} judges what is played. Of recorded dialogues --judge rules reads facts."
        )
    given = models_given(config, objects)
    opened: ChatModel
    if replay is not None:
        opened = Unreachable(model_name(text, servers))
    else:
        opened = given[text] if text in given else ModelOpener(config.models, servers).open(text)
    model = RecordedModel(opened, journal, replay=replay)
    base = ModelJudge(model, prompts, judging.temperature, judging.votes, judging.mass_floor)
    server = servers.get(seat.server)
    if model.parallel and server is not None and "concurrency" not in config.models.model_fields_set:
        most = max(most, server.concurrency or 0)
    batched = replay is None and not model.parallel and seat.kind == "hf"
    return JudgeSeat(
        seat=text,
        model=AspectJudge(base, tuple(ASPECTS.values()) if aspects is None else aspects),
        own=None,
        seats=own_seats,
        seated={text: model},
        ours=text not in given,
        workers=most,
        batch_size=config.models.batch if batched else 1,
        restart_whole=not model.parallel and replay is None,
    )

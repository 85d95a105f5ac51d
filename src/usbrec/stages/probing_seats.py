"""Seat probes: what the models of seats support, for `usbrec models probe` and before a run's first row."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from usbrec.config import Config, Server
from usbrec.dialogue import Conversation, RecordedDialogue, Sample, Turn
from usbrec.engine import Progress, Silent, step
from usbrec.errors import ConfigError, ModelError, ModelRefused
from usbrec.event_loop import run as run_coroutine
from usbrec.journal import Journal, UnitRecord
from usbrec.llm import ChatModel, model_name, open_model, read_seat
from usbrec.llm.probing import Finding, Needs, Probe, probe_briefly, probe_model
from usbrec.llm.probing.asking import CLOSED_ALONE, Asker, ModelAsker
from usbrec.llm.probing.conversation import SYSTEM_ROLE
from usbrec.llm.probing.sampling import COPIES
from usbrec.llm.recorded import Recorder
from usbrec.llm.separated import SeparatedModel
from usbrec.stages.own_seats import OwnSeats

if TYPE_CHECKING:
    from usbrec.llm.openai.asking import ServerAsker

_log = logging.getLogger(__name__)

Dialogues: TypeAlias = "Sequence[Sample] | Sequence[RecordedDialogue]"


class HasModels(Protocol):
    """Whoever has models in seats, by the seats' texts."""

    @property
    def seated(self) -> Mapping[str, ChatModel]: ...


#: The unit that holds what was found of the servers' models.
UNIT = "probe of servers"
#: A probe is there to find faults: what fails is tried once more and no oftener.
_RETRIES = 1
#: Letters that instructions, profile and one shown candidate may have in a prompt, and one said turn.
_INSTRUCTIONS, _CANDIDATE, _SAID = 4000, 150, 300

_OWN = Conversation((Turn("seeker", "Hello! I am looking for something quiet to begin with."),))


def probe_seat(seat: str, config: Config | None = None) -> Probe:
    """Try what the model of a seat, written as on the command line, supports.

    Nothing is found of a seat without a model. Raises ConfigError or InputError for a seat that cannot be
    opened, ModelRefused where its model cannot be reached or refuses everything.
    """
    config = config or Config()
    read = read_seat(seat, config.servers)
    if read.kind in ("object", "model"):
        raise ConfigError(f"{seat} was an object of a Python program and cannot be probed from here.")
    if read.is_own:
        return run_coroutine(_probe_own(seat, config))
    if not read.is_model:
        told = "no language model sits here: it goes by rules, so there is nothing to probe."
        return Probe(seat, seat, (), told=f"{seat}: {told}")
    return run_coroutine(_probe(seat, config))


async def _probe(seat: str, config: Config) -> Probe:
    read, recorded = read_seat(seat, config.servers), model_name(seat, config.servers)
    retries = min(_RETRIES, config.models.max_retries)
    servers = {
        name: server
        if server.max_retries is None
        else server.with_(max_retries=min(_RETRIES, server.max_retries))
        for name, server in config.servers.items()
    }
    model = open_model(seat, config.models.with_(max_retries=retries), servers)
    asker: Asker = server_asker(model, config) or ModelAsker(model)
    try:
        return await probe_model(
            asker, seat=seat, name=read.rest, model=recorded, context=config.models.context
        )
    except ModelError as error:
        if asker.is_server:
            raise ModelRefused(f"{seat} could not be probed: {error}") from None
        return Probe(seat, recorded, (Finding("model", "no", str(error), "It cannot answer in a seat"),), 1)
    finally:
        await model.aclose()


def _impatient(server: Server) -> Server:
    tries = server.max_retries
    return server if tries is None else server.with_(max_retries=min(_RETRIES, tries))


def server_asker(model: ChatModel, config: Config) -> ServerAsker | None:
    """Who asks the server of `model`, whatever stands around that; None where it is on no server."""
    inner: Any = model
    while (deeper := getattr(inner, "inner", None)) is not None:
        inner = deeper
    if dict(getattr(inner, "identity", None) or {}).get("backend") != "openai":
        return None
    # The SDK takes a second to import, and only a server's model has imported it already.
    from usbrec.llm.openai.asking import ServerAsker
    from usbrec.llm.openai.client import OpenAIModel

    if not isinstance(inner, OpenAIModel):
        return None
    server = config.servers.get(inner.server)
    return ServerAsker(inner, (server and server.reasoning) or config.models.reasoning)


async def _probe_own(seat: str, config: Config) -> Probe:
    """A recommender of the user's own, asked for one reply."""
    own = OwnSeats(config, Recorder(None), None, replayed=False)
    started = time.monotonic()
    try:
        recommender = own.recommender(seat, None, None)
        assert recommender.ask is not None, "only a replay asks nobody"
        reply = await recommender.ask(_OWN)
    except ModelError as error:
        raise ModelRefused(f"{seat} could not be probed: {error}") from None
    finally:
        await own.aclose()
    seconds = time.monotonic() - started
    findings = [Finding("recommender", "yes", f"it answers, in {seconds:.1f} s: {reply.text[:60]!r}")]
    if reply.items is None:
        seen = "it does not say which items it recommends"
        findings.append(
            Finding("items", "no", seen, "Items are those that its texts name, as they are linked")
        )
    else:
        findings.append(Finding("items", "yes", f"it says which items it recommends ({len(reply.items)})"))
    told = f"{seat}: no language model of ours, so that nothing else is to be probed."
    return Probe(seat, seat, tuple(findings), 1, round(seconds, 3), told)


async def probe_servers(
    participants: HasModels,
    samples: Dialogues,
    config: Config,
    journal: Journal | None,
    before: Sequence[Journal] = (),
    progress: Progress | None = None,
) -> Mapping[str, Any]:
    """Find out what the servers' models in the seats support that matters for this run; by seat, as JSON.

    What will be wrong is logged, a line each. What `journal` holds, or one of those `before` it that answer
    in place of models, is not asked again. Raises ModelRefused where a server refuses everything.
    """
    found = _recorded(journal)
    if found is None:
        found = {seat: told for one in reversed(before) for seat, told in (_recorded(one) or {}).items()}
        found = {seat: told for seat, told in found.items() if seat in participants.seated}
        for seat, model in participants.seated.items():
            asker = None if seat in found else server_asker(model, config)
            if asker is None:
                continue
            with step(progress or Silent(), f"trying out {seat}"):
                probe = await _briefly(asker, seat, samples, config)
            if probe is not None:
                found[seat] = probe.to_json()
                _tell(probe, asker)
        if found and journal is not None:
            found = dict(journal.record_unit(UnitRecord(UNIT, found, None)).record or found)
    for seat, told in found.items():
        _heed(participants.seated.get(seat), told, config)
    return found


def _recorded(journal: Journal | None) -> dict[str, Any] | None:
    unit = None if journal is None else journal.unit(UNIT)
    return None if unit is None or unit.record is None else dict(unit.record)


def _tell(probe: Probe, asker: Asker) -> None:
    for finding in probe.wrong:
        # Of a refused system message the model itself has told.
        if finding.name != SYSTEM_ROLE or not asker.merges_system:
            _log.warning("%s: %s", probe.seat, finding.line)


async def _briefly(asker: Asker, seat: str, samples: Dialogues, config: Config) -> Probe | None:
    try:
        return await probe_briefly(asker, _needs(seat, samples, config), seat=seat, model=seat)
    except ModelError:
        # A row that meets this says so in its own words.
        return None


def _needs(seat: str, samples: Dialogues, config: Config) -> Needs:
    """What the run needs of a seat's model: judges are told all they are told in one message."""
    play, seats = config.play, config.seats
    speaks = seat in (seats.recommender, seats.simulator, config.search.simulator)
    longest = max((sum(len(turn.text) for turn in sample.turns) for sample in samples), default=0)
    letters = _INSTRUCTIONS + longest + play.candidates * _CANDIDATE + play.rounds * 2 * _SAID
    return Needs(system=speaks, letters=letters)


def _heed(model: ChatModel | None, found: Mapping[str, Any], config: Config) -> None:
    """Have a server whose `n` gives copies be asked one by one, and a model whose thoughts end with a closing
    mark alone be known for it."""
    if any(one["name"] == "reasoning" and CLOSED_ALONE in one["observed"] for one in found["findings"]):
        around: Any = model
        while around is not None:
            if isinstance(around, SeparatedModel):
                around.expect_closing_marks()
            around = getattr(around, "inner", None)
    copies = any(one["name"] == "n" and COPIES in one["observed"] for one in found["findings"])
    if model is None or not copies:
        return
    if (asker := server_asker(model, config)) is not None:
        asker.ask_one_by_one()

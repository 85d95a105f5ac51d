"""Export of what users said, as samples and as preference pairs: the next training's data.

A sample is a point of a conversation where the seeker took an item: the turns before the reply that named
it, the item as target, the reply as label. Only what was accepted counts, or, in a session in which nothing
was, what was liked.

A pair is two replies to the very same turns in one session, one liked or accepted and the other disliked
(`from`: same_turns). Where a reply was disliked and a later one of the same session was accepted, the later
one is what should have been said (`from`: hindsight): the seeker's wish is the same, the words since then
are not, so whoever is strict leaves these out. An opinion holds until the opposite one of the same item is
heard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from usbrec.data import write_samples
from usbrec.dialogue import PreferencePair, Sample
from usbrec.errors import InputError
from usbrec.llm.protocol import Message
from usbrec.play.seats import messages_for
from usbrec.prompts import Prompts
from usbrec.serve.storage.store import Exchange, Kind, Session, Store
from usbrec.stages.run_folder import write_jsonl


def samples_of(session: Session) -> list[Sample]:
    """The points of a session where an item was taken."""
    kinds: tuple[Kind, ...] = ("accepted", "liked")
    for kind in kinds:
        found = []
        for turn, exchange in session.exchanges.items():
            targets = _targets(session, turn, exchange, kind)
            if targets and exchange.turns and exchange.turns[-1].role == "seeker":
                found.append(
                    Sample(
                        f"{session.id}:{turn}",
                        session.id,
                        exchange.turns,
                        targets,
                        label=exchange.reply,
                        source="served",
                    )
                )
        if found:
            return found
    return []


def pairs_of(session: Session) -> list[PreferencePair]:
    """What was liked over what was not."""
    good = {turn for turn in session.exchanges if _feedback(session, turn) > 0}
    bad = {turn for turn in session.exchanges if _feedback(session, turn) < 0}
    pairs = []
    for turn in sorted(bad):
        rejected = session.exchanges[turn]
        for other in sorted(good):
            chosen = session.exchanges[other]
            if chosen.reply == rejected.reply:
                continue
            if (chosen.system, chosen.turns) == (rejected.system, rejected.turns):
                pairs.append(_pair(session, turn, chosen, rejected, "same_turns"))
            elif (
                other > turn
                and chosen.turns[: len(rejected.turns)] == rejected.turns
                and _targets(session, other, chosen, "accepted")
            ):
                pairs.append(_pair(session, turn, chosen, rejected, "hindsight"))
    return pairs


def _feedback(session: Session, turn: int) -> int:
    """1 for a reply that was liked or accepted and nothing else, -1 for one disliked, 0 for the others."""
    kinds = {kind for kind, _ in _opinions(session, turn)}
    if not kinds or ("disliked" in kinds and len(kinds) > 1):
        return 0
    return -1 if "disliked" in kinds else 1


def _opinions(session: Session, turn: int) -> set[tuple[Kind, str | None]]:
    """What holds in the end, of a reply (None) and of its items: minds are changed, and fingers slip."""
    opinions: set[tuple[Kind, str | None]] = set()
    for one in session.feedback:
        if one.turn == turn:
            opposite: tuple[Kind, ...] = ("liked", "accepted") if one.kind == "disliked" else ("disliked",)
            opinions -= {(kind, one.item) for kind in opposite}
            opinions.add((one.kind, one.item))
    return opinions


def _targets(session: Session, turn: int, exchange: Exchange, kind: Kind) -> tuple[str, ...]:
    """The names of the items of a reply with this feedback; of all it names, where none is singled out."""
    marked = {item for held, item in _opinions(session, turn) if held == kind}
    named = {str(item["id"]): _name(item) for item in exchange.items}
    chosen = named if None in marked else {id_: name for id_, name in named.items() if id_ in marked}
    return tuple(dict.fromkeys(chosen.values()))


def _name(item: Mapping[str, Any]) -> str:
    return f"{item['title']} ({item['year']})" if item.get("year") is not None else str(item["title"])


def _pair(session: Session, turn: int, chosen: Exchange, rejected: Exchange, source: str) -> PreferencePair:
    prompt: Sequence[Message] = messages_for(
        "recommender", rejected.system, rejected.turns, opening=Prompts().render("opening")
    )
    return PreferencePair(
        f"{session.id}:{turn}",
        session.id,
        tuple(message.to_json() for message in prompt),
        chosen.reply,
        rejected.reply,
        {"source": "served", "from": source, "models": {"chosen": chosen.model, "rejected": rejected.model}},
    )


def _write_samples(sessions: Iterable[Session], folder: Path) -> list[Path]:
    samples = [sample for session in sessions for sample in samples_of(session)]
    if not samples:
        raise InputError("Nothing to export: in no conversation of this store an item was accepted or liked.")
    path = folder / "samples.jsonl"
    write_samples(path, samples)
    return [path]


def _write_pairs(sessions: Iterable[Session], folder: Path) -> list[Path]:
    pairs = [pair for session in sessions for pair in pairs_of(session)]
    if not pairs:
        raise InputError(
            "Nothing to export: no conversation of this store has a reply that was liked and one that was "
            "disliked."
        )
    return [write_jsonl(folder / "pairs.jsonl", [pair.to_json() for pair in pairs])]


#: What a store's conversations can be written as.
EXPORTS: Mapping[str, Callable[[Iterable[Session], Path], list[Path]]] = {
    "samples": _write_samples,
    "pairs": _write_pairs,
}


def export(store: str | Path, to: str, folder: str | Path | None = None) -> list[Path]:
    """Write a store's conversations as `samples` or `pairs`; returns the files written.

    They go into `folder`, by default one of their own beside the store (talks.db: talks-samples), because
    a file of that name beside it may be somebody's own. Raises InputError.
    """
    store = Path(store)
    opened = Store(store, must_exist=True)
    try:
        return EXPORTS[to](opened.sessions(), Path(folder or store.with_name(f"{store.stem}-{to}")))
    finally:
        opened.close()

"""Export of what users said, as samples and as preference pairs: the next training's data.

A sample is a point of a conversation where the seeker took an item: the turns before the reply that named
it, the item as target, the reply as label. Only what was purchased or accepted counts; in a session in which
nothing was, what was liked, and where nothing was that either, what was clicked.

A pair is two replies to the very same turns in one session, one liked, accepted or purchased and the other
disliked (`from`: same_turns): a click says nothing of a reply. Where a reply was disliked and a later one
of the same session was accepted, the later one is what should have been said (`from`: hindsight): the
seeker's wish is the same, the words since then are not, so whoever is strict leaves these out. An opinion
holds until the opposite one of the same item is heard.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usbrec.data import write_samples
from usbrec.dialogue import PreferencePair, Sample
from usbrec.errors import InputError
from usbrec.llm.protocol import Message
from usbrec.play.seats import messages_for
from usbrec.prompts import Prompts
from usbrec.serve.storage.store import KINDS, Exchange, Feedback, Kind, Session, Store
from usbrec.stages.run_folder import write_jsonl

#: Says of every export how much it wrote.
LOG = logging.getLogger("usbrec.export")
#: Feedback of who took an item.
_TAKEN: frozenset[Kind] = frozenset({"accepted", "purchased"})
#: What is taken back by feedback of each kind. A click is no opinion, and takes none back.
_OPPOSITE: Mapping[Kind, tuple[Kind, ...]] = {
    "disliked": ("liked", "accepted", "purchased", "clicked"),
    "liked": ("disliked",),
    "accepted": ("disliked",),
    "purchased": ("disliked",),
    "clicked": (),
}


def samples_of(session: Session) -> list[Sample]:
    """The points of a session where an item was taken."""
    for kinds in (_TAKEN, frozenset[Kind]({"liked"}), frozenset[Kind]({"clicked"})):
        found = []
        for turn, exchange in session.exchanges.items():
            targets = _targets(session, turn, exchange, kinds)
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
                and _targets(session, other, chosen, _TAKEN)
            ):
                pairs.append(_pair(session, turn, chosen, rejected, "hindsight"))
    return pairs


def _feedback(session: Session, turn: int) -> int:
    """1 for a reply that was liked, accepted or purchased and nothing else, -1 for one disliked, 0 for the
    others."""
    kinds = {kind for kind, _ in _opinions(session, turn)} - {"clicked"}
    if not kinds or ("disliked" in kinds and len(kinds) > 1):
        return 0
    return -1 if "disliked" in kinds else 1


def _opinions(session: Session, turn: int) -> set[tuple[Kind, str | None]]:
    """What holds in the end, of a reply (None) and of its items: minds are changed, and fingers slip."""
    opinions: set[tuple[Kind, str | None]] = set()
    for one in session.feedback:
        if _reply_meant(session, one) == turn:
            opinions -= {(kind, one.item) for kind in _OPPOSITE[one.kind]}
            opinions.add((one.kind, one.item))
    return opinions


def _reply_meant(session: Session, feedback: Feedback) -> int:
    """The reply that feedback is about: of an item that its own reply does not name, the last one before that
    does."""
    if feedback.item is None or _names(session.exchanges.get(feedback.turn), feedback.item):
        return feedback.turn
    before = [turn for turn in session.exchanges if turn < feedback.turn]
    return next(
        (turn for turn in sorted(before, reverse=True) if _names(session.exchanges[turn], feedback.item)),
        feedback.turn,
    )


def _names(exchange: Exchange | None, item_id: str) -> bool:
    return exchange is not None and any(str(item["id"]) == item_id for item in exchange.items)


def _targets(session: Session, turn: int, exchange: Exchange, kinds: frozenset[Kind]) -> tuple[str, ...]:
    """The names of the items of a reply with such feedback; of all it names, where none is singled out."""
    marked = {item for held, item in _opinions(session, turn) if held in kinds}
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


def _write_samples(sessions: Sequence[Session], folder: Path) -> list[Path]:
    samples = [sample for session in sessions for sample in samples_of(session)]
    if not samples:
        return []
    path = folder / "samples.jsonl"
    write_samples(path, samples)
    return [path]


def _write_pairs(sessions: Sequence[Session], folder: Path) -> list[Path]:
    pairs = [pair for session in sessions for pair in pairs_of(session)]
    return [write_jsonl(folder / "pairs.jsonl", [pair.to_json() for pair in pairs])] if pairs else []


#: What a store's conversations can be written as.
EXPORTS: Mapping[str, Callable[[Sequence[Session], Path], list[Path]]] = {
    "samples": _write_samples,
    "pairs": _write_pairs,
}
#: Why nothing can be written.
_WHY_NONE: Mapping[str, str] = {
    "samples": "in no conversation of this store an item was accepted or liked, purchased or clicked",
    "pairs": (
        "no conversation of this store has a reply that was liked, accepted or purchased and one that was "
        "disliked, to the same turns or with an item accepted later"
    ),
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What a store's conversations were written as: the `files`, and how many conversations, replies,
    feedback of each kind, samples and pairs there are, whichever of the two was asked for."""

    files: tuple[Path, ...]
    conversations: int
    replies: int
    feedback: Mapping[Kind, int]
    samples: int
    pairs: int

    def told(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.feedback.items() if count)
        stored = f"{_counted(self.conversations, 'conversation')} with {_counted(self.replies, 'reply')}"
        return (
            f"{stored} and "
            f"{sum(self.feedback.values())} feedback{f' ({kinds})' if kinds else ''}: "
            f"{_counted(self.samples, 'sample')}, {_counted(self.pairs, 'pair')}."
        )


def _counted(count: int, what: str) -> str:
    if count == 1:
        return f"1 {what}"
    return f"{count} {what.removesuffix('y')}ies" if what.endswith("y") else f"{count} {what}s"


def export(store: str | Path, to: str, folder: str | Path | None = None) -> Exported:
    """Write a store's conversations as `samples` or `pairs`; returns what was written, and counts.

    They go into `folder`, by default one of their own beside the store (talks.db: talks-samples), because
    a file of that name beside it may be somebody's own. Raises InputError, also where there is nothing to
    write, which says how much there is and why that gives nothing.
    """
    store = Path(store)
    opened = Store(store, must_exist=True)
    try:
        sessions = opened.sessions()
    finally:
        opened.close()
    feedback = Counter(one.kind for session in sessions for one in session.feedback)
    files = EXPORTS[to](sessions, Path(folder or store.with_name(f"{store.stem}-{to}")))
    written = Exported(
        tuple(files),
        len(sessions),
        sum(len(session.exchanges) for session in sessions),
        {kind: feedback[kind] for kind in KINDS},
        sum(len(samples_of(session)) for session in sessions),
        sum(len(pairs_of(session)) for session in sessions),
    )
    if not files:
        raise InputError(f"Nothing to export: {_WHY_NONE[to]}. {store}: {written.told()}")
    LOG.info("%s: %s", store, written.told())
    return written

"""Samples and dialogues gathered from a file's entries: ids checked, complaints raised at once, or told."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from usbrec.data.formats import FORMATS, Read, format_of, no_format
from usbrec.data.inspired_table import DialogueLines
from usbrec.data.odd_dialogues import MovedMessages, SharedIds, SilentMessages, WholeDialogues
from usbrec.data.opening import Entry, Opened
from usbrec.data.reading import FileMissing, show
from usbrec.data.utterances import REJECTED, UNNAMED, Transcript
from usbrec.dialogue import RecordedDialogue, Sample, Turn
from usbrec.errors import BadLines, InputError, InputWarning
from usbrec.long_lists import LongList

T = TypeVar("T", Sample, RecordedDialogue)
_LOOKED_AT = 20
#: What formats of whole dialogues call a dialogue's id.
_IDS = ("conversation_id", "conversation ID", "conv_id", "conversationId", "dialog_id", "dialogue_id", "id")
#: Said of a dialogue without words.
_SILENT = "nobody says anything in it"
_STRICT = "With --strict (in Python, strict=True) such a file is refused."


@dataclass(frozen=True)
class Gathered(Generic[T]):
    """What a file holds. `used` is how many entries gave something. `left_out` are the places that should
    give something and cannot be used, each with the reason; `without` counts, by reason, those that have
    nothing to give, as a data set may."""

    found: Sequence[T]
    format: str
    used: int
    left_out: tuple[str, ...]
    without: Mapping[str, int]


def recognised(opened: Opened, kind: str | None) -> tuple[str, Iterator[Entry]]:
    """The name of the file's format, and its entries; raises InputError where it is of none."""
    entries = opened.entries
    if kind is None:
        seen: list[Entry] = []
        unknown: tuple[str, Any] | None = None
        for entry in islice(entries, _LOOKED_AT):
            seen.append(entry)
            try:
                value = entry.value()
            except InputError:
                continue
            kind = format_of(value, opened.container)
            if kind is not None:
                break
            unknown = unknown or (entry.place, value)
        entries = chain(seen, entries)
        if kind is None and unknown is not None:
            raise no_format(unknown[1], _at(opened.where, unknown[0]))
    kind = kind or "own"  # nothing can be read: the reader lists the lines
    group, grouped = FORMATS[kind].group, FORMATS[kind].grouped
    return kind, entries if group is None or opened.container not in grouped else group(entries)


def gather_samples(
    opened: Opened,
    kind: str | None,
    *,
    strict: bool,
    mentions: bool = False,
    found: MutableSequence[Sample] | LongList[Sample] | None = None,
) -> Gathered[Sample]:
    """The samples of all entries, their ids all different, gathered in `found`; with `mentions`, what seekers
    turned down is a target as well, where the format tells it. Raises InputError and BadLines; the latter
    also where less than half of what should give samples can be used, or `strict` is set and some cannot."""

    def samples(read: Read) -> Iterable[Sample]:
        if isinstance(read, Sample):
            return (read,)
        if not isinstance(read, Transcript):
            return ()
        return read.mentions() if mentions else read.samples()

    name, entries = recognised(opened, kind)
    format_ = FORMATS[name]
    opens = format_.open_mentions if mentions and format_.open_mentions else format_.open
    reader = opens(opened.folder, format_.has_targets)
    gathered = _gather(opened, name, entries, reader, samples, found=found)
    if not gathered.found:
        raise _nothing(opened.where, gathered, format_.has_targets)
    _tell(opened.where, gathered, strict)
    return gathered


def gather_dialogues(opened: Opened, kind: str | None) -> Gathered[RecordedDialogue]:
    """The whole dialogues of all entries, likewise. A sample becomes its turns and its label; of the samples
    of one dialogue, those are left away that go on in another. Nothing is owed but words; a dialogue without
    any is left out."""
    clusters: dict[str, str] = {}

    def dialogues(read: Read) -> Iterator[RecordedDialogue]:
        if isinstance(read, Transcript) and (dialogue := read.dialogue()).turns:
            yield dialogue
        elif isinstance(read, RecordedDialogue):
            yield read
        elif isinstance(read, Sample):
            clusters[read.id] = read.dialogue_id
            label = () if read.label is None else (Turn("recommender", read.label),)
            yield RecordedDialogue(read.id, (*read.turns, *label), source=read.source, targets=read.targets)

    name, entries = recognised(opened, kind)
    if not FORMATS[name].has_dialogues:
        raise InputError(f"{opened.where}: {name} has tasks, and no dialogues; usbrec samples reads them")
    reader = FORMATS[name].open(opened.folder, False)
    found = _gather(opened, name, entries, reader, dialogues, owes_words=True)
    if not found.found:
        if all(one.endswith(_SILENT) for one in found.left_out):
            raise InputError(f"{opened.where}: no dialogue in it: nobody says anything")
        raise BadLines(opened.where, found.left_out, "No dialogue of it can be used.")
    return replace(found, found=_whole(found.found, clusters))


def _whole(
    dialogues: Sequence[RecordedDialogue], clusters: Mapping[str, str]
) -> tuple[RecordedDialogue, ...]:
    """Samples of one dialogue as the longest of them, with the targets of all; whatever does not go on in it
    stays for itself, under the sample's id."""
    of_cluster: dict[str, list[RecordedDialogue]] = {}
    for one in dialogues:
        of_cluster.setdefault(clusters.get(one.id, one.id), []).append(one)
    whole: list[RecordedDialogue] = []
    for cluster, cut in of_cluster.items():
        longest = max(cut, key=lambda one: len(one.turns))
        parts = sorted((one for one in cut if _begins(longest, one)), key=lambda one: len(one.turns))
        targets = tuple(dict.fromkeys(title for one in parts for title in one.targets))
        whole.append(replace(longest, id=cluster, targets=targets))
        whole += [one for one in cut if not _begins(longest, one)]
    return tuple(whole)


def _begins(whole: RecordedDialogue, part: RecordedDialogue) -> bool:
    """Whether a dialogue is the beginning of another one, its last turn perhaps cut or worded otherwise."""
    return whole.turns[: len(part.turns) - 1] == part.turns[:-1]


def _gather(
    opened: Opened,
    name: str,
    entries: Iterator[Entry],
    reader: Callable[[Any], Any],
    things: Callable[[Read], Iterable[T]],
    *,
    owes_words: bool = False,
    found: MutableSequence[T] | LongList[T] | None = None,
) -> Gathered[T]:
    found = [] if found is None else found
    problems: list[str] = []
    left_out: list[str] = []
    without: Counter[str] = Counter()
    #: Samples and dialogues, and transcripts, by their ids.
    first_seen: dict[str, str] = {}
    first_transcripts: dict[str, str] = {}
    place = None

    def check(seen: dict[str, str], thing_id: str, at: str) -> None:
        if thing_id in seen:
            raise InputError(f"id: {show(thing_id)} already stands on {seen[thing_id]}")
        seen[thing_id] = at

    used = 0
    silent, moved, shared, whole = SilentMessages(), MovedMessages(), SharedIds(), WholeDialogues()
    for entry in entries:
        place = entry.place
        before = len(found)
        try:
            value = moved.put_in_order(entry.value(), place)
            for read in reader(value):
                if (
                    isinstance(read, Transcript)
                    and read.id_made
                    and read.utterances
                    and read.id in first_transcripts
                ):
                    at = first_transcripts[read.id]
                    left_out.append(entry.about(f"the same dialogue stands already on {at}"))
                    continue
                if isinstance(read, Transcript):
                    silent.count(read, place)
                elif isinstance(read, Sample):
                    shared.count(read, place)
                    if name == "own":
                        whole.count(value, place)
                count = len(found)
                for thing in things(read):
                    check(first_seen, thing.id, place)
                    found.append(thing)
                if isinstance(read, Transcript) and (read.utterances or not read.id_made):
                    check(first_transcripts, read.id, place)
                if len(found) == count:
                    _leave_out(read, entry, left_out, without, owes_words=owes_words)
        except FileMissing as problem:
            raise InputError(f"{opened.where}: {problem}") from None
        except InputError as problem:
            problems.append(entry.complaint(problem) + _named(entry))
        used += len(found) > before
    if problems:
        raise BadLines(opened.where, problems)
    if place is None:
        raise InputError(f"{opened.where}: empty; expected {opened.owed}")
    silent.tell(opened.where)
    moved.tell(opened.where)
    shared.tell(opened.where)
    whole.tell(opened.where)
    return Gathered(found, name, used, tuple(left_out), dict(without))


def _named(entry: Entry) -> str:
    """Which dialogue an entry is, where it is one of a list, a table or a text."""
    try:
        value = entry.value()
    except InputError:
        return ""
    if isinstance(value, DialogueLines):
        return f"; dialogue {show(value.id)}"
    names = _IDS if isinstance(value, dict) and entry.within else ()
    found = next((value[name] for name in names if isinstance(value.get(name), str | int)), None)
    return "" if found is None else f"; dialogue {show(str(found)[:99])}"


def _leave_out(
    read: Read, entry: Entry, left_out: list[str], without: Counter[str], *, owes_words: bool
) -> None:
    if isinstance(read, str):
        left_out.append(entry.about(read))
    elif owes_words and isinstance(read, Transcript):
        left_out.append(entry.about(f"dialogue {show(read.id)}: {_SILENT}"))
    elif isinstance(read, Transcript) and read.unusable:
        left_out.append(entry.about(f"dialogue {show(read.id)}: {read.unusable}"))
    elif isinstance(read, Transcript):
        without[REJECTED if read.rejected else UNNAMED] += 1


def _nothing(where: str, found: Gathered[Sample], has_targets: bool) -> InputError:
    if not has_targets:
        return InputError(
            f"{where}: dialogues of {found.format} say nowhere what a seeker ended up with, so they give no "
            "samples. They can be scored as they are (usbrec score)."
        )
    if found.left_out:
        advice = "None of it can be used as samples. Dialogues can be scored as they are (usbrec score)."
        return BadLines(where, found.left_out, advice)
    why = "; ".join(f"{reason} ({count})" for reason, count in found.without.items()) or UNNAMED
    return InputError(f"{where}: no sample in it: {why}")


def _tell(where: str, found: Gathered[Sample], strict: bool) -> None:
    total = found.used + len(found.left_out)
    if not found.left_out:
        return
    if strict:
        raise BadLines(where, found.left_out, "Correct or remove these, or read the file without --strict.")
    if found.used < len(found.left_out):
        raise BadLines(
            where,
            found.left_out,
            f"Less than half of it can be used ({found.used} of {total}). Is this the file you meant, and do "
            "the files that belong to it lie beside it?",
        )
    warnings.warn(
        f"{where}: {len(found.left_out)} of {total} {FORMATS[found.format].noun} cannot be used and are left "
        f"out\n{BadLines.listed(found.left_out)}\n{_STRICT}",
        InputWarning,
        stacklevel=4,
    )


def _at(where: str, place: str) -> str:
    return f"{where}:{place.removeprefix('line ')}" if place.startswith("line ") else f"{where}, {place}"


def opened_rows(where: str, entries: list[Entry]) -> Opened:
    """Rows in memory as a file."""
    return Opened(where, "rows", iter(entries), owed="at least one")

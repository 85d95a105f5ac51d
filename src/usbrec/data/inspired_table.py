"""INSPIRED as its authors publish it: a table separated by tabs, an utterance a line, dialogue by dialogue.

    dialog_id  utt_id  speaker      text             ...  movies                 ...  fine_label
    d1         1       RECOMMENDER  Then Up for you  ...  Up (2009); Soul (2020) ...  accept_rating_good

(columns by their names, in any order; `case` is what its README calls `fine_label`.)

`movies` lists titles with years, separated by semicolons; `fine_label` says of the whole dialogue how the
seeker took the recommendation. `movie_dict` and its like hold the whole dialogue's titles on each line: they
are not read. A few words are linked as titles ("Mine is …" as Mine (2016)).
"""

from __future__ import annotations

import functools
import itertools
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.data.everyday_titles import is_meant
from usbrec.data.opening import Entry
from usbrec.data.reading import as_object, clean, show
from usbrec.data.utterances import Transcript, Utterance, bare_title
from usbrec.dialogue import Role
from usbrec.errors import InputError, InputWarning

_SEATS: Mapping[str, Role] = {"seeker": "seeker", "recommender": "recommender"}
#: What a line owes, and what tells the table from others.
_OWED = ("dialog_id", "speaker", "text")
_CASES = ("fine_label", "case")
#: How the authors' files write a quotation mark.
_MARK = "QUOTATION_MARK"

#: A line of the table: its place in the file, and its cells by column.
_Line = tuple[str, Mapping[str, str]]


@dataclass(frozen=True)
class DialogueLines:
    """The lines of one dialogue. `unusable` says what is wrong with a line that is part of none."""

    id: str
    lines: tuple[_Line, ...]
    unusable: str = ""


def is_header(header: Sequence[str]) -> bool:
    """Whether these are INSPIRED's columns."""
    return set(_OWED) <= {name.casefold() for name in header}


def dialogues_in(entries: Iterator[Entry]) -> Iterator[Entry]:
    """The lines of the table as dialogues; a line that cannot be used stays an entry of its own.

    Lines of a dialogue that come back after those of another belong to it where their `turn_id` goes on, else
    they are a second dialogue of that id. Lines that stand out of the order of their `turn_id` are put into
    it, which an InputWarning tells.
    """
    dialogues: dict[str, list[_Line]] = {}
    twice: list[Entry] = []
    last = second = ""
    for entry in entries:
        try:
            row = _checked(entry.value())
        except InputError as problem:
            yield Entry(entry.place, _raising(problem))
            continue
        found = clean(row["dialog_id"]).strip()
        lines = dialogues.setdefault(found, [])
        if found != last:
            second = ""
            if lines and not _goes_on(lines[-1][1], row):
                reason = f"dialog_id {show(found)} stood already on {lines[0][0]}, and this is no part of it"
                twice.append(Entry(entry.place, functools.partial(DialogueLines, found, (), reason)))
                second = found
        last = found
        if found != second:
            lines.append((entry.place, row))
    moved: list[str] = []
    for dialogue_id, lines in dialogues.items():
        ordered = _in_order(lines)
        if ordered is not lines:
            moved.append(dialogue_id)
        yield Entry(lines[0][0], functools.partial(DialogueLines, dialogue_id, tuple(ordered)))
    if moved:
        warnings.warn(
            f"the lines of {len(moved)} of {len(dialogues)} dialogues stand out of the order of their "
            f"turn_id, such as those of {show(moved[0])}; they are read in that order",
            InputWarning,
            stacklevel=2,
        )
    yield from twice


def _in_order(lines: list[_Line]) -> list[_Line]:
    """The lines by their `turn_id` and then, within a turn, `utt_id`; the same list where one of the two is
    their order, and where a line has no number of its turn."""
    turns, within = (_numbers(lines, name) for name in ("turn_id", "utt_id"))
    if turns is None or _rises(turns) or (within is not None and _rises(within)):
        return lines
    places = zip(turns, within or turns, range(len(lines)), strict=True)
    return [lines[at] for _, _, at in sorted(places)]


def _numbers(lines: list[_Line], column: str) -> list[int] | None:
    cells = [row.get(column, "").strip() for _, row in lines]
    return [int(cell) for cell in cells] if all(c.isdecimal() and len(c) < 10 for c in cells) else None


def _rises(numbers: list[int]) -> bool:
    return all(one <= other for one, other in itertools.pairwise(numbers))


def _checked(value: Any) -> Mapping[str, str]:
    """A line with what it owes; raises InputError naming the field."""
    row = {str(name).casefold(): _cell(cell) for name, cell in as_object(value, "row").items()}
    for name in _OWED:
        if name not in row:
            raise InputError(f"{name}: missing")
    if not clean(row["dialog_id"]).strip():
        raise InputError("dialog_id: empty")
    if row["speaker"].strip().casefold() not in _SEATS:
        raise InputError(
            f"speaker: expected SEEKER or RECOMMENDER, found {show(row['speaker'])}; "
            f"dialogue {show(row['dialog_id'])}"
        )
    return row


def _goes_on(before: Mapping[str, str], row: Mapping[str, str]) -> bool:
    numbers = [one.get("turn_id", "").strip() for one in (before, row)]
    return all(one.isdecimal() and len(one) < 10 for one in numbers) and int(numbers[0]) < int(numbers[1])


def _cell(value: Any) -> str:
    """A cell as text; frames hold numbers, too."""
    return "" if value is None else value if isinstance(value, str) else str(value)


def _raising(problem: InputError) -> Callable[[], Any]:
    def value() -> Any:
        raise problem

    return value


def transcript_of(dialogue: DialogueLines) -> Transcript:
    """The dialogue of lines that :func:`dialogues_in` has checked."""
    utterances = []
    for _, row in dialogue.lines:
        speaker = row["speaker"].strip().casefold()
        text = clean(row["text"]).replace(_MARK, '"')
        utterances.append(Utterance(_SEATS[speaker], text, _titles(row.get("movies") or "", text)))
    # Where the lines contradict each other, the last one has the last word.
    said = (row.get(name, "").strip() for name in _CASES for _, row in reversed(dialogue.lines))
    case = next(filter(None, said), "")
    return Transcript(
        dialogue.id,
        tuple(utterances),
        "inspired",
        system="human",
        dataset="inspired",
        labels={"case": clean(case)} if case else {},
        rejected=case.casefold().startswith("reject"),
    )


def _titles(cell: str, text: str) -> tuple[str, ...]:
    pieces: list[str] = []
    said = clean(text).casefold()
    for piece in map(clean, cell.split(";")):
        # "Steins;Gate" is one title where the text has it so.
        whole = f"{pieces[-1]};{piece}" if pieces else ""
        if whole and bare_title(whole.strip()).casefold() in said:
            pieces[-1] = whole
        else:
            pieces.append(piece)
    titles = (" ".join(title.split()) for title in pieces)
    return tuple(title for title in titles if title and is_meant(title, text))

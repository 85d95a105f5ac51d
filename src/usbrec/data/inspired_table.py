"""INSPIRED as its authors publish it: a table separated by tabs, an utterance a line, dialogue by dialogue.

    dialog_id  utt_id  speaker      text             ...  movies                 ...  fine_label
    d1         1       RECOMMENDER  Then Up for you  ...  Up (2009); Soul (2020) ...  accept_rating_good

(columns by their names, in any order; `case` is what its README calls `fine_label`.)

`movies` lists titles with years, separated by semicolons; `fine_label` says of the whole dialogue how the
seeker took the recommendation. `movie_dict` and its like hold the whole dialogue's titles on each line: they
are not read. A few words are linked as titles ("Mine is …" as Mine (2016)).
"""

from __future__ import annotations

import ast
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
_MOVIES = "movies"
#: Columns that no other log has.
_ITS_OWN = frozenset({"movies", "movie_dict", "fine_label", "coarse_label", "expert_label", "second_label"})
_UNFILLED = frozenset({"nan", "NaN", "<NA>"})
_NO_TITLES = f"the table has no column {_MOVIES}, which says what was recommended"
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


def is_line(value: Mapping[Any, Any]) -> bool:
    """Whether this is a line of INSPIRED's, and not of another log with the same three columns: it has others
    of the data set's, or one of its two speakers."""
    row = {name.casefold(): cell for name, cell in value.items() if isinstance(name, str)}
    if not is_header(tuple(row)):
        return False
    return bool(_ITS_OWN & row.keys()) or _cell(row["speaker"]).strip().casefold() in _SEATS


def dialogues_in(entries: Iterator[Entry]) -> Iterator[Entry]:
    """The lines of the table as dialogues; a line that cannot be used stays an entry of its own.

    Lines of a dialogue that come back after those of another belong to it where the numbers of all its lines
    (`turn_id` and `utt_id`) differ or its `turn_id` goes on, else they are a second dialogue of that id.
    Lines that stand out of the order of their numbers are put into it, and of a line that stands twice with
    all its cells one is read; both are told by an InputWarning.
    """
    dialogues: dict[str, list[list[_Line]]] = {}
    last = ""
    for entry in entries:
        try:
            value = entry.value()
            if not isinstance(value, dict):  # a whole dialogue in the other form, or nothing that can be read
                yield entry
                continue
            row = _checked(value)
        except InputError as problem:
            yield Entry(entry.place, _raising(problem))
            continue
        found = clean(row["dialog_id"]).strip()
        runs = dialogues.setdefault(found, [])
        if found != last or not runs:
            runs.append([])
        runs[-1].append((entry.place, row))
        last = found
    moved: list[str] = []
    repeated: list[str] = []
    twice: list[Entry] = []
    for dialogue_id, runs in dialogues.items():
        lines, others, again = _of_one(runs)
        repeated += again
        ordered = _in_order(lines)
        if ordered is not lines:
            moved.append(dialogue_id)
        yield Entry(lines[0][0], functools.partial(DialogueLines, dialogue_id, tuple(ordered)))
        reason = f"dialog_id {show(dialogue_id)} stood already on {lines[0][0]}, and this is no part of it"
        twice += [
            Entry(place, functools.partial(DialogueLines, dialogue_id, (), reason)) for place, _ in others
        ]
    if moved:
        _tell(
            f"the lines of {len(moved)} of {len(dialogues)} dialogues stand out of the order of their "
            f"turn_id or utt_id, such as those of {show(moved[0])}; they are read in that order"
        )
    if repeated:
        _tell(f"{len(repeated)} lines stand twice (the first: {repeated[0]}); each is read once")
    yield from twice


def _tell(what: str) -> None:
    warnings.warn(what, InputWarning, stacklevel=3)


def _of_one(runs: list[list[_Line]]) -> tuple[list[_Line], list[_Line], list[str]]:
    """Of the lines of one `dialog_id`, run by run: those of the dialogue, the first of each run of another
    one, and the places of those that stand twice with all their cells, where numbers tell the lines apart."""
    seen: set[tuple[str, ...]] = set()
    again: list[str] = []
    kept: list[_Line] = []
    for place, row in itertools.chain.from_iterable(runs):
        cells = tuple(row.values())
        if cells in seen:
            again.append(place)
        else:
            kept.append((place, row))
        seen.add(cells)
    places = _places(kept)
    if places is not None and len(set(places)) == len(places):
        return kept, [], again
    return (*_going_on(runs), [])


def _going_on(runs: list[list[_Line]]) -> tuple[list[_Line], list[_Line]]:
    """The first run and those whose `turn_id` goes on from it, and the first lines of the others."""
    lines, others = list(runs[0]), []
    for run in runs[1:]:
        if _goes_on(lines[-1][1], run[0][1]):
            lines += run
        else:
            others.append(run[0])
    return lines, others


def _places(lines: list[_Line]) -> list[tuple[int, int]] | None:
    """Where each line stands in its dialogue, by its numbers; None where one has none."""
    turns, within = (_numbers(lines, name) for name in ("turn_id", "utt_id"))
    if turns is None and within is None:
        return None
    return list(zip(turns or within or (), within or turns or (), strict=True))


def _in_order(lines: list[_Line]) -> list[_Line]:
    """The lines by their `turn_id` and then, within a turn, `utt_id`, or by the one of these that all have;
    the same list where one of the two is their order, and where neither tells more than two of them apart."""
    turns, within = (_numbers(lines, name) for name in ("turn_id", "utt_id"))
    known = [numbers for numbers in (turns, within) if numbers is not None and len(set(numbers)) > 1]
    if not known or any(map(_rises, known)):
        return lines
    if turns not in known and len(set(known[0])) < len(lines):
        return lines  # numbers within a turn that nobody names
    places = zip(known[0], known[-1], range(len(lines)), strict=True)
    return [lines[at] for _, _, at in sorted(places)]


def _numbers(lines: list[_Line], column: str) -> list[int] | None:
    """The whole numbers of a column, which frames write as 3.0 where others are missing."""
    cells = [row.get(column, "").strip().removesuffix(".0") for _, row in lines]
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
    numbers = _numbers([("", before), ("", row)], "turn_id")
    return numbers is not None and numbers[0] < numbers[1]


def _cell(value: Any) -> str:
    """A cell as text; frames hold numbers, too, and write what is missing as "nan"."""
    text = "" if value is None else value if isinstance(value, str) else str(value)
    return "" if text in _UNFILLED else text


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
        utterances.append(Utterance(_SEATS[speaker], text, _titles(row.get(_MOVIES) or "", text)))
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
        unusable="" if any(_MOVIES in row for _, row in dialogue.lines) else _NO_TITLES,
    )


def _titles(cell: str, text: str) -> tuple[str, ...]:
    if (listed := _list_of(cell)) is not None:
        titles = (" ".join(clean(title).split()) for title in listed)
        return tuple(title for title in titles if title and is_meant(title, text))
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


def _list_of(cell: str) -> list[str] | None:
    """The texts of a cell that holds a list, as frames write them: "['Up (2009)']"; else None."""
    if not (cell.startswith("[") and cell.endswith("]")):
        return None
    try:
        listed = ast.literal_eval(cell)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return listed if isinstance(listed, list) and all(isinstance(one, str) for one in listed) else None

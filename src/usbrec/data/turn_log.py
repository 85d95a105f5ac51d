"""Logs with a row a turn: tables, JSON lines and frames with columns for dialogue, speaker and words.

    conversation_id,turn,role,text,rating
    c1,1,user,"A classic horror novel, please.",
    c1,2,assistant,Have you read Dracula (1897)?,5

Columns are told by their names (turn_columns.py). Rows come in any order (turn_order.py). A
column of ratings is of dialogues or of turns, by its name ("turn_rating") or by which rows it fills, which is
told, and so are columns that are not read.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.data.everyday_titles import names_title
from usbrec.data.given_ratings import is_missing, rating_of
from usbrec.data.opening import Entry
from usbrec.data.raters import joined
from usbrec.data.rating_scales import on_one_scale
from usbrec.data.reading import clean, show
from usbrec.data.speakers import Seat, seats_of
from usbrec.data.turn_columns import (
    Columns,
    columns_of,
    items_in,
    known_seats,
    rating_in,
    rating_name,
    scopes_of,
    speaker_of,
)
from usbrec.data.turn_order import Ordered, OutOfOrder, Row, ordered
from usbrec.data.utterances import Transcript, Utterance
from usbrec.errors import InputError, InputWarning

_NO_TARGETS = "no column of targets says what the seeker ended up with"


def read(value: Any) -> Transcript | str:
    """A dialogue that :func:`dialogues_in` made of its rows."""
    if not isinstance(value, Transcript | str):
        raise InputError("expected a row a turn, with columns such as conversation_id, role and text")
    return value


def dialogues_in(entries: Iterator[Entry]) -> Iterator[Entry]:
    """The rows as dialogues, in the order in which these begin; a row that cannot be used stays an entry."""
    rows: list[tuple[Entry, Mapping[str, Any]]] = []
    for entry in entries:
        try:
            value = entry.value()
            if not isinstance(value, dict):
                raise InputError("expected a row with columns")
        except InputError as problem:
            yield Entry(entry.place, _raising(problem), entry.within)
            continue
        rows.append((entry, value))
    if not rows:
        return
    try:
        columns = columns_of([row for _, row in rows])
    except InputError as problem:
        yield Entry(rows[0][0].place, _raising(problem), rows[0][0].within)
        return
    scaled, scales = on_one_scale([row for _, row in rows], (*columns.of_dialogues, *columns.of_turns))
    rows = [(entry, row) for (entry, _), row in zip(rows, scaled, strict=True)]
    for what in scales:
        _warn(what)
    of: dict[str, list[Row]] = {}
    for number, (entry, row) in enumerate(rows):
        try:
            dialogue_id, one = _row(number, entry, row, columns)
        except InputError as problem:
            yield Entry(entry.place, _raising(problem), entry.within)
            continue
        of.setdefault(dialogue_id, []).append(one)
    system_speaks = not any(
        known_seats().get(row.name) == "recommender" for held in of.values() for row in held
    )
    told = _Told()
    whole: dict[str, list[Row]] = {}
    broken: dict[str, str] = {}
    for dialogue_id, held in of.items():
        try:
            once, again = joined(held, columns)
            told.joined += again
            found = ordered(once)
        except OutOfOrder as problem:
            whole[dialogue_id], broken[dialogue_id] = held, str(problem)
            continue
        whole[dialogue_id] = found.rows
        told.count(found, held[0].entry.about(f"dialogue {show(dialogue_id)}"))
    scopes = scopes_of([[row.cells for row in held] for held in whole.values()], columns)
    for dialogue_id, held in whole.items():
        first = held[0].entry
        if dialogue_id in broken:
            why = f"dialogue {show(dialogue_id)}: {broken[dialogue_id]}"
            yield Entry(first.place, functools.partial(str, why), first.within)
            continue
        make = functools.partial(_transcript, dialogue_id, held, columns, scopes, system_speaks)
        yield Entry(first.place, make, first.within)
    told.tell(len(whole))
    _tell_columns([row for _, row in rows], columns, scopes)


@dataclass
class _Told:
    """Dialogues whose rows were put in order, those of which nothing says it, and rows that stand twice."""

    moved: int = 0
    first: str = ""
    unknown: int = 0
    twice: int = 0
    joined: int = 0

    def count(self, found: Ordered, place: str) -> None:
        self.twice += found.twice
        self.unknown += found.unknown
        if found.by:
            self.moved += 1
            self.first = self.first or f"{place}, by {found.by}"

    def tell(self, dialogues: int) -> None:
        if self.moved:
            _warn(
                f"the rows of {self.moved} of {dialogues} dialogues stand out of their order (the first: "
                f"{self.first}); they are read in it"
            )
        if self.unknown:
            _warn(
                f"the times of the rows of {self.unknown} of {dialogues} dialogues cannot be read, and no "
                "number tells their order; they are read as they stand. Write times as 2024-05-31 14:05:00."
            )
        if self.twice:
            _warn(f"{self.twice} rows stand twice; each is read once")
        if self.joined:
            _warn(
                f"{self.joined} rows say a message again with other cells, as where several people rated it "
                "or it recommends several items; each message is read once, with the mean of its ratings and "
                "all its items"
            )


def _warn(what: str) -> None:
    warnings.warn(what, InputWarning, stacklevel=4)


def _raising(problem: InputError) -> Callable[[], Any]:
    def value() -> Any:
        raise problem

    return value


def _row(number: int, entry: Entry, row: Mapping[str, Any], columns: Columns) -> tuple[str, Row]:
    """A row with what it owes, and its dialogue; raises InputError naming the column."""
    given = row.get(columns.dialogue)
    if is_missing(given):
        raise InputError(f"{columns.dialogue}: empty; each row needs the id of its dialogue")
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise InputError(f"{columns.dialogue}: expected text or a whole number")
    dialogue_id = clean(str(given)).strip()
    name = speaker_of(row.get(columns.speaker))
    if seats_of([name], known_seats()) == [None]:
        what = f"found {show(name)}" if name else "found nothing"
        raise InputError(
            f"{columns.speaker}: expected user or assistant (or another usual name of the two), {what}; "
            f"dialogue {show(dialogue_id)}. Write user and assistant for the two"
        )
    said = row.get(columns.text)
    if is_missing(said) and not isinstance(said, str):
        said = ""
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        raise InputError(f"{columns.text}: expected text; dialogue {show(dialogue_id)}")
    numbers = {column: row.get(column) for column in columns.order}
    times = {column: row.get(column) for column in columns.time}
    return dialogue_id, Row(number, entry, name, clean(str(said)), row, numbers, times)


def _transcript(
    dialogue_id: str, rows: Sequence[Row], columns: Columns, scopes: Mapping[str, str], system_speaks: bool
) -> Transcript:
    seats = _seated(rows, system_speaks)
    targets = tuple(dict.fromkeys(title for row in rows for title in items_in(_cell(row, columns.targets))))
    utterances = []
    for row, seat in zip(rows, seats, strict=True):
        if seat is None or seat == "neither":
            continue
        recommends = seat == "recommender"
        titles = tuple(title for title in targets if recommends and names_title(row.text, title))
        items = tuple(items_in(_cell(row, columns.items))) if recommends and columns.items else None
        ratings: dict[str, float] = {}
        for name in columns.of_turns:
            if scopes[name] == "turns" and (number := rating_in(row.cells, name)) is not None:
                ratings.setdefault(rating_name(name), number)
        utterances.append(Utterance(seat, row.text, titles, ratings, items or None))
    named = any(one.titles for one in utterances)
    return Transcript(
        dialogue_id,
        tuple(utterances),
        "turn-log",
        system=_one(rows, columns.system),
        dataset=_one(rows, columns.dataset),
        ratings=_of_dialogue(rows, [name for name in columns.of_dialogues if scopes[name] == "dialogues"]),
        labels={name: label for name in columns.labels if (label := _one(rows, name))},
        targets=targets,
        unusable=_NO_TARGETS
        if not targets
        else ""
        if named
        else f"no turn of the recommender names {show('; '.join(targets))}, which is its target",
    )


def _seated(rows: Sequence[Row], system_speaks: bool) -> list[Seat]:
    """Whose each row is. `system` recommends only where nobody else does in the whole file: a dialogue that
    a person left before the bot answered has notes of the system's, too."""
    seats = seats_of([row.name for row in rows], known_seats())
    if system_speaks:
        return seats
    return ["neither" if row.name == "system" else seat for row, seat in zip(rows, seats, strict=True)]


def _of_dialogue(rows: Sequence[Row], names: Sequence[str]) -> dict[str, float]:
    """The ratings of a dialogue; none where its rows contradict each other."""
    found: dict[str, float] = {}
    for name in names:
        numbers = {number for row in rows if (number := rating_in(row.cells, name)) is not None}
        if len(numbers) == 1:
            found.setdefault(rating_name(name), numbers.pop())
    return found


def _cell(row: Row, name: str | None) -> Any:
    return None if name is None else row.cells.get(name)


def _one(rows: Sequence[Row], name: str | None) -> str:
    """What a column says of a dialogue; "" where its rows say several things."""
    values = {clean(str(value)).strip() for row in rows if not is_missing(value := _cell(row, name))}
    return values.pop() if len(values) == 1 else ""


def _tell_columns(rows: Sequence[Mapping[str, Any]], columns: Columns, scopes: Mapping[str, str]) -> None:
    """What was read as what, where it was guessed what is rated, or there are columns that nobody reads."""
    names = dict.fromkeys(name for row in rows for name in row if isinstance(name, str))
    used = {columns.dialogue, columns.speaker, columns.text, *columns.order, *columns.time, *columns.labels}
    used |= {one for one in (columns.system, columns.dataset, columns.targets, columns.items) if one}
    unread = [name for name in names if name not in used and name not in scopes]
    guessed = {*columns.of_dialogues} & {*columns.of_turns}
    said = [
        f"dialogues by {columns.dialogue!r}, speakers by {columns.speaker!r}, words from {columns.text!r}"
    ]
    said += [
        f"ratings of {scope} from {', '.join(map(repr, rating))}"
        for scope in ("dialogues", "turns")
        if (rating := [name for name, of in scopes.items() if of == scope and name in guessed])
    ]
    if unread:
        more = f" ... ({len(unread)})" if len(unread) > 8 else ""
        said.append(f"not read: {', '.join(map(repr, unread[:8]))}{more}")
    if len(said) > 1:
        _warn(f"read as a row a turn: {'; '.join(said)}")
    words = {
        name: value
        for name in scopes
        for row in rows
        if not is_missing(value := row.get(name)) and rating_of(value) is None
    }
    for name, value in words.items():
        _warn(f"{name}: {show(str(value))} and its like are no ratings (numbers, thumbs) and are not read")

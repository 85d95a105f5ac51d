"""Tables of a comparison that people read: columns, cells as text, and a legend of what each column means.

The terminal, LaTeX and Markdown show the same tables. A column that says nothing of any system is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from usbrec.evaluation.agreement import measured
from usbrec.evaluation.comparison.differences import Difference
from usbrec.evaluation.comparison.power import ASKED
from usbrec.evaluation.comparison.systems import System
from usbrec.evaluation.report import formatting
from usbrec.evaluation.statistics import Interval

if TYPE_CHECKING:
    from usbrec.evaluation.comparison.compare import Comparison


#: The k of pass^k that have a column; results.json has further ones.
PASSES = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number as text, with its interval where it has one. `zero` says that it counts nothing."""

    text: str
    interval: str = ""
    zero: bool = False

    @property
    def empty(self) -> bool:
        return self.text == formatting.UNKNOWN


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a heading of one or two lines, a cell of each system, and what it says in words.

    It is left out where it is empty for every system and, with `zero_is_nothing`, where it is 0 for all; with
    `telling`, where that finds nothing worth telling.
    """

    heading: str
    meaning: str
    cell: Callable[[System], Cell]
    zero_is_nothing: bool = False
    telling: Callable[[Sequence[System]], bool] | None = None

    @property
    def name(self) -> str:
        return on_one_line(self.heading)

    def needed(self, systems: Sequence[System]) -> bool:
        cells = [self.cell(system) for system in systems]
        told = [cell for cell in cells if not cell.empty]
        if self.telling is not None and not self.telling(systems):
            return False
        return bool(told) and not (self.zero_is_nothing and all(cell.zero for cell in told))


def on_one_line(heading: str) -> str:
    """A heading without its line break."""
    return heading.replace("-\n", "").replace("\n/", "/").replace("\n", " ")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text: headings of one or two lines, rows of cells, the first `words` columns of them words.

    `legend` has (heading, meaning) of the columns that do not explain themselves.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    words: int = 1
    legend: tuple[tuple[str, str], ...] = ()


def systems_table(systems: Sequence[System]) -> Table:
    """The outcomes and costs of each system."""
    return _of_systems("system", (*OUTCOMES, *COSTS), systems)


def outcomes_table(systems: Sequence[System]) -> Table:
    """The first part of the systems' table."""
    return _of_systems("system", OUTCOMES, systems)


def costs_table(systems: Sequence[System]) -> Table | None:
    """The second part of it; None where nothing cost anything."""
    table = _of_systems("system", COSTS, systems)
    return table if len(table.headings) > 1 else None


def replies_table(systems: Sequence[System]) -> Table | None:
    """The most telling counts of the replies (the report has all of them); None where no items are known."""
    if all(system.replies["names_item"] is None for system in systems):
        return None
    return _of_systems("replies", REPLIES, systems)


def differences_table(comparison: Comparison) -> Table | None:
    """Every difference that is told, the secondary ones last; None without any."""
    told = (*comparison.differences, *comparison.secondary)
    if not told:
        return None
    headings = ("system", "against", "measure", "rows", *_DIFFERENCE)
    rows = ((Cell(one.other), Cell(one.baseline), *_difference_cells(one)) for one in told)
    return Table("differences", headings, tuple(rows), words=3)


def differences_against(comparison: Comparison, baseline: str) -> Table | None:
    """The differences of one baseline, which the heading names; None without any."""
    told = [one for one in (*comparison.differences, *comparison.secondary) if one.baseline == baseline]
    if not told:
        return None
    headings = (f"against {formatting.clipped(baseline, 22)}", "measure", "rows", *_DIFFERENCE)
    rows = ((Cell(one.other), *_difference_cells(one)) for one in told)
    return Table("differences", headings, tuple(rows), words=2)


#: Behind a difference that the data cannot tell from none.
UNSUPPORTED = " ?"


def unadjusted(comparison: Comparison) -> str:
    """Whose p values are not adjusted together with the others, in words; "" where there are none."""
    measures = {one.measure for one in comparison.secondary}
    names = {"second": "the second judge", "calibrated": "calibrated scores", "ndcg": "NDCG"}
    told = [name for measure, name in names.items() if measure in measures]
    told += ["pass^k"] * any(measure.startswith(formatting.PASS) for measure in measures)
    return " and ".join(told)


_DIFFERENCE = ("difference", "95 % interval", "p", "p (Holm)")


def _difference_cells(found: Difference) -> tuple[Cell, ...]:
    kind, difference = formatting.kind_of(found.measure), found.difference
    return (
        Cell(formatting.measure(found.measure, found.scope)),
        Cell(str(difference.n)),
        Cell(formatting.signed(difference.mean, kind) + ("" if found.supported else UNSUPPORTED)),
        Cell(formatting.limits(difference.low, difference.high, kind)),
        Cell(formatting.p_value(difference.p_value)),
        Cell(formatting.p_value(found.adjusted)),
    )


def power_table(comparison: Comparison) -> Table | None:
    """What the rows can tell and how many rows differences need; None where that was not asked for."""
    if not comparison.power:
        return None
    headings = (
        "system",
        "against",
        "measure",
        "rows",
        "difference",
        "these rows\ntell from",
        "rows\nneeded",
        *(f"for\n{size:g}" for size in ASKED),
    )
    rows = []
    for one in comparison.power:
        kind = formatting.kind_of(one.measure)
        rows.append(
            (
                Cell(one.other),
                Cell(one.baseline),
                Cell(formatting.measure(one.measure, "all")),
                Cell(str(one.rows)),
                Cell(formatting.signed(one.difference, kind)),
                Cell(formatting.number(one.detectable, kind)),
                *(
                    Cell(formatting.UNKNOWN if needed is None else f"{needed:,}")
                    for needed in (one.needed, *one.needed_for.values())
                ),
            )
        )
    return Table("power", headings, tuple(rows), words=3)


def _of_systems(title: str, columns: Sequence[Column], systems: Sequence[System]) -> Table:
    shown = [column for column in columns if column.needed(systems)]
    return Table(
        title,
        (title, *(column.heading for column in shown)),
        tuple((Cell(system.name), *(column.cell(system) for column in shown)) for system in systems),
        legend=tuple((column.name, column.meaning) for column in shown if column.meaning),
    )


def _score(interval: Interval) -> Cell:
    return _with_interval(interval, "score")


def _share(interval: Interval) -> Cell:
    return _with_interval(interval, "share")


def _with_interval(interval: Interval, kind: formatting.Kind) -> Cell:
    limits = formatting.limits(interval.low, interval.high, kind)
    return Cell(formatting.number(interval.mean, kind), "" if limits == formatting.UNKNOWN else limits)


def _amount(value: float | None) -> Cell:
    return Cell(formatting.amount(value), zero=value == 0)


def _plain(value: float | None, kind: formatting.Kind) -> Cell:
    return Cell(formatting.number(value, kind), zero=value == 0)


def _not_repeated(system: System) -> Cell:
    """Nothing where no row repeats a named item: the number would be the hit again."""
    if system.hit_non_repeats == system.hit:
        return Cell(formatting.UNKNOWN)
    return _share(system.hit_non_repeats)


def _of(counts: Mapping[str, Any] | None, name: str) -> float | None:
    value = (counts or {}).get(name)
    return None if value is None else float(value)


def _spread(system: System) -> Cell:
    told = None if system.training is None else system.training["ieval"]
    if told is None or told["sd"] is None:
        return Cell(formatting.UNKNOWN)
    return Cell(formatting.number(told["sd"], "score"), formatting.limits(told["min"], told["max"], "score"))


def judge_agrees(system: System) -> Cell:
    """How far a system's judge agrees with people, in short."""
    told = system.judge_agreement
    if told is None:
        return Cell(formatting.UNKNOWN)
    values = measured.values_of(told)
    word, rest = measured.NOT_MEASURED.split()  # one below the other, as a mean and its interval
    return Cell(", ".join(values)) if values else Cell(word, rest)


def judges_in_words(systems: Sequence[System]) -> list[str]:
    """A sentence for each judge: how far it agrees with people, and what that was measured on."""
    told = [measured.in_words(one.judge_agreement) for one in systems if one.judge_agreement is not None]
    return list(dict.fromkeys(told))


def _named(system: System) -> Cell:
    told = system.replies.get("score_when_named")
    return Cell(formatting.UNKNOWN) if told is None else _score(Interval.from_json(told))


def _scored_otherwise(systems: Sequence[System]) -> bool:
    """Whether not all scores came about in one way: their means are then of different kinds."""
    return len({way for system in systems for way in system.scored}) > 1


def _pass_column(k: int) -> Column:
    others = " and ".join(f"{formatting.PASS}{more}" for more in PASSES[1:])
    meaning = (
        f"chance that a trial of a sample succeeds ({others}: that so many all do), by the call of recommend "
        "where there are tools"
    )
    return Column(
        f"{formatting.PASS}{k}", meaning if k == 1 else "", lambda system: _share(system.passes.get(k, _NONE))
    )


_NONE = Interval(None, None, None, 0, 0)

OUTCOMES = (
    Column("rows", "", lambda system: Cell(str(system.n))),
    Column(
        "iEval",
        "score in [0, 2]; 0 worse than what the seeker ended up with, 1 comparable, 2 a target or better",
        lambda system: _score(system.ieval),
    ),
    Column(
        "judge\nagrees",
        "how far the judge agrees with people who rated recorded dialogues (Pearson, by data set)",
        judge_agrees,
    ),
    Column(
        "scored\nby",
        "how the iEval scores came about; numbers of different ways are not of one kind",
        lambda system: Cell(", ".join(system.scored) or formatting.UNKNOWN),
        telling=_scored_otherwise,
    ),
    Column(
        "hit", "rows in which the recommender named a target in some reply", lambda system: _share(system.hit)
    ),
    Column(
        "hit, not\nrepeated",
        "the same on rows whose targets the context had not named",
        _not_repeated,
    ),
    Column(
        "cali-\nbrated",
        "score in [0, 2] between fixed replies of the same row: 0 a random item, 2 the target",
        lambda system: _score(system.calibrated),
    ),
    Column(
        "second\njudge",
        "score in [0, 2] by the meaning of texts (a sentence model), not by the rules' measure",
        lambda system: _score(system.second),
    ),
    Column(
        "persua-\nsive",
        "how much the explanation speaks for what was recommended, in [0, 2], by the judge's model",
        lambda system: _score(system.persuasiveness),
    ),
    Column(
        "NDCG",
        "discounted gain of the targets in the ranked lists that replies are, in [0, 1]",
        lambda system: _score(system.ndcg),
    ),
    Column(
        "violates",
        "recommendations that do not meet what the seeker asks for (price, stock, brand)",
        lambda system: _share(system.violated),
    ),
    *(_pass_column(k) for k in PASSES),
    Column(
        "spread\nof seeds",
        "standard deviation of the training seeds' mean iEval scores, and the least and greatest of them",
        _spread,
    ),
    Column(
        "failed",
        "rows lost to errors of the model's side, left out of the means",
        lambda system: _amount(system.failed),
        zero_is_nothing=True,
    ),
    Column(
        "unread-\nable",
        "rows whose judge's answer was no score, left out likewise",
        lambda system: _amount(system.unreadable),
        zero_is_nothing=True,
    ),
)

COSTS = (
    Column("calls\n/row", "model calls", lambda system: _amount(system.calls), zero_is_nothing=True),
    Column(
        "tokens\n/row",
        "prompt and completion together",
        lambda system: _amount(system.tokens),
        zero_is_nothing=True,
    ),
    Column("s\n/row", "model time", lambda system: _amount(system.seconds), zero_is_nothing=True),
)

REPLIES = (
    Column(
        "name a\nnew item",
        "replies that name an item the dialogue had not named",
        lambda system: _plain(system.replies["names_item"], "share"),
    ),
    Column("items\n/reply", "", lambda system: _plain(system.replies["items_per_reply"], "score")),
    Column(
        "unknown\ntitles",
        "replies with a title that the catalogue lacks",
        lambda system: _plain(_of(system.replies["out_of_catalogue"], "share"), "share"),
    ),
    Column("words\n/reply", "", lambda system: _amount(system.replies["words"])),
    Column(
        "cut\noff",
        "replies that ended at the longest length",
        lambda system: _plain(system.replies["unfinished"], "share"),
        zero_is_nothing=True,
    ),
    Column(
        "said\nagain",
        "second and later replies that are an earlier one word for word",
        lambda system: _plain(system.replies["said_again"], "share"),
        zero_is_nothing=True,
    ),
    Column(
        "first\nof list",
        "replies that take the first of the titles they were shown",
        lambda system: _plain(_of(system.replies["grounding"], "takes_first"), "share"),
    ),
    Column(
        "prompt\nmarks",
        "replies that copy a tag of the prompt or a line's number, or begin with a speaker's name",
        lambda system: _plain(system.replies["marks"], "share"),
        zero_is_nothing=True,
    ),
    Column(
        "ran\non",
        "replies that went on with the next speaker's turn, which was cut off",
        lambda system: _plain(system.replies.get("ran_on"), "share"),
        zero_is_nothing=True,
    ),
    Column(
        "distinct\nitems",
        "different first items for each reply that names one",
        lambda system: _plain(_of(system.replies["diversity"], "share"), "share"),
    ),
    Column("iEval when\nitem named", "the score of dialogues in which some reply names a new item", _named),
)

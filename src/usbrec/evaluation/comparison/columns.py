"""Columns of a comparison's tables: what each shows of a system, and what it means in words.

The terminal, LaTeX, Markdown and the report show the same ones, so that none of them lacks a number or says
another meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.evaluation.agreement import measured
from usbrec.evaluation.comparison.systems import System
from usbrec.evaluation.report import formatting
from usbrec.evaluation.statistics import Interval

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
    """One column: a heading of one or two lines, a cell of each system, and what it says in words, which may
    depend on what the systems are.

    It is left out where it is empty for every system and, with `zero_is_nothing`, where it is 0 for all; with
    `telling`, where that finds nothing worth telling. A page has room for the heading as a `title` and for
    the meaning `in_full`, and shows what is there `always` also where it is empty.
    """

    heading: str
    meaning: str | Callable[[Sequence[System]], str]
    cell: Callable[[System], Cell]
    zero_is_nothing: bool = False
    telling: Callable[[Sequence[System]], bool] | None = None
    always: bool = False
    title: str = ""
    in_full: str = ""

    @property
    def name(self) -> str:
        return on_one_line(self.heading)

    @property
    def page_heading(self) -> str:
        return self.title or f"{self.heading[:1].upper()}{self.heading[1:]}"

    def meaning_of(self, systems: Sequence[System]) -> str:
        return self.meaning if isinstance(self.meaning, str) else self.meaning(systems)

    def needed(self, systems: Sequence[System], *, zeros: bool = False) -> bool:
        """Whether it is shown; with `zeros` also where it is 0 for all."""
        if zeros and self.always:
            return True
        cells = [self.cell(system) for system in systems]
        told = [cell for cell in cells if not cell.empty]
        if self.telling is not None and not self.telling(systems):
            return False
        return bool(told) and (zeros or not (self.zero_is_nothing and all(cell.zero for cell in told)))


def on_one_line(heading: str) -> str:
    """A heading without its line break."""
    return heading.replace("-\n", "").replace("\n/", "/").replace("\n", " ")


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
    # The intervals of the two are drawn apart, so that theirs differ by a hair where their rows do not.
    if system.hit_non_repeats.n == system.hit.n:
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
_OF_ITEMS = "0 worse than what the seeker ended up with, 1 comparable, 2 a target or better"
_OF_LISTS = (
    "each place as rules score its item alone (2 a target, at most 1 what is like one), discounted by its "
    "rank, held against the best list there could be"
)


def _score_means(systems: Sequence[System]) -> str:
    """What the score is: of ranked lists it is another one than of single items."""
    lists = {system.ndcg.n > 0 for system in systems}
    if lists == {True}:
        return f"score of a list in [0, 2]; {_OF_LISTS}"
    both = f"; of lists {_OF_LISTS}" if True in lists else ""
    return f"score in [0, 2]; {_OF_ITEMS}{both}"


OUTCOMES = (
    Column("rows", "", lambda system: Cell(str(system.n))),
    Column(
        "iEval",
        _score_means,
        lambda system: _score(system.ieval),
        always=True,
        title="iEval score",
    ),
    Column(
        "judge\nagrees",
        "how far the judge agrees with people who rated recorded dialogues (Pearson, by data set)",
        judge_agrees,
        title="Judge agrees\nwith people",
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
        in_full="where the iEval score lies between the judge's own scores of fixed replies in the same "
        "dialogue, 0 with random items and 2 with the target",
    ),
    Column(
        "second\njudge",
        "score in [0, 2] by the meaning of texts (a sentence model), not by the rules' measure",
        lambda system: _score(system.second),
        in_full="2 where a target was the first new item of some reply, else how near the last one lies to "
        "the targets by the meaning of their texts (a sentence model's cosine, with random items at 0), and "
        "not by the measure that the rules share",
    ),
    Column(
        "persua-\nsive",
        "how much the explanation speaks for what was recommended, in [0, 2], by the judge's model",
        lambda system: _score(system.persuasiveness),
        title="Persuasive",
        in_full="how much the explanation speaks for what was recommended, as the model in the judge's seat "
        "rates it: 0 the targets stay more attractive, 1 as attractive, 2 less so",
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
        title="Unreadable",
    ),
)

COSTS = (
    Column(
        "calls\n/row",
        "model calls",
        lambda system: _amount(system.calls),
        zero_is_nothing=True,
        title="Calls\nper row",
    ),
    Column(
        "tokens\n/row",
        "prompt and completion together",
        lambda system: _amount(system.tokens),
        zero_is_nothing=True,
        title="Tokens\nper row",
    ),
    Column(
        "s\n/row",
        "model time",
        lambda system: _amount(system.seconds),
        zero_is_nothing=True,
        title="Seconds\nper row",
    ),
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

"""Pair filters: which pairs are learnt from; each reason is counted in the run's results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from usbrec.config import Pairs
from usbrec.dialogue import Episode, plain_words
from usbrec.items.scripts import count_words
from usbrec.prompts.artefacts import has_artefacts

#: Smallest difference of two scores, where no setting says otherwise.
MIN_MARGIN = 0.2

DropReason = (
    Literal[
        "no draft could be scored",
        "no label to fall back on",
        "a side could not be scored",
        "both sides are the same",
        "the chosen side is not better",
        "the chosen side repeats marks of the prompt",
        "the chosen side is a title and nothing else",
        "margin too small",
        "the judge's votes disagree",
        "lengths too different",
        "the label cannot be reached from the candidates",
        "a side names not exactly one new item",
        "enough pairs whose rejected side names nothing",
        "the same pair stands there before",
        "enough pairs whose chosen side names this item",
    ]
    | None
)


class Side(Protocol):
    """One side of a would-be pair."""

    @property
    def text(self) -> str: ...

    @property
    def value(self) -> float | None: ...

    @property
    def episode(self) -> Episode | None: ...


def names_one(side: Side) -> bool:
    """Whether the reply names exactly one item, which is new and real, and no title of no catalogue."""
    named, new, unknown = _named(side)
    return len(named) == 1 and new is not None and not unknown


def names_nothing(side: Side) -> bool:
    """Whether the reply names no title at all, known or not."""
    named, _, unknown = _named(side)
    return not named and not unknown


def _named(side: Side) -> tuple[Sequence[str], str | None, Sequence[str]]:
    """What the first reply of the side's episode names: items, the first new one, unknown titles."""
    facts = {} if side.episode is None else side.episode.facts
    if not facts.get("named"):
        return ("",) * 2, None, ()  # nothing is known of it: neither one item nor none
    return facts["named"][0], facts["new"][0], facts["out_of_catalogue"][0]


def least_margin(settings: Pairs) -> float:
    return MIN_MARGIN if settings.min_margin is None else settings.min_margin


def drop_reason(chosen: Side | None, rejected: Side | None, settings: Pairs) -> DropReason:
    """Why this pair is dropped, or None when it is kept."""
    if chosen is None or rejected is None:
        return "no label to fall back on"
    if plain_words(chosen.text) == plain_words(rejected.text):
        return "both sides are the same"
    if chosen.value is None or rejected.value is None:
        return "a side could not be scored"
    margin = chosen.value - rejected.value
    if margin <= 0.0:
        return "the chosen side is not better"
    if margin < least_margin(settings):
        return "margin too small"
    if (unfit := _unfit(chosen, settings)) is not None:
        return unfit
    if min(_agreement(chosen), _agreement(rejected)) < settings.min_agreement:
        return "the judge's votes disagree"
    if settings.max_length_ratio is not None:
        shorter, longer = sorted(map(count_words, (chosen.text, rejected.text)))
        if longer > settings.max_length_ratio * shorter:
            return "lengths too different"
    return None


def may_be_chosen(side: Side, settings: Pairs) -> bool:
    """Whether the reply may be the chosen side, as far as its form goes."""
    return _unfit(side, settings) is None


def _unfit(side: Side, settings: Pairs) -> DropReason:
    """What is wrong with the form of a reply that would be chosen."""
    if has_artefacts(side.text):
        return "the chosen side repeats marks of the prompt"
    facts = {} if side.episode is None else side.episode.facts
    if settings.more_than_title and any(facts.get("named", ())[:1]) and not facts["beside"][0]:
        return "the chosen side is a title and nothing else"
    return None


def _agreement(side: Side) -> float:
    """The share of the judge's likeliest score; rules always agree with themselves."""
    distribution = side.episode.score.distribution if side.episode is not None else {}
    return max(distribution.values(), default=1.0)

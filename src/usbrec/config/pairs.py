"""Settings: preference pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from usbrec.config.stage import Stage


class Pairs(Stage):
    """How preference pairs are made (paper: PODCS)."""

    later: ClassVar[Mapping[str, Any]] = {"most_per_item": None}

    drafts: int = Field(4, ge=1, le=64)
    """First replies drawn for each sample; identical ones count once."""
    temperature: float = Field(0.5, gt=0, le=2)
    """Their temperature (paper: 0.5; at 0.9 drafts of a small model are mostly noise on both sides)."""
    horizon: int | None = Field(None, ge=1)
    """At most so many rounds is a reply played forward before it is scored, its own being the first. By
    default 1 where candidates are shown and rules judge, who would else score what was recommended last; else
    to the episode's end, as the paper does. `usbrec pairs --rounds` sets it, too."""
    accept_at: float | None = Field(None, ge=0, le=2)
    """Score from which the best draft is chosen itself: by default 1.5 with a model, 2 with rules, but 0.5
    with rules where a label seldom can stand in (candidates are shown, or no sample has one), and 0 with
    rules:belief, whose expected score knows of no better reply, and for lists (`play.list_length`)."""
    reject_below: float | None = Field(None, ge=0, le=2)
    """The worst draft is rejected below this score, else the label is: by default as accept_at, and 2 where
    that is 0.5 or 0 by default."""
    min_margin: float | None = Field(None, ge=0, le=2)
    """Filter: smallest difference of the two scores; the chosen side must be better in any case. By default
    0.2, with rules:belief and for lists 0.05, because such scores lie nearer to one another."""
    min_agreement: float = Field(0.0, ge=0, le=1)
    """Filter: smallest share of the judge's likeliest score, on both sides (rules always agree)."""
    max_length_ratio: float | None = Field(None, ge=1)
    """Filter: most words of the longer side for each word of the shorter, so that length is not learnt; by
    default 2 wherever candidates are shown, else (and for lists) any."""
    one_item: bool | None = None
    """Filter: both sides name exactly one new real item and no title the catalogue does not have, so that
    naming more cannot be learnt; by default wherever candidates are shown, but not for lists."""
    more_than_title: bool | None = None
    """Filter: the chosen side has words beside its titles, so that it is not learnt to say a bare title; by
    default wherever candidates are shown, but not for lists."""
    naming_nothing: float = Field(0.1, ge=0, le=1)
    """With one_item: largest share of the pairs whose rejected side names nothing at all."""
    most_per_item: int | None = Field(None, ge=1)
    """Filter, with a catalogue: most pairs whose chosen side names one and the same item first, so that it is
    not learnt to recommend that item to everybody; by default any number."""
    counterfactual: int | None = Field(None, ge=0, le=50)
    """With candidates: so many more pairs of each sample whose sides are one draft with two different titles
    of the list in it, the best one and another, each played and scored. Only the choice can be learnt from
    them. By default 3 where rules judge, 0 where a model does, which would be asked about every title."""
    focused: int | None = Field(None, ge=0, le=50)
    """With candidates: so many more pairs of each sample at most, whose sides are drafts to the prompt that
    shows one of the first candidates alone, as `search.focus` does. They teach to name what is shown; with
    one round and `play.fallback = "item"` most are lost, because a fixed sentence stands where nothing was
    named. By default 2 where candidates are shown and rules judge, else 0."""
    declined: int | None = Field(None, ge=0, le=2)
    """With a catalogue: so many more pairs of each sample, from the point where the seeker has declined the
    model's first reply. Rejected is that reply said again, then the worst of those drawn there. By default 2
    where candidates are shown and rules judge, else 0."""
    label_reachable: bool = True
    """Filter: where candidates are shown, the label is chosen only if one of them is a target; else it
    would teach to pass the list over."""

"""Settings: preference pairs."""

from __future__ import annotations

from pydantic import Field

from usbrec.config.stage import Stage


class Pairs(Stage):
    """How preference pairs are made (paper: PODCS)."""

    drafts: int = Field(4, ge=1, le=64)
    """First replies drawn for each sample; identical ones count once."""
    temperature: float = Field(0.7, gt=0, le=2)
    """Their temperature (paper 0.5, here higher so that drafts of small models differ)."""
    accept_at: float | None = Field(None, ge=0, le=2)
    """Score from which the best draft is chosen itself: by default 2 with rules, 1.5 with a model, 0 with
    rules:belief, whose expected score knows of no better one."""
    reject_below: float | None = Field(None, ge=0, le=2)
    """The worst draft is rejected below this score, else the label is: by default as accept_at
    (rules:belief: 2)."""
    min_margin: float = Field(0.2, ge=0, le=2)
    """Filter: smallest difference of the two scores; the chosen side must be better in any case."""
    min_agreement: float = Field(0.0, ge=0, le=1)
    """Filter: smallest share of the judge's likeliest score, on both sides (rules always agree)."""
    max_length_ratio: float | None = Field(None, ge=1)
    """Filter: most words of the longer side for each word of the shorter, so that length is not learnt; by
    default 2 wherever candidates are shown, else any."""
    one_item: bool | None = None
    """Filter: both sides name exactly one new real item and no title the catalogue does not have, so that
    naming more cannot be learnt; by default wherever candidates are shown."""
    more_than_title: bool | None = None
    """Filter: the chosen side has words beside its titles, so that it is not learnt to say a bare title; by
    default wherever candidates are shown."""
    naming_nothing: float = Field(0.1, ge=0, le=1)
    """With one_item: largest share of the pairs whose rejected side names nothing at all."""
    counterfactual: int = Field(0, ge=0, le=50)
    """With candidates: so many more pairs of each sample whose sides are one draft with two different titles
    of the list in it, the best one and another, each played and scored. Only the choice can be learnt from
    them."""
    focused: int = Field(0, ge=0, le=50)
    """With candidates: so many more pairs of each sample at most, whose sides are drafts to the prompt that
    shows one of the first candidates alone, as `search.focus` does. They teach to name what is shown; with
    `play.fallback = "item"` most are lost, because a fixed sentence stands where nothing was named."""
    declined: int = Field(0, ge=0, le=2)
    """With a catalogue: so many more pairs of each sample, from the point where the seeker has declined the
    model's first reply. Rejected is that reply said again, then the worst of those drawn there."""
    label_reachable: bool = True
    """Filter: where candidates are shown, the label is chosen only if one of them is a target; else it
    would teach to pass the list over."""

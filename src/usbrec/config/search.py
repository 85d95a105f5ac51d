"""Settings: self-enhancement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from usbrec.config.stage import Fixed, Stage


class Search(Stage):
    """Self-enhancement (paper: SES): how many drafts, how far they are played, what it may cost."""

    fixed: ClassVar[Mapping[str, Fixed]] = {
        "belief_items": Fixed(30, "usbrec.play.preferences.belief.ITEMS"),
        "belief_temperature": Fixed(1.0, "usbrec.play.preferences.belief.TEMPERATURE"),
    }

    later: ClassVar[Mapping[str, Any]] = {"alike": False, "first_look": None, "race": None}

    kind: Literal["flat", "tree"] = "flat"
    """flat branches once; tree branches again at every later recommender turn."""
    drafts: int = Field(4, ge=2, le=32)
    """Drafts of a reply, the greedy one among them (the paper has 3)."""
    temperature: float = Field(0.5, gt=0, le=2)
    """Temperature of the drafts beside the greedy one (paper: 0.5 best, its code 0.7)."""
    focus: int = Field(1, ge=0, le=50)
    """With candidates: each draft beside the greedy one is shown only so many of them, each draft others, so
    that drafts name different items; the most promising first where the internal judge is rules. 0 shows all
    of them to each: drafts then differ by chance alone, as the paper's do."""
    from_round: int = Field(1, ge=1)
    """First round that is enhanced."""
    rounds: int = Field(2, ge=1, le=20)
    """How many rounds to play drafts forward when the caller does not say how many are left."""
    horizon: int | None = Field(None, ge=1)
    """At most so many rounds is a draft played forward, its own being the first: 1 scores it where it stands.
    By default to the episode's end, as the paper does."""
    alike: bool = False
    """Whether drafts alike count as one, the earlier: the same words but for case, blanks and marks or, with
    a catalogue, the same items that are new to the dialogue. The others are neither played nor judged."""
    first_look: int | None = Field(None, ge=1, le=32)
    """The internal judge first scores each draft where it stands, and only so many of the best are played on
    (1: none, the best is said). By default all drafts are played on and nothing is scored before."""
    race: float | None = Field(None, ge=0, le=0.5)
    """Drafts that can win no more are played and judged no further: those that break what the seeker asks for
    where another does not, one that is left alone and, where the judge's server gives one vote a request and
    `kind` is flat, those that the votes to come cannot make win. Above 0 also those whose chance to win, by
    the votes so far, is small: so likely may the choice be another than without it. Off by default, and
    with a budget or several replies."""
    choice: Literal["best", "random"] = "best"
    """What is said of the drafts: the best by the internal judge, or as a control one drawn at random among
    those that name a new item, not played forward (what filtering alone gains)."""
    simulator: str | None = None
    """Internal simulator: `rules`, or by default what suits the outer seats."""
    judge: str | None = None
    """Internal judge: `rules` (nearness to the profile), `rules:belief` (the score expected over what the
    retriever believes is wanted), `trained` (satisfaction as people rated it), or by default what suits the
    outer seats: rules:belief with rules outside and a learned ranker, rules without one."""
    belief_answers: float = Field(6.0, ge=0)
    """rules:belief: how much less an item is believed in that meets nothing of what the seeker's last words
    ask for (genres, people, decades), as a power of e; 0 leaves their words to the retriever."""
    max_calls: int | None = Field(None, ge=1)
    """Budget of one reply in model calls."""
    max_tokens: int | None = Field(None, ge=1)
    """Budget of one reply in tokens, prompt and completion together."""
    max_seconds: float | None = Field(None, gt=0)
    """Budget of one reply in seconds. Off by default: a clock makes runs unrepeatable."""

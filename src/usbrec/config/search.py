"""Settings: self-enhancement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from usbrec.config.stage import Fixed, Stage


class Search(Stage):
    """Self-enhancement (paper: SES): how many drafts, how far they are played, what it may cost."""

    fixed: ClassVar[Mapping[str, Fixed]] = {
        "belief_items": Fixed(30, "usbrec.play.preferences.belief.ITEMS"),
        "belief_temperature": Fixed(1.0, "usbrec.play.preferences.belief.TEMPERATURE"),
    }

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

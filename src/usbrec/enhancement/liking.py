"""Liking: what a search takes the seeker to want, as they corrected it or as the dialogue shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from usbrec.dialogue import Conversation, Turn
from usbrec.enhancement.budget import BudgetSpent
from usbrec.errors import ModelError
from usbrec.keys import derive_seed
from usbrec.play.preferences.extraction import PreferenceExtractor
from usbrec.play.preferences.record import Preferences, parse_profile


async def preferences_of(
    conversation: Conversation,
    turns: Sequence[Turn],
    extractor: PreferenceExtractor,
    seed: int,
    fail: Callable[[str], None],
) -> Preferences:
    """What the seeker wants, and what an item must be for them. An extractor that fails is done without, and
    told to `fail`. Raises BudgetSpent."""
    corrected = (conversation.profile or "").strip()
    preferences = parse_profile(corrected)
    if preferences.empty:
        # Not in the format: then these are the seeker's own words.
        heard = (Turn("seeker", corrected),) if corrected else turns
        try:
            preferences = await extractor.preferences(heard, seed=derive_seed(seed, "profile"))
        except BudgetSpent:
            raise
        except ModelError as error:
            # A draft is there already, and is worth more than what is known of the seeker.
            fail(f"{type(error).__name__}: {error}")
    if hard := conversation.constraints:
        preferences = replace(preferences, constraints=replace(preferences.constraints, hard=hard))
    return preferences

"""Internal seats: who sits inside the search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from usbrec.dialogue import Turn
from usbrec.items.knowledge import Knowledge
from usbrec.judge.base import ProfileJudge
from usbrec.play.grounding.focus import Focusing
from usbrec.play.preferences.constraint_model import ModelConstraintReader
from usbrec.play.preferences.extraction import PreferenceExtractor
from usbrec.play.seekers.base import InternalSimulator


@dataclass(frozen=True)
class InternalSeats:
    """Who sits inside the search. Their models must be metered (see enhancement/budget.py).

    `names_new` says whether a reply at a point of a dialogue names a real item that was not named before;
    None where no catalogue is known. `focusing` shares the candidates among the drafts; None where each
    draft sees all there are. `knowledge` reads what the seeker asks of an item: a draft that names another is
    said only where there is no better one. `reader` is a model that reads it, None where rules do.
    """

    extractor: PreferenceExtractor
    simulator: InternalSimulator
    judge: ProfileJudge
    names_new: Callable[[Sequence[Turn], str], bool] | None = None
    focusing: Focusing | None = None
    knowledge: Knowledge | None = None
    reader: ModelConstraintReader | None = None

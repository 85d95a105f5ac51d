"""USB-Rec: language models that recommend well in conversation.

A program calls :func:`usbrec.evaluate`, :func:`usbrec.score`, :func:`usbrec.agreement`,
:func:`usbrec.fidelity`, :func:`usbrec.compare`, :func:`usbrec.enhance`, :func:`usbrec.make_pairs`,
:func:`usbrec.train` and :func:`usbrec.train_seeker`, and gets records back; docs/library.md shows how. A name
is imported when it is first asked for, so that a tool which needs one room pays for one room.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from usbrec import errors
    from usbrec.config import Config, load_config
    from usbrec.dialogue import (
        Conversation,
        Episode,
        Item,
        PreferencePair,
        RecordedDialogue,
        Reply,
        Sample,
        Score,
        Turn,
    )
    from usbrec.evaluation import Comparison
    from usbrec.items import Catalogue
    from usbrec.library.agreement import Agreement, agreement
    from usbrec.library.comparing import compare
    from usbrec.library.enhancing import Enhanced, enhance
    from usbrec.library.evaluating import aevaluate, evaluate
    from usbrec.library.fidelity import Fidelity, fidelity
    from usbrec.library.loading import load_catalogue, load_samples
    from usbrec.library.models import OpenModel, open_model
    from usbrec.library.pairing import Pairs, make_pairs
    from usbrec.library.run import Run
    from usbrec.library.scoring import ScoredDialogues, ascore, score
    from usbrec.library.seekers import FittedSeeker, train_seeker
    from usbrec.library.training import Adapter, train
    from usbrec.llm import ScriptedModel

    __version__: str

__all__ = [
    "Adapter",
    "Agreement",
    "Catalogue",
    "Comparison",
    "Config",
    "Conversation",
    "Enhanced",
    "Episode",
    "Fidelity",
    "FittedSeeker",
    "Item",
    "OpenModel",
    "Pairs",
    "PreferencePair",
    "RecordedDialogue",
    "Reply",
    "Run",
    "Sample",
    "Score",
    "ScoredDialogues",
    "ScriptedModel",
    "Turn",
    "aevaluate",
    "agreement",
    "ascore",
    "compare",
    "enhance",
    "errors",
    "evaluate",
    "fidelity",
    "load_catalogue",
    "load_config",
    "load_samples",
    "make_pairs",
    "open_model",
    "score",
    "train",
    "train_seeker",
]

#: Name -> the module that has it.
_HOMES = {
    **dict.fromkeys(("Config", "load_config"), "config"),
    **dict.fromkeys(
        (
            "Conversation",
            "Episode",
            "Item",
            "PreferencePair",
            "RecordedDialogue",
            "Reply",
            "Sample",
            "Score",
            "Turn",
        ),
        "dialogue",
    ),
    "Comparison": "evaluation",
    "Catalogue": "items",
    **dict.fromkeys(("Agreement", "agreement"), "library.agreement"),
    "compare": "library.comparing",
    **dict.fromkeys(("Enhanced", "enhance"), "library.enhancing"),
    **dict.fromkeys(("aevaluate", "evaluate"), "library.evaluating"),
    **dict.fromkeys(("Fidelity", "fidelity"), "library.fidelity"),
    **dict.fromkeys(("load_catalogue", "load_samples"), "library.loading"),
    **dict.fromkeys(("OpenModel", "open_model"), "library.models"),
    **dict.fromkeys(("Pairs", "make_pairs"), "library.pairing"),
    "Run": "library.run",
    **dict.fromkeys(("Adapter", "train"), "library.training"),
    **dict.fromkeys(("ScoredDialogues", "ascore", "score"), "library.scoring"),
    **dict.fromkeys(("FittedSeeker", "train_seeker"), "library.seekers"),
    "ScriptedModel": "llm",
}


# A checker of types would take any name for one of ours.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        value: Any
        if name == "__version__":
            from importlib.metadata import version

            value = version("usbrec")
        elif name == "errors":
            value = importlib.import_module("usbrec.errors")
        elif name in _HOMES:
            value = getattr(importlib.import_module(f"usbrec.{_HOMES[name]}"), name)
        else:
            raise AttributeError(f"module 'usbrec' has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])

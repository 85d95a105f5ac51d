"""Advice on a pairs run: what its counts mean, and the settings that give more pairs or better ones.

A run that makes nothing has to say so while there is still time to stop it, and a run whose every chosen
side is a label has to say that it prefers nothing of the model's own. Told by `usbrec pairs` while it runs
and at its end, and by `usbrec train` where it finds no pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from usbrec.config import Pairs

#: After so many rows without a pair it is told at once: a run that gives pairs would have one by then.
EARLY_ROWS = 8
#: Below this share of rows with a pair the setting that helps is told.
_FEW = 0.5
#: Reasons told, the most frequent first; the table of counts has all.
_TOLD = 2

_CANNOT_CHOOSE = "No draft reached pairs.accept_at = {accept_at:g}"
_SAME = (
    "All replies were worth the same: raise pairs.drafts (now {drafts}) or pairs.temperature (now "
    "{temperature:g}), or train the model first (`usbrec train sft`)."
)
_UNREADABLE = "The judge gave no readable score: take another --judge, or rules with a --catalogue."
#: What helps against each reason for which a row gives no pair.
_HELP = {
    "the label cannot be reached from the candidates": _CANNOT_CHOOSE
    + " and no item of the list is a target: lower it, or show better candidates (--ranker, --candidates).",
    "no label to fall back on": _CANNOT_CHOOSE + " and there is no label to choose: lower it.",
    "the chosen side is not better": _SAME,
    "both sides are the same": _SAME,
    "margin too small": "Lower pairs.min_margin (now {min_margin:g}).",
    "no draft could be scored": _UNREADABLE,
    "a side could not be scored": _UNREADABLE,
    "the chosen side repeats marks of the prompt": "The model copies the list it is shown: train it first "
    "(`usbrec train sft`), or take a larger one.",
    "the chosen side is a title and nothing else": "pairs.more_than_title = false lets bare titles be sides.",
    "the judge's votes disagree": "Lower pairs.min_agreement (now {min_agreement:g}).",
    "lengths too different": "Raise pairs.max_length_ratio (now {max_length_ratio}).",
    "a side names not exactly one new item": "Raise pairs.drafts (now {drafts}), train the model first "
    "(`usbrec train sft`), or let replies with several titles or none be sides (pairs.one_item = false).",
    "enough pairs whose rejected side names nothing": "Raise pairs.naming_nothing (now {naming_nothing:g}).",
    "the same pair stands there before": "Leave rows out that stand in the file twice, or raise pairs.drafts "
    "(now {drafts}).",
    "enough pairs whose chosen side names this item": "Raise pairs.most_per_item (now {most_per_item}).",
}


def advice(
    counts: Mapping[str, Any],
    rows: int,
    settings: Pairs,
    *,
    grounded: bool,
    catalogue: bool,
    lists: bool = False,
) -> list[str]:
    """Sentences about a run of `rows` rows with these `counts` (of :func:`usbrec.pairs.count_pairs`); none
    where all is well.

    `settings` are those in force, every default filled in; `grounded` says whether candidates were shown,
    `catalogue` whether there is one, `lists` whether drafts are ranked lists.
    """
    told = []
    own = [] if lists else _own(settings, grounded=grounded, catalogue=catalogue)
    if counts["rows_with_pairs"] < _FEW * rows:
        told.append(" ".join([_gave(counts, rows), *_helps(counts, settings), *own]))
    if counts["pairs"] and counts["origins"]["chosen"]["label"] == counts["pairs"]:
        told.append(
            "Every chosen side is a label: such pairs teach to say what a person said, as `usbrec train sft` "
            "does, and prefer none of the model's own replies to another. "
            + (" ".join(own) or f"Lower pairs.accept_at (now {settings.accept_at:g}).")
        )
    return told


def early_notice(counts: Mapping[str, Any], rows: int, settings: Pairs, **about: bool) -> str:
    """One line for a run whose first `rows` rows gave no pair; `about` as in :func:`advice`."""
    told = " ".join(advice(counts, rows, settings, **about))
    return f"{told} Ctrl-C stops this run; with other settings, name another folder (-o)."


def no_pairs(where: str, results: Mapping[str, Any]) -> str:
    """Why the run at `where`, whose ``results.json`` holds `results`, made no pair; a line a reason."""
    reasons = "".join(f"\n  {count}: {reason}" for reason, count in results["dropped"].items())
    told = "".join(f"\n{line}" for line in results.get("advice", ()))
    return f"{where}: no pair to learn from. What became of {results['n']} rows:{reasons}{told}"


def _gave(counts: Mapping[str, Any], rows: int) -> str:
    reasons = "; ".join(f"{count}: {reason}" for reason, count in _frequent(counts))
    gave = f"{counts['rows_with_pairs'] or 'None'} of {rows} rows gave a pair"
    return f"{gave} ({reasons})." if reasons else f"{gave}."


def _helps(counts: Mapping[str, Any], settings: Pairs) -> list[str]:
    now = settings.model_dump()
    return list(dict.fromkeys(_HELP[reason].format(**now) for reason, _ in _frequent(counts)))


def _frequent(counts: Mapping[str, Any]) -> list[tuple[str, int]]:
    return sorted(counts["dropped"].items(), key=lambda one: (-one[1], one[0]))[:_TOLD]


def _own(settings: Pairs, *, grounded: bool, catalogue: bool) -> list[str]:
    """What gives pairs of the model's own replies, whether or not they name a target."""
    if not grounded:
        file = "" if catalogue else "--catalogue FILE with "
        return [f"{file}--candidates 10 and --judge rules make pairs of the items that the model is shown."]
    if not settings.counterfactual:
        return ["pairs.counterfactual = 3 makes pairs of one reply with two titles of the list in it."]
    return []

"""Audit of preference pairs: duplicates, contradictions, sides that nobody played, what one side alone says.

Whoever slips pairs into training data wants something said, so the same words or the same item come again and
again on one side. Honest pairs draw both sides from one model: what is often chosen is often rejected, too. A
sign test tells that from about fifteen pairs on. What it tells is no proof: an item may be chosen often
because it suits many.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from usbrec.dialogue import PreferencePair, plain_words
from usbrec.evaluation.audit.overlap import sequences, words_of

#: Findings of a kind that are told; the rest are counted.
SHOWN = 10
#: Words of a phrase. Phrases and items of fewer dialogues are not tested.
PHRASE, LEAST = 4, 8
#: One-sided p value, over all phrases or items that come often enough (Bonferroni), below which it is told.
LEVEL = 0.01


def audit_pairs(
    pairs: Sequence[PreferencePair],
    *,
    played: Mapping[str, Iterable[str]] | None = None,
    items_in: Callable[[str], Iterable[str]] | None = None,
) -> dict[str, Any]:
    """What the checks find. `played` has the texts that each sample's candidates said, `items_in` the items
    that a text names (without it none are counted)."""
    return {
        "pairs": len(pairs),
        "rows": len({pair.sample_id for pair in pairs}),
        "duplicates": _told(_duplicates(pairs)),
        "contradictions": _told(_contradictions(pairs)),
        "against_scores": _told(pair.sample_id for pair in pairs if _against_its_scores(pair)),
        "never_played": None if played is None else _told(_never_played(pairs, played)),
        "phrases": _one_sided(pairs, lambda text: set(_phrases(text))),
        "items": None if items_in is None else _items(pairs, items_in),
    }


def _told(samples: Iterable[str]) -> dict[str, Any]:
    listed = list(samples)
    return {"pairs": len(listed), "samples": list(dict.fromkeys(listed))[:SHOWN]}


def _sides(pair: PreferencePair) -> tuple[str, str, str]:
    return (
        str([dict(message) for message in pair.prompt]),
        plain_words(pair.chosen),
        plain_words(pair.rejected),
    )


def _duplicates(pairs: Sequence[PreferencePair]) -> list[str]:
    """Pairs that have stood before, their prompt and both sides."""
    seen: set[tuple[str, str, str]] = set()
    found = []
    for pair in pairs:
        if (sides := _sides(pair)) in seen:
            found.append(pair.sample_id)
        seen.add(sides)
    return found


def _contradictions(pairs: Sequence[PreferencePair]) -> list[str]:
    """Pairs whose opposite is there as well."""
    there = set(map(_sides, pairs))
    return [pair.sample_id for pair in pairs if _sides(pair.swap()) in there]


def _against_its_scores(pair: PreferencePair) -> bool:
    """Whether the rejected side has the higher score, by what stands beside the pair."""
    try:
        chosen, rejected = (float(pair.provenance[side]["score"]["value"]) for side in ("chosen", "rejected"))
    except (KeyError, TypeError, ValueError):
        return False
    return not chosen > rejected


def _never_played(pairs: Sequence[PreferencePair], played: Mapping[str, Iterable[str]]) -> list[str]:
    """Pairs with a side that is said to be a draft and that no candidate of its sample said."""
    said = {sample: set(map(plain_words, texts)) for sample, texts in played.items()}
    return [
        pair.sample_id
        for pair in pairs
        if any(
            _origin(pair, side) == "draft" and plain_words(text) not in said.get(pair.sample_id, set())
            for side, text in (("chosen", pair.chosen), ("rejected", pair.rejected))
        )
    ]


def _origin(pair: PreferencePair, side: str) -> object:
    told = pair.provenance.get(side)
    return told.get("origin") if isinstance(told, Mapping) else None


def _phrases(text: str) -> Iterable[str]:
    return (" ".join(one) for one in sequences(words_of(text), PHRASE))


def _items(pairs: Sequence[PreferencePair], items_in: Callable[[str], Iterable[str]]) -> dict[str, Any]:
    """The items that chosen sides name most, and those that one side names more often than chance gives."""
    found = _one_sided(pairs, lambda text: set(items_in(text)))
    counts: Counter[str] = Counter()
    for pair in pairs:
        counts.update(set(items_in(pair.chosen)))
    most = [
        {"item": item, "chosen": count, "share": count / len(pairs)} for item, count in counts.most_common(5)
    ]
    return {"most_chosen": most, **found}


def _one_sided(pairs: Sequence[PreferencePair], marks_in: Callable[[str], set[str]]) -> dict[str, Any]:
    """Marks (phrases, items) that one side has and the other has not, in more pairs than chance gives.

    Of the pairs in which exactly one side has a mark, it is as likely the chosen one as not (a sign test).
    Pairs of one dialogue count once, because its drafts share their words, and so do marks of the same pairs.
    """
    has: dict[str, tuple[set[str], set[str]]] = {}
    for pair in pairs:
        chosen, rejected = marks_in(pair.chosen), marks_in(pair.rejected)
        for mark in chosen ^ rejected:
            sides = has.setdefault(mark, (set(), set()))
            sides[0 if mark in chosen else 1].add(pair.dialogue_id)
    often = {mark: sides for mark, sides in has.items() if len(sides[0] | sides[1]) >= LEAST}
    # Marks of the same pairs are the words of one sentence, and one thing that is tested.
    tested = len({(frozenset(chosen), frozenset(rejected)) for chosen, rejected in often.values()})
    found: dict[tuple[frozenset[str], frozenset[str]], dict[str, Any]] = {}
    for mark, (chosen, rejected) in often.items():
        p = _sign_test(len(chosen), len(rejected)) * max(1, tested)
        if p <= LEVEL:
            key = frozenset(chosen), frozenset(rejected)
            found.setdefault(
                key,
                {"mark": mark, "chosen": len(chosen), "rejected": len(rejected), "p": min(1.0, p)},
            )
    told = sorted(found.values(), key=lambda one: (-(one["chosen"] + one["rejected"]), one["mark"]))
    return {"found": len(told), "told": told[:SHOWN]}


def _sign_test(more: int, fewer: int) -> float:
    """The probability that one side of so many fair draws has the mark as often as `more`, or oftener, or as
    seldom; two-sided."""
    total, least = more + fewer, min(more, fewer)
    tail: float = sum(math.comb(total, count) for count in range(least + 1)) / 2**total
    return min(1.0, 2.0 * tail)

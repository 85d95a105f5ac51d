"""Patterns that are searched for only where a cue stands find what they would find anyway."""

from __future__ import annotations

import re

import pytest

from usbrec.patterns import CuedPattern, cues_of
from usbrec.play.grounding.naming.claim_words import claim_words


@pytest.mark.parametrize(
    ("phrases", "cues"),
    [
        (["in stock", "on stock", "stock"], ("stock",)),
        (["euros?", "EUR", r"US\$", r"\$"], ("$", "eur")),
        (["exceed(?:ed|ing)", "your(?=\\s*$)", "cheap\\w*"], ("cheap", "exceed", "your")),
        (["(?:is|are) available", "sold out"], ("",)),
        (["yes|no", "maybe"], ("",)),
        (["copies|", "a{2}"], ("",)),
        (["dreißig"], ("dreissig",)),
    ],
)
def test_cues_are_what_every_match_begins_with(phrases: list[str], cues: tuple[str, ...]) -> None:
    assert cues_of(phrases) == cues


TEXTS = [
    "The Tarn X2 costs $499, in stock now.", "It COSTS 20 EUROS and is Sold Out.", "a film about a ship",
    "Only dreißig Flaschen, 12 €.", "DREISSIG sind verfügbar", "nothing here", "", "ſtock: 3 left", "US$ 12",
    "Is it available today? It's under your budget", "by Kobold, from Rioja, made in Spain",
]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["amount", "bare_amount", "in_stock", "sold_out", "stocked", "at_most", "about", "by", "made_by", "likes",
     "price_cues", "own_budget", "beyond", "origin", "by_alone", "former"],
)  # fmt: skip
def test_a_cue_changes_nothing_that_is_found(name: str) -> None:
    cued = getattr(claim_words(), name)
    plain = re.compile(cued.pattern, re.IGNORECASE)
    for text in TEXTS:
        for end in range(len(text) + 1):
            said = text[:end]
            assert [one.span() for one in cued.finditer(said)] == [
                one.span() for one in plain.finditer(said)
            ], said
            found, known = cued.search(said, 2), plain.search(said, 2)
            assert (found and found.span()) == (known and known.span())


def test_a_text_without_a_cue_is_not_searched() -> None:
    # The pattern cannot be compiled: it is not asked.
    pattern = CuedPattern("(", ["free"])
    assert pattern.search("nothing of the kind") is None
    with pytest.raises(re.error):
        pattern.search("a free one")

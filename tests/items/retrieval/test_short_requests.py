"""Twenty short requests over two catalogues, and what must come first; written before the code."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from usbrec.dialogue import Item, Turn
from usbrec.items import Catalogue, Similarity, load_catalogue
from usbrec.items.open import open_linker
from usbrec.items.retrieval import RequestRetriever

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
NOT_QUARZO, NOT_GALMORI = r"^(?i:(?!quarzo))", r"^(?i:(?!galmori))"

#: Catalogue, request, how many come first, and what each of them shows in a field (a regular expression).
REQUESTS = [
    # A brand, as it is written and in lower case.
    ("headphones", "Do you have something by Fjordlyd?", 10, {"people": "Fjordlyd"}),
    ("headphones", "anything from dunkelton?", 10, {"people": "(?i:dunkelton)"}),
    # A brand and a category; two brands and a category.
    ("headphones", "Over-ear headphones from Auvara, please.", 8, {"people": "Auvara", "genres": "over-ear"}),
    ("headphones", "Cindrel or Klangheim, gaming", 10, {"people": "Cindrel|Klangheim", "genres": "gaming"}),
    # Model numbers, in several spellings.
    ("headphones", "Is the HX-588 any good?", 1, {"title": "Ravelin HX-588"}),
    ("headphones", "i want the av 453 or something close to it", 2, {"title": r"Brelko +AV-453"}),
    ("headphones", "do you sell the tn588", 1, {"title": "Auvara TN-588"}),
    # Features, in the language of their descriptions.
    ("headphones", "They should have a detachable cable.", 5, {"text": "detachable cable"}),
    ("headphones", "mit aktiver Geräuschunterdrückung bitte", 5, {"text": "Geräuschunterdrückung"}),
    ("headphones", "With limited volume, for my daughter.", 5, {"text": "limited volume"}),
    # German.
    ("headphones", "Ich suche einen Kopfhörer von Klangheim", 10, {"people": "Klangheim"}),
    ("headphones", "keine von Quarzo, lieber studio", 10, {"people": NOT_QUARZO, "genres": "studio"}),
    # A column that is neither genre nor person.
    ("headphones", "A red one by Pellucid", 3, {"people": "Pellucid", "Colour": "red"}),
    # Brands one letter wrong.
    ("headphones", "something by vespertonne", 10, {"people": "(?i:vespertone)"}),
    ("headphones", "Hoerwerk in-ear", 8, {"people": "(?i:hörwerk)", "genres": "in-ear"}),
    # Like one item, and not from its maker.
    ("headphones", "Like Fjordlyd Onda Pro, by Nordeval", 8, {"people": "Nordeval", "genres": "travel"}),
    ("headphones", "sports, but not from Galmori", 10, {"people": NOT_GALMORI, "genres": "sports"}),
    # Books: a surname, a surname one letter wrong, words of a description.
    ("books", "Have you got anything by Christie?", 4, {"people": "Agatha Christie"}),
    ("books", "some steinbek", 2, {"people": "John Steinbeck"}),
    ("books", "the one about the whales", 1, {"title": "Moby-Dick"}),
]  # fmt: skip


@functools.cache
def _retriever(name: str) -> tuple[Catalogue, RequestRetriever]:
    catalogue = load_catalogue(EXAMPLES / f"{name}.csv")
    return catalogue, RequestRetriever(catalogue, open_linker(catalogue), Similarity())


def _field(item: Item, name: str) -> str:
    if name in ("people", "genres"):
        return "; ".join(getattr(item, name))
    return item.extra.get(name, "") if name[0].isupper() else str(getattr(item, name))


@pytest.mark.parametrize(
    ("name", "request_text", "count", "shows"), REQUESTS, ids=lambda value: str(value)[:40]
)
def test_what_a_short_request_asks_for_comes_first(
    name: str, request_text: str, count: int, shows: dict[str, str]
) -> None:
    catalogue, retriever = _retriever(name)
    ranked = retriever.rank([Turn("seeker", request_text)], count)
    found = [item for item_id, _ in ranked if (item := catalogue.get(item_id)) is not None]
    assert len(found) == count
    for item in found:
        for field, pattern in shows.items():
            assert re.search(pattern, _field(item, field)), (item.name, field)

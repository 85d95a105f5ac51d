"""A small shop with prices, stock and brands, for tests."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from usbrec.dialogue import Sample, Turn
from usbrec.errors import InputWarning
from usbrec.items import Catalogue, Similarity, load_catalogue, open_linker
from usbrec.items.constraints.column_table import open_columns
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader
from usbrec.items.knowledge import Knowledge

ROOT = Path(__file__).parents[2]
#: One price in it cannot be read, which is told.
SHOP_CSV = ROOT / "docs" / "examples" / "shop.csv"
with warnings.catch_warnings():
    warnings.simplefilter("ignore", InputWarning)
    SHOP: Catalogue = load_catalogue(SHOP_CSV)
KNOWLEDGE = Knowledge.of(SHOP, Similarity(), seed=0)


def said(*texts: str) -> tuple[Turn, ...]:
    """A dialogue in which the seeker begins."""
    return tuple(
        Turn("seeker" if place % 2 == 0 else "recommender", text) for place, text in enumerate(texts)
    )


def asked_in_words(reader: ConstraintReader, *texts: str) -> list[str]:
    """What holds after a dialogue in which the seeker begins, in words and sorted."""
    return sorted(map(in_words, reader.read(said(*texts))))


def wanting(
    text: str, targets: tuple[str, ...], constraints: Mapping[str, Any] | None = None, name: str = "a"
) -> Sample:
    """A sample of one turn."""
    return Sample(name, name, said(text), targets, constraints=constraints or {})


def read_written(folder: Path, text: str, name: str = "shop.csv") -> tuple[Catalogue, str]:
    """The catalogue of a file with this text, and what reading it told."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", InputWarning)
        catalogue = load_catalogue(path)
    return catalogue, "".join(str(one.message) for one in told)


def meeting(catalogue: Catalogue, said: str) -> list[str]:
    """The ids of the items that meet what a seeker says."""
    asked = ConstraintReader(catalogue, open_linker(catalogue)).read([Turn("seeker", said)])
    assert asked, said
    table = open_columns(catalogue)
    return [item.id for item in catalogue if all(table.meets(item.id, one) for one in asked)]

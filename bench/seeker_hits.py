"""How often the default retriever finds what made-up seekers want, and how often anybody could.

    usbrec samples catalogue docs/examples/headphones.csv -o headphones.jsonl
    python bench/seeker_hits.py docs/examples/headphones.csv headphones.jsonl

A hit at k is a target among the first k items for what was said before the first reply; intervals are
bootstraps over the rows. The ceiling is for the first target, the one that is spoken of: the chance of each
item to be it, by the rules that `usbrec samples catalogue` draws by (which target is equally likely, what is
told fits it, what is liked is drawn from the items most like it); the mean chance of the ten likeliest. It
reads the seekers' records rather than their words, and no popularity, so it is meaningful for catalogues
without. Whether it is right shows in what a ranking by these chances, ties at random, really finds: were the
rules not as they are read here, it would find more or less than the ceiling says.
"""

from __future__ import annotations

import argparse
import re
import statistics
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from usbrec.data import load_samples
from usbrec.dialogue import Item, Sample
from usbrec.items import Catalogue, Similarity, TraitTable, load_catalogue, traits_of
from usbrec.items.open import open_linker
from usbrec.items.retrieval import RequestRetriever
from usbrec.keys import derive_seed
from usbrec.play.seekers.facts import facts_of

#: As usbrec/synth/generator.py draws liked items.
_NEAR = 40
_AT = (1, 10, 50)


def interval(hits: Sequence[bool]) -> str:
    found_n = np.array(hits, dtype=float)
    draws = np.random.default_rng(0).integers(0, len(found_n), (2000, len(found_n)))
    low, high = np.percentile(found_n[draws].mean(axis=1), [2.5, 97.5])
    return f"{found_n.mean():.3f} [{low:.3f}, {high:.3f}]"


class Chances:
    """The chance of each item to be what a made-up seeker wants."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self._row = {item.name: row for row, item in enumerate(items)}
        table = TraitTable(map(traits_of, items), Similarity())
        self._liked = [self._near(row, table.to(traits_of(item))) for row, item in enumerate(items)]
        years = [item.year for item in items if item.year is not None]
        self._middle = statistics.median(years) if years else 0
        self._facts = [{fact.text for fact in facts_of(item)} for item in items]

    def _near(self, row: int, similarity_n: NDArray[np.float64]) -> dict[int, float]:
        order_n = (-similarity_n.round(9)).argsort(kind="stable")[: _NEAR + 1]
        near = {int(other): float(similarity_n[other]) for other in order_n if other != row}
        most = max(near.values(), default=0.0)
        return {other: value for other, value in near.items() if value > 0 and value >= most / 2}

    def of(self, sample: Sample) -> NDArray[np.float64]:
        """Shape (n,), summing to 1; zeros where no item fits the record."""
        revealed = sample.seeker["revealed"]
        liked = [self._row[name] for name in revealed if name in self._row]
        said = " ".join(turn.text for turn in sample.turns if turn.role == "seeker").lower()
        for row in liked:
            said = said.replace(self._items[row].title.lower(), " ")
        # What stands in the name of a liked item alone was not told of the wanted one.
        told = [fact for fact in revealed if fact not in self._row and fact.lower() in said]
        chance_n = np.array([self._chance(row, told, liked) for row in range(len(self._items))])
        return chance_n / chance_n.sum() if chance_n.sum() else chance_n

    def _chance(self, row: int, told: Sequence[str], liked: Sequence[int]) -> float:
        if not all(self._fits(row, fact) for fact in told):
            return 0.0
        near, chance = self._liked[row], 1.0
        left = sum(near.values())
        for other in liked:
            if other not in near:
                return 0.0
            chance *= near[other] / left
            left -= near[other]
        return chance

    def _fits(self, row: int, fact: str) -> bool:
        year = self._items[row].year
        if fact in ("older", "newer"):
            return year is not None and (year < self._middle) == (fact == "older")
        # A vague fact is a part of what is known.
        return any(re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", known) for known in self._facts[row])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("samples", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    catalogue: Catalogue = load_catalogue(options.catalogue)
    samples = load_samples(options.samples)
    retriever = RequestRetriever(catalogue, open_linker(catalogue), Similarity())
    places = [_places(sample, catalogue, retriever) for sample in samples]
    print(f"{len(samples)} rows")
    for k in _AT:
        print(
            f"hit@{k}: some target {interval([min(found) < k for found in places])}, "
            f"the first {interval([found[0] < k for found in places])}"
        )
    if catalogue.has_popularity or len(catalogue) > 2000:
        return
    chances = Chances(catalogue.items)
    chance_n = [chances.of(sample) for sample in samples]
    print(f"ceiling of the first target @10: {np.mean([np.sort(one)[-10:].sum() for one in chance_n]):.3f}")
    found = [_by_chance(sample, one, catalogue) for sample, one in zip(samples, chance_n, strict=True)]
    print(
        f"ranked by those chances @10: some target {interval([min(places) < 10 for places in found])}, "
        f"the first {interval([places[0] < 10 for places in found])}"
    )
    for name, wanted in (("at most", True), ("more than", False)):
        rows = [place for place, one in enumerate(chance_n) if (np.count_nonzero(one) <= 10) == wanted]
        hits = [places[row][0] < 10 for row in rows]
        print(f"{name} ten items fit what was said: {len(rows)} rows, first@10 {interval(hits)}")


def _places(sample: Sample, catalogue: Catalogue, retriever: RequestRetriever) -> list[int]:
    """The place of each target in the ranking, the first one's first; of what is not there, a million."""
    ranked = {item_id: place for place, (item_id, _) in enumerate(retriever.rank(sample.turns, max(_AT)))}
    found = (catalogue.find(target) for target in sample.targets)
    return [ranked.get(items[0].id, 10**6) if items else 10**6 for items in found]


def _by_chance(sample: Sample, chance_n: NDArray[np.float64], catalogue: Catalogue) -> list[int]:
    """The place of each target where the items are ranked by chance, those alike at random."""
    draw = np.random.default_rng(derive_seed(0, sample.id))
    place_n = np.empty(len(chance_n), dtype=int)
    place_n[np.lexsort((draw.random(len(chance_n)), -chance_n))] = np.arange(len(chance_n))
    row = {item.id: number for number, item in enumerate(catalogue)}
    found = (catalogue.find(target) for target in sample.targets)
    return [int(place_n[row[items[0].id]]) if items else 10**6 for items in found]


if __name__ == "__main__":
    main()

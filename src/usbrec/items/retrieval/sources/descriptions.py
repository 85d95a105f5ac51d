"""Description BM25: items by title, people, genres and text, through tantivy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from usbrec.dialogue import Item
from usbrec.extras import extra
from usbrec.items.retrieval.dialogue_context import Context, stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Words of a query, the heaviest, and items it finds.
_MOST_WORDS = 32
_FOUND = 300


class DescriptionSearch:
    """A search index in memory over items, in their order. Raises ConfigError without tantivy."""

    def __init__(self, items: Sequence[Item]) -> None:
        with extra("retrieval", "Searching descriptions"):
            import tantivy
        self._tantivy = tantivy
        self._size = len(items)
        # Stems and people come ready, so the index only splits at blanks.
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("row", stored=True, fast=True)
        builder.add_text_field("words", tokenizer_name="whitespace")
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        # One thread and one segment: statistics, and with them scores, do not depend on the machine.
        writer = index.writer(heap_size=128_000_000, num_threads=1)
        for row, item in enumerate(items):
            words = stems(" ".join((item.title, *item.people, *item.genres, item.text)))
            writer.add_document(tantivy.Document(row=row, words=" ".join(words)))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def score(self, context: Context) -> NDArray[np.float32]:
        """Shape (n,): BM25 of the seeker's words, later ones weighing more; 0 below the best 300."""
        query: dict[str, float] = {}
        for utterance, weight in context.weighted():
            if utterance.seeker:
                for stem in utterance.stems:
                    query[stem] = weight
        score_n = np.zeros(self._size, dtype=np.float32)
        tantivy = self._tantivy
        parts = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(tantivy.Query.term_query(self._schema, "words", stem), weight),
            )
            for stem, weight in sorted(query.items(), key=lambda entry: (-entry[1], entry[0]))[:_MOST_WORDS]
        ]
        if parts:
            found = self._searcher.search(tantivy.Query.boolean_query(parts), _FOUND)
            for score, address in found.hits:
                score_n[self._searcher.doc(address)["row"][0]] = score
        return score_n

#!/usr/bin/env bash
# tantivy 0.27.0 (Python): fuzzy queries score every hit 1.0, so the exact title may be missing from the best ten.
#
# Expected: `Searcher.search` returns the `limit` best hits in order of relevance. A fuzzy query for "heat" ranks
# the document "heat" above "beat" and "hear", as Lucene and Elasticsearch do, or at least not below them.
#
# Instead: every document within the edit distance scores exactly 1.0, the exact one too. Ties fall to the order of
# insertion: of fourteen titles one letter away, indexed before "heat", ten are returned, and "heat" is not. The
# same holds for `Index.parse_query` with `fuzzy_fields`: each word counts 1.0, so that fifty titles with two near
# words equal the one that has both exactly (2.0 each), which the plain query finds alone, at 7.09.
#
# Cause: a fuzzy term query runs an automaton over the dictionary of terms; its scorer is a constant (1.0), without
# edit distance, term frequency or inverse document frequency. Neither docstring says so.
#
# Why it matters: fuzzy search is how a typed title is looked up in a catalogue. Recall at a small limit then
# depends on the order in which items were indexed (often popular first), scores cannot be compared with BM25 in a
# fusion, and raising the distance from 1 to 2 pushes the exact title out. Ask for exact and fuzzy together (a
# boolean query), or rank the hits again.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check tantivy==0.27.0
"$work/venv/bin/python" - <<'EOF_PYTHON'
import sys

import tantivy

builder = tantivy.SchemaBuilder()
builder.add_text_field("title", stored=True)
schema = builder.build()


def index_of(titles):
    index = tantivy.Index(schema)
    writer = index.writer(num_threads=1)
    for title in titles:
        writer.add_document(tantivy.Document(title=title))
    writer.commit()
    index.reload()
    return index


def hits(index, query, limit):
    searcher = index.searcher()
    found = searcher.search(query, limit).hits
    return [(round(score, 2), searcher.doc(address)["title"][0]) for score, address in found]


near = "beat heap hear meat neat seat feat teat peat head heart heats heal leat".split()
index = index_of([*near, "heat"])
best = hits(index, tantivy.Query.fuzzy_term_query(schema, "title", "heat", distance=1), 10)
print("best 10 for fuzzy heat: ", best)
everything = hits(index, tantivy.Query.fuzzy_term_query(schema, "title", "heat", distance=1), 20)
print("scores of all", len(everything), "hits:", sorted({score for score, _ in everything}))

films = index_of(["here live"] * 50 + ["her life"])
exact = hits(films, films.parse_query("her life", ["title"]), 60)
fuzzy = hits(films, films.parse_query("her life", ["title"], fuzzy_fields={"title": (False, 1, True)}), 60)
print("plain query:", exact[:3], "fuzzy query:", fuzzy[0], "...", fuzzy[-1])
seen = (
    len(best) == 10
    and "heat" not in [title for _, title in best]
    and "heat" in [title for _, title in everything]
    and {score for score, _ in everything} == {1.0}
    and [title for _, title in exact] == ["her life"]
    and {score for score, _ in fuzzy} == {2.0}
    and fuzzy[0][1] == "here live"
)
print("as found: all fuzzy hits score the same" if seen else "changed: see the scores above")
sys.exit(0 if seen else 1)
EOF_PYTHON

#!/usr/bin/env bash
# pyahocorasick 2.3.1: `iter_long` overlooks a title at the end of a text when a longer title began before it.
#
# Expected: `Automaton.iter_long` is documented as the search for the longest matches that do not overlap. With
# "matrix" and "the matrix reloaded" in the dictionary, "i liked the matrix" holds exactly one: "matrix".
#
# Instead: no match at all. With a full stop behind it the same title is found; `iter` finds it in both. In 4,096
# pairs of a small dictionary and a text (all texts of eight letters a and b against 16 dictionaries) 333 texts
# lose matches against a plain leftmost-longest search, and none gains any.
#
# Cause: inside the longer title the automaton stands on a node that ends no word; the shorter title hangs on its
# failure link. `iter_long` follows that link when the next letter does not fit, but when the text ends there it
# stops without looking.
#
# Why it matters: this is the usual way to find catalogue titles in a message, and people often end a message with
# the title. Whether an item was mentioned then depends on a full stop and on which other titles the catalogue
# holds: the larger the catalogue, the more mentions are lost, silently, in the data and in the metrics.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyahocorasick==2.3.1
"$work/venv/bin/python" - <<'EOF_PYTHON'
import itertools
import sys

import ahocorasick


def automaton(words):
    built = ahocorasick.Automaton()
    for word in words:
        built.add_word(word, word)
    built.make_automaton()
    return built


def longest(words, text):
    """The leftmost longest match at each place, by trying every word."""
    found, start = [], 0
    while start < len(text):
        length = max((len(word) for word in words if text.startswith(word, start)), default=0)
        if length:
            found.append((start + length - 1, text[start : start + length]))
        start += length or 1
    return found


titles = automaton(["matrix", "the matrix reloaded"])
ended, stopped = "i liked the matrix", "i liked the matrix."
for text in (ended, stopped):
    print(f"{text!r}: iter_long {list(titles.iter_long(text))}, iter {list(titles.iter(text))}")

texts = ["".join(letters) for letters in itertools.product("ab", repeat=8)]
dictionaries = [(short, long) for short in ("a", "b", "ab", "ba") for long in ("abba", "baab", "aabb", "babb")]
lost = gained = 0
for words in dictionaries:
    searched = automaton(words)
    for text in texts:
        by_library, by_hand = set(searched.iter_long(text)), set(longest(words, text))
        lost += bool(by_hand - by_library)
        gained += bool(by_library - by_hand)
print(f"{len(texts) * len(dictionaries)} small cases: {lost} lose matches, {gained} gain any")
seen = (
    list(titles.iter_long(ended)) == []
    and list(titles.iter_long(stopped)) == list(titles.iter(ended)) == [(17, "matrix")]
    and (lost, gained) == (333, 0)
)
print("as found: a title at the end of the text is overlooked" if seen else "changed: see the matches above")
sys.exit(0 if seen else 1)
EOF_PYTHON

"""Surface-form table: every variant of every title as sorted hashes, to look up runs of words in.

A word is a 64-bit hash, a run of words a polynomial of its words' hashes, so all runs of a text are hashed
at once from the hashes of its beginnings, and one binary search finds those that are a title. The arrays
lie in files that are mapped into memory, and a :class:`SurfaceForm` is made when it is met in a text. Two
keys share a hash with a probability of about 1 in 10^7 for a million titles, a text's run meets a title's
hash by accident in 1 of 10^13.
"""

from __future__ import annotations

import functools
import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from usbrec.dialogue import Item
from usbrec.items.linking.ambiguity import ARTICLES, Ambiguity, ambiguity_of, is_telling
from usbrec.items.linking.cased import ambiguity_in
from usbrec.items.linking.everyday_caseless import caseless_ambiguity
from usbrec.items.linking.inflection import STEM, stem_key
from usbrec.items.linking.languages import russian
from usbrec.items.linking.subtitles import heads, subtitles
from usbrec.items.linking.surface_form import SurfaceForm, Writing
from usbrec.items.linking.title_variants import abbreviated, first_piece, numbered, respelt
from usbrec.items.scripts import CYRILLIC, has_unspaced, plain
from usbrec.items.store import title_keys
from usbrec.items.titles import normalise_title
from usbrec.method_cache import cached_method
from usbrec.patterns import LazyPattern

Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int32]

# What a form is to the item of its row.
_EXACT, _SHORTENED, _VARIANT, _PERSON, _SUBTITLE, _INFLECTED, _HEAD = range(7)
_VARIANTS = frozenset({_SHORTENED, _VARIANT, _SUBTITLE, _INFLECTED})
#: The keys of so many items are kept as texts, too.
FEW = 64
#: The runs of texts of so few words are kept.
_FEW_WORDS = 64
_FACTOR = 0x9E3779B97F4A7C15  # odd, so that multiplying by it loses nothing
_MASK = (1 << 64) - 1
_CYRILLIC = LazyPattern(f"[{CYRILLIC}]")
# Letters of scripts beside Latin, Greek and their kin that have capitals, and Cyrillic.
_OTHER_LETTERS = LazyPattern(
    "[\u0400-\u0530\u0590-\u10ff\u1100-\u11ff\u1200-\u1bff\u2e80-\ua4cf\ua840-\udfff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_FRACTIONS = frozenset("¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞/\u2044")
_BETWEEN_FRACTIONS = frozenset("/\u2044")
_HYPHEN = LazyPattern(r"(?<=\w)[-‐‑·](?=\w)")
_LOWER_CASE = LazyPattern(r"(?<![\w'’-])[a-z]+(?![\w'’-])")


@functools.lru_cache(maxsize=1 << 17)
def word_hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def key_hash(words: Iterable[str]) -> int:
    value = 0
    for word in words:
        value = (value * _FACTOR + word_hash(word)) & _MASK
    return value


def _all_runs(count: int, longest: int) -> tuple[Rows, Rows, Rows]:
    """All runs of at most `longest` among `count` words: where each begins and ends, and its length less
    one."""
    return _few_runs(count, longest) if count <= _FEW_WORDS else _runs_of(count, longest)


def _runs_of(count: int, longest: int) -> tuple[Rows, Rows, Rows]:
    firsts = np.repeat(np.arange(count, dtype=np.int32), longest)
    lengths = np.tile(np.arange(longest, dtype=np.int32), count)
    ends = firsts + lengths + 1
    inside = ends <= count
    return firsts[inside], ends[inside], lengths[inside]


_few_runs = functools.lru_cache(maxsize=_FEW_WORDS)(_runs_of)


class SurfaceForms:
    """The surface forms of `items`. `arrays` and `ordinary` are what :meth:`gathered` found or a folder kept.

    Shapes: keys (K,) sorted; starts (K + 1,), where the entries of a key begin; rows and kinds (E,), an
    entry's item and what the key is to it, most popular item first; known (V,), sorted hashes of the words
    of titles and people; longest (2,), words of the longest key, of all and of those in scripts with blanks.
    """

    NAMES = ("keys", "starts", "rows", "kinds", "known", "longest")

    def __init__(
        self,
        items: Sequence[Item],
        arrays: Mapping[str, npt.NDArray[np.generic]],
        ordinary: frozenset[str],
        spelt: Sequence[str] | None = None,
    ) -> None:
        self.items = items
        #: All keys as texts, of a few items; None of many.
        self.spelt = spelt
        self.arrays = {name: np.asarray(arrays[name]) for name in self.NAMES}
        self.ordinary = ordinary
        self.longest, self.longest_spaced = self.arrays["longest"].tolist()
        self._keys: Hashes = self.arrays["keys"]
        self._known: Hashes = self.arrays["known"]
        self._starts, self._rows, self._kinds = (self.arrays[name] for name in ("starts", "rows", "kinds"))
        powers = [1]
        for _ in range(self.longest):
            powers.append(powers[-1] * _FACTOR & _MASK)
        self._powers = np.array(powers[1:], dtype=np.uint64)
        self.form = cached_method(self._form, maxsize=1 << 14)

    @classmethod
    def of(cls, items: Sequence[Item]) -> SurfaceForms:
        return cls(items, *_gathered(items))

    def runs(self, words: Sequence[str]) -> Iterator[tuple[int, int, SurfaceForm]]:
        """The runs words[first..last] that are a title or a name: (first, last, form)."""
        if not words or not len(self._keys):
            return
        beginnings = [0]
        for word in words:
            beginnings.append((beginnings[-1] * _FACTOR + word_hash(word)) & _MASK)
        until = np.array(beginnings, dtype=np.uint64)
        firsts, ends, lengths = _all_runs(len(words), min(self.longest, len(words)))
        hashes = until[ends] - until[firsts] * self._powers[lengths]
        places = self._keys.searchsorted(hashes)
        places[places == len(self._keys)] -= 1
        for found in np.flatnonzero(self._keys[places] == hashes).tolist():
            first, end = int(firsts[found]), int(ends[found])
            yield first, end - 1, self.form(" ".join(words[first:end]), int(places[found]))

    def runs_behind_prefixes(
        self, words: Sequence[str], others: Sequence[tuple[int, str]]
    ) -> Iterator[tuple[int, int, int, SurfaceForm]]:
        """The runs that are a title when their first word is another: `others` (index of the word, what it is
        instead). (index in others, first, last, form)."""
        if not others or not len(self._keys):
            return
        for index, (first, other) in enumerate(others):
            value = 0
            for length, word in enumerate((other, *words[first + 1 : first + self.longest])):
                value = (value * _FACTOR + word_hash(word)) & _MASK
                place = int(np.searchsorted(self._keys, np.uint64(value)))
                if place < len(self._keys) and self._keys[place] == value:
                    last = first + length
                    yield (
                        index,
                        first,
                        last,
                        self.form(" ".join((other, *words[first + 1 : last + 1])), place),
                    )

    def find(self, key: str) -> SurfaceForm | None:
        """The surface form of a normal form, None where no title is written so."""
        value = np.uint64(key_hash(key.split(" ")))
        place = int(np.searchsorted(self._keys, value))
        if place == len(self._keys) or self._keys[place] != value:
            return None
        return self.form(key, place)

    def strange(self, words: Sequence[str]) -> list[bool]:
        """Which words stand in no title and no name."""
        if not words or not len(self._known):
            return [True] * len(words)
        hashes = np.array([word_hash(word) for word in words], dtype=np.uint64)
        places = self._known.searchsorted(hashes)
        places[places == len(self._known)] -= 1
        strange: list[bool] = (self._known[places] != hashes).tolist()
        return strange

    def _form(self, key: str, place: int) -> SurfaceForm:
        entries = slice(int(self._starts[place]), int(self._starts[place + 1]))
        kinds = self._kinds[entries].tolist()
        rows = self._rows[entries].tolist()
        exact = tuple(self.items[row] for row, kind in zip(rows, kinds, strict=True) if kind == _EXACT)
        variants = tuple(self.items[row] for row, kind in zip(rows, kinds, strict=True) if kind in _VARIANTS)
        parts = key.split(" ")
        writing = _writing_of(key)
        if not exact and not variants:
            marks = frozenset("-.' ・·")
            opened = () if _PERSON in kinds else tuple(self.items[row] for row in rows)
            return SurfaceForm(key, (), (), Ambiguity.MARKED, False, writing, tuple(parts), marks, opened)
        if STEM in key and not exact:
            keys = (known for item in variants for known in title_keys(item))
            parts = next(known.split(" ") for known in keys if stem_key(known) == key)
        if _PERSON in kinds:
            ambiguity = Ambiguity.MARKED
        elif writing is Writing.CASELESS:
            ambiguity = caseless_ambiguity(parts, self.ordinary)
        elif writing is Writing.CYRILLIC:
            ambiguity = ambiguity_in(russian(), parts)
        else:
            ambiguity = ambiguity_of(parts, self.ordinary)
        if _SHORTENED in kinds and not exact:
            # "Matrix" for "The Matrix" needs the year, quotes or an introduction, "Dark Knight" capitals.
            ambiguity = max(ambiguity, Ambiguity.CAPITALS if len(parts) > 1 else Ambiguity.MARKED)
        if parts[0].isdigit() and not exact:  # "for 2 weeks" is no "Two Weeks"
            ambiguity = max(ambiguity, Ambiguity.CAPITALS)
        if _SUBTITLE in kinds and not exact:
            # "Captain America: Civil War": two words may well be what they say.
            ambiguity = max(ambiguity, Ambiguity.CAPITALS if len(parts) > 2 else Ambiguity.MARKED)
        marks = frozenset(plain("".join(title for item in exact + variants for title in item.titles)))
        if not marks.isdisjoint(_FRACTIONS):  # "8 1/2" for "8½"
            marks |= _BETWEEN_FRACTIONS
        return SurfaceForm(key, exact, variants, ambiguity, is_telling(parts), writing, tuple(parts), marks)


def _writing_of(key: str) -> Writing:
    if key.isascii() or not (letters := _OTHER_LETTERS.findall(key)):
        return Writing.LATIN
    return Writing.CYRILLIC if len(_CYRILLIC.findall(key)) == len(letters) else Writing.CASELESS


# English words that are written in one and in two.
_TWO_SPELLINGS = (("good bye", "goodbye"), ("all right", "alright"), ("every body", "everybody"))


#: Articles that lists of titles put last, and that hardly end a sentence; English ones need not stand there.
_SORTED_LAST = frozenset(
    [
        "la",
        "le",
        "les",
        "lo",
        "los",
        "las",
        "el",
        "il",
        "gli",
        "un",
        "una",
        "une",
        "uno",
        "der",
        "das",
        "dem",
        "ein",
        "eine",
        "het",
        "een",
        "ett",
        "l",
    ]
)


class _Entries:
    def __init__(self, *, keep: bool) -> None:
        self.spelt: list[str] | None = [] if keep else None
        self.hashes, self.rows, self.kinds = array("Q"), array("i"), array("B")
        self.longest = self.longest_spaced = 0

    def add(self, key: str, row: int, kind: int) -> None:
        parts = key.split(" ")
        self.longest = max(self.longest, len(parts))
        if key.isascii() or not has_unspaced(key):
            self.longest_spaced = max(self.longest_spaced, len(parts))
        self.hashes.append(key_hash(parts))
        if self.spelt is not None:
            self.spelt.append(key)
        self.rows.append(row)
        self.kinds.append(kind)

    def sorted(self) -> dict[str, npt.NDArray[np.generic]]:
        hashes = np.array(self.hashes, dtype=np.uint64)
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        # Not by np.unique, which loads the module of masked arrays.
        starts = np.flatnonzero(np.append(ordered[:1] == ordered[:1], ordered[1:] != ordered[:-1]))
        return {
            "keys": ordered[starts],
            "starts": np.append(starts, len(hashes)),
            "rows": np.array(self.rows, dtype=np.int32)[order],
            "kinds": np.array(self.kinds, dtype=np.uint8)[order],
            "longest": np.array([self.longest, self.longest_spaced]),
        }


def _add_further(
    entries: _Entries,
    titles: Sequence[str],
    keys: Sequence[str],
    further: Mapping[int, Sequence[str]],
    order: Sequence[int],
) -> None:
    """Further titles, which stand behind those of other items that are called so, and subtitles that are
    nobody else's title."""
    spelt = set(keys)
    for row in order:
        for key in further.get(row, ()):
            entries.add(key, row, _VARIANT if key in spelt else _EXACT)
            if inflected := stem_key(key):
                entries.add(inflected, row, _INFLECTED)
    taken = spelt.union(*further.values())
    taken.update(
        rest for key in tuple(taken) for article, _, rest in [key.partition(" ")] if article in ARTICLES
    )
    for row, key in subtitles(titles, taken):
        entries.add(key, row, _SUBTITLE)
        taken.add(key)
    for row, key in heads(titles, taken):
        entries.add(key, row, _HEAD)
        if other := abbreviated(key):
            entries.add(other, row, _HEAD)


def _gathered(
    items: Sequence[Item],
) -> tuple[dict[str, npt.NDArray[np.generic]], frozenset[str], Sequence[str] | None]:
    """The arrays of :class:`SurfaceForms`, the words that descriptions use as ordinary ones, and the keys as
    texts, of few items."""
    titles: list[str] = []
    keys: list[str] = []
    further: dict[int, list[str]] = {}
    order: list[tuple[float, int, bool, str, int]] = []
    people: set[str] = set()
    seen: Counter[str] = Counter()
    for row, item in enumerate(items):
        titles.append(item.title)
        keys.append(normalise_title(item.title))
        if item.also:
            further[row] = [key for key in title_keys(item)[1:] if any(map(str.isalnum, key))]
        # Equally popular: "It" before "I.T.", then an item that the catalogue itself names without a year,
        # because that is what a bare title says.
        order.append((-item.popularity, item.title.count("."), item.year is not None, item.id, row))
        people.update(item.people)
        if item.text:
            seen.update(set(_LOWER_CASE.findall(item.text)))
    order.sort()
    entries = _Entries(keep=len(items) <= FEW)
    spelt, singles = set(keys), set()
    for *_, row in order:
        key = keys[row]
        if any(map(str.isalnum, key)):
            entries.add(key, row, _EXACT)
            singles.add(key)
            if inflected := stem_key(key):
                entries.add(inflected, row, _INFLECTED)
        title = titles[row]
        if _HYPHEN.search(title):  # "Spiderman" for "Spider-Man"
            joined = normalise_title(_HYPHEN.sub("", title))
            if joined != key:
                entries.add(joined, row, _VARIANT)
                singles.add(joined)
        for apart, together in _TWO_SPELLINGS:  # "Goodbye, Lenin" for "Good Bye, Lenin!"
            if apart in key or together in key:
                other = key.replace(apart, together) if apart in key else key.replace(together, apart)
                entries.add(other, row, _VARIANT)
        for other in numbered(title, key):  # "Rocky 2" for "Rocky II"
            entries.add(other, row, _VARIANT)
            article, _, rest = other.partition(" ")
            if article in ARTICLES:
                entries.add(rest, row, _SHORTENED)
        for other in first_piece(key):  # "Kill Bill Volume 1" for "Kill Bill: Vol. 1"
            entries.add(other, row, _VARIANT)
        if whole := abbreviated(key):  # "Doctor No" for "Dr. No"
            entries.add(whole, row, _VARIANT)
        if in_letters := respelt(key):  # "MASH" for "M*A*S*H"
            entries.add(in_letters, row, _VARIANT)
        article, _, rest = key.partition(" ")
        if article in ARTICLES and rest:  # "Dark Knight" for "The Dark Knight"
            entries.add(rest, row, _SHORTENED)
            singles.add(rest)
        for one in (key, *further.get(row, ())):  # "Cité des enfants perdus, La", as MovieLens writes it
            article, _, rest = one.partition(" ")
            if article in _SORTED_LAST and " " in rest:
                entries.add(f"{rest} {article}", row, _VARIANT)
                if rest.count(" ") > 1:  # fewer words may be others
                    entries.add(rest, row, _SHORTENED)
    beside: dict[str, list[str]] = {}
    for key in spelt:  # "the Hangover (2010)" for "Hangover", beside "The Hangover" of 2009
        article, _, rest = key.partition(" ")
        if article in ARTICLES and rest in spelt:
            beside.setdefault(rest, []).append(key)
    for *_, row in order:
        for key in beside.get(keys[row], ()):
            entries.add(key, row, _VARIANT)
    _add_further(entries, titles, keys, further, [row for *_, row in order])
    # A person's name is longer than a title that is part of it, so that "Morgan Freeman" is not "Morgan".
    names = {normalise_title(name) for name in people}
    for name in sorted(names):
        parts = name.split(" ")
        if len(parts) > 1 and (name in singles or not singles.isdisjoint(parts)):
            entries.add(name, -1, _PERSON)
    also = (key for keys in further.values() for key in keys)
    known = {word_hash(word) for text in (*spelt, *names, *also) for word in text.split(" ")}
    arrays = entries.sorted()
    arrays["known"] = np.sort(np.fromiter(known, dtype=np.uint64, count=len(known)))
    # Ordinary is what at least two descriptions use in lower case.
    return arrays, frozenset(word for word, count in seen.items() if count > 1), entries.spelt

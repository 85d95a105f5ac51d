"""Request retriever: ranks by attributes and by the seeker's other words.

Names of brands and surnames, model numbers, features, words of descriptions, and eras; what follows "not" is
ranked lower. Only words that titles, genres and full names of people do not explain are looked up: where
there are none, the ranking is that of the attributes alone.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from usbrec.dialogue import Item, Turn
from usbrec.items.attributes import attributes_in
from usbrec.items.linking.ambiguity import is_always_capital, is_common
from usbrec.items.retrieval.attributes import AttributeRetriever, AttributesRead
from usbrec.items.retrieval.item_words import WORD, ItemWords, folded, model_numbers, term
from usbrec.items.retrieval.request_words import Era, eras_in, excluded_in, is_empty
from usbrec.items.retrieval.spans import Spans, mark_before
from usbrec.items.similarity import Traits

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NOTHING = Traits()
_T = TypeVar("_T")
#: Years beyond an era after which it counts for 1/e of what it would, and what it would there.
_ERA_SCALE, _BEYOND = 5.0, 0.5
#: Of words that were not understood, so many are told.
_TOLD = 20


@dataclass(frozen=True, slots=True)
class RequestRead(AttributesRead):
    """The same with the seeker's other words. `excluded` and what is called so is not wanted;
    `not_understood` are words that describe something and that no item has."""

    names: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    eras: tuple[Era, ...] = ()
    excluded: Traits = _NOTHING
    excluded_names: tuple[str, ...] = ()
    excluded_terms: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()


class RequestRetriever(AttributeRetriever):
    """The attribute retriever with the words of the seeker's turns.

    Added to its score: `names_weight` times the root of the share of the named brands an item has (the root,
    because who names two would have either), a surname counting `surname_weight`; `terms_weight` times the
    share of the other words, by their rarity; `era_weight` for its year. The same is taken off for what is
    not wanted.
    """

    names_weight = 1.0
    surname_weight = 0.6
    terms_weight = 0.2
    era_weight = 0.6

    def read_turn(self, turn: Turn) -> RequestRead:
        linked = turn.read_by(self._linker)
        text = "\n".join(linked.beside)
        found = attributes_in(text, self._catalogue)
        named = tuple(self._row[mention.item_id] for mention in linked.mentions)
        genres = [(start, end, genre) for start, end, several in found.genres for genre in several]
        if turn.role != "seeker":
            return RequestRead(
                named, _each(genre for *_, genre in genres), _each(p for *_, p in found.people)
            )
        excluded = excluded_in(text)

        in_words = Spans((one.start, one.end) for one in excluded)
        in_names = Spans((one.start, one.names_end) for one in excluded)

        def is_excluded(start: int, name: bool = False) -> bool:
            return (in_names if name else in_words).hold(start)

        explained = [(start, end) for start, end, _ in (*found.genres, *found.people)]
        first, last = self._years
        eras = eras_in(text, first, last)
        explained += [(start, end) for start, end, _ in eras]
        names, terms, unknown = self._beside(text, explained)
        return RequestRead(
            named,
            _each(genre for start, _, genre in genres if not is_excluded(start)),
            _each(person for start, _, person in found.people if not is_excluded(start, True)),
            _each(name for start, name in names if not is_excluded(start, True)),
            _each(key for start, key in terms if not is_excluded(start)),
            _each(era for start, _, era in eras if not is_excluded(start)),
            Traits.of(
                (genre for start, _, genre in genres if is_excluded(start)),
                (person for start, _, person in found.people if is_excluded(start, True)),
            ),
            _each(name for start, name in names if is_excluded(start, True)),
            _each(key for start, key in terms if is_excluded(start)),
            _each(unknown)[:_TOLD],
        )

    def _beside(
        self, text: str, explained: Sequence[tuple[int, int]]
    ) -> tuple[list[tuple[int, str]], list[tuple[int, str]], list[str]]:
        """The names and terms in the words that nothing has explained, with their places, and the words that
        no item has."""
        spans = Spans(explained)
        matches = [match for match in WORD.finditer(text) if not spans.meet(*match.span())]
        names: list[tuple[int, str]] = []
        terms: list[tuple[int, str]] = []
        unknown: list[str] = []
        read = [folded(match.group()) for match in matches]
        known: set[int] = set()
        for place, joined in model_numbers(read):
            if self._words.has(joined):
                terms.append((matches[place].start(), joined))
                known.update((place, place + 1))
        for place, (match, word) in enumerate(zip(matches, read, strict=True)):
            if len(word) < 2 or (word.isdigit() and len(word) < 3) or place in known:
                continue
            if is_empty(word, itself=True):
                continue
            if (name := self._name(text, match.start(), match.group(), word)) is not None:
                names.append((match.start(), name))
            elif is_empty(word):
                continue
            elif self._words.has(key := term(word)):
                terms.append((match.start(), key))
            elif (near := None if is_common(word) else self._words.near(word)) is not None:
                names.append((match.start(), near))
            elif any(map(str.isalpha, word)):
                unknown.append(match.group())
        return names, terms, unknown

    def _name(self, text: str, start: int, written: str, word: str) -> str | None:
        """The brand or surname that a word is, None for no name."""
        # A name that is also a word must be written as one, inside a sentence.
        inside = written[0].isupper() and mark_before(text, start) not in ("", ".", "!", "?", "\n")
        if not inside and (is_common(word) or is_always_capital(word)):
            return None
        if not self._words.is_name(word):
            return None
        return word if inside or not self._words.is_ordinary(word) else None

    def scores(self, turns: Sequence[Turn]) -> NDArray[np.float64]:
        """The score of every item in the order of their ids, shape (n,)."""
        score_n = super().scores(turns)
        reads = [turn.read_by(self) for turn in turns if turn.role == "seeker"]
        names = _each(name for read in reads for name in read.names)
        terms = _each(key for read in reads for key in read.terms)
        eras = _each(era for read in reads for era in read.eras)
        added = False
        if names:
            score_n = score_n + self.names_weight * np.sqrt(self._named_share(names))
            added = True
        if terms:
            score_n = score_n + self.terms_weight * self._words.share(terms)
            added = True
        if eras:
            score_n = score_n + self.era_weight * sum(map(self._within, eras)) / len(eras)
            added = True
        for read in reads:
            if size := len(read.excluded.genres) + len(read.excluded.people):
                score_n = score_n - self.names_weight * self._table.shared(read.excluded) / size
                added = True
            if read.excluded_names:
                score_n = score_n - self.names_weight * np.sqrt(self._named_share(read.excluded_names))
                added = True
            if read.excluded_terms:
                score_n = score_n - self.terms_weight * self._words.share(read.excluded_terms)
                added = True
        return np.round(score_n, 9) if added else score_n

    def not_understood(self, turns: Sequence[Turn]) -> tuple[str, ...]:
        """Words of the seeker's last turn that describe something and that no item has, as they are written,
        each once, twenty at most."""
        last = next((turn for turn in reversed(turns) if turn.role == "seeker"), None)
        return () if last is None else last.read_by(self).not_understood

    def _named_share(self, names: Sequence[str]) -> NDArray[np.float64]:
        share_n = np.zeros(len(self._ids))
        for name in names:
            weight = self.surname_weight if self._words.is_surname(name) else 1.0
            share_n[self._words.named(name)] += weight**2 / len(names)
        return share_n

    def _within(self, era: Era) -> NDArray[np.float64]:
        """How well each item's year fits an era, shape (n,); 0 where it is not known."""
        year_n = self._year_n
        if era.side is not None:
            older_n = year_n < np.nanmedian(year_n)
            fits_n = older_n if era.side == "older" else ~older_n
            return np.where(np.isnan(year_n), 0.0, fits_n)
        gap_n = np.maximum(0.0, np.maximum(era.first - year_n, year_n - era.last))
        fit_n = np.where(gap_n == 0, 1.0, _BEYOND * np.exp(-gap_n / _ERA_SCALE))
        return np.nan_to_num(fit_n)

    @functools.cached_property
    def _words(self) -> ItemWords:
        def item_of(row: int) -> Item | None:
            return self._catalogue.get(self._ids[row])

        items = map(item_of, range(len(self._ids)))
        return ItemWords((item for item in items if item is not None), item_of)

    @functools.cached_property
    def _year_n(self) -> NDArray[np.float64]:
        years = [np.nan if traits.year is None else traits.year for traits in self._traits]
        return np.array(years, dtype=np.float64)

    @functools.cached_property
    def _years(self) -> tuple[int, int]:
        """The catalogue's first and last year; (1, 0) where it has none."""
        known_n = self._year_n[~np.isnan(self._year_n)]
        return (int(known_n.min()), int(known_n.max())) if len(known_n) else (1, 0)


def _each(found: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(found))

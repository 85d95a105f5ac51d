"""Runs of names: words in a row that look like a name by capitals, digits, script or spelling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from usbrec.items import normalise_title
from usbrec.items.constraints.column_roles import makers_of
from usbrec.items.linking.ambiguity import is_small
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.details import Details
from usbrec.play.grounding.naming.language import either, places, proper_phrases
from usbrec.play.grounding.naming.page import is_camel, is_capital

_YEAR = LazyPattern(r"(?:1[89]|20)[0-9]{2}")
#: What stands in a name between a word and a number.
_BEFORE_NUMBERS = frozenset({"of", "the", "in", "part", "no", "to", "und", "der", "die", "das"})
_NOUN_ENDINGS = (
    "ung", "ungen", "heit", "keit", "schaft", "tion", "tionen", "ität", "nis", "ismus", "erin", "chen",
    "lein", "tum",
)  # fmt: skip


class Runs(Details):
    """Finds runs of words that look like a name wherever they stand."""

    def names(self) -> Iterator[str]:
        page = self.page
        for first, last in self._runs():
            if self.strict and (first, last) in self._ours_written:
                continue
            heads = [place for place in range(first, last + 1) if self._strong[place] or self._capital[place]]
            if not (
                self._is_ours(first, last)
                or self._is_detail(first, last)
                or (len(heads) == 1 and heads[0] == last and self._is_noun(last))
            ):
                yield page.text[page.words[first].start : page.words[last].end]

    @cached_property
    def _strong(self) -> list[bool]:
        """Words that are a name's wherever they stand."""
        page = self.page
        found = []
        for index, (norm, raw) in enumerate(zip(page.norms, page.raws, strict=True)):
            if page.mention_at[index] is not None or self._proper(index):
                found.append(False)
            elif page.model_numbers[index]:
                found.append(not self._as_described(index))
            elif (
                raw[0].isdigit()
                or not any(map(str.isalpha, raw))
                or (len(norm) < 2 and not page.foreign(index))
            ):
                # A number with a unit ("70s") and one letter say nothing; in scripts without blanks a
                # character is a word.
                found.append(False)
            elif is_camel(raw) or (page.mainly_latin and page.foreign(index)):
                found.append(not (norm in self._catalogue_words or f" {norm} " in self.heard))
            elif not page.mainly_latin and not page.foreign(index):
                found.append(not self._ordinary(index) or is_capital(raw))
            else:
                found.append(not self._ordinary(index) and any(map(str.isalpha, norm)))
        return found

    def _as_described(self, index: int) -> bool:
        """Whether a word of letters and digits is one that the catalogue or the seeker uses ("mp3",
        "ip67")."""
        norms = self.page.norms
        norm = norms[index]
        if {" ".join(norms[place : place + 2]) for place in (max(0, index - 1), index)} & proper_phrases():
            return True  # "rated PG-13"
        return norm in self._catalogue_words and any(map(str.isdigit, norm)) and any(map(str.isalpha, norm))

    @cached_property
    def _capital(self) -> list[bool]:
        """Words with a capital that says something: inside a sentence, where nouns have none."""
        page, language = self.page, self._language
        nouns = language is not None and language.code == "de"
        return [
            page.mention_at[index] is None
            and is_capital(raw)
            and not page.opens[index]
            and raw not in ("I", "A")
            and not page.labels(index)
            and not (
                index
                and (
                    self._measures(index)
                    or (page.norms[index] in either("currencies") and page.raws[index - 1][0].islower())
                )
            )
            and not raw.startswith(("I'", "I’"))
            and not (nouns and (self._ordinary(index) or _like_a_noun(raw)))
            for index, raw in enumerate(page.raws)
        ]

    def _runs(self) -> Iterator[tuple[int, int]]:
        """Words that follow each other and look like names: the first and the last of each run."""
        page, strong, capital = self.page, self._strong, self._capital
        index, count = 0, len(page.words)
        while index < count:
            if not (strong[index] or capital[index]):
                index += 1
                continue
            first = last = index
            while first > 0 and page.joined(first) and page.mention_at[first - 1] is None:
                before = first - 1
                named = strong[before] or capital[before]
                if not (named or (is_capital(page.raws[before]) and page.raws[before] != "I")):
                    break
                first = before
            after = last + 1
            while after < count and page.joined(after) and page.mention_at[after] is None:
                if last < after - 1 and page.is_amount(after):
                    break  # "from Rioja for 8,99 €"
                if page.norms[after - 1] in ("in", "since", "seit", "im") and _YEAR.fullmatch(
                    page.norms[after]
                ):
                    break  # "by Lantern Press in 2011"
                if strong[after] or capital[after]:
                    last = after
                elif page.norms[after].isdigit():
                    if not _BEFORE_NUMBERS.issuperset(page.norms[last + 1 : after]):
                        break  # "by Lena Marsh is for 1 to 4 players"
                    last = after
                elif not (
                    is_small(page.norms[after])
                    and page.norms[after] not in ("and", "with", "or", "by", "from", "und", "von")
                ):
                    break
                after += 1
            yield first, last
            index = max(last, index) + 1

    def _is_ours(self, first: int, last: int) -> bool:
        """Whether a run is none of an item's name, or one of ours after all."""
        page, vocabulary = self.page, self.vocabulary
        run = page.norms[first : last + 1]
        stems = [word.stem for word in page.words[first : last + 1]]
        heads = [place for place in range(first, last + 1) if self._strong[place] or self._capital[place]]
        core = heads[0]
        starts = [first] if first == core else [first, core]
        naming = self._named_here(core)
        before = page.mention_at[first - 1] if first and page.joined(first) else None
        after = page.mention_at[last + 1] if last + 1 < len(page.words) and page.joined(last + 1) else None
        for start in starts:
            for key in {" ".join(page.norms[start : last + 1]), " ".join(stems[start - first :])}:
                if key in vocabulary.people:
                    if after is None:
                        return True
                    item = page.items.get(after.item_id)
                    return item is not None and any(normalise_title(name) == key for name in item.people)
                if key in vocabulary.makers and after is not None:
                    # Whose it is not is told as a wrong field.
                    return True
        if after is not None and first == last and self._maker(stems[0], after.item_id):
            return True
        if after is not None and first == last and page.raws[first].endswith(("'s", "’s")):
            # "The Dark Knight Rises ends Nolan's Batman trilogy".
            earlier = [one for one in page.mentions if one.end < page.words[first].start]
            if earlier and self._maker(stems[0], earlier[-1].item_id):
                return True
        if self._prize(first, last) or (self._has_prices and " ".join(run) in places("phrases")):
            return True
        if before is not None and ":" in page.gap(first) and not self._subtitle(first, last):
            # "Heat: Great film".
            before = None
            if first == last and not self._strong[first]:
                return True
        if before is not None and (":" in page.gap(first) or not page.opens[first]):
            # "Galmori HX-248 Black" is another product where ours is white.
            item = page.items.get(before.item_id)
            own = vocabulary.beside([item]) if item else frozenset()
            return all(norm in own or self._proper(first + place) for place, norm in enumerate(run))
        if after is not None:
            return all(
                self._proper(place)
                or (page.norms[place] in self._catalogue_words and not self._strong[place])
                for place in heads
            )
        titled = page.raws[first] in ("The", "A", "An") and not page.opens[first]
        if (
            not titled
            and all(self._proper(place) or self._beside_proper(place) for place in heads)
            and any(map(self._proper, heads))
        ):
            return True
        digits = any(map(str.isdigit, "".join(run)))
        if first == last and self._of_somebody_named(stems[0]):
            return True
        if first == last and any(self._maker(stems[0], item_id) for item_id in page.items):
            return not naming
        if f" {' '.join(page.norms[core : last + 1])} " in self.heard and not all(map(self._function, run)):
            return not naming and not digits
        if self._shortened(run):
            return True
        if self._person_without_a_column(core, last):
            return True
        if all(page.norms[place] in ("the", "a", "an", "of", "and", "to", "in") for place in heads):
            # The beginning of a title, unless the title follows.
            return ":" in page.gap(first)
        if self._opens_a_sentence(first, last) and not any(map(self._proper, heads)):
            return False
        plain = all(
            not self._strong[place]
            and (
                page.norms[place] in self._catalogue_words
                or self._proper(place)
                or page.norms[place] in self._generic
            )
            for place in heads
        )
        made_of = self._generic - self._catalogue_words
        if self.strict and first < last and not any(page.opens[first : last + 1]) and self._spoken_english:
            # "the Nothing Headphone".
            plain = plain and made_of.isdisjoint(run)
        return plain and not naming and not digits and not titled

    @property
    def _spoken_english(self) -> bool:
        return self._language is not None and self._language.code == "en"

    def _maker(self, name: str, item_id: str) -> bool:
        """Whether a surname is that of who made an item, or a brand its own: "Kubrick's The Shining"."""
        item = self.page.items.get(item_id)
        return item is not None and any(
            normalise_title(person).split(" ")[-1] == name for person in makers_of(item)
        )

    def _opens_a_sentence(self, first: int, last: int) -> bool:
        """Whether capitals open an English sentence that goes on: "Police Story is a good choice"."""
        page, language = self.page, self._language
        return (
            language is not None
            and language.code == "en"
            and first < last < len(page.norms) - 1
            and page.opens[first]
            and not (self._function(page.norms[first]) or page.norms[first] in language.after_naming)
            and page.norms[last + 1] in either("subjects")
            and page.gap(last + 1) == " "
        )

    def _subtitle(self, first: int, last: int) -> bool:
        """Whether words behind a title and a colon go on with the name: "Rope: The Return"."""
        page = self.page
        if last > first and all(is_capital(raw) or is_small(raw) for raw in page.raws[first : last + 1]):
            return True
        following = page.raws[last + 1] if last + 1 < len(page.raws) else ""
        return (
            not following
            or not page.joined(last + 1)
            or page.norms[last + 1] in either("subjects")
            or self._function(page.norms[last + 1])
        )

    def _shortened(self, run: Sequence[str]) -> bool:
        """Whether a run is the title of an item shown, without words that only describe it, or what stands
        before the colon in one that is named."""
        key = f" {' '.join(run)} "
        if len(run) < 2:
            return False
        for item in self.page.items.values():
            head, colon, _ = item.title.partition(":")
            if colon and f" {normalise_title(head)} " == key:
                return True
        for item in self.shown:
            title = normalise_title(item.title)
            if f" {title} ".startswith(key):
                rest = title.split(" ")[len(run) :]
                if not any(
                    word in either("editions") or any(map(str.isdigit, word)) for word in rest
                ) and all(word in self._catalogue_words or word in self._generic for word in rest):
                    return True
        return False

    def _of_somebody_named(self, name: str) -> bool:
        """Whether a single name is one of a person whose whole name the reply or the seeker has."""
        if name not in self.vocabulary.people_words:
            return False
        said = f" {' '.join(self.page.norms)} "
        return any(
            f" {person} " in said or f" {person} " in self.heard
            for person in self.vocabulary.people
            if name in person.split(" ")
        )

    def _person_without_a_column(self, first: int, last: int) -> bool:
        """A person's name where people are named, in a catalogue that has none to hold it against."""
        page = self.page
        if self.vocabulary.people or not 1 <= last - first <= 2 or not first:
            return False
        return page.norms[first - 1] in (
            "by",
            "starring",
            "with",
            "actor",
            "director",
            "author",
            "von",
        ) and all(
            is_capital(raw) and raw.isalpha() and not is_camel(raw) for raw in page.raws[first : last + 1]
        )


def _like_a_noun(raw: str) -> bool:
    return raw.lower().endswith(_NOUN_ENDINGS) and not is_camel(raw)

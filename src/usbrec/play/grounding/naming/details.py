"""Story details: who and what a reply tells of in an item that it names, such as its roles and places.

"Whiplash (2014) has J. K. Simmons as Fletcher", "Selma is about Martin Luther King and set in Alabama":
these are names that no catalogue holds, and no items either. They are told from another item by where they
stand: behind an item of ours, a preposition of place, role or subject right before them, and no word in their
sentence by which items are compared or chosen. In a catalogue of goods, whose names stand behind the same
prepositions ("in the Sony XM5"), nothing is such a detail. German nouns, which have capitals too, are told
from names here as well.
"""

from __future__ import annotations

from usbrec.items import normalise_title
from usbrec.items.linking.ambiguity import is_small
from usbrec.play.grounding.naming.context import NamingContext
from usbrec.play.grounding.naming.language import either, proper_phrases
from usbrec.play.grounding.naming.nouns import is_verb
from usbrec.play.grounding.naming.page import is_capital

#: So many words in small letters may stand between a preposition and a name: "in the fictional ...".
_DESCRIBING = 3
_BEFORE_GOODS = frozenset({"der", "die", "das", "den", "dem", "des", "von", "vom"})
#: What speaks of those who talk rather than of an item.
_ADDRESSING = frozenset({
    "you", "your", "youll", "youd", "i", "id", "ill", "im", "we", "us", "me", "my", "find", "go", "try",
    "watch", "pick", "get", "see", "du", "dir", "dich", "sie", "ihnen", "ich", "wir",
})  # fmt: skip
_TURNS = frozenset({"but", "afterwards", "instead", "thats", "its", "aber", "danach", "sondern"})
_INSTEAD = frozenset({"statt", "anstatt", "anstelle", "alternativ", "lieber"})


class Details(NamingContext):
    """Finds names of what items tell of."""

    def _is_detail(self, first: int, last: int) -> bool:
        """Whether all the names in a run of words are details of the item named before."""
        page = self.page
        if self.vocabulary.brands or not self.vocabulary.people or not page.mentions:
            return False
        place, found = first, 0
        while place <= last:
            end = place
            while end < last and not (is_small(page.norms[end + 1]) and page.raws[end + 1].islower()):
                end += 1
            if is_small(page.norms[place]) and page.raws[place].islower():
                place += 1
                continue
            if not (
                self._known(place, end) or self._prize(place, end) or (place == end and self._is_noun(place))
            ):
                if not self._told_of(place, end):
                    return False
                found += 1
            found, place = found + 1, end + 1
        # One name that is known has been looked at before.
        return found > 1

    def _is_noun(self, index: int) -> bool:
        """Whether a capital is a German noun's, although no list of ours has it: one plain word behind a word
        in small letters, in a reply that names an item of ours, that no title or brand has."""
        page, language = self.page, self._language
        raw, norm = page.raws[index], page.norms[index]
        if language is None or language.code != "de" or not index or len(norm) < 3:
            return False
        if not page.mentions:
            # A question about what is wanted: "etwas mit Tempo?"
            wanted = page.norms[index - 1] in either("detail_prepositions") | {"mit", "für", "ohne"}
            if not (wanted and page.text.rstrip().endswith("?")) or page.gap(index).strip():
                return False
        if not (raw[0].isupper() and raw[1:].islower() and raw.isalpha()) or self._named_here(index):
            return False
        if norm in self.vocabulary.people_words or self.vocabulary.in_titles([norm])[0]:
            return False
        following = page.mention_at[index + 1] if index + 1 < len(page.norms) else None
        if (following is not None and page.gap(index + 1) in (" ", "-")) or page.gap(index).strip():
            return False
        before = page.norms[index - 1]
        if not page.mentions:
            return True
        if page.mention_at[index - 1] is not None:
            return False
        if before in _BEFORE_GOODS and (self.vocabulary.brands or not self.vocabulary.people):
            # Goods and their makers are named behind these: "..., der Lumo ist besser".
            return False
        if not _INSTEAD.isdisjoint(page.norms[self._sentence(index) : index]):
            return False
        if before in ("und", "oder"):
            # "für Studenten und Singles": as the noun before it.
            first = index - 2
            return (
                index > 2
                and page.mention_at[first] is None
                and (self._ordinary(first) or self._is_noun(first))
            )
        near = page.norms[max(0, index - 3) : index]
        if not either("comparing").isdisjoint(near) or not {"und", "oder", "aber", "noch"}.isdisjoint(near):
            return False
        return page.raws[index - 1][0].islower() or before.isdigit() or page.opens[index - 1]

    def _prize(self, first: int, last: int) -> bool:
        """Whether words are a prize, or a phrase that has capitals: "Best Supporting Actor"."""
        norms = self.page.norms[first : last + 1]
        if len(norms) > 1 and norms[0] in ("best", "bester", "beste", "besten"):
            return all(norm in either("awards") or is_small(norm) for norm in norms)
        named = [
            norm
            for place, norm in enumerate(norms, first)
            if not (self._proper(place) or norm.isdigit() or norm in ("the", "at", "in", "a"))
        ]
        return " ".join(named) in proper_phrases() or " ".join(norms) in proper_phrases()

    def _known(self, first: int, last: int) -> bool:
        """Whether these words are a person of the catalogue, the surname of one who made an item named here,
        or a place and the like."""
        page = self.page
        norms = [*page.norms[first:last], page.words[last].stem]
        places = range(first, last + 1)
        if " ".join(norms) in self.vocabulary.people or all(map(self._proper, places)):
            return True
        if any(map(self._proper, places)) and all(
            self._proper(place) or page.norms[place] in either("beside_proper") for place in places
        ):
            return True
        makers = {
            normalise_title(name).split(" ")[-1] for item in page.items.values() for name in item.people
        }
        return first == last and norms[0] in makers

    def _told_of(self, first: int, last: int) -> bool:
        page = self.page
        begin = self._sentence(first)
        before = [one for one in page.mentions if one.end <= page.words[first].start]
        if not before or not all(is_capital(page.raws[place]) for place in range(first, last + 1)):
            return False
        # What is named in another sentence must be in the one right before.
        if (
            before[-1].end < page.words[begin].start
            and page.text[before[-1].end : page.words[begin].start].count(".") > 1
        ):
            return False
        if last + 1 < len(page.norms) and page.gap(last + 1) == " " and page.mention_at[last + 1] is not None:
            return False
        said = page.norms[begin:first]
        if self.strict and ";" in page.text[before[-1].end : page.words[first].start]:
            return False
        inside = any(one.start >= page.words[begin].start for one in before)
        if self.strict and not inside and (begin == first or not self._begins_plainly(begin)):
            # "Decision to Leave is short.": not said of what the sentence before named.
            return False
        if not either("comparing").isdisjoint(
            norm for place, norm in enumerate(said, begin) if page.mention_at[place] is None
        ):
            return False
        if self._ranked_behind(last) or self._credited(first, last):
            return False
        return (
            self._behind_preposition(first, begin)
            or self._beside_detail(first, begin)
            or self._part_of_the_story(first, last, begin)
        )

    def _begins_plainly(self, index: int) -> bool:
        """Whether a sentence begins with a small word of its language."""
        language = self._language
        norm = self.page.norms[index]
        return (
            language is None
            or language.code != "en"
            or norm in language.function
            or norm in language.after_naming
        )

    def _credited(self, first: int, last: int) -> bool:
        """Whether what is said of a name is said of who made an item, or played in it: "John Huston is
        superb", "Bernard Herrmann's music", "has Anders Holm in the lead"."""
        page, norms = self.page, self.page.norms
        if not either("credited_by").isdisjoint(norms[max(0, first - 3) : first]):
            return True
        following = norms[last + 1 : last + 3]
        if page.raws[last].endswith(("'s", "’s")):
            return not either("credited_by").isdisjoint(following)
        if not following or page.gap(last + 1).strip():
            return False
        if following[0] in either("credit_verbs"):
            return True
        if first and norms[first - 1] in ("as", "als"):
            # "with Alain Delon as Jef Costello": a role.
            return False
        if following[0] == "in":
            near = norms[last + 2 : last + 6]
            return near[:1] == ["it"] or not either("parts_played").isdisjoint(near)
        # A role is mostly called by one name.
        return first < last and following[0] in ("is", "was", "has", "gives", "as", "at", "als", "ist", "war")

    def _part_of_the_story(self, first: int, last: int, begin: int) -> bool:
        """Whether a name stands in the sentence of an item, behind it, and is neither compared with it nor
        what the sentence goes on about: "has Neo choose", "the jealous Salieri", "broke the Enigma code"."""
        page = self.page
        topics = [
            one for one in page.mentions if page.words[begin].start <= one.start < page.words[first].start
        ]
        if not topics or page.opens[first] or page.gap(first).strip():
            return False
        after, before, index = last + 1, page.norms[first - 1], first - 1
        between = [place for place in range(begin, first) if page.words[place].start >= topics[0].end]
        if any(page.norms[place] in _ADDRESSING for place in between if page.mention_at[place] is None):
            # "After Heat, you will find ...".
            return False
        if before in ("for", "to", "into", "at", "für", "zu", "bei"):
            return False
        if page.mention_at[index] is not None:
            # "In Heat (1995) Vincent Hanna hunts ...", not "Heat Alien".
            return topics[-1].year is not None and page.opens[begin] and page.norms[begin] == "in"
        text = page.text[topics[-1].end : page.words[first].start]
        told = any(
            is_verb(page.norms[place])
            or page.norms[place] in either("subjects")
            or page.norms[place].endswith("s")
            for place in between
        )
        english = self._language is not None and self._language.code == "en"
        if self.strict and (
            (english and not told)
            or ":" in text
            or ";" in text
            or not _TURNS.isdisjoint(page.norms[begin:first])
        ):
            return False
        if (
            after < len(page.norms)
            and not page.gap(after).strip()
            and page.norms[after] in either("subjects")
        ):
            return False
        if before in ("and", "or", "und", "oder", "but", "aber", "with", "by", "mit", "von", "over", "than"):
            return False
        if before in either("detail_prepositions") | either("detail_verbs"):
            # Looked at before.
            return False
        return page.raws[index].islower() and before not in either("choosing")

    def _beside_detail(self, first: int, begin: int) -> bool:
        """Whether a name stands in a row behind a detail: "about Kirk and Spock", "between Rome, Naples and
        Bari"."""
        page, place = self.page, first - 1
        if place > begin and page.norms[place] in ("and", "und") and not page.gap(first).strip():
            place -= 1
        elif page.gap(first).strip() != ",":
            return False
        start = place
        while start > begin and page.joined(start) and is_capital(page.raws[start - 1]):
            start -= 1
        if page.gap(place + 1).strip() not in ("", ",") or not is_capital(page.raws[place]):
            return False
        return page.mention_at[place] is None and start > begin and self._told_of(start, place)

    def _subject_known(self, verb: int) -> bool:
        """Whether an item of ours, or a person of the catalogue, stands right before a verb: "... has Doc
        Brown and Marty McFly", "Al Pacino plays Vincent Hanna"."""
        page = self.page
        if verb and page.mention_at[verb - 1] is not None:
            return True
        return any(self._known(first, verb - 1) for first in range(max(0, verb - 4), verb))

    def _behind_preposition(self, first: int, begin: int) -> bool:
        """Whether "in", "as", "about" and the like, and words that describe, stand right before."""
        page = self.page
        for place in range(first - 1, max(begin, first - 2 - _DESCRIBING) - 1, -1):
            if page.mention_at[place] is not None or page.gap(place + 1).strip():
                return False
            norm = page.norms[place]
            if norm in either("detail_verbs"):
                return self._subject_known(place)
            if norm in either("detail_prepositions") and is_capital(page.raws[place]) and place > begin:
                # "...; In the Realm of Men": a title begins there.
                return False
            if (
                self.strict
                and norm == "of"
                and place > begin
                and is_capital(page.raws[place - 1])
                and page.mention_at[place - 1] is None
            ):
                # "Triangle of Sadness".
                return False
            if norm in either("detail_prepositions"):
                opened = page.norms[place - 1] if place > begin else ""
                if place == begin or opened in either("no_details_behind"):
                    return False
                # "Big in Paris" is another title than ours, "Big (1988) in Paris" is none.
                title = page.mention_at[place - 1]
                routed = title is not None and page.text[: title.start].endswith(("from ", "between "))
                return title is None or routed or title.year is not None or bool(page.gap(place).strip())
            if not page.raws[place].islower() or (
                self._function(norm) and norm not in either("before_details")
            ):
                return False
        return False

    def _ranked_behind(self, last: int) -> bool:
        """Whether what is said of a name behind it is said of items: "..., and in Rope it is better"."""
        page = self.page
        following = page.norms[last + 1 : last + 3]
        return any(norm in either("ranking") for norm in following)

    def _sentence(self, index: int) -> int:
        """The first word of the sentence in which a word stands; a full stop in a title ends none."""
        page = self.page
        while index and not page.ends_before(index):
            index -= 1
        return index

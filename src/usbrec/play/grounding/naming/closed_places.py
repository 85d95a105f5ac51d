"""Closed places: where words of the closed list may stand, so that no row of them is a name of its own.

Nothing but what leads to a noun stands behind words that a name stands behind; nouns have something before
them; nothing that is no subject stands where one alone would.
"""

from __future__ import annotations

from itertools import pairwise

from usbrec.play.grounding.naming.closed_page import ClosedPage
from usbrec.play.grounding.naming.closed_words import ClosedWords


class ClosedPlaces:
    """A reply, read with the list of one language."""

    def __init__(self, closed: ClosedPage, listed: ClosedWords) -> None:
        self.closed, self.listed = closed, listed
        self.text, self.parts, self.sentences = closed.text, closed.parts, closed.sentences
        self.titles, self.known = closed.titles, closed.known

    def _run(self, index: int, last: int, length: int) -> list[str] | None:
        """The next words, where nothing but blanks stands between them."""
        run = self.parts[index : min(last, index + length)]
        if len(run) < length or any(part.kind != "word" for part in run):
            return None
        if any(self.text[one.end : other.start] != " " for one, other in pairwise(run)):
            return None
        return [part.text.replace("’", "'") for part in run]

    def _phrase(self, index: int, last: int, small: str) -> int:
        for phrase in self.listed.phrases.get(small, ()):
            run = self._run(index, last, len(phrase))
            if run is not None and tuple(run[1:]) == phrase[1:]:
                return len(phrase)
        return 0

    def _opens_badly(self, index: int, small: str) -> bool:
        """Whether the first word of a sentence stands there as a name would: alone, or as its subject."""
        lists, parts = self.listed.lists, self.parts
        behind = parts[index + 1] if index + 1 < len(parts) else None
        if (
            behind is None
            or (behind.kind == "mark" and behind.text in ".,!?;:–—…-")
            or behind.kind == "break"
        ):
            return small not in lists["alone"]
        return self._left_alone(index, small, "") or self._before_title(index, small)

    def _before_title(self, index: int, small: str) -> bool:
        """Whether a word that describes stands right before a title, as if it began it: "Super Heat"."""
        behind = self.parts[index + 1] if index + 1 < len(self.parts) else None
        named = behind is not None and behind.kind == "title" and self._joined(index + 1)
        return named and small in self.listed.lists["adjectives"]

    def _misplaced(self, index: int, small: str) -> bool:
        """Whether a word stands where a name would, without what leads to a noun."""
        lists = self.listed.lists
        previous = self._word_at(index - 1) if self._joined(index) else ""
        if self._behind_naming(index, small, previous):
            return True
        if self._left_alone(index, small, previous) or self._before_title(index, small):
            return True
        if previous in lists["articles"]:
            if small in lists["adjectives"] and small not in lists["nouns"]:
                # "a hard one" is no "the quiet one".
                one = previous in ("a", "an") and self._word_at(index + 1) in ("one", "ones")
                return not one and not self._ends_in_noun(index)
            if small in lists["verbs"] and small not in lists["nouns"] | lists["plain_nouns"]:
                return True
        if small in lists["finite"] and previous in lists["no_subjects"]:
            return True
        if previous in ("a", "an", "the") and (small in lists["prepositions"] or small in lists["joining"]):
            return True
        noun = small in lists["nouns"] and small not in lists["plain_nouns"] and small not in lists["verbs"]
        return noun and not self._led_to(index)

    def _behind_naming(self, index: int, small: str, previous: str) -> bool:
        """Whether a word stands where a name may stand, and leads to nothing else: no determiner, no pronoun,
        no noun that may stand alone."""
        lists = self.listed.lists
        pair = (self._word_at(index - 2), previous) in self.listed.naming_pairs
        naming = previous in lists["naming"]
        if naming and self._is_noun(index - 1):
            naming = False
        if not (pair or naming or previous in lists["prepositions"]):
            return False
        if small in lists["determiners"] or small in lists["np_starts"] or small in lists["naming_free"]:
            return False
        if naming and not pair and small in lists["after_naming"]:
            return False
        if naming and previous not in lists["liking"]:
            return True
        return not self._ends_plain(index)

    def _is_noun(self, index: int) -> bool:
        """Whether a word that may be a noun is one, because of what stands before it."""
        lists, before = self.listed.lists, self._word_at(index - 1)
        noun = self._word_at(index) in lists["nouns"] | lists["plain_nouns"]
        return noun and (before in lists["determiners"] or before in lists["adjectives"])

    def _word_at(self, index: int) -> str:
        """The word at a place, in small letters; "" where there is none."""
        part = self.parts[index] if 0 <= index < len(self.parts) else None
        return "" if part is None or part.kind != "word" else part.text.lower().replace("’", "'")

    def _joined(self, index: int) -> bool:
        """Whether nothing but a blank stands between a part and the one before."""
        return index > 0 and self.text[self.parts[index - 1].end : self.parts[index].start] == " "

    def _left_alone(self, index: int, small: str, previous: str) -> bool:
        """Whether a word that is no subject stands where one alone would: "close would be my choice"."""
        lists = self.listed.lists
        behind = self._word_at(index + 1) if index + 1 < len(self.parts) and self._joined(index + 1) else ""
        if behind not in lists["finite"] or small in lists["subjects"]:
            return False
        return not previous or previous in lists["joining"]

    def _ends_plain(self, index: int) -> bool:
        """Whether the words from this one are adjectives and a noun that may stand alone."""
        while self._word_at(index) in self.listed.lists["adjectives"] and self._joined(
            index + 1 if index + 1 < len(self.parts) else index
        ):
            index += 1
        return self._word_at(index) in self.listed.lists["plain_nouns"]

    def _ends_in_noun(self, index: int) -> bool:
        """Whether a noun, a title or a value stands behind the adjectives from this one."""
        lists, parts = self.listed.lists, self.parts
        nouns = lists["nouns"] | lists["plain_nouns"] | lists["verbs"]
        place = index + 1
        while place < len(parts):
            part = parts[place]
            if part.kind in ("title", "value", "number"):
                return True
            if part.kind == "mark":
                if part.text not in (",", "*", "**", "_", '"', "“", "„", "«", "‘", "'"):
                    return False
            elif part.kind == "break":
                return False
            else:
                small = self._word_at(place)
                if small in nouns or self._phrase(place, len(parts), part.text):
                    return True
                if small not in lists["adjectives"] and small not in lists["before_nouns"]:
                    return False
            place += 1
        return False

    def _led_to(self, index: int) -> bool:
        """Whether something that stands before nouns leads to this one."""
        lists, parts = self.listed.lists, self.parts
        place = index - 1
        while place >= 0:
            part = parts[place]
            if part.kind in ("title", "value"):
                return True
            if part.kind == "number":
                return True
            if part.kind != "word":
                return (
                    part.text in (",", "-")
                    and place > 0
                    and parts[place - 1].text.lower() in lists["adjectives"]
                )
            small = part.text.lower().replace("’", "'")
            if small in lists["determiners"] or small in lists["leads"] or small == "s":
                return True
            if place == 0 or parts[place - 1].kind in ("mark", "break"):
                # "Great question!"
                return small in lists["adjectives"] and part.text[0].isupper()
            if (
                small not in self.listed.content
                and small not in lists["before_nouns"]
                and not small.endswith("'s")
            ):
                return False
            place -= 1
        return False

"""Things that are no items: what may stand where a sentence puts an item, and is surely none: a pronoun, a
thing of the kind, a part of one, somebody."""

from __future__ import annotations

from usbrec.play.grounding.naming.acts import contracted, listed, of_talk
from usbrec.play.grounding.naming.anchors import Anchors
from usbrec.play.grounding.naming.language import either
from usbrec.play.grounding.naming.nouns import is_singular, is_verb, noun_only, noun_or_verb, nouns
from usbrec.play.grounding.naming.page import is_capital
from usbrec.play.grounding.naming.position_words import en


class Things(Anchors):
    """Finds what may stand where an item does without being one."""

    def _no_item(self, first: int, last: int, *, tight: bool = False) -> bool:
        """Whether words that stand where an item may are surely none: a pronoun, a thing of the kind, a part
        of one, somebody, or no noun at all; `tight` where there has to be a noun."""
        page = self.page
        norms = page.norms[first : last + 1]
        if any(
            is_capital(page.raws[place])
            and (self._proper(place) or page.norms[place] in self.vocabulary.people_words)
            for place in range(first if not page.opens[first] else first + 1, last + 1)
        ):
            return True
        definite = norms[0] == "the"
        if any(norm[0].isdigit() and not norm.isdigit() for norm in norms) or (
            is_capital(page.raws[last]) and last > first
        ):
            # "The 70s"; names in capitals are found as such.
            return True
        if all(norm in en("frequencies") for norm in norms) and (len(norms) > 1 or tight):
            return False
        if not definite and (
            norms[0] in en("starts")
            or self._in_one(first)
            or norms[0] in listed("en", "unnamed")
            or norms[0] in listed("en", "persons")
        ):
            return norms[0] != "all" or len(norms) < 3
        rest = norms[1:] if definite else norms
        if not rest:
            return True
        cut = next((place for place, norm in enumerate(rest) if place and self._function(norm)), len(rest))
        head = rest[cut - 1]
        of_one = cut < len(rest) and rest[cut] in en("of_one")
        if definite and self._function(rest[0]):
            return rest[0] in en("behind_the")
        odd = next((place for place, norm in enumerate(norms) if place and norm == "the"), None)
        if odd is not None and not (self._function(norms[odd - 1]) or is_verb(norms[odd - 1])):
            return False
        if definite:
            return self._thing(head) or (
                of_one
                and not tight
                and of_talk("en", head)
                and len(rest) - cut > 1
                and any(norm in en("of_whom") or self._thing(norm) for norm in rest[cut + 1 :])
            )
        if cut < len(rest) and noun_only(head):
            return False
        if any(norm.isdigit() for norm in norms):
            return self._thing(head)
        nominal = noun_only(head) or (
            noun_or_verb(head, plural=True) and not head.endswith(("ed", "er", "est", "ly"))
        )
        if not nominal:
            # "The better answer is past lives": no adjective ends so, and none is a bare verb.
            return is_singular(head) and not tight and not (len(rest) == 1 and _bare_verb(head))
        if tight and len(rest) > 1 and not all(of_talk("en", norm) or self._thing(norm) for norm in rest):
            return False
        return self._thing(head) and (len(rest) > 1 or not is_singular(head) or self._kind(head))

    def _in_one(self, index: int) -> bool:
        """Whether a word is a pronoun and a verb in one: "I'd"."""
        norm = self.page.norms[index]
        return len(self.page.raws[index]) > len(norm) and contracted(norm)

    def _thing(self, norm: str) -> bool:
        """Whether a noun is no item: a kind, a part, a quality of one, or somebody."""
        single = norm.removesuffix("s")
        return any(
            one in self._generic
            or one in self.vocabulary.genres
            or one in listed("en", "parts")
            or one in either("favourites")
            or f" {one} " in self.heard
            or (one in either("kinds") and one not in listed("en", "titled"))
            for one in (norm, single)
        )


def _bare_verb(norm: str) -> bool:
    """Whether a word is a verb and hardly anything else: "flee"."""
    return (
        norm in nouns("verb")
        and not of_talk("en", norm)
        and not norm.endswith(("y", "le", "al", "ous", "ful"))
    )

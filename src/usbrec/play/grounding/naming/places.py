"""Names by their place: ordinary words that stand where a name does ("have you seen ...")."""

from __future__ import annotations

from collections.abc import Iterator

from usbrec.items.linking.ambiguity import is_common
from usbrec.play.grounding.naming.acts import of_talk
from usbrec.play.grounding.naming.context import ARTICLES, NO_NOUN
from usbrec.play.grounding.naming.language import either, either_pairs
from usbrec.play.grounding.naming.numerals import Numerals
from usbrec.play.grounding.naming.page import is_capital

#: What a sentence begins with that says only what is chosen.
_CHOSEN_ALONE = frozenset({"then", "definitely", "perhaps", "maybe"})


class Places(Numerals):
    """Finds names that look like any other word."""

    def _begins_small(self) -> bool:
        """Whether a reply that names nothing begins in small letters with what it goes on to speak about."""
        page = self.page
        if not page.words or page.mentions or not page.raws[0].islower() or page.text.rstrip().endswith("?"):
            return False
        if self._language is None or self._language.code != "en":
            return False
        if page.norms[0] not in ARTICLES and (
            self._function(page.norms[0]) or page.norms[0] in self._language.after_naming
        ):
            return False
        return any(norm in either("subjects") for norm in page.norms[1:9]) and not self._all_ours(
            " ".join(page.norms[:2])
        )

    def _in_slots(self) -> Iterator[str]:
        page, language = self.page, self._language
        if language is None:
            return
        for index, norm in enumerate(page.norms):
            if page.mention_at[index] is not None or self._strong[index] or self._capital[index]:
                continue
            if (norm.isdigit() and not page.is_amount(index) and self._numeral(index)) or (
                page.opens[index]
                and is_capital(page.raws[index])
                and self._subject(index)
                and not self._troubles_nobody(index)
            ):
                yield page.raws[index]
            elif language.code == "en" and (last := self._after_naming(index)) is not None:
                yield page.text[page.words[index].start : page.words[last].end]
            elif (
                language.code == "en"
                and page.raws[index].islower()
                and (self._rare_noun(index) or self._edition(index))
            ):
                yield page.raws[index]
            elif (
                language.code == "en"
                and page.raws[index].islower()
                and (last := self._chosen(index)) is not None
            ):
                yield page.text[page.words[index].start : page.words[last].end]

    def _edition(self, index: int) -> bool:
        """ "the beats studio pro": an edition of something that is none of ours."""
        page = self.page
        return (
            page.norms[index] in either("small_editions")
            and index > 0
            and page.gap(index) == " "
            and page.mention_at[index - 1] is None
            and page.norms[index - 1].isalpha()
            and not self._function(page.norms[index - 1])
            and self._ends(index)
        )

    def _chosen(self, index: int) -> int | None:
        """The last word of what is recommended with an article, in a reply that names no item of ours: "may I
        suggest a separation?"; and of what is liked as well as one of ours: "often love midnight orange as
        well"."""
        page, language = self.page, self._language
        assert language is not None
        if self.strict and index and page.mention_at[index - 1] is not None:
            return None
        norms, raws = page.norms, page.raws
        if (
            index < 2
            or page.gap(index) != " "
            or raws[index][0].isupper()
            or norms[index] in language.after_naming
        ):
            return None
        article = norms[index - 1] in ("the", "a", "an", "our")
        verb = index - 2 if article else index - 1
        last = index
        while (
            last + 1 < len(norms)
            and page.gap(last + 1) in (" ", "-")
            and page.mention_at[last + 1] is None
            and not (self._function(norms[last + 1]) or norms[last + 1] in language.after_naming)
        ):
            last += 1
        head = norms[last]
        following = norms[last + 1] if last + 1 < len(norms) else ""
        if (
            head in self._generic
            or head in self._catalogue_words
            or head.isdigit()
            or head in either("kinds")
        ):
            return None
        if following and page.mention_at[last + 1] is not None:
            return None
        # A new clause: ", but infernal affairs has more depth".
        clause = norms[index - 1] in ("but", "and", "while", "whereas") and page.gap(index - 1).startswith(
            ","
        )
        if (
            clause
            and following in either("subjects")
            and head not in language.talk
            and not norms[index].endswith("ing")
        ):
            return last
        if page.mentions:
            if (
                following == "over"
                and self._mention_at(last + 2)
                and norms[index - 1] in either("choosing") | ARTICLES
            ):
                return last
            liked = norms[verb] in ("love", "loves", "like", "likes", "enjoy") and head not in language.talk
            also = norms[last + 1 : last + 3] == ["as", "well"] or following == "too"
            return last if liked and also else None
        singular = head[:-1] if head.endswith("s") else head
        if singular in either("kinds") or singular in self._generic:
            return None
        question = page.text.rstrip().endswith("?") and head in language.talk
        question = question and norms[verb] in ("seen", "see", "watch", "read", "about", "try")
        if question or head.endswith(("ly", "ing", "ed")) or (article is False and head in language.talk):
            return None
        if verb >= 0 and not page.gap(verb + 1).strip() and self._chooses(verb):
            return last
        # "Then a separation.": nothing else is said, so that it is what is chosen.
        alone = verb >= 0 and article and page.opens[verb] and norms[verb] in _CHOSEN_ALONE
        if alone and head not in language.talk and (not following or page.ends_before(last + 1)):
            return last
        return None

    def _chooses(self, verb: int) -> bool:
        """Whether something is recommended behind this word: "suggest", "would enjoy", "reminds me of"."""
        norms = self.page.norms
        before = norms[verb - 1] if verb else ""
        if norms[verb] in either("choosing"):
            return True
        if norms[verb] in ("like", "love"):
            return before in (
                "would",
                "might",
                "may",
                "will",
                "could",
                "youd",
                "youll",
                "ill",
                "you",
                "they",
                "also",
            )
        if norms[verb] == "is":
            return not either("favourites").isdisjoint(norms[max(0, verb - 6) : verb])
        return (before, norms[verb]) in either_pairs() or (
            norms[verb] == "of" and norms[max(0, verb - 2) : verb] in (["reminds", "me"], ["made", "me"])
        )

    def _is_ours_behind(self, index: int) -> bool:
        """Whether an item of ours is what a word is said to be: "the lightest is the ..."."""
        page = self.page
        return page.norms[index + 1 : index + 2] in (["is"], ["are"], ["would"], ["was"]) and any(
            page.mention_at[place] is not None for place in range(index + 2, min(index + 5, len(page.norms)))
        )

    def _rare_noun(self, index: int) -> bool:
        """A noun that talk about items has not, standing as a name does: "the halcyon is in stock", "take the
        tundra", and, in a reply that names no item of ours, "it reminds me of monolith"."""
        page = self.page
        subject = (
            page.norms[index - 1 : index] == ["the"] and self.vocabulary.brands and not self._familiar(index)
        )
        rare = self._bare(index, index) or (subject and not page.norms[index].endswith(("ing", "ed", "ly")))
        if not index or not rare or not self._ends(index) or page.norms[index].endswith("s"):
            return False
        if page.gap(index) not in (" ", ": ") or page.mention_at[index - 1] is not None:
            return False
        if page.norms[index] in either("kinds") and self._mention_at(index + 1):
            return False  # "the film Her"
        before = page.norms[index - 1]
        following = page.norms[index + 1] if index + 1 < len(page.norms) else ""
        if following in ("or", "over", "than") and self._mention_at(index + 2):
            # "vertigo over Alien": beside one of ours.
            return True
        if before == "the" and page.norms[index].endswith("est") and self._is_ours_behind(index):
            return False
        if before == "the":
            subject = (
                page.opens[index - 1] or page.gap(index - 1).strip() in (",", ":")
            ) and following in either("subjects")
            return (
                subject
                or self._named_here(index)
                or not (self._anything_named or (self.strict and page.norms[index].endswith("est")))
            )
        if self._anything_named:
            return False
        if self.strict and (page.norms[index].endswith("est") or of_talk("en", page.norms[index])):
            return False
        return before in either("verbs_before") or before in (
            "of",
            "with",
            "about",
            "by",
            "from",
            "over",
            "like",
            "or",
            "then",
            "in",
        )

    def _subject(self, index: int) -> bool:
        """A single word that a sentence begins with, and that it is about: "Inception is great"."""
        page, language = self.page, self._language
        if (
            index + 1 >= len(page.norms)
            or page.norms[index + 1] not in either("subjects")
            or page.gap(index + 1) != " "
        ):
            return False
        norm = page.norms[index]
        if language is None or language.code != "en" or page.words[index].stem != norm:
            return False
        if (
            norm in language.after_naming
            or norm in language.function
            or norm in self._generic
            or self._proper(index)
        ):
            return False
        if page.norms[index + 1 : index + 3] in (
            ["was", "directed"],
            ["was", "written"],
            ["was", "released"],
        ):
            return True
        if norm in self.vocabulary.people_words or f" {norm} " in self.heard or norm in self._catalogue_words:
            return False
        return not (
            norm.endswith("ing") or (norm.endswith(("ity", "ness", "tion", "ment")) and is_common(norm))
        )

    def _after_naming(self, index: int) -> int | None:
        """The last word of a name in small letters that stands alone behind a naming verb; None for none."""
        page, language = self.page, self._language
        if self.strict and not self._ours_written:
            return None
        assert language is not None
        if not index or page.opens[index] or page.gap(index).strip(" \t"):
            return None
        if not self._directly_named(index) or page.norms[index] in language.after_naming:
            return None
        last = index
        while (
            last + 1 < len(page.norms)
            and page.gap(last + 1) in (" ", "-")
            and page.mention_at[last + 1] is None
            and page.norms[last + 1] not in language.after_naming
            and page.norms[last + 1] not in language.function
            and last - index < 6
        ):
            last += 1
        if last + 1 < len(page.norms) and page.mention_at[last + 1] is not None and page.gap(last + 1) == " ":
            return None
        head = page.norms[last]
        chunk = page.norms[index : last + 1]
        if any(norm.isdigit() for norm in chunk):
            return None
        if head in self._generic or head in self._catalogue_words or f" {' '.join(chunk)} " in self.heard:
            strange = not page.mentions and len(chunk) > 1 and not self._familiar(index)
            return last if strange and not chunk[0].endswith(NO_NOUN) and not is_common(chunk[0]) else None
        plural = head.endswith("s") and not head.endswith(("ss", "us", "is"))
        if (plural and (page.mentions or head in language.talk)) or chunk[0].endswith(("ing", "ly")):
            return None
        return last

    def _directly_named(self, index: int) -> bool:
        """Whether a naming verb stands right before, or only words that no noun phrase begins with."""
        page, language = self.page, self._language
        assert language is not None
        norms, before = page.norms, index - 1
        if norms[before] in language.naming:
            # "I consider comfort", "named after": a noun is no name behind every one of these.
            return norms[before] not in ("consider", "watch", "tried", "try") or self._command(before)
        return norms[before] in language.phrase_ends and any(
            before + 1 >= len(phrase) and tuple(norms[before + 1 - len(phrase) : before + 1]) == phrase
            for phrase in language.naming_phrases
        )

    def _command(self, index: int) -> bool:
        page = self.page
        return page.opens[index] or page.norms[index - 1] in (
            "to",
            "should",
            "could",
            "can",
            "might",
            "you",
            "also",
            "please",
            "just",
            "then",
            "perhaps",
            "maybe",
        )

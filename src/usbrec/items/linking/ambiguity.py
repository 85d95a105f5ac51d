"""Title ambiguity: which titles are ordinary words that a text may use without naming the item.

The lists in lexicon/ are written for English and would rather list too much: a word that stands there needs
evidence (see disambiguation) to be read as a title, a word that is missing is read as one wherever it stands.
Descriptions of the catalogue's items add what they use as ordinary words.
"""

from __future__ import annotations

import functools
from collections.abc import Container, Sequence
from enum import IntEnum
from importlib import resources

ARTICLES = frozenset({"the", "a", "an"})
# Before a title inside a sentence, behind one that opens it, and what titles are compared with.
INTRODUCING = frozenset(
    {
        "called",
        "read",
        "recommend",
        "recommended",
        "rewatched",
        "saw",
        "seen",
        "suggest",
        "titled",
        "watch",
        "watched",
    }
)
SAID_OF = frozenset({"had", "has", "is", "starring", "stars", "was", "with"})
_BEING = frozenset({"are", "is", "was"})
KINDS = frozenset(
    {"anything", "classics", "comedies", "film", "films", "movie", "movies", "something", "stuff"}
)


@functools.cache
def _listed(name: str) -> frozenset[str]:
    text = resources.files(__package__).joinpath("lexicon", f"{name}.txt").read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@functools.cache
def _lines(name: str) -> frozenset[str]:
    text = resources.files(__package__).joinpath("lexicon", f"{name}.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


class Ambiguity(IntEnum):
    """How much a match must show before it is read as naming the title."""

    PLAIN = 0
    """Nothing: the words hardly stand together by accident."""
    CAPITALS = 1
    """To be written like a title, or marked, or followed by its year."""
    MARKED = 2
    """To be in quotes, or followed by its year, or introduced as a title: capitals alone say little."""


def ambiguity_of(title_words: Sequence[str], ordinary: Container[str] = ()) -> Ambiguity:
    """How carefully a title made of these (normalised) words must be read.

    `ordinary` are more words in ordinary use, from the descriptions of a catalogue.
    """
    content = [word for word in title_words if word not in ARTICLES] or list(title_words)
    if len(content) > 2 and all(len(word) == 1 and word.isalpha() for word in content):
        return Ambiguity.CAPITALS  # "M*A*S*H"
    if all(word.isdigit() or len(word) == 1 for word in content):
        return Ambiguity.MARKED
    if len(content) == 1:
        word = content[0]
        if is_always_capital(word):
            return Ambiguity.MARKED if len(title_words) == 1 else Ambiguity.CAPITALS
        common = word in ordinary or is_common(word) or word in _listed("everyday")
        common = common or (len(word) <= 4 and len(title_words) == 1)
        return Ambiguity.CAPITALS if common else Ambiguity.PLAIN
    if " ".join(content) in _lines("phrases") or " ".join(title_words) in _lines("phrases"):
        return Ambiguity.CAPITALS
    if len(title_words) < 5 and all(
        word in _listed("frequent") or is_always_capital(word) or word.isdigit() for word in content
    ):
        return Ambiguity.CAPITALS
    return Ambiguity.PLAIN


def is_always_capital(word: str) -> bool:
    """Whether a normalised word is a genre, or has a capital inside any sentence: a name, a month."""
    return word in _listed("capitalised") or is_kind(word)


def answers() -> frozenset[str]:
    """Normalised words that people say alone, and name nothing with."""
    return _listed("answers")


def is_first_name(word: str) -> bool:
    """Whether a normalised word is a given name that many people have."""
    return word in _listed("first_names")


def introduces_people() -> frozenset[str]:
    """Phrases of normalised words that stand before the name of a person."""
    return _lines("introducing_people")


def is_relation(word: str) -> bool:
    """Whether a normalised word says who somebody is to somebody: "sister"."""
    return word in _listed("relations")


def is_participle(word: str) -> bool:
    """Whether a normalised word is what is done by somebody: "directed", "written"."""
    return word.endswith("ed") or word in _listed("participles")


def is_studio(word: str) -> bool:
    """Whether a normalised word is who makes films or games: "Pixar"."""
    return word in _listed("studios")


def goings() -> frozenset[str]:
    """Normalised words for what people do in or to a place."""
    return _listed("going")


def visits() -> frozenset[str]:
    """Normalised words for what people do with a place, directly before its name."""
    return _listed("visiting")


def people_do() -> frozenset[str]:
    """Two normalised words that say of a person what they say or do."""
    return _lines("people_do")


def greetings() -> frozenset[str]:
    """Normalised words that thank or greet whoever is named behind them."""
    return _listed("greetings")


def is_office(word: str) -> bool:
    """Whether a normalised word is what somebody is by profession or office: "president"."""
    return word in _listed("offices")


def is_owner(word: str) -> bool:
    """Whether a normalised word says whose relative or friend somebody is: "my"."""
    return word in _listed("owners")


def has_it(word: str, *, people: bool) -> bool:
    """Whether works have what a normalised word is; with `people`, what people have, too: "humour"."""
    return word in _listed("of_works") or (people and word in _listed("of_works_or_people"))


def is_at_home(word: str) -> bool:
    """Whether a normalised word is where a person is at home, or what is held there."""
    return word in _listed("of_people")


def is_kind(word: str) -> bool:
    """Whether a normalised word is a genre or a kind of work."""
    return word in _listed("genres")


def is_called_work(word: str) -> bool:
    """Whether a work is called what a word says, in small letters: a kind, "masterpiece", "remake"."""
    return is_kind(word) or word in _listed("called_works")


def follows_a_work(word: str) -> bool:
    """Whether a word is what a work is to the one whose title stands behind it: "sequel"."""
    return word in _listed("following_works")


def describes_works(word: str) -> bool:
    """Whether a word stands before what a work is called, behind its year: "2017 live-action film"."""
    return word in _listed("describing_works") or word.startswith("all-")


def judges_works(word: str) -> bool:
    """Whether a work is judged with a word, in small letters: "stunning", "must-see"."""
    return word in _listed("judging")


def is_heading(word: str) -> bool:
    """Whether a normalised word before a colon says what follows, or who speaks: "note", "user"."""
    return word in _listed("headings")


def is_predicate(word: str) -> bool:
    """Whether a sentence goes on with a normalised word behind a title that opens it: "would", "won"."""
    return word in _listed("predicates")


def is_of_works_alone(word: str) -> bool:
    """Whether a normalised word goes with films and books, and with hardly anything else: "starring"."""
    return word in _listed("works_alone")


def is_common(word: str) -> bool:
    """Whether a normalised word, or the word it is an ordinary form of, is in everyday use."""
    common = _listed("common")
    if word in common:
        return True
    return any(
        len(word) > len(ending) + 2 and word.endswith(ending) and word[: -len(ending)] in common
        for ending in ("s", "es", "ed", "d", "ing", "er", "ly", "y")
    )


@functools.cache
def _dictionary() -> frozenset[str]:
    text = resources.files("usbrec.lexicon").joinpath("en", "ordinary.txt").read_text("utf-8")
    return frozenset(text.split())


_OPENINGS = ("un", "re", "non", "over", "under", "out", "mis")
_RESPELT = (
    ("ies", "y"),
    ("ied", "y"),
    ("ing", "e"),
    ("our", "or"),
    ("ours", "or"),
    ("able", ""),
    ("ily", "y"),
)


@functools.lru_cache(maxsize=1 << 14)
def in_dictionary(word: str) -> bool:
    """Whether a normalised word is an English one, or an ordinary form of one; a number is."""
    known = _dictionary()
    if word in known or word.isdigit() or is_common(word) or word in _listed("frequent"):
        return True
    stems = [word[: -len(ending)] for ending in _listed("endings") if word.endswith(ending)]
    stems += [word[: -len(ending)] + by for ending, by in _RESPELT if word.endswith(ending)]
    stems += [stem[:-1] for stem in stems if len(stem) > 3 and stem[-1] == stem[-2]]  # "jammed"
    stems += [word[len(opening) :] for opening in _OPENINGS if word.startswith(opening)]
    return any(len(stem) > 2 and stem in known for stem in stems)


def is_listed_common(word: str) -> bool:
    """Whether a normalised word itself is in everyday use, not only one it is a form of."""
    return word in _listed("common")


def is_frequent(word: str) -> bool:
    """Whether a normalised word is so frequent that it says nothing beside others."""
    return word in _listed("frequent")


def is_empty(word: str) -> bool:
    """Whether a normalised word points to something else, as pronouns do."""
    return word in _listed("empty")


def is_telling(title_words: Sequence[str]) -> bool:
    """Whether more than frequent words are in a title: "the gift", but not "the one"."""
    return any(
        word not in ARTICLES
        and word not in _listed("frequent")
        and word not in _listed("empty")
        and not is_always_capital(word)
        and not word.isdigit()
        for word in title_words
    )


def can_be_subject(word: str) -> bool:
    """Whether a sentence that opens with this word and "is" may be about a title."""
    return word not in _listed("empty") and not is_always_capital(word)


def is_talk_of_works(word: str) -> bool:
    """Whether a normalised word goes with films and books."""
    return word in _listed("talk") or is_kind(word)


def is_said_of_works(being: str, said: str) -> bool:
    """Whether a sentence that opens with a word and then says these two may be about a work: not "is
    included", "is at one", "was late"."""
    if being not in _BEING or not said:
        return True
    rated = said.endswith("rated") or said in {"interested", "based", "directed"}
    return said not in _listed("of_things") and (rated or not said.endswith("ed") or len(said) < 5)


def is_lead_in(word: str) -> bool:
    """Whether a word often opens a sentence before a title: its capital is no part of a name."""
    return word in _listed("lead_ins") or is_adverb(word)


def is_adverb(word: str) -> bool:
    """Whether a word opens a sentence and says nothing of what follows: "Definitely Heat."."""
    return word in _listed("adverbs")


def is_small(word: str) -> bool:
    """Whether titles leave this word in lower case."""
    return word in _listed("small")

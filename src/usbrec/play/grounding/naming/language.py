"""Language lexicon: the ordinary words of a language, and the words that names stand beside."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources

from usbrec.items.titles import Word, words
from usbrec.lexicon import LANGUAGES
from usbrec.lexicon import words as lexicon
from usbrec.patterns import LazyPattern

#: What makes another word of an ordinary one: the ending, and what may have stood in its place.
_ENDINGS = {
    "en": (
        ("iness", "y"), ("ness", ""), ("less", ""), ("ful", ""), ("able", ""), ("able", "e"), ("ible", ""),
        ("ies", "y"), ("ied", "y"), ("ier", "y"), ("iest", "y"), ("ily", "y"), ("es", ""), ("s", ""),
        ("ed", ""),
        ("d", ""), ("ing", ""), ("ing", "e"), ("er", ""), ("r", ""), ("ers", ""), ("ers", "e"), ("est", ""),
        ("st", ""), ("ly", ""), ("ly", "le"), ("y", ""), ("y", "e"), ("ish", ""), ("like", ""), ("wise", ""),
        ("friendly", ""), ("proof", ""), ("free", ""), ("worthy", ""), ("ment", ""), ("ship", ""),
    ),
    "de": (
        ("en", ""), ("e", ""), ("er", ""), ("es", ""), ("em", ""), ("n", ""), ("s", ""), ("st", ""),
        ("t", ""),
        ("ste", ""), ("sten", ""), ("ung", "en"), ("ungen", "en"), ("lich", ""), ("liche", ""),
        ("lichen", ""),
        ("bar", "en"), ("heit", ""), ("keit", ""), ("ig", ""), ("ige", ""), ("igen", ""), ("te", "en"),
        ("ten", "en"), ("chen", ""), ("los", ""), ("lose", ""), ("losen", ""), ("voll", ""),
    ),
}  # fmt: skip
#: Endings that make a word of many a name: "sony" is no son.
_SHORT = frozenset({"y", "r", "d", "st", "n", "t", "e"})
_BEGINNINGS = {
    "en": ("un", "re", "non", "over", "under", "pre", "anti", "super", "multi", "well", "semi", "mid", "out"),
    "de": (
        "un",
        "ver",
        "be",
        "ge",
        "aus",
        "ab",
        "an",
        "auf",
        "ein",
        "vor",
        "zu",
        "um",
        "mit",
        "über",
        "super",
    ),
}
_BRITISH = (("our", "or"), ("ise", "ize"), ("isa", "iza"), ("isi", "izi"), ("tre", "ter"), ("ogue", "og"),
            ("ll", "l"), ("yse", "yze"), ("ence", "ense"), ("grey", "gray"))  # fmt: skip
_LONG = LazyPattern(r"(.)\1{2,}")
_CONTRACTED = LazyPattern(r"(?P<word>.+?)(?:n['’]t|['’](?:ll|re|ve|d|s|m|em))", re.IGNORECASE)


@dataclass(frozen=True)
class Language:
    """What lexicon/<code>/names.toml and ordinary.txt hold, in the normal form of titles."""

    code: str
    ordinary: frozenset[str]
    function: frozenset[str]
    naming: frozenset[str]
    naming_phrases: frozenset[tuple[str, ...]]
    before_names: frozenset[str]
    after_naming: frozenset[str]
    generic: frozenset[str]
    proper: frozenset[str]
    talk: frozenset[str]

    @functools.cached_property
    def phrase_ends(self) -> frozenset[str]:
        """The last words of the phrases that a name stands behind."""
        return frozenset(phrase[-1] for phrase in self.naming_phrases)

    def is_ordinary(self, word: Word, raw: str) -> bool:
        """Whether a word of a text is one of the language's, in any of its forms."""
        if ordinary(self.code, word.norm) or (word.stem != word.norm and ordinary(self.code, word.stem)):
            return True
        contracted = _CONTRACTED.fullmatch(raw) if len(raw) > len(word.norm) else None
        return contracted is not None and ordinary(self.code, _norm(contracted["word"]))

    def is_naming(self, norms: Sequence[str], index: int) -> bool:
        """Whether a name may stand at `index`, because of what stands before it."""
        place = index - 1
        while place >= 0 and norms[place] in self.before_names and norms[place] not in self.naming:
            place -= 1
        for end in range(place, index):
            if end >= 0 and norms[end] in self.naming:
                return True
            for phrase in self.naming_phrases if end >= 0 and norms[end] in self.phrase_ends else ():
                if end + 1 >= len(phrase) and tuple(norms[end + 1 - len(phrase) : end + 1]) == phrase:
                    return True
        return False


@functools.cache
def either(name: str) -> frozenset[str]:
    """A list of lexicon/<code>/names.toml, of all languages together: a reply may mix them."""
    return frozenset(
        word for code in LANGUAGES if _there(code) for word in _norms(lexicon(code, "names")[name])
    )


@functools.cache
def proper_phrases() -> frozenset[str]:
    """What has capitals as a whole without being a name of an item."""
    return frozenset(
        " ".join(_norms(phrase))
        for code in LANGUAGES
        if _there(code)
        for phrase in lexicon(code, "names")["proper_phrases"]
    )


@functools.cache
def openers() -> frozenset[str]:
    """Words that open a recommendation in languages without a lexicon of names (lexicon/openers.toml)."""
    listed = tomllib.loads(resources.files("usbrec.lexicon").joinpath("openers.toml").read_text("utf-8"))
    return frozenset(listed["words"].split())


@functools.cache
def places(name: str) -> frozenset[str]:
    """A list of lexicon/places.toml: `names` of places, words `beside` them, or `phrases`."""
    listed = tomllib.loads(resources.files("usbrec.lexicon").joinpath("places.toml").read_text("utf-8"))[name]
    return frozenset(map(_norm, listed)) if isinstance(listed, list) else frozenset(_norms(listed))


@functools.cache
def either_pairs() -> frozenset[tuple[str, str]]:
    """Pairs of words that something is chosen with ("go with")."""
    pairs = (
        _norms(pair)
        for code in LANGUAGES
        if _there(code)
        for pair in lexicon(code, "names")["choosing_pairs"]
    )
    return frozenset((one, other) for one, other in pairs)


@functools.cache
def language(code: str) -> Language:
    """The lexicon of a language of :data:`usbrec.lexicon.LANGUAGES`; read when first asked for."""
    listed = lexicon(code, "names")
    text = resources.files("usbrec.lexicon").joinpath(code, "ordinary.txt").read_text("utf-8")
    ordinary = " ".join(line for line in text.splitlines() if not line.startswith("#"))
    # What is plain is as it is: folding every word would take a tenth of a second.
    known = set(ordinary.split()) if ordinary.isascii() else set(_norms(ordinary))
    named = {name: frozenset(_norms(listed[name])) for name in _LISTS}
    known.update(*named.values(), _norms(listed["spoken"]))
    phrases = frozenset(tuple(_norms(phrase)) for phrase in listed["naming_phrases"])
    return Language(code, frozenset(known), naming_phrases=phrases, **named)


def english() -> Language:
    """What a text is read as that has too few words to tell."""
    return language("en")


_LISTS = ("function", "naming", "before_names", "after_naming", "generic", "proper", "talk")
#: So many of a text's words have to be function words of a language, or one of so few words.
_LEAST_SHARE = 0.15


def in_some_language(word: Word, raw: str) -> bool:
    """Whether a word is an ordinary one of any language that is known."""
    return any(language(code).is_ordinary(word, raw) for code in LANGUAGES if _there(code))


def language_of(norms: Iterable[str]) -> Language | None:
    """The language that most of the function words among these are of; None where there are too few."""
    listed = list(norms)
    counts = {code: sum(word in _function(code) for word in listed) for code in LANGUAGES if _there(code)}
    best = max(counts, key=lambda code: counts[code])
    return language(best) if counts[best] > 0 and counts[best] >= _LEAST_SHARE * len(listed) else None


@functools.cache
def _function(code: str) -> frozenset[str]:
    return frozenset(_norms(lexicon(code, "names")["function"]))


@functools.cache
def _there(code: str) -> bool:
    return resources.files("usbrec.lexicon").joinpath(code, "ordinary.txt").is_file()


@functools.lru_cache(maxsize=1 << 15)
def ordinary(code: str, word: str) -> bool:
    """Whether a word is one of a language's, in any of its forms."""
    known = language(code).ordinary
    if len(word) == 1 or derived(code, word, known):
        return True
    short = _LONG.sub(r"\1", word)
    if short != word and derived(code, short, known):
        return True
    if code == "en":
        return any(
            british in word and derived(code, word.replace(british, american), known)
            for british, american in _BRITISH
        )
    # German writes compounds as one word: of at most three parts, with an s or n between them.
    return len(word) > 6 and _compound(code, word, known, 3)


def derived(code: str, word: str, known: frozenset[str]) -> bool:
    """Whether a word is one of these, or made of one by an ending or a beginning of the language."""
    if word in known:
        return True
    for ending, instead in _ENDINGS[code]:
        if word.endswith(ending) and len(word) > len(ending) + (3 if ending in _SHORT else 2):
            root = word[: -len(ending)] + instead
            if root in known or (len(root) > 4 and root.endswith("s") and root[:-1] in known):
                return True
            # "stunning": the consonant is written twice.
            if not instead and len(root) > 3 and root[-1] == root[-2] and root[:-1] in known:
                return True
            if (
                ending in ("s", "ly", "ed", "er", "ness")
                and root != word
                and _derived_once(code, root, known)
            ):
                return True
    return any(
        word.startswith(beginning)
        and len(word) > len(beginning) + 3
        and (word[len(beginning) :] in known or _derived_once(code, word[len(beginning) :], known))
        for beginning in _BEGINNINGS[code]
    )


def _derived_once(code: str, word: str, known: frozenset[str]) -> bool:
    for ending, instead in _ENDINGS[code]:
        if ending != "y" and word.endswith(ending) and len(word) > len(ending) + 3:
            root = word[: -len(ending)] + instead
            if root in known or (not instead and root[-1] == root[-2] and root[:-1] in known):
                return True
    return False


def _compound(code: str, word: str, known: frozenset[str], parts: int) -> bool:
    for cut in range(3, len(word) - 2):
        head, rest = word[:cut], word[cut:]
        if head in known or (head[-1] in "sn" and head[:-1] in known) or head + "e" in known:
            if derived(code, rest, known):
                return True
            if parts > 2 and len(rest) > 5 and _compound(code, rest, known, parts - 1):
                return True
    return False


def _norms(text: str) -> list[str]:
    return [word.norm for word in words(text)]


def _norm(text: str) -> str:
    return "".join(_norms(text))

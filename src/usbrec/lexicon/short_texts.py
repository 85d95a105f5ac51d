"""Short texts: which language a few words are in, where frequent words alone say too little.

"Spannende Krimis, bitte" has one word that everybody uses. So all words that are known of English, German,
Spanish and French count here (word lists, lexicon/<language>/linking.toml), the frequent ones of other
languages, and letters that few languages have. Names and titles are left out: what has a capital inside a
sentence, and what opens one before another capital ("Das Boot").
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from usbrec.lexicon import LANGUAGES, shared
from usbrec.patterns import LazyPattern

#: Least evidence, and how many times that of any other language.
_LEAST, _MARGIN = 1.0, 1.5
#: How many times the words that English alone has.
_OF_ENGLISH = 2.5
#: Least evidence for languages that no rules know, all together.
_FOREIGN = 1.2
#: A word with one of these letters counts so much for each of their languages together.
_LETTERS = {"ß": "de", "ä": "de sv fi", "ö": "de sv tr", "ü": "de tr", "ñ": "es", "ç": "fr pt tr", "œ": "fr"}
_LETTERS |= dict.fromkeys("èêëîïùû", "fr") | dict.fromkeys("áíóú", "es pt") | dict.fromkeys("àâ", "fr it pt")
_LETTERS |= {"é": "fr es", "ô": "fr pt", "ã": "pt", "õ": "pt", "å": "sv", "ł": "pl", "ı": "tr", "ş": "tr"}
_MARKS = {"¿": "es", "¡": "es"}
_WORD = LazyPattern(r"(?<![\w])[^\W\d_]+(?:[-'][^\W\d_]+)*(?!\w)")
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "est", "ly", "y", "n't", "'s", "'m", "'re", "'ve", "'ll", "'d")
#: English that no list of words has.
_TALK = frozenset(
    {
        "ok",
        "okay",
        "cool",
        "nah",
        "nope",
        "yep",
        "yeah",
        "lol",
        "haha",
        "hmm",
        "wow",
        "plz",
        "thx",
        "ty",
        "yo",
        "ya",
        "noir",
    }
)
_ELIDED = LazyPattern(r"(?:[cdjlmnst]|qu|jusqu|lorsqu)'")


@functools.lru_cache(maxsize=4096)
def tell(text: str) -> str | None:
    """The language of a short text of Latin letters, or None where its words say too little."""
    found: dict[str, float] = defaultdict(float)
    english = 0
    for mark, language in _MARKS.items():
        found[language] += mark in text
    for word in _ordinary_words(text.replace("’", "'")):
        if len(word) == 1:
            continue
        having = [language for language, known in _known().items() if _has(known, language, word)]
        if len(having) > 1 and word in _no_english():
            having = [language for language in having if language != "en"]
        if _ELIDED.match(word):
            having = ["fr", "it"]
        english += having == ["en"] and text.isascii()
        for language in having:
            found[language] += 1 / len(having)
        for languages in {_LETTERS[letter] for letter in word if letter in _LETTERS}:
            for language in languages.split():
                found[language] += 0.5 / len(languages.split())
    if not found:
        return None
    language = max(found, key=lambda one: found[one])
    others = [value for other, value in found.items() if other != language]
    if found[language] >= _LEAST and found[language] >= _MARGIN * max(others, default=0.0):
        # Names of films are of many languages ("i saw el camino"), words of English are not.
        return language if language == "en" or found[language] >= _OF_ENGLISH * english else None
    # Spanish, French and their like share words: where it is none of the languages with rules, one of them.
    foreign = sum(value for other, value in found.items() if other not in LANGUAGES)
    spoken = sum(value for other, value in found.items() if other in LANGUAGES)
    if language not in LANGUAGES and foreign >= _FOREIGN and foreign >= 2 * spoken:
        return language
    return None


def knows(language: str, word: str) -> bool:
    """Whether a word in small letters is one that is listed of a language."""
    return _has(_known().get(language, frozenset()), language, word)


def _ordinary_words(text: str) -> Iterator[str]:
    """The words that are no part of a name, in small letters."""
    found = list(_WORD.finditer(text))
    for place, match in enumerate(found):
        word = match[0]
        if word[0].islower():
            yield word
            continue
        opens = place == 0 or any(mark in ".!?…\n¿¡" for mark in text[found[place - 1].end() : match.start()])
        following = found[place + 1] if place + 1 < len(found) else None
        beside = following is not None and text[match.end() : following.start()] == " "
        if opens and following is not None and not (beside and following[0][0].isupper()):
            yield word.lower()


def _has(known: frozenset[str], language: str, word: str) -> bool:
    if word in known:
        return True
    if language == "en":
        stems = [word[: -len(ending)] for ending in _ENDINGS if word.endswith(ending)]
        stems += [f"{stem}e" for stem in stems] + [stem[:-1] + "y" for stem in stems if stem.endswith("i")]
        return any(len(stem) > 1 and stem in known for stem in stems)
    parts = word.split("-")
    return len(parts) > 1 and all(part in known for part in parts)


@functools.cache
def _known() -> Mapping[str, frozenset[str]]:
    known = {
        language: frozenset(about["words"].split())
        for language, about in shared("languages").items()
        if "words" in about
    }
    known["en"] |= _listed("en", "ordinary.txt") | _linking("en") | _TALK
    known["de"] |= _listed("de", "ordinary.txt") | _linking("de")
    for language in ("es", "fr"):
        known[language] |= _linking(language) | frozenset(shared("languages")[language]["short"].split())
    return known


@functools.cache
def _no_english() -> frozenset[str]:
    """Frequent words of other languages, which English has at most as rare ones: "tout", "sans"."""
    about = shared("languages")
    frequent = {word for code in ("de", "es", "fr") for word in about[code]["words"].split()}
    return frozenset(frequent) - frozenset(about["en"]["words"].split())


def _listed(language: str, name: str) -> frozenset[str]:
    text = resources.files(__package__).joinpath(language, name).read_text("utf-8")
    return frozenset(word for line in text.splitlines() if line[:1] != "#" for word in line.split())


def _linking(language: str) -> frozenset[str]:
    import tomllib

    lists: Mapping[str, Any] = tomllib.loads(
        resources.files(__package__).joinpath(language, "linking.toml").read_text("utf-8")
    )
    return frozenset(
        word for name, words in lists.items() if name not in ("shared", "borrowed") for word in words.split()
    )

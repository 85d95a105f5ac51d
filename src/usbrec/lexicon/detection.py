"""Language identification: which language a text is in, by its script and its most frequent words.

Sentences of a conversation are short and full of titles of other languages, which is what learnt classifiers
of whole documents fail on, and a wrong answer here refuses somebody's dialogue. So only evidence counts that
can be read off: each frequent word (``languages.toml``) counts 1 for its language, less where others have it
too; letters of a script that one language has count for that one. What is quoted is left out, because titles
are. Where the evidence is thin or even, the answer is None, and who asks takes what is usual.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Mapping

from usbrec.lexicon import shared
from usbrec.patterns import LazyPattern

#: Least evidence for a language whose rules there are, and for one that would be refused.
_LEAST, _SURE = {"en": 1.0, "de": 1.5}, 2.5
#: So many times the evidence of any other language.
_MARGIN = 1.5
#: A further letter ("also") that makes up this share of a script's letters tells the language.
_TELLING = 0.04
#: Evidence beyond so many characters changes nothing.
ENOUGH = 20_000

_WORD = LazyPattern(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_QUOTED = LazyPattern(r"《[^》]*》|「[^」]*」|『[^』]*』|«[^»]*»|„[^“”]*[“”]|“[^”]*”|\"[^\"\n]{1,80}\"")


def name_of(language: str) -> str:
    """A language's English name; its code where we have none."""
    known = shared("languages").get(language)
    return language if known is None else str(known["name"])


def mask_of(language: str) -> str:
    """What stands for a title that must not be said."""
    known = shared("languages").get(language) or shared("languages")["en"]
    return str(known["mask"])


@functools.lru_cache(maxsize=4096)
def detect(text: str, sure: bool = False) -> str | None:
    """The ISO 639-1 code of the language that a text is in, or None where too little tells; `sure` asks for
    as much evidence in any language as for one that would be refused."""
    ranked = sorted(evidence(text).items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked:
        return None
    (language, best), (_, second) = ranked[0], (*ranked[1:2], ("", 0.0))[0]
    enough = _SURE if sure else _LEAST.get(language, _SURE)
    return language if best >= enough and best >= _MARGIN * second else None


def evidence(text: str) -> Mapping[str, float]:
    """How much speaks for each language, in words that it alone has."""
    text = text[:ENOUGH].replace("’", "'")
    text = _QUOTED.sub(" ", text)
    found: dict[str, float] = defaultdict(float)
    weights, asking = _weights(), _asking()
    for word in _WORD.findall(text.lower()):
        for part in (word,) if word in weights or word in asking else word.split("'"):
            if part in asking:
                found[asking[part]] += _SURE
                continue
            for language in weights.get(part, ()):
                found[language] += 1 / len(weights[part])
    if not text.isascii():
        for language, value in _by_script(text).items():
            found[language] += value
    return found


def by_script_alone(text: str) -> tuple[str, ...]:
    """The languages that a text of two letters or more may be in because of its script, the likeliest first:
    "드라마" says too little for :func:`detect`, and is no English. None for Latin letters, and for several
    scripts."""
    if text.isascii():
        return ()
    text = _QUOTED.sub(" ", text[:ENOUGH])
    if not re.search(r"\b[a-z]", text):  # "Inception 같은 거": a name tells nothing
        text = re.sub("[A-Za-z]", "", text)
    letters = "".join(filter(str.isalpha, text))
    for language, (pattern, _, telling) in _scripts().items():
        if len(letters) > 1 and len(pattern.findall(letters)) == len(letters):
            (told,) = _by_script(letters)
            return (told,) if told != language else (language, *telling)
    return ()


def _by_script(text: str) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for language, (letters, weight, telling) in _scripts().items():
        total = len(letters.findall(text))
        if total:
            counts = {other: len(pattern.findall(text)) for other, pattern in telling.items()}
            other = max(counts, key=lambda one: counts[one], default=language)
            told = other if counts and counts[other] >= _TELLING * total else language
            found[told] = total * weight
    return found


@functools.cache
def _weights() -> Mapping[str, tuple[str, ...]]:
    """The languages that have a word among their most frequent ones."""
    having: dict[str, tuple[str, ...]] = {}
    for language, about in shared("languages").items():
        for word in dict.fromkeys(about.get("words", "").split()):
            having[word] = (*having.get(word, ()), language)
    return having


@functools.cache
def _asking() -> Mapping[str, str]:
    """The language that each word asks in."""
    return {
        word: code for code, about in shared("languages").items() for word in about.get("asking", "").split()
    }


@functools.cache
def _scripts() -> Mapping[str, tuple[re.Pattern[str], float, Mapping[str, re.Pattern[str]]]]:
    """For each language of a script: its letters, what one counts, and the letters that tell others of it."""
    about = shared("languages")
    found = {}
    for language, one in about.items():
        if "letters" in one:
            sharing = {other: row for other, row in about.items() if row.get("of") == language}
            letters = [*one["letters"], *(part for row in sharing.values() for part in row["also"])]
            telling = {other: re.compile(f"[{''.join(row['also'])}]") for other, row in sharing.items()}
            found[language] = (re.compile(f"[{''.join(letters)}]"), float(one["weight"]), telling)
    return found

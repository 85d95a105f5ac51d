"""What people say of films and books right before and behind a title, in scripts without capitals.

Particles are left out in spoken Korean, no "is" stands between an Arabic title and what is said of it, and
nothing at all in Chinese and Thai. So what stands there is read by itself, the words between left out
("very", "already", "three times"): what is said of works alone (:attr:`Sign.WORKS`), what is seen or read
(:attr:`Sign.SEEN`), and what is said of anything (:attr:`Sign.ANY`). The words stand in the tables `ahead`
and `behind` of usbrec/lexicon/<language>/linking.toml. How many of them a title needs goes by how much of a
word it is (:func:`told`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from usbrec.items.linking.ambiguity import Ambiguity
from usbrec.items.linking.languages import signs_of
from usbrec.items.scripts import folded


class Sign(IntEnum):
    """How much what stands on one side of a match says."""

    NONE = 0
    ANY = 1
    """Said of anything, or nothing more: the clause begins or ends here."""
    SEEN = 2
    """What is seen, read or looked for, and judged as things are, too."""
    WORKS = 3
    """What is said of films and books alone."""


class _Words(NamedTuple):
    ahead: tuple[re.Pattern[str], ...]
    behind: tuple[re.Pattern[str], ...]


# Languages that write blanks between words: a word there does not end like another.
_SPACED = frozenset({"ko", "ar"})
_ARABIC_PREFIXES = "[وفسه]?"


def ahead(code: str, before: str) -> Sign:
    """What ends a folded text before a match."""
    return _strongest(_words(code).ahead, before, anchored=False)


def behind(code: str, after: str) -> Sign:
    """What opens a folded text behind a match."""
    return _strongest(_words(code).behind, after, anchored=True)


def told(level: Ambiguity, before: Sign, after: Sign, *, edges: tuple[bool, bool], long: bool) -> bool:
    """Whether what stands on both sides names a title of this level; `edges` tells where its clause begins
    and ends with it, `long` whether it is longer than most words."""
    best = max(before, after)
    if best is Sign.NONE:
        return False
    opens, closes = edges
    other = after if before is best else before
    sided = other > Sign.NONE or (opens if after is best else closes)
    if level is Ambiguity.MARKED:
        return best is Sign.WORKS and sided
    if best is Sign.WORKS:
        return True
    if not sided:
        return False
    # Behind what opens a clause anything may be said.
    return best is Sign.SEEN or other > Sign.NONE or (long and before is best)


def _strongest(patterns: Sequence[re.Pattern[str]], said: str, *, anchored: bool) -> Sign:
    for sign, pattern in zip((Sign.WORKS, Sign.SEEN, Sign.ANY), patterns, strict=True):
        if pattern.match(said) if anchored else pattern.search(said):
            return sign
    return Sign.NONE


@functools.cache
def _words(code: str) -> _Words:
    begins, ends = "", ""
    if code in _SPACED:
        begins = r"(?<!\w)" + (_ARABIC_PREFIXES if code == "ar" else "")
        ends = r"(?!\w)" if code == "ar" else ""
    sides = {
        side: {use: _any_of(said) for use, said in told.items()} for side, told in signs_of(code).items()
    }
    ahead, behind = sides["ahead"], sides["behind"]
    uses = ("works", "seen", "any")
    return _Words(
        tuple(re.compile(rf"{begins}{ahead[use]} *(?:{ahead['between']} *)*\Z") for use in uses),
        tuple(re.compile(rf"[ ,]*(?:{behind['between']}{ends}[ ,]*)*{behind[use]}{ends}") for use in uses),
    )


def _any_of(said: str) -> str:
    """A pattern for any of the words, the longest first; "_" is a blank or none."""
    keys = {folded(word.replace("_", " "))[0] for word in said.split()}
    ordered = sorted((key for key in keys if key.strip()), key=len, reverse=True)
    patterns = [re.escape(key).replace("\\ ", " ?") for key in ordered]
    return f"(?:{'|'.join(patterns or ['(?!)'])})"

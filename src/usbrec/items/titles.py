"""Title reading: words with their place in the text, the normal form, the year at the end.

Everything that compares titles goes through :func:`words`, so the catalogue, the linker and the
matcher agree on what the same title is: case, accents, punctuation and the kind of apostrophe do not
count, "&" is "and", dotted initials are one word ("E.T." = "ET"), digits may be grouped ("1,000").
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple

_APOSTROPHES = "'’‘ʼ`´′＇"
_KEPT = "&',."

# One step of the folded text. `x` stands for any character that is neither a blank nor one of "&',.".
_WORD = re.compile(
    r"""
      &
    | (?<![^ &',.]) [^ &',.0-9] (?: \. [^ &',.0-9] )+ (?![^ &',.])   # initials: e.t.  l.a.
    | (?<![^ &',.]) [0-9]{1,3} (?: ,[0-9]{3} )+ (?![^ &',.])         # grouped digits: 1,000
    | [^ &',.]+ (?: '+[^ &',.]+ )*                                   # a word, apostrophes inside
    """,
    re.VERBOSE,
)
_JOINTS = str.maketrans("", "", "',.")

# Those of other languages that are also English words, or one letter, end a title that is a single phrase:
# "Tin Drum, Die" has its article last, "Live, Love, Die" has not.
_ARTICLE_LAST = re.compile(
    r"""^(?: (?P<rest>.*\S)\s*,\s*
            (?P<article>the|an?|l[aeo]s?|el|los|il|gli|un[ae]?|uno|der|das|dem|eine?|het|een|ett|l['’])
          | (?P<phrase>[^,]*[^\s,])\s*,\s*(?P<word>die|den|det|de|i|o|os|as|en|um|uma|az|al)
        )$""",
    re.IGNORECASE | re.VERBOSE,
)
_YEAR_LAST = re.compile(
    r"""^(?P<title>.*\S)\s*[(\[]\s*
        (?: (?:film|movie|tv\ series|novel|book)
          | (?P<year>\d{4}) (?:\s*[-–]\s*(?:\d{4})?)? (?:\s+(?:film|movie|tv\ series|novel|book))? )
        \s*[)\]]$""",
    re.VERBOSE | re.IGNORECASE,
)
FIRST_YEAR, LAST_YEAR = 1000, 2200


class Word(NamedTuple):
    """One word of a text: its normal form, and the half-open range of characters it was read from.

    `stem` is the word without a possessive "'s" ("Titanic's" is "titanics" with stem "titanic").
    """

    norm: str
    start: int
    end: int
    stem: str


def _belongs(character: str) -> bool:
    """Whether a folded character is part of a word, or one of the marks that decide where words end."""
    return character in _KEPT or unicodedata.category(character)[0] in "LNM"


@functools.lru_cache(maxsize=16_384)
def _fold_character(character: str) -> str:
    """What one character counts as; blanks stand for all that separates words."""
    plain = unicodedata.normalize("NFKD", character.casefold()).casefold()
    if character in _APOSTROPHES:
        return "'"
    folded = "".join(
        "'" if part in _APOSTROPHES else part if _belongs(part) else " "
        for part in unicodedata.normalize("NFKD", plain)
        if not unicodedata.combining(part)
    )
    # "Alien³" and "8½" are read as people type them, "alien 3" and "8 1/2".
    return f" {folded}" if unicodedata.category(character) == "No" else folded


_ASCII = {code: _fold_character(chr(code)) for code in range(128)}


def words(text: str) -> list[Word]:
    """The words of `text` in order. Characters of the text that are no part of a word separate them."""
    if text.isascii():
        folded, origin = text.translate(_ASCII), None
    else:
        pieces = [_fold_character(character) for character in text]
        folded = "".join(pieces)
        origin = [index for index, piece in enumerate(pieces) for _ in piece]
    found = []
    for match in _WORD.finditer(folded):
        start, end = match.span()
        raw = match.group()
        if raw == "&":
            norm = stem = "and"
        else:
            norm = raw.translate(_JOINTS)
            stem = norm[:-1] if raw.endswith("'s") and len(norm) > 1 else norm
        if origin is not None:
            start, end = origin[start], origin[end - 1] + 1
        found.append(Word(norm, start, end, stem))
    return found


def collapse(text: str) -> str:
    """`text` trimmed, with every run of white space as one blank."""
    return " ".join(text.split())


def article_first(title: str) -> str:
    """ "Matrix, The" as people say it: "The Matrix"."""
    match = _ARTICLE_LAST.match(title) if "," in title else None
    if match is None:
        return title
    article, rest = (match["article"], match["rest"]) if match["rest"] else (match["word"], match["phrase"])
    return f"{article}{rest}" if article[-1] in "'’" else f"{article} {rest}"


def normalise_title(text: str) -> str:
    """The normal form, equal for all ways of writing one title.

    Idempotent. A title without a single word ("???") is its own normal form, in lower case.
    """
    title = article_first(collapse(text))
    if title.isascii() and title.replace(" ", "").isalnum():  # nothing to fold: most titles
        return title.lower()
    return " ".join(word.norm for word in words(title)) or title.casefold()


def split_title(text: str) -> tuple[str, int | None]:
    """ "Matrix, The (1999)" as ("The Matrix", 1999); the year is None where none is written."""
    title, year = split_year(text)
    return article_first(title), year


def split_year(text: str) -> tuple[str, int | None]:
    """The same with the title as it is written."""
    title = collapse(text)
    if title[-1:] not in {")", "]"}:
        return title, None
    match = _YEAR_LAST.match(title)
    if match is None:
        return title, None
    year = plausible_year(match["year"]) if match["year"] else None
    return (title if match["year"] and year is None else match["title"]), year


def plausible_year(text: str) -> int | None:
    """A year of release from what a catalogue writes ("1999", "1999.0", "1999-03-31"), else None."""
    match = re.match(r"\s*(\d{4})(?!\d)", text)
    if match is None:
        return None
    year = int(match[1])
    return year if FIRST_YEAR <= year <= LAST_YEAR else None

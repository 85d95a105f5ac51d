"""Title reading: words with their place in the text, the normal form, the year at the end.

Everything that compares titles goes through :func:`words`, so the catalogue, the linker and the
matcher agree on what the same title is: case, accents, punctuation and the kind of apostrophe do not
count, "&" is "and", dotted initials are one word ("E.T." = "ET"), digits may be grouped ("1,000"). In scripts
without blanks a character is a word (:mod:`usbrec.items.scripts`).
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from usbrec.items.scripts import UNSPACED, WORD_OF_ITS_OWN, fold_character, folded, has_unspaced, plain
from usbrec.patterns import LazyPattern

# One step of the folded text. `x` stands for any character that is neither a blank nor one of "&',.".
_WORD = LazyPattern(
    r"""
      &
    | (?<![^ &',.]) [^ &',.0-9] (?: \. [^ &',.0-9] )+ (?![^ &',.])   # initials: e.t.  l.a.
    | (?<![^ &',.]) [0-9]{1,3} (?: ,[0-9]{3} )+ (?![^ &',.])         # grouped digits: 1,000
    | [^ &',.]+ (?: '+[^ &',.]+ )*                                   # a word, apostrophes inside
    """,
    re.VERBOSE,
)


@functools.cache
def _mixed() -> re.Pattern[str]:
    """The same for texts with characters that are words of their own."""
    return re.compile(
        rf"""
      &
    | {WORD_OF_ITS_OWN}
    | (?<![^ &',.{UNSPACED}]) [^ &',.0-9{UNSPACED}] (?: \. [^ &',.0-9{UNSPACED}] )+ (?![^ &',.{UNSPACED}])
    | (?<![^ &',.{UNSPACED}]) [0-9]{{1,3}} (?: ,[0-9]{{3}} )+ (?![^ &',.{UNSPACED}])
    | [^ &',.{UNSPACED}]+ (?: '+[^ &',.{UNSPACED}]+ )*
    """,
        re.VERBOSE,
    )


_JOINTS = str.maketrans("", "", "',.")

# Those of other languages that are also English words, or one letter, end a title that is a single phrase:
# "Tin Drum, Die" has its article last, "Live, Love, Die" has not.
_ARTICLE_LAST = LazyPattern(
    r"""^(?: (?P<rest>.*\S)\s*,\s*
            (?P<article>the|an?|l[aeo]s?|el|los|il|gli|un[ae]?|uno|der|das|dem|eine?|het|een|ett|l['’])
          | (?P<phrase>[^,]*[^\s,])\s*,\s*(?P<word>die|den|det|de|i|o|os|as|en|um|uma|az|al)
        )$""",
    re.IGNORECASE | re.VERBOSE,
)
_YEAR_LAST = LazyPattern(
    r"""^(?P<title>.*\S)\s*[(\[]\s*
        (?: (?:film|movie|tv\ series|novel|book)
          | (?P<year>\d{4})[年년]? (?:\s*[-–]\s*(?:\d{4})?)? (?:\s+(?:film|movie|tv\ series|novel|book))? )
        \s*[)\]]$""",
    re.VERBOSE | re.IGNORECASE,
)
# Codes of ASCII's marks; of no letters, digits or blanks, so that "100%" and what follows stay as they are.
_QUOTED = LazyPattern(r"%(2[1-9A-F]|3[A-F]|40|5[B-F]|60|7[B-E])")
FIRST_YEAR, LAST_YEAR = 1000, 2200


class Word(NamedTuple):
    """One word of a text: its normal form, and the half-open range of characters it was read from.

    `stem` is the word without a possessive "'s" ("Titanic's" is "titanics" with stem "titanic").
    """

    norm: str
    start: int
    end: int
    stem: str


_ASCII = {code: fold_character(chr(code)) for code in range(128)}


def words(text: str) -> list[Word]:
    """The words of `text` in order. Characters of the text that are no part of a word separate them."""
    if text.isascii():
        whole, origin = text.translate(_ASCII), None
        steps = _WORD
    else:
        whole, origin = folded(text)
        steps = _mixed() if has_unspaced(whole) else _WORD
    found = []
    for match in steps.finditer(whole):
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


def unquoted(title: str) -> str:
    """The title with marks in place of the codes that an address writes them by, as ReDial's files have them:
    "Why Him%3F" is "Why Him?"."""
    return _QUOTED.sub(lambda code: chr(int(code[1], 16)), title) if "%" in title else title


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
    return _of_words(title)


@functools.lru_cache(maxsize=8192)
def _of_words(title: str) -> str:
    # Linker, attributes and checks each bring the same names to their normal form.
    if title.isascii():  # as `words` reads them, without their places
        read = _WORD.findall(title.translate(_ASCII))
        return " ".join("and" if raw == "&" else raw.translate(_JOINTS) for raw in read) or title.casefold()
    return " ".join(word.norm for word in words(title)) or title.casefold()


def split_title(text: str) -> tuple[str, int | None]:
    """ "Matrix, The (1999)" as ("The Matrix", 1999); the year is None where none is written."""
    title, year = split_year(text)
    return article_first(title), year


def split_year(text: str) -> tuple[str, int | None]:
    """The same with the title as it is written."""
    title = unquoted(collapse(text))
    as_ascii = plain(title)
    if as_ascii[-1:] not in {")", "]"}:
        return title, None
    match = _YEAR_LAST.match(as_ascii)
    if match is None:
        return title, None
    year = plausible_year(match["year"]) if match["year"] else None
    return (title if match["year"] and year is None else title[: match.end("title")]), year


_FRACTION = LazyPattern(r"[\u00bc-\u00be\u2150-\u215f]|[0-9][/\u2044][0-9]")


def has_fraction(title: str) -> bool:
    """Whether a title has a fraction in it: "8½"."""
    return bool(_FRACTION.search(title))


_YEAR_FIRST = LazyPattern(r"\s*(\d{4})(?:(?!\d)|(?=(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\s*\Z))")
# "06/05/1999", "Nov 1, 2000", "1. April 1999"
_YEAR_OF_DATE = LazyPattern(
    r"(?:\d{1,2}(?!\d)|(?<![^\W\d_])[^\W\d_]{1,9}(?![^\W\d_])|[\s./,-])*(?<!\d)(\d{4})\s*"
)


_MINUS = ("-", "−")


def plausible_year(text: str) -> int | None:
    """A year of release from what a catalogue writes ("1999", "1999-03-31", "Nov 1, 1999"), else None.
    One with a minus sign is before Christ, and none of these."""
    if text[:1] in _MINUS and text[1:2].isdigit():
        return None
    match = _YEAR_FIRST.match(text) or _YEAR_OF_DATE.fullmatch(text)
    if match is None:
        return None
    year = int(match[1])
    return year if FIRST_YEAR <= year <= LAST_YEAR else None

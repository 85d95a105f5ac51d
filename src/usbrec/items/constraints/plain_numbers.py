"""Plain numbers: what people write around numbers, as the readers of amounts know it.

"3 hundred" is one number, 5.5" is so many inches, and "from 3 to 7 May" are days of a month and no amounts.
"""

from __future__ import annotations

import functools
import re

from usbrec.items.constraints.phrases import all_phrases
from usbrec.patterns import LazyPattern

_MANY = LazyPattern(r"(?<![\w.,])(\d{1,3}(?:[.,]\d{1,2})?)\s?(hundred|thousand|grand|hundert|tausend)(?!\w)")
_SIZES = {"hundred": 100, "thousand": 1000, "grand": 1000, "hundert": 100, "tausend": 1000}
#: "8 to 12 thousand", "8-12k": both are thousands.
_MANY_BOTH = LazyPattern(
    r"(?<![\w.,])(?P<low>\d{1,3}(?:[.,]\d)?)(?P<to>\s*(?:-|–|(?:and|to|or|und|bis|oder)(?=\s))\s*)"
    r"(?=(?P<high>\d{1,3}(?:[.,]\d)?)(?P<many>\s?(?:thousand|grand|tausend|k(?!\w))))"
)
#: "3 euros fifty".
_CENTS_IN_WORDS = LazyPattern(
    r"(?<!\w)(?P<whole>\d{1,4}|[^\W\d_]+)\s(?P<sign>euros?|dollars?|pounds?)\s(?P<cents>[^\W\d_]+)(?!\w)"
)
_FEWEST_CENTS, _MOST_CENTS = 10, 99
#: "100+ euros", not "3+1"; "8.5+" alone is no price, and "4.5+ stars" are stars.
_AND_MORE = LazyPattern(r"(?<![\w.,+-])(\d+|\d+[.,]\d+(?=\+\s?[^\W\d_]|\+\s?[€$£]))\+(?![\w+])")
#: "8+" and nothing else is from so many on: years of age, where a catalogue has them.
_AND_MORE_ALONE = LazyPattern(r"(?<![\w.,+-])(?P<few>\d{1,2})\+(?=\s*(?:$|[.,;:!?)]))")
#: "Less than an hour", "höchstens eine halbe Stunde", "within a mile".
_AN_HOUR = LazyPattern(
    r"(?P<before>(?<!\w)(?:than|under|within|most|least|over|below|above|to|max\.?|maximum|als|unter|über|höchstens"
    r"|mindestens|maximal|bis\s+zu|innerhalb)\s+)(?:(?P<half>half\s+(?:an?\s+)|eine[rn]?\s+halben?\s+)"
    r"|(?:an|one|a|eine[rnm]?)\s+)(?P<hour>hour|stunde|minute|day|tag|week|woche|month|monat|kilomet(?:re|er)|mile|meile|met(?:re|er)"
    r"|kilo(?:gramm?(?:me)?)?|pound|pfund|lit(?:re|er)|gigabyte|terabyte)(?!\w)"
)
#: "An hour and a half", "two and a half hours", "zweieinhalb Stunden", "2 1/2 hours".
_AND_A_HALF = LazyPattern(
    r"(?<![\w.,/])(?:(?P<whole>\d{1,2}|[^\W\d_]+)\s+(?P<of>hours?|stunden?)\s+(?:and|und)\s+(?:a\s+half|eine\s+halbe)"
    r"|(?P<many>\d{1,2}|[^\W\d_]+)(?:\s+(?:and\s+a\s+half|1/2|und\s+eine\s+halbe)|½)[\s-]+(?P<thing>hours?|stunden?)"
    r"|(?P<german>[^\W\d_]*?)(?:einhalb|anderthalb)\s+(?P<stunden>stunden?))(?!\w)"
)
#: "1h 30", "1 hour and 30 minutes", "2 Std. 15 Min.", "1:45 h".
_HOURS_AND = LazyPattern(
    r"(?<![\w.,:])(?P<hours>\d{1,2}|[^\W\d_]+)(?:\s?(?:h|hrs?|hours?|std|stunden?)\.?\s*(?:and\s+|und\s+|,\s*)?"
    r"(?P<minutes>[0-5]?\d)(?:\s?(?:m|mins?|minutes?|minuten?)\.?(?!\w)|(?![\w.,:%€$£]|\s?(?:€|\$|£|euros?|dollars?)))"
    r"|:(?P<past>[0-5]\d)\s?(?:h|hrs?|hours?|std|stunden?)\.?(?!\w))"
)
#: "One" is a number here, and mostly not elsewhere.
_BETWEEN_ONE = LazyPattern(
    r"(?<=(?<!\w)between\s)(?:one|an?)(?=\s+and\s)|(?<=(?<!\w)zwischen\s)eine[mrn]?(?=\s+und\s)"
)
_ONE_THING = LazyPattern(r"(?<!\w)(?:an|one|a|eine[rnm]?)\s")
_ARTICLES = {"an": 1, "a": 1, "eine": 1, "einer": 1, "einen": 1}
#: "An hour at most", "eine Stunde höchstens".
_HOUR_AT_MOST = LazyPattern(
    r"(?<!\w)(?:an|one|eine)\s+(?P<hour>hour|stunde)(?=\s+(?:at\s+(?:the\s+)?most|max|maximum|tops|or\s+(?:less|more)|at\s+least"
    r"|höchstens|maximal|oder\s+(?:weniger|mehr)|mindestens)(?!\w))"
)
_SQUARE = LazyPattern(
    r"(?<!\w)(?:square[\s-]met(?:re|er)s?|sq\.?\s?m(?:et(?:re|er)s?)?\.?|quadratmetern?)(?!\w)"
)
_INCHES = LazyPattern(r"(\d)\s?(?:\"|″|”|'')(?!\w)")
_MONTH = (
    r"(?:january|february|march|april|may(?!\s+(?:be|have|cost|not|also|work|do|go)\b)|june|july|august|september|october"
    r"|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|januar|februar|märz|mai|juni|juli|oktober"
    r"|dezember)(?![^\W_])\.?"
)
_MONTHS = (
    "jan",
    "feb",
    "mar",
    "mär",
    "apr",
    "may",
    "mai",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "okt",
    "nov",
    "dec",
    "dez",
)
_DAY = r"(?<![\w.,])(?:\d{1,2})(?:st|nd|rd|th|\.)?"
_TO = r"\s*(?:-|–|—|to|until|till|through|and|bis(?:\s+zum)?|und)\s*(?:the\s+)?"
_DATES = LazyPattern(
    rf"(?:(?:from|between|on|until|before|after|by|vom|von|zwischen|am|bis|ab|vor|nach)\s+)?(?:the\s+|dem\s+|zum\s+)?"
    rf"(?:{_DAY}\s*(?:{_MONTH})?{_TO})?{_DAY}\s*(?:of\s+)?{_MONTH}"
    rf"|(?<!\w){_MONTH}\s+{_DAY}(?:{_TO}(?:{_MONTH}\s+)?{_DAY})?(?![\d.,]*\d|\s?(?:€|euro|\$|£))"
)


def plain_numbers(text: str) -> str:
    """A text (in lower case) whose hundreds and inches are written out and whose dates are left out."""
    if "between" in text or "zwischen" in text:
        text = _BETWEEN_ONE.sub("1", text)
    if "half" in text or "halb" in text or "½" in text or "1/2" in text:
        text = _AND_A_HALF.sub(_hours_and_a_half, text)
    if "euro" in text or "dollar" in text or "pound" in text:
        text = _CENTS_IN_WORDS.sub(_cents, text)
    text = _HOURS_AND.sub(_in_minutes, text) if any(map(str.isdigit, text)) else text
    if _ONE_THING.search(text) is not None:
        text = _HOUR_AT_MOST.sub(r"1 \g<hour>", _AN_HOUR.sub(_one_hour, text))
    if not any(map(str.isdigit, text)):
        return text
    if "+" in text:
        text = _AND_MORE.sub(r"at least \1", _AND_MORE_ALONE.sub(r"from \g<few>", text))
    text = _MANY.sub(_many, _MANY_BOTH.sub(_many_both, text))
    if "sq" in text or "quadrat" in text:
        text = _SQUARE.sub("sqm", text)
    if _INCHES.search(text):
        text = _INCHES.sub(lambda found: _inches(found, text), text)
    # The pattern of dates is slow, and few texts have a month.
    return _DATES.sub(" \ufffc ", text) if any(month in text for month in _MONTHS) else text


def _inches(found: re.Match[str], text: str) -> str:
    # A quotation that ends behind a number is no measure.
    opened = text.count('"', 0, found.start()) % 2 or text.count("“", 0, found.start())
    return found[0] if opened and found[0][-1] in '"”' else f"{found[1]} inch"


def _one_hour(found: re.Match[str]) -> str:
    if not found["half"]:
        return f"{found['before']}1 {found['hour']}"
    return f"{found['before']}30 minutes" if found["hour"] in ("hour", "stunde") else found[0]


def _hours_and_a_half(found: re.Match[str]) -> str:
    said = found["whole"] or found["many"] or found["german"] or ("eine" if found["stunden"] else "")
    whole = _whole(said)
    return found[0] if whole is None else f"{whole}.5 {found['of'] or found['thing'] or found['stunden']}"


def _in_minutes(found: re.Match[str]) -> str:
    hours = _whole(found["hours"])
    if hours is None:
        return found[0]
    return f"{60 * hours + int(found['minutes'] or found['past'])} minutes"


def _whole(said: str) -> int | None:
    """A whole number in digits or in a word: "an", "two", "zwei"."""
    if said.isdigit():
        return int(said)
    return _ARTICLES.get(said) or _number_words().get(said)


@functools.cache
def _number_words() -> dict[str, int]:
    return {said: int(number) for each in all_phrases() for said, number in each.lists["numbers"].items()}


def _many_both(found: re.Match[str]) -> str:
    low, high = (float(found[each].replace(",", ".")) for each in ("low", "high"))
    return f"{found['low']}{found['many']}{found['to']}" if low < high else found[0]


def _cents(found: re.Match[str]) -> str:
    whole, cents = _whole(found["whole"]), _number_words().get(found["cents"], 0)
    if whole is None or not _FEWEST_CENTS <= cents <= _MOST_CENTS:
        return found[0]
    return f"{whole}.{cents} {found['sign']}"


def _many(found: re.Match[str]) -> str:
    number = found[1]
    if number in _units():
        # "3 hundred and fifty" is read as the words are.
        return f"{_units()[number]} {found[2]}"
    return f"{float(number.replace(',', '.')) * _SIZES[found[2]]:.10g}"


@functools.cache
def _units() -> dict[str, str]:
    """The words of the numbers up to nine."""
    return {
        str(number): said
        for each in all_phrases()
        for said, number in each.lists["numbers"].items()
        if 2 <= number <= 9
    }

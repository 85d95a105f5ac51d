"""Amounts of money and numbers as people write them: "$49.99", "49,99 €", "1.299,00", "1,234"."""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping

from usbrec.lexicon import shared
from usbrec.patterns import LazyPattern

#: Digits as Arabic, Thai or full-width letters write them have the same value; the marks have these.
_OTHER_DIGITS = LazyPattern(r"[^\D0-9]")
_MARKS = {"٫": ".", "．": ".", "٬": "'", "，": ","}


@functools.cache
def _currencies() -> Mapping[str, str]:
    """The sign with which each currency is told, by what is written for it, in small letters."""
    return {said: sign for sign, told in shared("columns")["currencies"].items() for said in told.split()}


_BEFORE = r"[^\d\s\-−.,][^\d\-−]{0,9}"
#: What an amount looks like; the words beside it are looked up.
_WRITTEN = LazyPattern(
    rf"(?P<before>{_BEFORE})?(?P<minus>[-−])?\s*(?P<after_minus>{_BEFORE})?"
    r"(?P<digits>[0-9](?:[0-9.,'’  ]*[0-9])?)(?:[.,](?:[-–—]+|(?=\s|$)))?\s*"
    r"(?P<behind>[^\d\s\-–—][^\d\-–—]{0,9})?"
)
#: One with its cents behind the sign: "12€50".
_CENTS_BEHIND = LazyPattern(r"(?P<whole>[0-9]{1,7})\s?(?P<sign>[$€£])\s?(?P<cents>[0-9]{2})")


#: "0,500" is a half: no thousands begin with a zero.
_GROUPED = LazyPattern(r"[1-9][0-9]{0,2}(?:([.,'’  ])[0-9]{3})(?:\1[0-9]{3})*")
#: Of two digits as in India, too; the last group has three.
_IN_GROUPS = LazyPattern(r"[-+−]?[0-9]{1,3}([.,])(?:[0-9]{2,3}\1)*[0-9]{3}")
_BLANKS = LazyPattern(r"['’  ]")
#: Between groups of three; "5'11" is a height.
_BLANK_GROUPS = LazyPattern(r"[-+−]?\s?(?:[0-9]{1,3}(?:['’  ][0-9]{3})+|[0-9]+)(?:[.,][0-9]*)?")


def money(text: str) -> tuple[float, str] | None:
    """The number and the currency's sign of a text that is an amount and nothing else; None without a sign.

    Of "1.299 €" and "1,299 €" three digits behind the only mark are thousands: no price has thousandths.
    """
    text = plain_digits(text.strip())
    match = _WRITTEN.fullmatch(text)
    if match is None:
        split = _CENTS_BEHIND.fullmatch(text)
        return None if split is None else (float(f"{split['whole']}.{split['cents']}"), split["sign"])
    said = [one.strip() for one in match.group("before", "after_minus", "behind") if one]
    scale = 1.0
    if said:
        scale, said[-1] = scale_of(said[-1])
    if not said or any(one.casefold() not in _currencies() for one in said):
        return None
    number = number_of(match["digits"], thousands=True)
    return None if number is None else (scale * (-number if match["minus"] else number), said[0])


def scale_of(unit: str) -> tuple[float, str]:
    """What a unit counts at once and the unit itself: "万円" are ten thousand yen."""
    return (_SCALES[unit[0]], unit[1:].lstrip()) if unit[:1] in MYRIADS else (1.0, unit)


def plain_digits(text: str) -> str:
    """`text` with the digits 0 to 9, and plain marks, for those of other scripts."""
    if text.isascii() or not _OTHER_DIGITS.search(text):
        return text
    return "".join(_MARKS.get(one, str(unicodedata.decimal(one)) if one.isdecimal() else one) for one in text)


def currency_sign(text: str) -> str | None:
    """The sign of the currency that a text names and nothing else: "€" of "EUR" and "euros"; None for no
    currency."""
    return _currencies().get(text.casefold())


def is_currency(text: str) -> bool:
    """Whether a text is how a currency is written, and no more: "EUR", "€"."""
    return text.casefold() in _currencies()


def currencies_of(signs: Iterable[str]) -> list[str]:
    """The currencies of these signs: "€" and "EUR" are one, and so are "¥" and "円"."""
    found = list(dict.fromkeys(_currencies().get(sign.casefold(), sign) for sign in signs))
    for sign, which in shared("columns")["shared_currencies"].items():
        if sign in found and len(meant := [one for one in which.split() if one in found]) == 1:
            # In the place of what was met first.
            found = list(dict.fromkeys(meant[0] if one == sign else one for one in found))
    return found


_DIGIT = re.compile(r"\d")


def number_of(text: str, *, thousands: bool = False) -> float | None:
    """The number that a text writes with a point or a comma before its fraction, and groups of thousands.

    "1,234" are thousands; "1.234" is a fraction unless `thousands`. None of anything else, such as "1.2.3"
    and "10_12".
    """
    # Nearly all cells of most catalogues, and "inf", which is none here.
    if not _DIGIT.search(text):
        return None
    text = text.strip()
    if "_" in text:  # which Python takes for a number's groups
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    else:
        if not (thousands and re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", text)):
            return number if math.isfinite(number) else None
    if _BLANKS.search(text) and not _BLANK_GROUPS.fullmatch(text):
        return None
    plain = _BLANKS.sub("", text)
    point, comma = plain.rfind("."), plain.rfind(",")
    if _GROUPED.fullmatch(text):
        plain = re.sub(r"[.,]", "", plain)
    else:
        last = max(point, comma)
        once = last >= 0 and plain.count(plain[last]) == 1
        whole, fraction = (plain[:last], plain[last + 1 :]) if once else (plain, "")
        if any(mark in whole for mark in ".,") and not _IN_GROUPS.fullmatch(whole):
            return None
        plain = re.sub(r"[.,]", "", whole) + (f".{fraction}" if once else "")
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


#: Those of the scales below that are written before a unit.
MYRIADS = frozenset("천万萬만亿億억")
# "1.2M views", "350k", "1,2 Mio.", "1.5万".
_SCALES = {
    "k": 1e3, "tsd": 1e3, "천": 1e3, "thousand": 1e3,
    "万": 1e4, "萬": 1e4, "만": 1e4,
    "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "millionen": 1e6,
    "亿": 1e8, "億": 1e8, "억": 1e8,
    "b": 1e9, "bn": 1e9, "mrd": 1e9, "billion": 1e9,
}  # fmt: skip
_SCALED = LazyPattern(rf"(?P<number>[0-9][0-9.,\s]*?)\s*(?P<scale>{'|'.join(_SCALES)})\.?", re.IGNORECASE)


def count_of(text: str) -> float | None:
    """The number that a text writes, with a word or letter for thousands and millions, as counts have one."""
    number = number_of(text)
    if number is None and (scaled := _SCALED.fullmatch(text.strip())):
        number = number_of(scaled["number"])
        return None if number is None else number * _SCALES[scaled["scale"].casefold()]
    return number


_STARS_DRAWN = LazyPattern(r"(?P<full>[★⭐*]{1,7})(?P<half>½)?[☆✩\s]*")
_STARS_COUNTED = LazyPattern(
    r"(?P<number>[0-9](?:[.,][0-9]{1,2})?)\s*(?:-\s*)?(?:[★⭐*]|stars?\b|sterne?\b)(?:\s*s(?:uperior)?)?",
    re.IGNORECASE,
)
_STARS_OF_FIVE = LazyPattern(r"(?P<number>[0-5](?:[.,][0-9]{1,2})?)\s*(?:/|out of|of|von)\s*5", re.IGNORECASE)


def stars_of(text: str) -> float | None:
    """The number of stars in a cell that holds nothing else: "★★★★☆", "****", "4*", "4.5 stars", "4 Sterne
    S", "4.5 out of 5"; None for any other, a plain number too."""
    text = text.strip().replace("\ufe0f", "")
    if drawn := _STARS_DRAWN.fullmatch(text):
        return len(drawn["full"]) + (0.5 if drawn["half"] else 0.0)
    counted = _STARS_COUNTED.fullmatch(text) or _STARS_OF_FIVE.fullmatch(text)
    return None if counted is None else float(counted["number"].replace(",", "."))

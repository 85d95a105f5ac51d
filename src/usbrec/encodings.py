"""Encodings: which one a file that is not UTF-8 probably has, by what its letters are in each."""

from __future__ import annotations

from collections.abc import Callable

#: So many bytes are looked at, and such a share of the letters beyond ASCII has to fit.
_LOOKED_AT, _ENOUGH = 1 << 16, 0.85
#: What stands between letters in several encodings.
_MARKS = frozenset("–—‘’“”…€£®©™°§«»¿¡·•×½¼¾²³\u00a0")


def likely_encoding(data: bytes) -> str | None:
    """The name of the encoding in which nearly all that is no ASCII is common letters of one script; None
    where there is none such."""
    lines = data[:_LOOKED_AT].split(b"\n")
    beyond = b"\n".join(line for line in (lines if len(lines) < 2 else lines[:-1]) if not line.isascii())
    scores = {name: _share(beyond, name, fits) for name, fits in _FITTING.items()}
    best = max(scores, key=lambda name: scores[name])  # The first of several that fit alike.
    return best if scores[best] >= _ENOUGH else None


def _share(data: bytes, encoding: str, fits: Callable[[str, int], bool]) -> float:
    """The share of characters beyond ASCII that fit an encoding; 0 where the data are not of it."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    places = [place for place, one in enumerate(text) if not one.isascii()]
    return sum(fits(text, place) for place in places) / len(places) if places else 0.0


def _latin(text: str, place: int) -> bool:
    """Letters with accents stand beside plain ones: "Amélie"."""
    around = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
    beside = any(one.isascii() and one.isalpha() for one in around)
    return text[place] in _MARKS or (text[place].isalpha() and beside)


def _cyrillic(text: str, place: int) -> bool:
    around = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
    plain = any(one.isascii() and one.isalpha() for one in around)
    return text[place] in _MARKS or ("\u0400" <= text[place] <= "\u04ff" and not plain)


def _common(encoding: str, first: int, last: int, *, kana: bool = False) -> Callable[[str, int], bool]:
    """Whether a character stands among the common ones of an encoding, which are those whose first byte is
    from `first` to `last`; marks and full-width letters fit, too."""

    def fits(text: str, place: int) -> bool:
        one = text[place]
        if "\u3000" <= one <= "\u303f" or "\uff01" <= one <= "\uff5e" or one in _MARKS:
            return True
        if "\u3040" <= one <= "\u30ff":
            return kana
        written = one.encode(encoding)
        return len(written) == 2 and first <= written[0] <= last and one.isalpha()

    return fits


#: Of those that read the same bytes the narrower one stands first.
_FITTING = {
    "cp1252": _latin,
    "cp1251": _cyrillic,
    "shift_jis": _common("shift_jis", 0x88, 0x97, kana=True),
    "euc_kr": _common("euc_kr", 0xB0, 0xC8),
    "gb18030": _common("gb18030", 0xB0, 0xD7),
    "big5": _common("big5", 0xA4, 0xC6),
    "euc_jp": _common("euc_jp", 0xB0, 0xCF, kana=True),
}

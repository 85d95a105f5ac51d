"""Forms of an option: letters and digits of another width, wrapping, a full stop, a word before it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

#: What people and models put around an answer without changing it.
_WRAPPING = " \t\r\n*_`\"'“”‘’()[]{}"
_SEPARATORS = (":", "：", "=")


def only_option(text: str, options: Sequence[str]) -> str | None:
    """The one option that a text is, but for its form; None for none and for several."""
    plain = bare(text)
    fitting = [option for option in options if plain and bare(option) == plain]
    return fitting[0] if len(fitting) == 1 else None


def separator_in(text: str) -> int | None:
    """Where the first colon or equals sign stands."""
    places = [place for separator in _SEPARATORS if (place := text.find(separator)) >= 0]
    return min(places, default=None)


def bare(text: str) -> str:
    """The text in plain characters, without wrapping, a closing full stop and capitals."""
    text = folded(text)
    return text.strip(_WRAPPING).removesuffix(".").removesuffix("。").strip(_WRAPPING).casefold()


def folded(text: str) -> str:
    """The text with letters and digits of another width, fount or script as plain ones. A superscript or a
    digit in a circle is another sign: a square, a footnote, a place in a list."""
    return text if text.isascii() else "".join(map(_folded, text))


def _folded(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    same = unicodedata.decomposition(sign).startswith(("<wide>", "<narrow>", "<font>"))
    return unicodedata.normalize("NFKC", sign) if same else sign

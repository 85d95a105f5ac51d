"""Title slots: markers that a model writes in place of titles, and the titles that are filled in."""

from __future__ import annotations

from collections.abc import Sequence

from usbrec.patterns import LazyPattern

_MARKER = LazyPattern(r"\[[ \t]*(?P<number>[0-9]{1,2})[ \t]*\]")


def filled(text: str, titles: Sequence[str]) -> str:
    """The text with each marker ``[n]`` as the n-th of `titles`.

    A marker beside the very title it stands for is left out: models write "Heat (1995) [1]" too. One that
    stands for nothing stays (:func:`unfilled`).
    """
    pieces: list[str] = []
    end = 0
    for match in _MARKER.finditer(text):
        number = int(match["number"])
        if not 1 <= number <= len(titles):
            continue
        title = titles[number - 1]
        before = (text[:end] if not pieces else "") + text[end : match.start()]
        rest = text[match.end() :].lstrip(' .:-*_"')
        again = before.rstrip(' *_"(-:').endswith(title) or rest.startswith(title)
        pieces += [
            text[end : match.start()].rstrip(" (") if again else text[end : match.start()],
            "" if again else title,
        ]
        end = match.end()
    return "".join(pieces) + text[end:]


def unfilled(text: str) -> bool:
    """Whether a marker is left in the text."""
    return _MARKER.search(text) is not None

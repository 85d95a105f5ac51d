"""Subtitles: "Covenant" for "Alien: Covenant", where nothing else in the catalogue is called so.

A subtitle of three words or more needs their capitals, a shorter one its year, quotes, or an introduction
("have you seen Covenant"): there was a Civil War before "Captain America: Civil War". What the first part
alone names is read with the very year behind it, where nothing is called so ("Borat (2006)"): "Alien" is
another film than "Alien: Covenant".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from usbrec.items.linking.ambiguity import ARTICLES, is_common, is_kind, is_telling
from usbrec.items.titles import normalise_title
from usbrec.patterns import LazyPattern

_PARTS = LazyPattern(r"\s*:\s+|\s+[-–—]\s+")
#: Where the first part ends: "Moby-Dick; or, The Whale", "Birdman or (The Unexpected Virtue of Ignorance)".
_HEAD_ENDS = LazyPattern(r"\s*[;,]?\s+or\b\s*[:,(]|\s*:\s|\s+[-–—]\s|\s\(")
_PIECE = LazyPattern(r"(?:part|vol|volume|chapter|episode|season|book|series)\b")
# "The Help: A Novel", "Sex and the City: The Movie" name no title of their own.
_GENERIC = frozenset(
    {
        "autobiography", "beginning", "biography", "collection", "complete", "edition", "end", "essays",
        "film", "game", "guide", "history", "life", "memoir", "movie", "musical",
        "new", "novel", "novella", "novels", "origins", "poems", "return", "selected",
        "sequel", "series", "show", "special", "stories", "story", "true",
    }
)  # fmt: skip
_LONGEST = 10


def subtitles(titles: Sequence[str], taken: Collection[str]) -> Iterator[tuple[int, str]]:
    """The rows and normal forms of the subtitles that name one title of `titles` alone.

    `taken` are the normal forms that are titles already, with their articles and without.
    """
    found: list[tuple[int, str]] = []
    segments: Counter[str] = Counter()
    for row, title in enumerate(titles):
        if ": " not in title and " - " not in title and "–" not in title and "—" not in title:
            continue
        parts = [normalise_title(part) for part in _PARTS.split(title)]
        segments.update({_without_article(part) for part in parts})
        if len(parts) > 1 and _says_enough(parts[-1]):
            found.append((row, parts[-1]))
    for row, key in found:
        bare = _without_article(key)
        if segments[bare] > 1 or key in taken or bare in taken:
            continue
        yield row, key
        if bare != key and " " in bare:
            yield row, bare


def heads(titles: Sequence[str], taken: Collection[str]) -> Iterator[tuple[int, str]]:
    """The rows and normal forms of the first parts of titles that are none themselves (as `taken` are)."""
    for row, title in enumerate(titles):
        end = _HEAD_ENDS.search(title) if " " in title else None
        key = normalise_title(title[: end.start()]) if end else ""
        if any(map(str.isalnum, key)) and key not in taken and _without_article(key) not in taken:
            yield row, key


def _without_article(key: str) -> str:
    article, _, rest = key.partition(" ")
    return rest if article in ARTICLES and rest else key


def _says_enough(key: str) -> bool:
    content = [word for word in key.split(" ") if word not in ARTICLES]
    if not content or len(content) > _LONGEST or _PIECE.match(key):
        return False
    if all(word in _GENERIC or is_kind(word) for word in content):
        return False
    return len(content) > 1 or (is_telling(content) and not is_common(content[0]))

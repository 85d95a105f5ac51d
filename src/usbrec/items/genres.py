"""Genre names normalised: "Sci-Fi", "Science Fiction" and "science fiction film" are one genre.

A genre that combines others counts as these ("Romantic comedy" is romance and comedy), so that
catalogues with fine and with coarse genres can be compared.
"""

from __future__ import annotations

import functools
import re

_SCIENCE = ("science fiction",)
SYNONYMS: dict[str, tuple[str, ...]] = {
    "sci fi": _SCIENCE,
    "scifi": _SCIENCE,
    "syfy": _SCIENCE,
    "sf": _SCIENCE,
    "science": _SCIENCE,
    "science fiction": _SCIENCE,
    "animated": ("animation",),
    "cartoon": ("animation",),
    "anime": ("animation", "anime"),
    "biographical": ("biography",),
    "biopic": ("biography",),
    "historical": ("history",),
    "historical period drama": ("history", "drama"),
    "period drama": ("history", "drama"),
    "costume drama": ("history", "drama"),
    "film noir": ("noir",),
    "kids": ("family",),
    "children": ("family",),
    "childrens": ("family",),
    "sports": ("sport",),
    "romantic": ("romance",),
    "romantic comedy": ("romance", "comedy"),
    "rom com": ("romance", "comedy"),
    "romcom": ("romance", "comedy"),
    "romantic drama": ("romance", "drama"),
    "comedy drama": ("comedy", "drama"),
    "dramedy": ("comedy", "drama"),
    "crime drama": ("crime", "drama"),
    "crime thriller": ("crime", "thriller"),
    "crime comedy": ("crime", "comedy"),
    "action comedy": ("action", "comedy"),
    "action thriller": ("action", "thriller"),
    "action adventure": ("action", "adventure"),
    "horror comedy": ("horror", "comedy"),
    "comedy horror": ("horror", "comedy"),
    "black comedy": ("comedy", "black comedy"),
    "dark comedy": ("comedy", "black comedy"),
    "psychological thriller": ("thriller", "psychological"),
    "political thriller": ("thriller", "political"),
    "slasher": ("horror", "slasher"),
    "suspense": ("thriller",),
    "war drama": ("war", "drama"),
    "musical comedy": ("musical", "comedy"),
    "documentary": ("documentary",),
}
# What people say for a genre in conversation, beside its name.
SAID_FOR: dict[str, tuple[str, ...]] = {
    "scary": ("horror",),
    "spooky": ("horror",),
    "funny": ("comedy",),
    "hilarious": ("comedy",),
    "comedic": ("comedy",),
    "love story": ("romance",),
    "love stories": ("romance",),
    "chick flick": ("romance", "comedy"),
    "chick flicks": ("romance", "comedy"),
    "suspenseful": ("thriller",),
    "whodunit": ("mystery",),
    "magical": ("fantasy",),
    "family friendly": ("family",),
    "true story": ("biography",),
    "documentaries": ("documentary",),
    "docs": ("documentary",),
}
_TAIL = re.compile(r"(?<=\w) (?:films?|movies?|fiction|genre|tv)$")


@functools.lru_cache(maxsize=8192)
def normalise_genre(text: str) -> tuple[str, ...]:
    """What a genre counts as: lower case, without "film", "movie", "fiction" or brackets, synonyms joined.

    Empty for a text without a word.
    """
    plain = re.sub(r"\([^)]*\)|#\s*\d+|['’.]", "", text.casefold())
    plain = " ".join(re.sub(r"[\W_]+", " ", plain).split())
    if not plain:
        return ()
    while plain not in SYNONYMS and (match := _TAIL.search(plain)):
        plain = plain[: match.start()]
    return SYNONYMS.get(plain, (plain,))

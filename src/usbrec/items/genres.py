"""Genre names normalised: "Sci-Fi", "Science Fiction" and "science fiction film" are one genre.

A genre that combines others counts as these ("Romantic comedy" is romance and comedy), so that
catalogues with fine and with coarse genres can be compared.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from usbrec.lexicon import any_of, words

_ENGLISH = words("en", "genres")
#: Names of genres that count as others, in normal form.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    name: tuple(genres) for name, genres in _ENGLISH["synonyms"].items()
}
#: What people say for a genre in conversation, beside its name; of every language, because a seeker may speak
#: another one than the catalogue.
SAID_FOR: Mapping[str, tuple[str, ...]] = {
    phrase: tuple(genres) for phrase, genres in _ENGLISH["said_for"].items()
}
_TAIL = re.compile(rf"(?<=\w) {any_of(_ENGLISH['tails'])}$")


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

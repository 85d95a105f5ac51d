"""Regular expressions that are compiled when they are first used, and searched for where they may be found.

Compiling takes a millisecond and more where many words or classes of many characters stand in one, and most
commands meet texts that need few of them. To search a text for many phrases, ignoring case, takes ten times
as long as to look whether the letters that each begins with stand in it, and most texts have none of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")

if TYPE_CHECKING:

    def LazyPattern(pattern: str | Callable[[], str], flags: int = 0) -> re.Pattern[str]:  # noqa: N802
        """To a checker of types it is what `re.compile` gives."""

    def CuedPattern(pattern: str, phrases: Iterable[str], flags: int = 0) -> re.Pattern[str]:  # noqa: N802
        """To a checker of types it is what `re.compile` gives."""

else:

    class LazyPattern:
        """What `re.compile` gives, compiled when one of its methods is first asked for. A pattern in which
        words of the lexicon stand is a function, so that these are read no sooner either."""

        def __init__(self, pattern: str | Callable[[], str], flags: int = 0) -> None:
            self._pattern = pattern
            self._flags = flags

        @property
        def pattern(self) -> str:
            return self._pattern() if callable(self._pattern) else self._pattern

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            compiled = re.compile(self.pattern, self._flags)
            # From here on they are found at once.
            self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
            return getattr(compiled, name)

    class CuedPattern:
        """The same for a pattern that never matches without one of these phrases (regular expressions, too):
        what they begin with is looked for before anything is searched."""

        def __init__(self, pattern: str, phrases: Iterable[str], flags: int = 0) -> None:
            self.pattern = pattern
            self._flags = flags
            self._cues = cues_of(phrases)

        def search(self, text: str, *span: int) -> re.Match[str] | None:
            return self._search(text, *span) if self._may_be_in(text) else None

        def finditer(self, text: str, *span: int) -> Iterator[re.Match[str]]:
            return self._finditer(text, *span) if self._may_be_in(text) else iter(())

        def _may_be_in(self, text: str) -> bool:
            folded = text.casefold()
            for cue in self._cues:  # noqa: SIM110 - a generator takes twice as long
                if cue in folded:
                    return True
            return False

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            compiled = re.compile(self.pattern, self._flags)
            found = {method: getattr(compiled, method) for method in _METHODS}
            found["_search"], found["_finditer"] = found.pop("search"), found.pop("finditer")
            self.__dict__.update(found)
            return self.__dict__[name]


def cues_of(phrases: Iterable[str]) -> tuple[str, ...]:
    """What has to stand in a text, case folded, for one of these regular expressions to be found there: the
    letters that each begins with, without those in which another stands. An empty one stands in any text."""
    begun = {_beginning(phrase).casefold() for phrase in phrases}
    return tuple(sorted(cue for cue in begun if not any(other != cue and other in cue for other in begun)))


_LITERAL = LazyPattern(r"(?:[^\\.^$*+?{}\[\]|()]|\\[^\w\s])*")
_GROUP = LazyPattern(r"\([^()]*\)")


def _beginning(phrase: str) -> str:
    """The letters that a regular expression begins with; "" where there may be others."""
    outside, groups = phrase, 1
    while groups:
        outside, groups = _GROUP.subn("", outside)
    if "|" in outside:
        return ""
    literal = _LITERAL.match(phrase)
    assert literal is not None  # it may be empty
    said = literal[0].replace("\\", "")
    # The letter before one of these need not be there.
    return said[:-1] if phrase[literal.end() : literal.end() + 1] in tuple("?*{") else said

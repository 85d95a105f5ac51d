"""Regular expressions that are compiled when they are first used.

Compiling takes a millisecond and more where many words or classes of many characters stand in one, and most
commands meet texts that need few of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")

if TYPE_CHECKING:

    def LazyPattern(pattern: str, flags: int = 0) -> re.Pattern[str]:  # noqa: N802
        """To a checker of types it is what `re.compile` gives."""

else:

    class LazyPattern:
        """What `re.compile` gives, compiled when one of its methods is first asked for."""

        def __init__(self, pattern: str, flags: int = 0) -> None:
            self.pattern = pattern
            self._flags = flags

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            compiled = re.compile(self.pattern, self._flags)
            # From here on they are found at once.
            self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
            return getattr(compiled, name)

"""Optional packages: what is said where an extra is missing, or is there and cannot be imported."""

from __future__ import annotations

from types import TracebackType

from usbrec.errors import ConfigError

#: How libraries say that there is no memory to be loaded into.
NO_MEMORY = (
    "failed to map segment",
    "annot allocate memory",
    "can't allocate memory",
    "can't start new thread",
    # So Python tells of code in C that ran out of memory and did not say so.
    "without exception set",
    "without setting an exception",
)


class extra:  # noqa: N801  (a context manager, used like a function)
    """The imports inside belong to the extra `name`, without which `what` cannot be done.

    Raises ConfigError in the place of what the imports raise: a package that is not there, and one that is
    there and cannot be loaded (a shared library that the machine lacks raises ImportError or OSError).
    """

    def __init__(self, name: str, what: str, *, instead: str = "") -> None:
        """`instead` is a sentence about what does the same without it."""
        self._name = name
        self._what = what
        self._instead = f" {instead}" if instead else ""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if any(words in str(error) for words in NO_MEMORY):
            return  # No fault of the package: told as what it is.
        needs = f"{self._what} needs the extra '{self._name}'"
        if isinstance(error, ModuleNotFoundError):
            raise ConfigError(
                f"{needs} ({error.name} is missing): pip install 'usbrec[{self._name}]'.{self._instead}"
            ) from None
        if isinstance(error, ImportError | OSError):
            first = (str(error).strip() or type(error).__name__).splitlines()[0]
            again = f"pip install --force-reinstall 'usbrec[{self._name}]'"
            raise ConfigError(
                f"{needs}, which is installed but cannot be imported ({first[:300]}). Install what that "
                f"names, or the extra again: {again}.{self._instead}"
            ) from None

"""Exceptions of USB-Rec: everything that can go wrong, in one tree.

    UsbRecError
    ├── InputError            a file or value the user gave: exit code 2
    │   ├── ConfigError         a setting, an option, a missing key or extra
    │   └── RunFolderError      a run folder that is in use, or holds another configuration
    ├── ModelError            the model's side failed on one request: recorded on its row, the run goes on
    │   ├── ModelUnavailable    no connection, timeout, 429 or 5xx after the retries
    │   ├── UnusableAnswer      an answer that is empty, garbage or no chat completion
    │   │   └── UnreadableAnswer    the server said that all is well, and sent something else
    │   ├── PromptTooLong       the prompt exceeds the model's context
    │   ├── CannotDo            tools or JSON, which this model or its server does not do
    │   ├── UnknownLanguage     rules were to read or speak a language that they do not know
    │   └── SeatFailed          an object of the user's own raised, or returned something else
    ├── StoreFailed           the service's store cannot be read or written: the request's 500, and its log
    ├── ModelRefused          the server says no to everything (401, 403, unknown model): exit code 2
    └── Interrupted           Ctrl-C: exit code 130

A message says what was wrong, where (``file:line``, field, sample id) and what to do. Messages never
contain a key: the backends strip secrets before they raise.
"""

from __future__ import annotations

from collections.abc import Sequence


class UsbRecError(Exception):
    """Base of every error this package raises on purpose."""


class InputError(UsbRecError):
    """Something the user handed in cannot be used as it is."""


class ConfigError(InputError):
    """A setting, command-line option, environment variable or missing extra."""


class RunFolderError(InputError):
    """A run folder is held by another process or holds a run with another configuration."""


class BadLines(InputError):
    """A file with unusable lines, or a table with unusable rows; the first twenty are listed, the rest
    counted."""

    shown = 20

    def __init__(self, path: str, problems: Sequence[str], advice: str | None = None) -> None:
        self.path = path
        self.problems = tuple(problems)
        count = len(self.problems)
        what = "row" if all(problem.startswith("row ") for problem in self.problems) else "line"
        super().__init__(
            f"{path}: {count} unusable {what}{'s' if count != 1 else ''}\n{self.listed(problems)}\n"
            f"{advice or f'Correct or remove these {what}s.'}"
        )

    @classmethod
    def listed(cls, problems: Sequence[str]) -> str:
        """The first twenty, a line each, and how many more there are."""
        more = len(problems) - cls.shown
        tail = f"\n  ... and {more} more" if more > 0 else ""
        return "\n".join(f"  {problem}" for problem in problems[: cls.shown]) + tail


class InputWarning(UserWarning):
    """Part of what the user handed in is left out, and the rest is used; says what, why, and what to do."""


class ModelError(UsbRecError):
    """The model's side failed on one request. A failed row is data, not the end of the run."""


class ModelUnavailable(ModelError):
    """No connection, a timeout, or 429/5xx after the last retry."""


class UnusableAnswer(ModelError):
    """The server answered, but not with a chat completion that has text in it."""


class UnreadableAnswer(UnusableAnswer):
    """The server said that all is well, and what it sent is no chat completion: nothing was refused."""


class PromptTooLong(ModelError):
    """The prompt does not fit the model's context window."""


class CannotDo(ModelError):
    """The request asks for tools or a format that this model, or the server it runs on, does not do."""


class UnknownLanguage(ModelError):
    """Rules were to read a dialogue, or to answer in it, whose language the lexicon lacks."""


class SeatFailed(ModelError):
    """A recommender, seeker or judge of the user's own raised, or returned something that is no answer."""


class StoreFailed(UsbRecError):
    """The service's store cannot be read or written. The message has the file's name and no one's words."""


class ModelRefused(UsbRecError):
    """The server refuses every request alike (bad key, unknown model); going on would be pointless."""


class Interrupted(UsbRecError):
    """The user pressed Ctrl-C; what is finished is recorded."""

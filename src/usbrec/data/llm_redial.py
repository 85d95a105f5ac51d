"""LLM-REDIAL's text format: dialogues that a language model wrote, under a number each.

    Conversation_1:

    User: I loved Heat. Anything like it?

    Agent: Try Ronin.

(the number may stand alone, and the speakers have other usual names: Seeker, Assistant, Recommender …) What
is recommended stands in two files of the same folder: ``final_data.jsonl`` has each conversation's `rec_item`
and who it is for, ``item_map.json`` the titles of these ids. Without them there are dialogues and no samples.
"""

from __future__ import annotations

import functools
import html
import itertools
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from usbrec.data.everyday_titles import names_title
from usbrec.data.opening import Entry
from usbrec.data.reading import FileMissing, clean, show
from usbrec.data.utterances import Transcript, Utterance
from usbrec.dialogue import Role
from usbrec.errors import InputError, InputWarning
from usbrec.lexicon import any_of, shared
from usbrec.patterns import LazyPattern
from usbrec.storage import json_lines, parse_json, read_text

_SEATS: Mapping[str, Role] = {
    **dict.fromkeys(("user", "seeker", "client", "customer"), "seeker"),
    **dict.fromkeys(
        ("agent", "assistant", "system", "recommender", "bot", "wizard", "expert"), "recommender"
    ),
}
_NUMBER = LazyPattern(
    r"^[#*\s]*(?P<word>(?:conversation|dialogue|dialog)[ _]*#?\s*)?(?P<number>[0-9]{1,12})\s*[:.]?\**$",
    re.IGNORECASE,
)
_SECTION = LazyPattern(r"^#+\s*\D+$")
#: Bold, too, as models write.
_SPOKEN = LazyPattern(rf"^\**({'|'.join(_SEATS)})\**\s*:\**\s*", re.IGNORECASE)
_NAMED = LazyPattern(r"^\**([^\W\d_]{2,15})\**\s*:")
#: Of how many headings one may be missing, and how many in a row, for what is told of them.
_FEW = 10
_DATA, _TITLES = "final_data.jsonl", "item_map.json"
#: How shops end a title.
_EDITION = LazyPattern(
    r"\s*(?:[(\[](?!\d{4}[)\]])[^()\[\]]*[)\]]|\b(?:vhs|dvd|blu-?ray|hd dvd)\b|[-:,])\s*$", re.IGNORECASE
)
_DATED = LazyPattern(r"\s*[(\[]\d{4}[)\]]\s*$")


@dataclass(frozen=True)
class Conversation:
    """A dialogue as it stands in the text."""

    number: str
    said: tuple[tuple[Role, str], ...]
    #: Why these are two, of which the second has no heading.
    two: str = ""


def conversations_in(entries: Iterator[Entry]) -> Iterator[Entry]:
    """The lines of the text as dialogues; a line that nobody says is an entry that cannot be read.

    A number or heading that stands between the lines of what somebody says is part of it.
    """
    lines = [(entry.place, line) for entry in entries if (line := clean(entry.value()))]
    headings = _headings([line for _, line in lines])
    missing = _missing(headings)
    place, number, section, last = "", "", "", 0
    said: list[tuple[Role, str]] = []
    if stranger := _nobodys_name([line for _, line in lines]):
        yield Entry(lines[0][0], _raising(stranger))
        return
    for at, (where, line) in enumerate(lines):
        if at in headings:
            if said:
                yield _entry(place, number, said, last + 1 in missing)
                said = []
            if headings[at] is None:
                section = " ".join(line.strip("# ").split()) + " "
            else:
                place, number, last = where, f"{section}{headings[at]}", int(headings[at] or 0)
        elif spoken := _SPOKEN.match(line):
            place = place or where
            said.append((_SEATS[spoken[1].casefold()], line[spoken.end() :]))
        elif said:
            said[-1] = (said[-1][0], f"{said[-1][1]}\n{line}")
        else:
            yield Entry(where, _raising(f"expected a number, User: or Agent:, found {show(line)}"))
    if said:
        yield _entry(place, number, said, False)
    if missing:
        shown = f"{', '.join(map(str, missing[:5]))}{' ...' if missing[5:] else ''}"
        warnings.warn(
            f"no heading has the number {shown}, and nearly all others are there; where a heading alone is "
            "missing, what is said below it counts as part of the dialogue before",
            InputWarning,
            stacklevel=3,
        )


def _missing(headings: Mapping[int, str | None]) -> Sequence[int]:
    """The numbers that are not there though nearly all of those around them are, in their order; none in a
    text whose numbers have many gaps, because dialogues were drawn from it, or begin anew."""
    numbers = [int(number) for _, number in sorted(headings.items()) if number is not None]
    steps = list(itertools.pairwise(numbers))
    gaps = [(one, other) for one, other in steps if other > one + 1]
    if not gaps or any(other <= one for one, other in steps) or len(gaps) > max(1, len(steps) // _FEW):
        return ()
    return [number for one, other in gaps if other - one <= _FEW for number in range(one + 1, other)]


def _headings(lines: Sequence[str]) -> Mapping[int, str | None]:
    """Which lines are the numbers of dialogues, or None for a section of numbers.

    "Conversation_1" always is. A bare number is where somebody begins to speak behind it, no other heading of
    the text has the word, and the number that should come next does not stand further down: "1999" may be an
    answer. A section is where a number follows.
    """
    found: dict[int, str | None] = {}
    numbers: dict[int, int] = {}
    for at, line in enumerate(lines):
        if heading := _NUMBER.match(line):
            if heading["word"]:
                found[at] = heading["number"]
            elif at + 1 == len(lines) or _SPOKEN.match(lines[at + 1]):
                numbers[at] = int(heading["number"])
    if not found:
        left = Counter(numbers.values())
        last = 0
        for at, number in numbers.items():
            left[number] -= 1
            if number > last + 1 and last and left[last + 1]:
                continue
            found[at], last = str(number), number
    for at in reversed(range(len(lines) - 1)):
        if at + 1 in found and at not in found and _SECTION.match(lines[at]):
            found[at] = None
    return found


def _nobodys_name(lines: Sequence[str]) -> str:
    """What is wrong where lines begin with a speaker's name that is not known, and one of the two says
    nothing in the whole text: each of their messages would be read as the other's."""
    spoken = Counter(_SEATS[known[1].casefold()] for line in lines if (known := _SPOKEN.match(line)))
    if len(spoken) > 1:
        return ""
    others = Counter(found[1] for line in lines if (found := _NAMED.match(line)) and not _SPOKEN.match(line))
    name, often = next(iter(others.most_common(1)), ("", 0))
    if 2 * often < spoken.total() or not often:
        return ""
    return (
        f"{often} lines begin with {show(name + ':')}, and only the {next(iter(spoken), '')} has a known "
        f"name ({', '.join(one.capitalize() for one in _SEATS)}). Rename the speakers"
    )


def _entry(place: str, number: str, said: list[tuple[Role, str]], next_missing: bool) -> Entry:
    """A dialogue; of one that begins again in its midst, where the next number is missing, two are one."""
    again = next((at for at, (role, text) in enumerate(said) if at > 1 and _greets(role, text)), None)
    two = ""
    if again is not None and next_missing:
        two = (
            f"dialogue {show(number)}: the number that should come next is missing, and the seeker greets "
            f"again in message {again + 1} ({show(said[again][1])}): these are two dialogues. Write its "
            "heading there"
        )
    conversation = Conversation(number, tuple(said), two)
    if not number:
        return Entry(place, _raising("no number stands above this dialogue"))
    return Entry(place, lambda: conversation)


@functools.cache
def _greeting() -> re.Pattern[str]:
    return re.compile(rf"{any_of(shared('speakers')['greets'])}(?!\w)", re.IGNORECASE)


def _greets(role: Role, text: str) -> bool:
    return role == "seeker" and _greeting().match(text.strip()) is not None


def _raising(problem: str) -> Callable[[], Any]:
    def value() -> Any:
        raise InputError(problem)

    return value


class Recommended:
    """What is recommended in each conversation, from the files beside the text."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def transcript_of(self, conversation: Conversation, *, owes_targets: bool) -> Transcript:
        """The dialogue. Raises InputError where targets are owed and the files beside it are not there or
        cannot be read."""
        titles: tuple[str, ...] = ()
        unusable = ""
        if owes_targets or self._there:
            titles = self._titles.get(conversation.number.split()[-1], ())
            said = any(
                role == "recommender" and names_title(text, _without_edition(title))
                for role, text in conversation.said
                for title in titles
            )
            if not titles:
                unusable = f"{_DATA} and {_TITLES} name no recommendation for it"
            elif not said:
                unusable = f"no turn of the agent names {show('; '.join(titles))}, which was recommended"
        utterances = tuple(
            Utterance(
                role,
                text,
                tuple(title for title in titles if names_title(text, title)) if role == "recommender" else (),
            )
            for role, text in conversation.said
        )
        return Transcript(
            conversation.number,
            utterances,
            "llm-redial",
            system="llm-redial",
            dataset="llm-redial",
            targets=titles,
            unusable=unusable,
        )

    @property
    def _there(self) -> bool:
        folder = self._folder
        return folder is not None and all((folder / name).is_file() for name in (_DATA, _TITLES))

    @cached_property
    def _titles(self) -> Mapping[str, tuple[str, ...]]:
        if self._folder is None or not self._there:
            raise FileMissing(
                f"this text does not say what is recommended: put {_DATA} and {_TITLES} of the same data set "
                "into its folder. Without them there are dialogues (usbrec score), and no samples."
            )
        names = self._names(self._folder / _TITLES)
        found: dict[str, tuple[str, ...]] = {}
        twice: dict[str, None] = {}
        unknown: dict[str, None] = {}
        path = self._folder / _DATA
        for number, row in json_lines(read_text(path)):
            if isinstance(row, str):
                raise FileMissing(f"{path}:{number}: {row}; fetch the file anew")
            for one in _conversations(row):
                key = one.get("conversation_id")
                listed = one.get("rec_item")
                ids = listed if isinstance(listed, list) else [listed]
                known = [item for item in ids if isinstance(item, str) and item in names]
                unknown.update({str(item): None for item in ids if item is not None and item not in known})
                titles = tuple(dict.fromkeys(names[item] for item in known))
                named = isinstance(key, int | str) and not isinstance(key, bool)
                if named and found.setdefault(str(key), titles) != titles:
                    twice[str(key)] = None
        for key in twice:
            found[key] = ()
        if twice:
            warnings.warn(
                f"{path}: {len(twice):,} conversations stand in it twice with other items in rec_item (the "
                f"first: {show(next(iter(twice)))}); they have no target",
                InputWarning,
                stacklevel=2,
            )
        if unknown:
            warnings.warn(
                f"{path}: {len(unknown):,} ids of rec_item have no title in {_TITLES} (the first: "
                f"{show(next(iter(unknown)))}); what they recommend is no target",
                InputWarning,
                stacklevel=2,
            )
        return found

    @staticmethod
    def _names(path: Path) -> Mapping[str, str]:
        try:
            read = parse_json(read_text(path))
        except ValueError:
            read = None
        if not isinstance(read, dict):
            raise FileMissing(f"{path}: expected a JSON object from ids to titles; fetch the file anew")
        return {
            item: _without_edition(
                " ".join(clean(html.unescape(title)).split())
            )  # as shops write them: &amp;
            for item, title in read.items()
            if isinstance(title, str) and title.strip()
        }


def _conversations(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The conversations of a line: {"USER": {"Conversation": [{"conversation_1": {...}}]}}."""
    for user in row.values():
        listed = user.get("Conversation") if isinstance(user, dict) else None
        for numbered in listed if isinstance(listed, list) else ():
            if isinstance(numbered, dict):
                yield from (one for one in numbered.values() if isinstance(one, dict))


def _without_edition(title: str) -> str:
    """A title without the edition behind it, or between it and its year: "The Matrix [Blu-ray] (1999)"."""
    dated = _DATED.search(title)
    year = dated[0] if dated is not None and dated.start() else ""
    title = title.removesuffix(year)
    while (shorter := _EDITION.sub("", title)) not in (title, ""):
        title = shorter
    return title + year


def is_index(value: Any) -> bool:
    """Whether this is a line of final_data.jsonl."""
    return isinstance(value, dict) and any(
        isinstance(user, dict) and {"Conversation", "history_interaction"} & user.keys()
        for user in value.values()
    )

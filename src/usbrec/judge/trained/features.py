"""Features of a dialogue from its words: how replies fit, repeat, ask, name, and how they are answered.

No catalogue is read, so that a dialogue has the same features whatever is sold. Each feature has a sign: what
can only speak for a reply (+1), only against it (-1), or either way (0). People's ratings of nine systems do
not show that doubled words are bad where none of the systems learnt from doubles words; the sign says so.
What a reply says of the seeker is no feature, so that flattery gains nothing.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np
from rapidfuzz import fuzz

from usbrec.dialogue import Turn
from usbrec.lexicon import LANGUAGES, USUAL, whole_words, words
from usbrec.patterns import LazyPattern

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_WORD = LazyPattern(r"[^\W_]+(?:['’][^\W_]+)?")
_ENTRY = LazyPattern(r"(?m)^\s*(?:\d+\s*[:.)]?|[-*•])\s+\S")
_MARK = LazyPattern(r"^\s*(?:\d+\s*[:.)]?|[-*•])\s+")
_SENTENCE_END = LazyPattern(r"[.!?]")
#: Capitals one after the other, small words between: what is written like a name.
_NAME = LazyPattern(r"\b[A-Z][\w'’&-]*(?:\s+(?:of|the|and|in|to|a|for|with|on|at|[A-Z0-9][\w'’&-]*))*")
#: A reply that is nearly an earlier one.
_SAME = 0.95


class Encode(Protocol):
    """The unit vectors of texts, shape (n, d)."""

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


#: Features of a reply by name, with their signs.
TURN: Mapping[str, int] = {
    "words": 1,
    "empty": -1,
    "short": -1,
    "doubled": -1,
    "distinct": 1,
    "lowercase": -1,
    "entries": 1,
    "asks": 1,
    "elicits": 1,
    "like_earlier": -1,
    "copies_earlier": -1,
    "same": -1,
    "names": 1,
    "new_names": 1,
    "named_again": -1,
    "takes_up": 1,
    "takes_up_any": 1,
    "off_request": 0,
    "bare": -1,
    "offers_asked": 1,
    "misses_request": -1,
    "list_for_question": -1,
    "names_of_seeker": -1,
    "asked_words": 0,
    "asked_question": 0,
    "place": -1,
    "last": 0,
    "answer_words": 1,
    "answer_question": 0,
    "answer_request": 0,
    "answer_refuses": -1,
    "answer_complains": -1,
    "answer_thanks": 1,
}
#: Those of meaning, by a sentence encoder.
MEANING: Mapping[str, int] = {
    "near_asked": 1,
    "near_said": 1,
    "near_all_said": 1,
    "near_earlier": -1,
    "answer_near": 1,
    "asked_again": -1,
}
#: Features of a whole dialogue beside the means of its replies'.
WHOLE: Mapping[str, int] = {
    "replies": 0,
    "distinct_pairs": 1,
    "nothing_named": -1,
    "ends_thanked": 1,
    "ends_complaining": -1,
}
#: Replies count from their means: of all, and of the later half.
PARTS = ("all", "late")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A reply at `turn`, what was said before it (the last of it: `asked`), and what the seeker answers."""

    turn: int
    asked: str
    reply: str
    answer: str
    said: tuple[str, ...]
    replied: tuple[str, ...]


def exchanges(turns: Sequence[Turn], first: int = 0) -> list[Exchange]:
    """The recommender's turns from the place `first` on, each with its surroundings."""
    found: list[Exchange] = []
    said: list[str] = []
    replied: list[str] = []
    for place, turn in enumerate(turns):
        if turn.role == "seeker":
            said.append(turn.text)
            continue
        before = turns[place - 1] if place else None
        after = turns[place + 1] if place + 1 < len(turns) else None
        if place >= first:
            found.append(
                Exchange(
                    place,
                    before.text if before is not None and before.role == "seeker" else "",
                    turn.text,
                    after.text if after is not None and after.role == "seeker" else "",
                    tuple(said),
                    tuple(replied),
                )
            )
        replied.append(turn.text)
    return found


@dataclass(frozen=True)
class Features:
    """Reads features, those of meaning where there is an `encode`; in a language that the lexicon lacks by
    the usual one's words."""

    encode: Encode | None = None

    @property
    def turn_signs(self) -> Mapping[str, int]:
        """Features of a reply with their signs, in the order of the columns."""
        return TURN if self.encode is None else {**TURN, **MEANING}

    def of_replies(self, found: Sequence[Exchange], language: str = USUAL) -> Floats:
        """A row for each exchange, a column for each of `turn_signs`."""
        lists = _lists(language if language in LANGUAGES else USUAL)
        rows = [_of_words(one, number, lists) for number, one in enumerate(found)]
        if self.encode is not None and found:
            for row, meaning in zip(rows, _of_meaning(found, self.encode), strict=True):
                row.update(meaning)
        names = list(self.turn_signs)
        return np.array([[row[name] for name in names] for row in rows], dtype=np.float64).reshape(
            len(rows), len(names)
        )

    def of_dialogue(
        self, found: Sequence[Exchange], replies_n_f: Floats, language: str = USUAL
    ) -> Mapping[str, float]:
        """Means of the replies' features, and those of the whole; `replies_n_f` are those of `of_replies`."""
        lists = _lists(language if language in LANGUAGES else USUAL)
        late = replies_n_f[-max(1, len(found) // 2) :]
        told: dict[str, float] = {}
        for column, (name, sign) in enumerate(self.turn_signs.items()):
            if sign and name != "place":
                told[f"all.{name}"] = float(replies_n_f[:, column].mean())
                told[f"late.{name}"] = float(late[:, column].mean())
        said = [word for one in found for word in _words(one.reply)]
        pairs = list(pairwise(said))
        ending = found[-1].answer or found[-1].asked
        return told | {
            "replies": math.log1p(len(found)),
            "distinct_pairs": len(set(pairs)) / max(1, len(pairs)),
            "nothing_named": float(not any(_names(one.reply, lists.empty) for one in found)),
            "ends_thanked": float(bool(lists.thanks.search(ending))),
            "ends_complaining": float(lists.complains(ending)),
        }

    @property
    def dialogue_signs(self) -> Mapping[str, int]:
        """Features of a dialogue with their signs, in the order of :meth:`of_dialogue`."""
        kept = [(name, sign) for name, sign in self.turn_signs.items() if sign and name != "place"]
        return {f"{part}.{name}": sign for name, sign in kept for part in PARTS} | dict(WHOLE)


@dataclass(frozen=True)
class _Lists:
    requests: re.Pattern[str]
    complaints: re.Pattern[str]
    thanks: re.Pattern[str]
    refusals: re.Pattern[str]
    elicits: re.Pattern[str]
    empty: frozenset[str]

    def complains(self, text: str) -> bool:
        return bool(self.complaints.search(text)) or "??" in text or "!!" in text

    def content(self, text: str) -> set[str]:
        return {word for word in _words(text) if word not in self.empty and len(word) > 2}


@functools.cache
def _lists(language: str) -> _Lists:
    found = words(language, "satisfaction")
    return _Lists(
        requests=whole_words(found["requests"]),
        complaints=whole_words(found["complaints"]),
        thanks=whole_words(found["thanks"]),
        refusals=whole_words(found["refusals"]),
        elicits=whole_words(found["elicits"]),
        empty=frozenset(found["empty"]),
    )


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _share(part: set[str], whole: set[str]) -> float:
    """The share of `part` that stands in `whole`."""
    return len(part & whole) / len(part) if part else 0.0


@functools.lru_cache(maxsize=4096)
def _names(text: str, empty: frozenset[str]) -> frozenset[str]:
    """What is written like a name, in small letters; a word that says nothing is none, though it begins a
    sentence ("It's")."""
    lines = (_MARK.sub("", line) for line in text.split("\n"))
    found = (name.group().lower() for line in lines for name in _NAME.finditer(line))
    return frozenset(
        name for name in found if len(name) > 3 and re.split("['’]", name, maxsplit=1)[0] not in empty
    )


def _of_words(one: Exchange, number: int, lists: _Lists) -> dict[str, float]:
    reply = _words(one.reply)
    asked, answered = lists.content(one.asked), _words(one.answer)
    content = lists.content(one.reply)
    names = _names(one.reply, lists.empty)
    earlier = frozenset[str]().union(*(_names(text, lists.empty) for text in one.replied))
    new = names - earlier
    asks = "?" in one.reply
    request = bool(lists.requests.search(one.asked))
    entries = len(_ENTRY.findall(one.reply))
    copies = max((fuzz.ratio(one.reply, other) / 100 for other in one.replied), default=0.0)
    doubled = sum(a == b for a, b in pairwise(reply))
    near = sum(a == b for a, b in zip(reply, reply[2:], strict=False))
    stripped = one.reply.strip()
    said = "\n".join(one.said).lower()
    return {
        "words": math.log1p(len(reply)),
        "empty": float(len(reply) < 3),
        "short": float(len(reply) < 6),
        "doubled": (doubled + near / 2) / max(1, len(reply)),
        "distinct": len(set(reply)) / max(1, len(reply)),
        "lowercase": float(bool(stripped) and stripped[0].islower()),
        "entries": math.log1p(entries),
        "asks": float(asks),
        "elicits": float(asks and bool(lists.elicits.search(one.reply))),
        "like_earlier": max(
            (fuzz.token_set_ratio(one.reply, other) / 100 for other in one.replied), default=0.0
        ),
        "copies_earlier": copies,
        "same": float(copies > _SAME),
        "names": math.log1p(len(names)),
        "new_names": math.log1p(len(new)),
        "named_again": len(names & earlier) / max(1, len(names)),
        "takes_up": _share(asked, content),
        "takes_up_any": max((_share(lists.content(text), content) for text in one.said), default=0.0),
        "off_request": _share(content, asked),
        "bare": float(not new and not asks),
        "offers_asked": float(bool(new) and request),
        "misses_request": float(not names and request and not asks),
        "list_for_question": float("?" in one.asked and not request and entries > 1),
        "names_of_seeker": sum(name in said for name in names) / max(1, len(names)),
        "asked_words": math.log1p(len(_words(one.asked))),
        "asked_question": float("?" in one.asked),
        "place": float(number),
        "last": float(not one.answer),
        "answer_words": math.log1p(len(answered)),
        "answer_question": float("?" in one.answer),
        "answer_request": float(bool(lists.requests.search(one.answer))),
        "answer_refuses": len(lists.refusals.findall(one.answer)) / (len(answered) + 1),
        "answer_complains": float(lists.complains(one.answer)),
        "answer_thanks": float(bool(lists.thanks.search(one.answer))),
    }


def _of_meaning(found: Sequence[Exchange], encode: Encode) -> Iterator[dict[str, float]]:
    """Cosines between a reply, what was said before it and the answer; 0 where one of them is empty."""
    texts = list(
        dict.fromkeys(
            text
            for one in found
            for text in (one.asked, one.reply, one.answer, *one.said, *one.replied, "\n".join(one.said))
            if text.strip()
        )
    )
    vectors = dict(zip(texts, np.asarray(encode(texts), dtype=np.float64), strict=True))

    def cosine(a: str, b: str) -> float:
        return float(vectors[a] @ vectors[b]) if a in vectors and b in vectors else 0.0

    for one in found:
        yield {
            "near_asked": cosine(one.asked, one.reply),
            "near_all_said": cosine("\n".join(one.said), one.reply) if one.said else 0.0,
            "near_said": float(np.mean([cosine(text, one.reply) for text in one.said] or [0.0])),
            "near_earlier": max((cosine(text, one.reply) for text in one.replied), default=0.0),
            "answer_near": cosine(one.answer, one.reply),
            "asked_again": max((cosine(one.answer, text) for text in one.said), default=0.0),
        }

"""Trained judge: people's ratings predicted by lines over a dialogue's features, kept as readable JSON.

Turn by turn it predicts relevance and interestingness, and of the dialogue what people rated of it, the
overall satisfaction above all; half of that (0 to 4) is its score from 0 to 2. A value is an intercept and a
weight times each feature, the feature held to the range that it had in the ratings learnt from, so that
nothing is gained by going further than anybody went. Dialogues that it was learnt from are known by a digest,
and rated as it rated them while they were left out: whoever holds it against them measures no memory. Those
that share most of their words with one and are not the same are known by digests of their turns, and told.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from usbrec.dialogue import Score, Turn
from usbrec.errors import InputError
from usbrec.items.retrieval.learnt_from import LEAST, long_turns, words_of
from usbrec.judge.trained.features import Encode, Exchange, Features, exchanges
from usbrec.keys import digest
from usbrec.lexicon import USUAL
from usbrec.play.languages import Languages
from usbrec.storage import parse_json, read_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SCHEMA = "usbrec.judge/1"
#: The file of a trained judge inside its folder.
FILE = "judge.json"
#: The aspect that the score is half of.
OVERALL = "overall"
#: Share of a dialogue's words, in long turns, that stand in one that was learnt from: no two dialogues of the
#: packaged judge's have so many in common.
ALIKE = 0.75
_NOTHING_SAID = "the recommender says nothing"


@dataclass(frozen=True, slots=True)
class Line:
    """What predicts one aspect, from 0 to `top`: per feature the range it is held to, and its weight."""

    top: int
    intercept: float
    features: Mapping[str, tuple[float, float, float]]

    def values(self, columns: Sequence[str], rows_n_f: Floats) -> Floats:
        """The prediction for each row, shape (n,), within the scale."""
        places = {name: place for place, name in enumerate(columns)}
        low_f, high_f, weight_f = np.array(list(self.features.values())).reshape(-1, 3).T
        chosen_n_f = rows_n_f[:, [places[name] for name in self.features]]
        # The same few numbers whatever the shapes: a matrix product may add in another order.
        total_n = self.intercept + np.einsum("nf,f->n", np.clip(chosen_n_f, low_f, high_f), weight_f)
        held_n: Floats = np.clip(total_n, 0.0, self.top)
        return held_n

    def to_json(self) -> dict[str, Any]:
        return {
            "top": self.top,
            "intercept": self.intercept,
            "features": {name: list(bounds) for name, bounds in self.features.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Line:
        """Raises KeyError, TypeError or ValueError for what is none."""
        features = {}
        for name, (low, high, weight) in data["features"].items():
            bounds = (float(low), float(high), float(weight))
            if not np.isfinite(bounds).all():
                raise ValueError(f"{name}: not finite")
            features[str(name)] = bounds
        return cls(int(data["top"]), float(data["intercept"]), features)


@dataclass(frozen=True, slots=True)
class Ratings:
    """Predictions for a dialogue: of each reply, by the place of its turn, and of the whole. `held_out` says
    that they were made while the dialogue was left out of what is learnt from, `alike` that it was not left
    out and yet shares most of its words with what is."""

    turns: Mapping[int, Mapping[str, float]]
    whole: Mapping[str, float]
    held_out: bool = False
    alike: bool = False


@dataclass(frozen=True)
class Lines:
    """Predicts aspects of turns from their features, and those of dialogues from theirs and the means of the
    turns' predictions."""

    turn: Mapping[str, Line]
    dialogue: Mapping[str, Line]

    def rate(self, features: Features, found: Sequence[Exchange], language: str = USUAL) -> Ratings:
        """`found` holds at least one exchange."""
        replies_n_f = features.of_replies(found, language)
        return self.rate_read(
            features, found, replies_n_f, features.of_dialogue(found, replies_n_f, language)
        )

    def rate_read(
        self,
        features: Features,
        found: Sequence[Exchange],
        replies_n_f: Floats,
        whole: Mapping[str, float],
    ) -> Ratings:
        """The same where the features have been read already."""
        columns = list(features.turn_signs)
        turns = {name: line.values(columns, replies_n_f) for name, line in self.turn.items()}
        told = {**whole, **means_of(turns)}
        row_1_f = np.array([list(told.values())])
        return Ratings(
            {
                one.turn: {name: round(float(values[at]), 6) for name, values in turns.items()}
                for at, one in enumerate(found)
            },
            {
                name: round(float(line.values(list(told), row_1_f)[0]), 6)
                for name, line in self.dialogue.items()
            },
        )


def means_of(turns: Mapping[str, Floats]) -> dict[str, float]:
    """Features of a dialogue from what is predicted of its replies."""
    return {f"all.{name}?": float(values_n.mean()) for name, values_n in turns.items()}


@dataclass(frozen=True)
class TrainedJudge:
    """A judge with lines; in either judge's seat, where it reads neither targets nor preferences.

    `about` is what stands in its file beside the lines: what it was learnt from, the settings that were
    chosen, how far it agrees with people. `known` are the ratings of dialogues that it was learnt from, made
    while they were left out. `encode` is there where it needs a sentence encoder.
    """

    name: str
    lines: Lines
    encode: Encode | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    languages: Languages = field(default_factory=Languages)

    @property
    def identity(self) -> Mapping[str, Any]:
        """What decides its answers."""
        return {"backend": "trained", "judge": digest(_lines_to_json(self.lines))[:16]}

    @property
    def tops(self) -> Mapping[str, int]:
        """The aspects that it predicts, and the greatest value of each."""
        return {name: line.top for name, line in (*self.lines.turn.items(), *self.lines.dialogue.items())}

    def rate(self, turns: Sequence[Turn], first: int = 0, *, remembered: bool = True) -> Ratings | None:
        """Of the recommender's turns from the place `first` on; None where there are none. With `remembered`,
        a whole dialogue that the judge was learnt from is rated as while it was left out."""
        found = exchanges(turns, first)
        if not found:
            return None
        whole = remembered and not first
        if whole and (kept := self.known.get(dialogue_digest(turns))) is not None:
            return _kept(kept, found)
        ratings = self.lines.rate(Features(self.encode), found, self.languages.told(tuple(turns)))
        return replace(ratings, alike=True) if whole and self._knows_most_of(turns) else ratings

    def _knows_most_of(self, turns: Sequence[Turn]) -> bool:
        """Whether one dialogue that was learnt from has most of these words, and a turn of the seeker's: some
        systems say the same few sentences to everybody, and some people open several dialogues alike."""
        said = {short(one): len(words) for words, one in long_turns_of(turns).items()}
        seekers = set(said_in([turn for turn in turns if turn.role == "seeker"]))
        by_dialogue: dict[str, set[str]] = {}
        for one in said:
            for key in self._where_said.get(one, ()):
                by_dialogue.setdefault(key, set()).add(one)
        most = max(
            (sum(said[one] for one in found) for found in by_dialogue.values() if found & seekers), default=0
        )
        return most >= max(LEAST, ALIKE * sum(said.values()))

    @functools.cached_property
    def _where_said(self) -> Mapping[str, Sequence[str]]:
        """The dialogues that a turn stands in, by their digests."""
        found: dict[str, list[str]] = {}
        for key, kept in self.known.items():
            for one in kept.get("said", ()):
                found.setdefault(one, []).append(key)
        return found

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], wanted: object, *, seed: int
    ) -> Score:
        """Half of the predicted satisfaction with the replies in `played`."""
        ratings = self.rate((*context, *played), len(context))
        if ratings is None:
            return Score(None, "trained", unreadable=1, detail={"why": _NOTHING_SAID})
        overall = ratings.whole[OVERALL]
        return Score(round(overall / 2, 6), "trained", detail={"overall": overall})


def said_in(turns: Sequence[Turn]) -> list[str]:
    """Digests of the turns that are long enough to be known again, 8 hex digits each."""
    return [short(one) for one in long_turns_of(turns).values()]


def long_turns_of(turns: Sequence[Turn]) -> Mapping[tuple[str, ...], int]:
    return long_turns(words_of(turn.text for turn in turns))


def short(digest_of_turn: int) -> str:
    return f"{digest_of_turn:016x}"[:8]


def dialogue_digest(turns: Sequence[Turn]) -> str:
    """16 hex digits of who said what."""
    return digest([[turn.role, turn.text] for turn in turns])[:16]


def _kept(kept: Mapping[str, Any], found: Sequence[Exchange]) -> Ratings:
    turns = {
        one.turn: {name: float(values[at]) for name, values in kept["turns"].items()}
        for at, one in enumerate(found)
    }
    return Ratings(turns, {name: float(value) for name, value in kept["whole"].items()}, held_out=True)


def _lines_to_json(lines: Lines) -> dict[str, Any]:
    return {
        level: {name: line.to_json() for name, line in told.items()}
        for level, told in (("turn", lines.turn), ("dialogue", lines.dialogue))
    }


def judge_to_json(judge: TrainedJudge, encoder: str | None) -> dict[str, Any]:
    """What :data:`FILE` holds; `encoder` is the name of the sentence encoder that it needs."""
    return {
        "schema": SCHEMA,
        "encoder": encoder,
        **_lines_to_json(judge.lines),
        **judge.about,
        "known": dict(judge.known),
    }


def open_trained(seat: str, encode: Encode, encoder: str, languages: Languages | None = None) -> TrainedJudge:
    """The judge of a seat ``trained`` (the packaged one) or ``trained:DIR``; `encode` is the encoder called
    `encoder`. Raises InputError for a file that is none, or needs another encoder."""
    _, _, folder = seat.partition(":")
    where = f"{folder.rstrip('/')}/{FILE}" if folder else f"the packaged {FILE}"
    try:
        data = _packaged() if not folder else parse_json(read_text(Path(folder) / FILE))
        if data["schema"] != SCHEMA:
            raise ValueError(f"schema is {data['schema']!r}, this version reads {SCHEMA!r}")
        lines = Lines(
            {name: Line.from_json(line) for name, line in data["turn"].items()},
            {name: Line.from_json(line) for name, line in data["dialogue"].items()},
        )
        if OVERALL not in lines.dialogue:
            raise ValueError(f"no line for {OVERALL}")
        if data["encoder"] not in (None, encoder):
            raise ValueError(f"it needs the sentence encoder {data['encoder']!r}, and there is {encoder!r}")
        needed = Features(None if data["encoder"] is None else encode)
        _check_features(lines, needed)
        about = {
            name: value
            for name, value in data.items()
            if name not in ("schema", "encoder", "turn", "dialogue", "known")
        }
        return TrainedJudge(seat, lines, needed.encode, about, data["known"], languages or Languages())
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise InputError(
            f"{where}: no trained judge ({problem}). Name a folder that `usbrec train judge -o` wrote."
        ) from None


def _check_features(lines: Lines, features: Features) -> None:
    """Raises ValueError for a line over features that this version does not read."""
    known = {*features.turn_signs}
    for name, line in lines.turn.items():
        if unknown := sorted({*line.features} - known):
            raise ValueError(f"turn.{name}: unknown feature {unknown[0]!r}")
    known = {*features.dialogue_signs, *(f"all.{name}?" for name in lines.turn)}
    for name, line in lines.dialogue.items():
        if unknown := sorted({*line.features} - known):
            raise ValueError(f"dialogue.{name}: unknown feature {unknown[0]!r}")


@functools.cache
def _packaged() -> Any:
    return json.loads(resources.files(__package__).joinpath(FILE).read_text("utf-8"))

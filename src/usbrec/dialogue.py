"""Records that stages exchange: frozen, plain, written to JSON and back without loss.

A *sample* is a point in a recorded dialogue. An *episode* is a sample played on for some rounds and
scored. A *preference pair* is what training reads. What acts on them lives in the rooms above.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, Self, TypeVar

Role = Literal["seeker", "recommender"]
#: What a seeker can hint at.
FactKind = Literal["genre", "era", "person", "style", "item", "value"]
ReadT_co = TypeVar("ReadT_co", covariant=True)


class TurnReader(Protocol[ReadT_co]):
    """Whoever reads something in a turn that follows from the turn alone: a linker, a retriever."""

    def read_turn(self, turn: Turn) -> ReadT_co: ...


@dataclass(frozen=True, slots=True)
class Turn:
    """What one seat said. `items` are the ids of what it recommends, in order, where the speaker's own system
    says so; None leaves it to linking the text. `reasoning` are the speaker's thoughts, where it is a model
    that has some: kept in the record, and never read by anybody who plays or judges. `data` is what an
    application adds for the recommender's model alone, such as a tool's result: nobody's words, so nothing is
    linked in it or learnt about the seeker from it. `calls` are the tools that the speaker's model called
    before it spoke, in order, each with ``name``, ``arguments`` and ``result``."""

    role: Role
    text: str
    items: tuple[str, ...] | None = None
    reasoning: str = field(default="", compare=False)
    data: str = ""
    calls: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)
    _readings: tuple[tuple[object, Any], ...] = field(default=(), init=False, repr=False, compare=False)

    def read_by(self, reader: TurnReader[ReadT_co]) -> ReadT_co:
        """What `reader` reads in this turn. It is read once, and from then on travels with the turn through
        every conversation it stands in. A reader is somebody who stays, such as the linker of a run."""
        for known, read in self._readings:
            if known is reader:
                return read  # type: ignore[no-any-return]
        read = reader.read_turn(self)
        # No field of the record: the turn says the same as before, and equals its like.
        object.__setattr__(self, "_readings", (*self._readings, (reader, read)))
        return read

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process, what was read does not go along: its readers live in this one."""
        return Turn, (self.role, self.text, self.items, self.reasoning, self.data, self.calls)

    def to_json(self) -> dict[str, Any]:
        written: dict[str, Any] = {"role": self.role, "text": self.text}
        # Left out where there are none, so that recorded turns keep their digests.
        if self.items is not None:
            written["items"] = list(self.items)
        if self.data:
            written["data"] = self.data
        if self.calls:
            written["calls"] = [dict(call) for call in self.calls]
        return written | ({"reasoning": self.reasoning} if self.reasoning else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        items = data.get("items")
        given = None if items is None else tuple(items)
        said, more = data.get("reasoning", ""), data.get("data", "")
        return cls(data["role"], data["text"], given, said, more, tuple(data.get("calls", ())))


def plain_words(text: str) -> str:
    """The text without differences of case and blanks: equal where the same is said word for word."""
    return " ".join(text.split()).casefold()


def alternate_backwards(
    texts: Iterable[str], known: tuple[dict[str, Turn], dict[str, Turn]] | None = None
) -> tuple[Turn, ...]:
    """Assign seats to bare utterances from the end: the last is the seeker's, then they alternate.

    From the front, parity fails: an empty opening stands for "the recommender began", and a few
    recorded contexts have an even length. Empty utterances are dropped after the seats are assigned.
    `known` are the turns of earlier calls, the recommender's and the seeker's, by their text: rows of a
    dialogue repeat its beginning.
    """
    listed = list(texts)
    odd = len(listed) % 2
    known = ({}, {}) if known is None else known
    turns = []
    for index, text in enumerate(listed):
        if not text:
            continue
        seeker = index % 2 != odd
        turn = known[seeker].get(text)
        if turn is None:
            if text.isspace():
                continue
            turn = known[seeker][text] = Turn("seeker" if seeker else "recommender", text)
        turns.append(turn)
    return tuple(turns)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that can be recommended.

    `title` is without the year; `also` are further titles of the same thing, such as an original one.
    `genres` are what the catalogue calls genres, categories or styles; `people` those who made it or appear
    in it, most important first. `popularity` is any number that grows with how often people choose the item;
    0 when unknown. `extra` keeps the other attributes.
    """

    id: str
    title: str
    year: int | None = None
    genres: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    text: str = ""
    popularity: float = 0.0
    extra: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    @property
    def titles(self) -> tuple[str, ...]:
        return (self.title, *self.also)

    @property
    def name(self) -> str:
        """The title as people write it: with the year in brackets where it is known."""
        return f"{self.title} ({self.year})" if self.year is not None else self.title


#: How a constraint holds a column against its value.
Operator = Literal[
    "<=", "<", ">=", ">", "=", "!=", "in", "not in", "contains", "not contains", "has", "has not"
]
ConstraintValue = float | bool | str | tuple[float | str, ...] | None


@dataclass(frozen=True, slots=True)
class Constraint:
    """What an item must be: its `column` held by `operator` against `value`.

    `value` is a number, a truth, a text, several of them for "in" and "not in", and None for "has". `turn` is
    the number (from 0) of the seeker's turn that asks for it in `words`; None where it came with a request.
    Who said it does not make it another constraint.
    """

    column: str
    operator: Operator
    value: ConstraintValue = None
    turn: int | None = field(default=None, compare=False)
    words: str = field(default="", compare=False)

    def to_json(self) -> dict[str, Any]:
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        said = {} if self.turn is None else {"turn": self.turn, "words": self.words}
        return {"column": self.column, "operator": self.operator, "value": value, **said}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        value = data["value"]
        return cls(
            data["column"],
            data["operator"],
            tuple(value) if isinstance(value, list) else value,
            data.get("turn"),
            data.get("words", ""),
        )


@dataclass(frozen=True, slots=True)
class Sample:
    """A point in a recorded dialogue.

    `turns` ends with the seeker. `targets` are the titles (as the source writes them, usually
    ``Title (year)``) the seeker ended up with here, at least one. `label` is what the human
    recommender said next, or None. `dialogue_id` is the cluster for statistics: rows of one
    dialogue are not independent. `seeker` is the persona of a simulated seeker as JSON (see
    play/seekers/persona.py), empty where people talked. `constraints` are what an item must be for this
    seeker, as JSON (docs/constraints.md); with some, `targets` may be empty: nothing fits. `task` is what the
    application knows of the seeker and asks of the recommender, as JSON (docs/tasks.md): their id, history
    and services, and the policy that holds; ``graded`` in it is what a dialogue is graded by, which no
    recommender is told. Empty where people talked.
    """

    id: str
    dialogue_id: str
    turns: tuple[Turn, ...]
    targets: tuple[str, ...]
    label: str | None = None
    source: str = ""
    seeker: Mapping[str, Any] = field(default_factory=dict, hash=False)
    constraints: Mapping[str, Any] = field(default_factory=dict, hash=False)
    task: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def told_task(self) -> Mapping[str, Any]:
        """The part of the task that a recommender is told."""
        return {name: value for name, value in self.task.items() if name != "graded"}

    def to_json(self) -> dict[str, Any]:
        written: dict[str, Any] = {
            "id": self.id,
            "dialogue_id": self.dialogue_id,
            "turns": [turn.to_json() for turn in self.turns],
            "targets": list(self.targets),
            "label": self.label,
            "source": self.source,
        }
        # Left out where there is none, so that recorded samples keep their digests.
        written |= {"seeker": dict(self.seeker)} if self.seeker else {}
        written |= {"constraints": dict(self.constraints)} if self.constraints else {}
        return written | ({"task": dict(self.task)} if self.task else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            id=data["id"],
            dialogue_id=data["dialogue_id"],
            turns=tuple(Turn.from_json(turn) for turn in data["turns"]),
            targets=tuple(data["targets"]),
            label=data.get("label"),
            source=data.get("source", ""),
            seeker=data.get("seeker", {}),
            constraints=data.get("constraints", {}),
            task=data.get("task", {}),
        )


@dataclass(frozen=True, slots=True)
class RecordedDialogue:
    """A whole dialogue that a person had with a system or with another person, and what people thought of it.

    `system` is who recommended (a system's name, "human", "" where nobody says), `dataset` the data set that
    the dialogue or its system belongs to, `source` the format it was read from. `ratings` are people's
    ratings of the dialogue by aspect, as the file has them (scales differ by file); `turn_ratings` those of
    single turns, as many as there are turns, or none at all. `labels` are opinions that are words. `targets`
    are the titles that the seeker is known to have ended up with, as the source writes them.
    """

    id: str
    turns: tuple[Turn, ...]
    system: str = ""
    dataset: str = ""
    source: str = ""
    ratings: Mapping[str, float] = field(default_factory=dict, hash=False)
    turn_ratings: tuple[Mapping[str, float], ...] = field(default=(), hash=False)
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    targets: tuple[str, ...] = ()

    def rated(self, index: int) -> Mapping[str, float]:
        """The ratings of a turn; empty where it has none."""
        return self.turn_ratings[index] if self.turn_ratings else {}

    def to_json(self) -> dict[str, Any]:
        turns = []
        for index, turn in enumerate(self.turns):
            rated = self.rated(index)
            turns.append(turn.to_json() | ({"ratings": dict(rated)} if rated else {}))
        return {
            "id": self.id,
            "turns": turns,
            "system": self.system,
            "dataset": self.dataset,
            "source": self.source,
            "ratings": dict(self.ratings),
            "labels": dict(self.labels),
            "targets": list(self.targets),
        }


ScoreMethod = Literal["exact", "votes", "forced", "rules", "trained", "own"]


@dataclass(frozen=True, slots=True)
class Score:
    """How satisfied the simulated user is: 0 worse than the targets, 1 comparable, 2 a target or better.

    `value` lies in [0, 2], or is None when the judge's answer was no score (*unreadable*; never 0).
    `distribution` holds the probability of "0", "1", "2" for exact scores and the share of readable
    votes for votes; empty for rules. `votes` and `unreadable` count answers asked for and not readable.
    `mass` is the probability the judge put on a digit at all (exact only). `detail` says why (rules).
    """

    value: float | None
    method: ScoreMethod
    distribution: Mapping[str, float] = field(default_factory=dict)
    votes: int = 0
    unreadable: int = 0
    mass: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "method": self.method,
            "distribution": dict(self.distribution),
            "votes": self.votes,
            "unreadable": self.unreadable,
            "mass": self.mass,
            "detail": dict(self.detail),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            value=data["value"],
            method=data["method"],
            distribution=data.get("distribution", {}),
            votes=data.get("votes", 0),
            unreadable=data.get("unreadable", 0),
            mass=data.get("mass"),
            detail=data.get("detail", {}),
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """What answers cost. `cached_tokens` is the part of `prompt_tokens` that was not computed again, and
    `cut_prompts` counts the calls of which the server has read less than was sent, `cut_replies` the replies
    that ended at their limit of tokens, `end_tokens` those behind which a token of the template that ends a
    turn was left, and taken off, `removed_characters` the control characters that were taken out of
    answers. `cost` is in the currency of the servers' prices (None where none are
    given), without that of the `uncosted` calls, whose tokens nobody counted."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    seconds: float = 0.0
    cut_prompts: int = 0
    cut_replies: int = 0
    end_tokens: int = 0
    removed_characters: int = 0
    cost: float | None = None
    uncosted: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            self.seconds + other.seconds,
            self.cut_prompts + other.cut_prompts,
            self.cut_replies + other.cut_replies,
            self.end_tokens + other.end_tokens,
            self.removed_characters + other.removed_characters,
            other.cost if self.cost is None else self.cost + (other.cost or 0.0),
            self.uncosted + other.uncosted,
        )

    def whatever_order(self) -> Usage:
        """The same, without the last digits of its sums: those depend on the order in which answers came, and
        a replay gets them in another one. (Each answer's seconds have six digits.)"""
        cost = None if self.cost is None else round(self.cost, 12)
        return replace(self, seconds=round(self.seconds, 6), cost=cost)

    def to_json(self) -> dict[str, Any]:
        return {
            "calls": self.calls,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "cached_tokens": self.cached_tokens,
            # A sum's last digits depend on the order of what was added. Calls that are made at once end in
            # any order, and a replay has to give the same bytes.
            "seconds": round(self.seconds, 9),
            # Left out where there are none, so that recorded answers keep their bytes.
            **({"cut_prompts": self.cut_prompts} if self.cut_prompts else {}),
            **({"cut_replies": self.cut_replies} if self.cut_replies else {}),
            **({"end_tokens": self.end_tokens} if self.end_tokens else {}),
            **({"removed_characters": self.removed_characters} if self.removed_characters else {}),
            **({"cost": round(self.cost, 12)} if self.cost is not None else {}),
            **({"uncosted": self.uncosted} if self.uncosted else {}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            calls=data["calls"],
            prompt_tokens=data["prompt_tokens"],
            completion_tokens=data["completion_tokens"],
            cached_tokens=data["cached_tokens"],
            seconds=data["seconds"],
            cut_prompts=data.get("cut_prompts", 0),
            cut_replies=data.get("cut_replies", 0),
            end_tokens=data.get("end_tokens", 0),
            removed_characters=data.get("removed_characters", 0),
            cost=data.get("cost"),
            uncosted=data.get("uncosted", 0),
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a recommender is given: the dialogue so far, and where in an episode it stands.

    `turns` ends with the seeker. `round` (from 1) of `rounds` is the reply that is due; None where nobody
    counts, as in a chat. `candidates` are the items that may be recommended, best first, where candidates
    were asked for; else empty. `focus` has the ids of those candidates that this reply is asked about (None:
    all of them). `profile` is what the seeker says they like, in their own words or in the eight lines of
    play/preferences/record.py, in place of what would be read from the dialogue. `system` is what stands
    for the recommender's instructions where a client brings its own. `constraints` are what the seeker's
    words ask of an item and what came with the request. `task` is what the application knows of the seeker
    and asks of the recommender (see :class:`Sample`). No target ever stands here.
    """

    turns: tuple[Turn, ...]
    round: int | None = None
    rounds: int | None = None
    candidates: tuple[Item, ...] = ()
    focus: tuple[str, ...] | None = None
    profile: str | None = None
    system: str | None = None
    constraints: tuple[Constraint, ...] = ()
    task: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def last_round(self) -> bool:
        """Whether nothing can be answered any more after this reply."""
        return self.round is not None and self.round == self.rounds


@dataclass(frozen=True, slots=True)
class Reply:
    """What a recommender says.

    `items` are the ids of the items it recommends, in order, where the system says so itself; None leaves it
    to linking the text. `finish` is "length" when the text was cut off, `reasoning` what the model thought
    before it spoke. `trace` is what a self-enhanced
    recommender considered, `grounding` what holding the reply to real items took (JSON both), and `usage`
    what it cost. `calls` are the tools that were called on the way, as in a :class:`Turn`. `ran_on` says that
    the model went on with the next speaker's turn, which was cut off.
    """

    text: str
    items: tuple[str, ...] | None = None
    finish: Literal["stop", "length"] = "stop"
    trace: Mapping[str, Any] | None = field(default=None, repr=False)
    grounding: Mapping[str, Any] | None = field(default=None, repr=False)
    usage: Usage = field(default_factory=Usage)
    reasoning: str = ""
    calls: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)
    ran_on: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.items, str | bytes):  # one id, not its characters
            object.__setattr__(self, "items", (self.items,))
        if isinstance(self.items, Set | Mapping):
            kind = type(self.items).__name__
            raise TypeError(f"Reply.items: a {kind} has no order. Give a list of ids, best first.")
        if self.items is not None and not isinstance(self.items, Iterable):
            kind = type(self.items).__name__
            raise TypeError(f"Reply.items: {kind}, not a list. Give a list of ids, best first, or None.")
        if self.items is not None and not isinstance(self.items, tuple):
            object.__setattr__(self, "items", tuple(self.items))

    @property
    def unfinished(self) -> bool:
        return self.finish == "length"


@dataclass(frozen=True, slots=True)
class Episode:
    """A sample played on. `played` are the turns after the sample's own; `score` judges them.

    `leaks` counts simulator replies that named a target before the recommender did (they were drawn
    again, at last masked). `hit` says whether the recommender named a target in any of its replies.
    `facts` are counts about the recommender's replies, `traces` what a self-enhanced recommender
    considered before each reply (None for a plain one).
    """

    sample: Sample
    played: tuple[Turn, ...]
    score: Score
    hit: bool
    leaks: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    traces: tuple[Mapping[str, Any] | None, ...] = ()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The whole dialogue: the sample's context, then what was played."""
        return self.sample.turns + self.played

    @property
    def replies(self) -> tuple[str, ...]:
        """What the recommender said in the played part, in order."""
        return tuple(turn.text for turn in self.played if turn.role == "recommender")

    def to_json(self) -> dict[str, Any]:
        return {
            "sample": self.sample.to_json(),
            "played": [turn.to_json() for turn in self.played],
            "score": self.score.to_json(),
            "hit": self.hit,
            "leaks": self.leaks,
            "facts": dict(self.facts),
            "traces": list(self.traces),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            sample=Sample.from_json(data["sample"]),
            played=tuple(Turn.from_json(turn) for turn in data["played"]),
            score=Score.from_json(data["score"]),
            hit=data["hit"],
            leaks=data.get("leaks", 0),
            facts=data.get("facts", {}),
            traces=tuple(data.get("traces", ())),
        )


@dataclass(frozen=True, slots=True)
class PreferencePair:
    """One prompt, a reply to prefer over another, and where they come from.

    `prompt` is a chat: a system message, then ``user`` (the seeker) and ``assistant`` turns, ending
    with the user. `provenance` holds sample id, scores, votes, models, seed and the filters passed.
    """

    sample_id: str
    dialogue_id: str
    prompt: tuple[Mapping[str, str], ...]
    chosen: str
    rejected: str
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def swap(self) -> PreferencePair:
        """The opposite preference; swapping twice gives the pair back."""
        return replace(self, chosen=self.rejected, rejected=self.chosen)

    def to_json(self) -> dict[str, Any]:
        return {
            "sample_id": self.sample_id,
            "dialogue_id": self.dialogue_id,
            "prompt": [dict(message) for message in self.prompt],
            "chosen": self.chosen,
            "rejected": self.rejected,
            "provenance": dict(self.provenance),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            sample_id=data["sample_id"],
            dialogue_id=data["dialogue_id"],
            prompt=tuple(data["prompt"]),
            chosen=data["chosen"],
            rejected=data["rejected"],
            provenance=data.get("provenance", {}),
        )

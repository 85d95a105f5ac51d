"""Points of a recorded dialogue at which a person answered the recommender, and a seeker is to answer too.

A seeker is told what the person ended up with, but not at the point where that is recommended: its targets
there are the *other* items that the person liked. Told of the very item, a seeker by rules would accept what
people accepted because it reads the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from usbrec.dialogue import RecordedDialogue, Sample, Turn
from usbrec.items.knowledge import Knowledge
from usbrec.judge.answers import Answer
from usbrec.judge.recorded import RecordedFacts
from usbrec.keys import derive_seed

#: Items drawn, of which the least like the targets is the bad recommendation of the counterfactual check.
_DRAWN = 30
#: An item is unlike others up to this similarity (1: the same in all that rules look at).
_UNLIKE = 0.3


@dataclass(frozen=True, slots=True)
class Point:
    """A recommender's turn and the person's `answer` to it.

    `turns` is the dialogue up to there and ends with the recommender; `targets` are titles that the person
    liked, without those that this turn names, what was not named yet first. `recommended` are the ids of what
    the turn recommends that is new. `reaction` is how the person took that (None where nothing new was
    recommended or nobody can say), and `by` who says so: the form filled in afterwards, or the words.
    """

    id: str
    dialogue_id: str
    turns: tuple[Turn, ...]
    answer: str
    targets: tuple[str, ...]
    recommended: tuple[str, ...] = ()
    reaction: Answer | None = None
    by: str | None = None

    @property
    def sample(self) -> Sample:
        """The point as a sample: its label is the recommender's turn."""
        return Sample(self.id, self.dialogue_id, self.turns[:-1], self.targets, self.turns[-1].text)


def merged(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The turns with neighbouring ones of one seat as one: people send several messages in a row."""
    found: list[Turn] = []
    for turn in turns:
        if not turn.text.strip():
            continue
        if found and found[-1].role == turn.role:
            before = found.pop()
            items = before.items if turn.items is None else (*(before.items or ()), *turn.items)
            turn = Turn(turn.role, f"{before.text} {turn.text}", items)
        found.append(turn)
    return tuple(found)


def points_of(
    dialogue: RecordedDialogue, opinions: Mapping[str, bool] | None, facts: RecordedFacts
) -> Iterator[Point]:
    """The points of a dialogue, those without a target left among them (their `targets` are empty).

    `opinions` say by title what the person thinks of an item; the targets are then what the recommender named
    first and the person liked, and reactions are what they say. Without them, the targets are the dialogue's
    own, and reactions are read in the words.
    """
    knowledge = facts.knowledge
    assert knowledge is not None, "fidelity works on items"
    turns = merged(dialogue.turns)
    liked = _by_item(opinions or {}, knowledge)
    named = _named(turns, knowledge)
    wanted = _targets(dialogue, opinions, liked, turns, named, knowledge)
    said: set[str] = set()
    for index, turn in enumerate(turns[:-1]):
        here = named[index]
        if turn.role == "recommender":
            fresh = tuple(one for one in dict.fromkeys(here) if one not in said)
            left = [(title, ids) for title, ids in wanted.items() if not ids & set(here)]
            # What was named already is what they liked, and no longer what they wait for.
            left.sort(key=lambda one: bool(one[1] & said))
            context, answer = turns[: index + 1], turns[index + 1].text
            reaction, by = _reaction(fresh, None if opinions is None else liked, facts, context, answer)
            yield Point(
                f"{dialogue.id}:{index}",
                dialogue.id,
                context,
                answer,
                tuple(title for title, _ in left),
                fresh,
                reaction,
                by,
            )
        said.update(here)


def _named(turns: Sequence[Turn], knowledge: Knowledge) -> list[tuple[str, ...]]:
    """What each turn names, a bare title read by what the turns before it named."""
    found: list[tuple[str, ...]] = []
    said: set[str] = set()
    for turn in turns:
        found.append(knowledge.named_by(turn, said))
        said.update(found[-1])
    return found


def _by_item(opinions: Mapping[str, bool], knowledge: Knowledge) -> dict[str, bool]:
    return {item.id: liked for title, liked in opinions.items() for item in knowledge.catalogue.find(title)}


def _targets(
    dialogue: RecordedDialogue,
    opinions: Mapping[str, bool] | None,
    liked: Mapping[str, bool],
    turns: Sequence[Turn],
    named: Sequence[Sequence[str]],
    knowledge: Knowledge,
) -> dict[str, frozenset[str]]:
    """Title -> the ids of its items."""
    if opinions is None:
        resolved = {
            title: frozenset(item.id for item in knowledge.catalogue.find(title))
            for title in dialogue.targets
        }
        return {title: ids for title, ids in resolved.items() if ids}
    first: dict[str, str] = {}
    for turn, here in zip(turns, named, strict=True):
        for item_id in here:
            first.setdefault(item_id, turn.role)
    found: dict[str, frozenset[str]] = {}
    for item_id, role in first.items():
        item = knowledge.catalogue.get(item_id)
        if role == "recommender" and liked.get(item_id) and item is not None:
            found[item.name] = found.get(item.name, frozenset()) | {item_id}
    return found


def _reaction(
    fresh: Sequence[str],
    liked: Mapping[str, bool] | None,
    facts: RecordedFacts,
    context: Sequence[Turn],
    answer: str,
) -> tuple[Answer | None, str | None]:
    """By the form where there is one, even where it says nothing: its answers and the words' are no one rate.
    Of several items that were recommended at once, one that is liked is enough."""
    if not fresh:
        return None, None
    if liked is not None:
        told = [liked[one] for one in fresh if one in liked]
        return (("accepted" if any(told) else "declined"), "form") if told else (None, None)
    read = facts.answer_to(context, answer)
    return read, None if read is None else "words"


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What stands in place of a recorded recommendation: a target that was not named yet, and an item that
    is unlike all targets. Ids."""

    good: str
    bad: str


def counterfactual_of(point: Point, knowledge: Knowledge, seed: int) -> Counterfactual | None:
    """The two recommendations of a point; None where all targets were named or nothing is unlike them."""
    said = knowledge.named_in(point.turns)
    targets = knowledge.catalogue.resolve(point.targets)
    good = next((item.id for item in targets if item.id not in said), None)
    ids = {item.id for item in targets}
    traits = [knowledge.traits[item.id] for item in targets]
    many = len(knowledge.catalogue)
    rows = dict.fromkeys(derive_seed(seed, point.id, "bad", number) % many for number in range(_DRAWN))
    drawn = [knowledge.catalogue.items[row] for row in rows]
    others = [item for item in drawn if item.id not in said and item.id not in ids]
    if good is None or not others:
        return None
    likeness, bad = min(
        (knowledge.similarity.best(knowledge.traits[item.id], traits), item.id) for item in others
    )
    return Counterfactual(good, bad) if likeness <= _UNLIKE else None

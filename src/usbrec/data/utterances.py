"""Samples cut from whole recorded dialogues: the steps that all formats of whole dialogues share.

Chat partners often send several messages before the other answers. Those are merged into one turn,
and every recommender turn that names a title becomes a sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from usbrec.dialogue import RecordedDialogue, Role, Sample, Turn
from usbrec.patterns import LazyPattern

#: Why dialogues without a sample have none, as a data set may.
UNNAMED = "no recommender turn after a seeker's names a title that the seeker did not reject"
REJECTED = "the seeker rejected the recommendation"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message and the titles it may count as targets, in the order of mention. `items` are the ids that
    the recommender's system says it recommends, where the file has them."""

    role: Role
    text: str
    titles: tuple[str, ...] = ()
    ratings: Mapping[str, float] = field(default_factory=dict, hash=False)
    items: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole dialogue as its file has it, before it becomes samples or a :class:`RecordedDialogue`.

    `id_made` is true where the id is made of the words, because the file has none. `rejected` says that the
    seeker declined what was recommended, so that no sample can come of it; `unusable` why none can though
    there should be one; "" leaves it to the titles.
    """

    id: str
    utterances: tuple[Utterance, ...]
    source: str
    system: str = ""
    dataset: str = ""
    ratings: Mapping[str, float] = field(default_factory=dict, hash=False)
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    targets: tuple[str, ...] = ()
    id_made: bool = False
    rejected: bool = False
    unusable: str = ""

    def samples(self) -> Iterator[Sample]:
        """A sample for each turn that recommends; none where it is rejected or unusable."""
        if not self.unusable and not self.rejected:
            yield from samples_where_recommended(self.id, self.utterances, self.source)

    def mentions(self) -> Iterator[Sample]:
        """The same whatever became of what was recommended."""
        return replace(self, rejected=False).samples()

    def dialogue(self) -> RecordedDialogue:
        """The whole of it, a turn for each message, also for an empty one that was rated."""
        kept = [one for one in self.utterances if one.text.strip() or one.ratings or one.items]
        rated = any(one.ratings for one in kept)
        return RecordedDialogue(
            id=self.id,
            turns=tuple(Turn(one.role, one.text.strip(), one.items) for one in kept),
            system=self.system,
            dataset=self.dataset,
            source=self.source,
            ratings=self.ratings,
            turn_ratings=tuple(one.ratings for one in kept) if rated else (),
            labels=self.labels,
            targets=self.targets,
        )


def merge_speakers(utterances: Iterable[Utterance]) -> tuple[Utterance, ...]:
    """One utterance for each change of speaker.

    White space inside a message becomes single spaces, and messages are joined by one, as in the rows
    of iEvaLM. Messages without text are dropped before the merge. A title counts once.
    """
    merged: list[tuple[Role, list[str], dict[str, None]]] = []
    for utterance in utterances:
        text = " ".join(utterance.text.split())
        if not text:
            continue
        if not merged or merged[-1][0] != utterance.role:
            merged.append((utterance.role, [], {}))
        _, texts, titles = merged[-1]
        texts.append(text)
        titles.update(dict.fromkeys(utterance.titles))
    return tuple(Utterance(role, " ".join(texts), tuple(titles)) for role, texts, titles in merged)


def samples_where_recommended(
    dialogue_id: str, utterances: Iterable[Utterance], source: str
) -> Iterator[Sample]:
    """A sample for each merged recommender turn that names a title after the seeker has spoken.

    The id is ``dialogue_id:index``, the index that of the recommender's turn among the merged turns,
    counted from 0.
    """
    merged = merge_speakers(utterances)
    turns = tuple(Turn(utterance.role, utterance.text) for utterance in merged)
    for index, utterance in enumerate(merged):
        if index > 0 and utterance.role == "recommender" and utterance.titles:
            yield Sample(
                id=f"{dialogue_id}:{index}",
                dialogue_id=dialogue_id,
                turns=turns[:index],
                targets=utterance.titles,
                label=utterance.text,
                source=source,
            )


_WORDS = LazyPattern(r"\w+")
_IN_BRACKETS = LazyPattern(r"\s*[(\[][^()\[\]]*[)\]]\s*$")


def says_title(text: str, title: str) -> bool:
    """Whether the words of a title, without what stands in brackets at its end, stand in a text in a row."""
    wanted = _WORDS.findall(bare_title(title).casefold())
    said = _WORDS.findall(text.casefold())
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(said)} "


def bare_title(title: str) -> str:
    """A title without the brackets at its end: years, editions, what tells it from its like."""
    while (shorter := _IN_BRACKETS.sub("", title)) not in (title, ""):
        title = shorter
    return title.strip()

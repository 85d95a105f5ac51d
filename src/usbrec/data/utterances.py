"""Samples cut from whole recorded dialogues: the two steps that ReDial and INSPIRED share.

Chat partners often send several messages before the other answers. Those are merged into one turn,
and every recommender turn that names a title becomes a sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from usbrec.dialogue import Role, Sample, Turn


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message and the titles it may count as targets, in the order of mention."""

    role: Role
    text: str
    titles: tuple[str, ...] = ()


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

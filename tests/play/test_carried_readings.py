"""Carried readings: a turn is linked once, and what was read in it goes with it through a whole episode."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from support.films import CATALOGUE, KNOWLEDGE, sample, seeker
from support.seats import TEMPLATE
from usbrec.config import Search
from usbrec.data.reading import sharing_turns
from usbrec.dialogue import Turn
from usbrec.enhancement import InternalSeats, MeteredModel, SelfEnhanced
from usbrec.items import AttributeRetriever, Linker
from usbrec.items.linking.reading import LinkedText, Mention
from usbrec.judge.episodes import EpisodeRunner
from usbrec.judge.rules import RulesProfileJudge, RulesTargetJudge
from usbrec.llm import ChatRequest, ScriptedModel
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.grounded import Grounded
from usbrec.play.language_model import LanguageModel
from usbrec.play.preferences.extraction import RulesExtractor
from usbrec.play.recommender import RecommenderSeat
from usbrec.play.seekers.rules import RulesInternalSimulator, RulesTargetSimulator
from usbrec.prompts import Prompts


class CountingLinker(Linker):
    """Counts how often it is asked about each turn, and about each text that is no turn."""

    def __init__(self) -> None:
        super().__init__(CATALOGUE)
        self.turns: list[Turn] = []
        self.texts: Counter[str] = Counter()

    def read_turn(self, turn: Turn) -> LinkedText:
        self.turns.append(turn)
        return super().read_turn(turn)

    def read(self, text: str) -> LinkedText:
        self.texts[text] += 1
        return super().read(text)

    def link(self, text: str) -> tuple[Mention, ...]:
        self.texts[text] += 1
        return super().link(text)

    def out_of_catalogue(self, text: str) -> tuple[str, ...]:
        self.texts[text] += 1
        return super().out_of_catalogue(text)


def _drafts(request: ChatRequest) -> Sequence[str]:
    return ["Heat (1995)!", "Collateral (2004)!", "Halloween (1978)!"][: request.n]


@pytest.mark.parametrize("kind", ["flat", "tree"])
async def test_every_turn_of_a_searched_episode_is_linked_once_whoever_asks(kind: str) -> None:
    linker = CountingLinker()
    knowledge = replace(KNOWLEDGE, linker=linker)
    retriever = AttributeRetriever(CATALOGUE, linker, knowledge.similarity)
    grounding = Grounding(knowledge, retriever, Prompts(), 4)
    inside = InternalSeats(
        RulesExtractor(knowledge), RulesInternalSimulator(knowledge, "Why?"), RulesProfileJudge(knowledge)
    )
    grounded = Grounded(LanguageModel(MeteredModel(ScriptedModel(_drafts)), TEMPLATE), grounding)
    enhanced = SelfEnhanced(grounded, inside, Search(kind=kind, drafts=3, rounds=3), opening="Hello!")
    one = sample("Hi, what do you like?", "I loved Goodfellas (1990).", "More?", "Yes, more crime please.")
    runner = EpisodeRunner(
        RecommenderSeat(enhanced, TEMPLATE, grounding=grounding),
        RulesTargetSimulator(knowledge, "Why?"),
        RulesTargetJudge(knowledge),
        rounds=3,
        seed=0,
        knowledge=knowledge,
    )

    episode = await runner.play(one)

    assert len(episode.replies) > 1
    assert max(Counter(map(id, linker.turns)).values()) == 1
    assert all(sum(turn is read for read in linker.turns) == 1 for turn in episode.turns)
    said = {turn.text for turn in episode.turns if turn.text not in episode.replies}
    assert not said & linker.texts.keys()  # as texts, only drafts are looked at


def test_a_reader_reads_a_turn_once_and_another_reader_for_itself() -> None:
    one, other = CountingLinker(), CountingLinker()
    turn = seeker("I loved Goodfellas (1990).")
    assert turn.read_by(one) is turn.read_by(one)
    assert [mention.item_id for mention in turn.read_by(other).mentions] == ["f3"]
    assert (len(one.turns), len(other.turns)) == (1, 1)


def test_what_was_read_is_no_part_of_what_a_turn_says() -> None:
    read, unread = seeker("I loved Goodfellas (1990)."), seeker("I loved Goodfellas (1990).")
    read.read_by(KNOWLEDGE.linker)
    assert read == unread
    assert hash(read) == hash(unread)
    assert (repr(read), read.to_json()) == (repr(unread), unread.to_json())


def test_a_turn_with_another_text_is_read_anew() -> None:
    turn = seeker("I loved Goodfellas (1990).")
    turn.read_by(KNOWLEDGE.linker)
    changed = replace(turn, text="I loved Alien.")
    assert [mention.item_id for mention in changed.read_by(KNOWLEDGE.linker).mentions] == ["f8"]


def test_a_turn_goes_to_another_process_without_its_readers() -> None:
    class Unsendable:
        def read_turn(self, turn: Turn) -> object:
            return lambda: None

    turn = Turn("recommender", "Alien!", ("f8",), "Ripley.")
    turn.read_by(Unsendable())
    back = pickle.loads(pickle.dumps(turn))
    assert back == turn
    assert back.reasoning == "Ripley."


def test_rows_of_a_dialogue_share_the_turns_that_they_repeat() -> None:
    first = sample("I loved Goodfellas (1990).", id_="d:1")
    second = sample("I loved Goodfellas (1990).", "Heat (1995)?", "Seen it.", id_="d:2")
    assert first.turns[0] is not second.turns[0]
    shared = sharing_turns([first, second])
    assert shared == (first, second)
    assert shared[0].turns[0] is shared[1].turns[0]


def test_rows_share_no_turns_whose_thoughts_differ() -> None:
    one, other = (
        replace(sample("Hello"), id=str(number), turns=(Turn("seeker", "Hello", None, thought),))
        for number, thought in enumerate(("a", "b"))
    )
    assert [row.turns[0].reasoning for row in sharing_turns([one, other])] == ["a", "b"]

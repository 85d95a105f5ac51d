"""Attribute questions: each round the recommender asks for one attribute or recommends; rules answer.

iEvaLM's first setting (Wang et al. 2023, section 4: attribute-based question answering). Questions and
answers come from templates; an attribute is asked once. The answer names what all targets have of it, and
says that there is no preference where nothing is known. A recommendation shows the head of a list of
the whole catalogue (play/questions/ranking.py); the seeker accepts when a target is shown, which ends the
dialogue, and else declines. Where this departs from the published code: it shows `shown` items (there
50), and what was declined is not recommended again.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from usbrec.dialogue import Conversation, Reply, Sample, Turn
from usbrec.items import Retriever
from usbrec.items.knowledge import Knowledge
from usbrec.keys import derive_seed
from usbrec.lexicon import USUAL, words
from usbrec.llm.protocol import ChatModel, ChoiceRequest
from usbrec.play.language_model import PromptTemplate
from usbrec.play.languages import ENGLISH, Languages
from usbrec.play.questions.attributes import values_of
from usbrec.play.questions.ranking import Ranking, RoundList
from usbrec.play.recommender import RecommenderSeat
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts

#: The rules' choice stops asking when no answer would tell so many bits.
LEAST_BITS = 1.0


@dataclass(frozen=True, slots=True)
class Pick:
    """What to do in a round: ask for `attribute`, or recommend (None).

    `weights` say how strongly each was preferred: probabilities of a model, bits of the rules. None when
    the model's answer could not be read; it then recommends.
    """

    attribute: str | None
    weights: Mapping[str, float] | None


class Asker(Protocol):
    """Decides what the recommender does in a round."""

    async def pick(self, turns: Sequence[Turn], left: Sequence[str], *, last: bool, seed: int) -> Pick:
        """Choose among the attributes `left` (not empty) and to recommend; `last` in the last round."""
        ...


RECOMMEND = "recommend"


@dataclass(frozen=True)
class ModelAsker:
    """The model in the recommender's seat chooses a letter, as in iEvaLM; the likeliest one counts.

    It reads the dialogue by `template`, all of it, and no candidates.
    """

    model: ChatModel
    template: PromptTemplate
    prompts: Prompts
    votes: int = 10

    async def pick(self, turns: Sequence[Turn], left: Sequence[str], *, last: bool, seed: int) -> Pick:
        """Raises ModelError."""
        options = {chr(ord("A") + place): name for place, name in enumerate((*left, RECOMMEND))}
        lines = [
            f"{letter}: " + ("recommend now" if name == RECOMMEND else f"ask me about the {name}")
            for letter, name in options.items()
        ]
        asked = Turn("seeker", self.prompts.render("ask_choice", options="\n".join(lines)))
        messages = replace(self.template, window=None).messages(Conversation((*turns, asked)))
        choice = await self.model.choose(ChoiceRequest(messages, tuple(options), votes=self.votes, seed=seed))
        if choice.probabilities is None:
            return Pick(None, None)
        weights = {options[letter]: round(p, 6) for letter, p in choice.probabilities.items()}
        chosen = max(options.values(), key=lambda name: weights.get(name, 0.0))
        return Pick(None if chosen == RECOMMEND else chosen, weights)


@dataclass(frozen=True)
class InformationAsker:
    """The rules' choice: the attribute whose answer tells most about which of the retriever's first `among`
    items is meant, in bits (the entropy of its values over them); below `least` bits, recommend."""

    retriever: Retriever
    knowledge: Knowledge
    least: float = LEAST_BITS
    among: int = 50

    async def pick(self, turns: Sequence[Turn], left: Sequence[str], *, last: bool, seed: int) -> Pick:
        found = (self.knowledge.catalogue.get(i) for i, _ in self.retriever.rank(turns, self.among))
        items = [item for item in found if item is not None]
        bits = {
            name: round(entropy(Counter(frozenset(values_of(item, name)) for item in items)), 6)
            for name in left
        }
        best = max(left, key=lambda name: bits[name])
        return Pick(None if last or bits[best] < self.least else best, bits)


def _named(attribute: str, language: str) -> str:
    """What an attribute is called in a language; a column as it is."""
    return str(words(language, "recommender").get("attributes", {}).get(attribute, attribute))


def entropy(counts: Mapping[Any, int]) -> float:
    """In bits; 0 for nothing."""
    total = sum(counts.values())
    return math.fsum(-n / total * math.log2(n / total) for n in counts.values() if n)


@dataclass(frozen=True, slots=True)
class Asked:
    """One dialogue of questions.

    `turns` are what was played, `said` the same with the recommender's own words in the place of the list
    it showed. `lists` has one entry for the context and one a round; `picks` and `replies` one a round, a
    reply being None where a question was asked.
    """

    turns: tuple[Turn, ...]
    said: tuple[Turn, ...]
    lists: tuple[RoundList, ...]
    picks: tuple[Pick, ...]
    replies: tuple[Reply | None, ...]


@dataclass
class _State:
    lists: list[RoundList]
    turns: list[Turn] = field(default_factory=list)
    said: list[Turn] = field(default_factory=list)
    heard: list[Turn] = field(default_factory=list)
    declined: set[str] = field(default_factory=set)
    picks: list[Pick] = field(default_factory=list)
    replies: list[Reply | None] = field(default_factory=list)

    def say(self, text: str, answer: str, said: str | None = None) -> None:
        for turns, told in ((self.turns, text), (self.said, text if said is None else said)):
            turns += (Turn("recommender", told), Turn("seeker", answer))


@dataclass(frozen=True)
class Questioning:
    """Everyone and everything that a dialogue of questions needs, for `rounds` rounds at most."""

    recommender: RecommenderSeat
    asker: Asker
    attributes: tuple[str, ...]
    ranking: Ranking
    prompts: Prompts
    rounds: int
    shown: int = 10
    languages: Languages = ENGLISH

    async def play(self, sample: Sample, targets: Targets, *, seed: int) -> Asked:
        """Play on from `sample`. Raises ModelError; UnknownLanguage where rules do not know its language."""
        language = self.languages.of(sample.turns)
        state = _State([self.ranking.after(sample.turns)])
        left = list(self.attributes)
        for number in range(1, self.rounds + 1):
            place = derive_seed(seed, "ask", number)
            pick = Pick(None, {})
            if left:
                turns = (*sample.turns, *state.turns)
                pick = await self.asker.pick(turns, left, last=number == self.rounds, seed=place)
            state.picks.append(pick)
            if pick.attribute is None:
                if await self._recommend(sample, targets, state, number, seed, language):
                    break
            else:
                left.remove(pick.attribute)
                self._ask(sample, targets, state, pick.attribute, language)
        return Asked(
            tuple(state.turns),
            tuple(state.said),
            tuple(state.lists),
            tuple(state.picks),
            tuple(state.replies),
        )

    def _ask(self, sample: Sample, targets: Targets, state: _State, attribute: str, language: str) -> None:
        name = _named(attribute, language)
        question = self.prompts.say("ask_question", language, attribute=name)
        state.say(question, self.answer(targets, attribute, language))
        state.replies.append(None)
        state.heard += state.turns[-2:]
        state.lists.append(self.ranking.after(sample.turns, state.heard, without=state.declined))

    def answer(self, targets: Targets, attribute: str, language: str = USUAL) -> str:
        """What the seeker says of an attribute: the values of all targets, never a title of one."""
        name = _named(attribute, language)
        values = dict.fromkeys(v for item in targets.items for v in values_of(item, attribute))
        shown = [value for value in values if not targets.matcher.betrayed(value)]
        text = self.prompts.say("ask_answer", language, attribute=name, values=", ".join(shown))
        if not shown or targets.matcher.betrayed(text):
            return self.prompts.say("ask_unknown", language, attribute=name)
        return text

    async def _recommend(
        self, sample: Sample, targets: Targets, state: _State, number: int, seed: int, language: str
    ) -> bool:
        """Recommend; whether a target was shown."""
        turns = (*sample.turns, *state.turns)
        wish = Turn("seeker", self.prompts.say("ask_recommend", language))
        # Nothing is asked back here, so the recommender is told that this is its last word.
        reply = await self.recommender.reply(
            Conversation((*turns, wish), round=self.rounds, rounds=self.rounds),
            seed=derive_seed(seed, "recommender", number),
        )
        first = self.ranking.recommended(Turn("recommender", reply.text, reply.items), turns)
        listed = self.ranking.after(sample.turns, state.heard, first=first, without=state.declined)
        shown = listed.items[: self.shown]
        found = (self.ranking.knowledge.catalogue.get(item_id) for item_id in shown)
        titles = "; ".join(item.name for item in found if item is not None)
        accepted = any(item.id in shown for item in targets.items)
        answer = words(language, "recommender")["ask_accept" if accepted else "ask_decline"]
        state.say(self.prompts.say("ask_offer", language, titles=titles), answer, reply.text)
        state.lists.append(listed)
        state.declined.update(shown)
        state.replies.append(reply)
        return accepted

"""Facts of recorded dialogues, by rules: what was recommended, whether it exists, is new and was taken.

Whether the seeker took what was recommended is what the file says of it, where it does (an opinion given on
the turn, the dialogue's outcome); else it is read in the words of the seeker's answer (judge/answers.py), an
item named again counting as "it". An answer that says neither is open: careful rather than complete. A turn
that recommends nothing new has no answer, and none is read in a language that the lexicon lacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from usbrec.dialogue import RecordedDialogue, Sample, Turn
from usbrec.items.id_spellings import SpellingWatch
from usbrec.items.knowledge import Knowledge
from usbrec.items.scripts import count_words
from usbrec.judge.answers import OTHER, Answer, asked_by, read_answer, stand_in
from usbrec.lexicon import LANGUAGES
from usbrec.patterns import LazyPattern
from usbrec.play.languages import Languages
from usbrec.play.targets import Targets

#: A mark of a question; not the one of an address ("/search?q=heat").
QUESTION = LazyPattern(r"\?+(?![\w/=&%?])|[？؟]+")
#: What labels of a dialogue say how it ended: INSPIRED's case, DialogueKit's outcome.
_OUTCOMES = ("case", "outcome")
_READ = ("accept", "reject")
#: INSPIRED's seekers who accepted without interest said neither.
_NEITHER = "uninterested"
#: What a rating of 1 on a turn says, in the store of our own service.
_OPINIONS: Mapping[str, Answer] = {"accepted": "accepted", "purchased": "accepted", "disliked": "declined"}


@dataclass(frozen=True)
class RecordedFacts:
    """Reads facts; with a catalogue those that need one, too. Answers are read in the dialogue's language, as
    `languages` tell it; in one that the lexicon lacks none are."""

    knowledge: Knowledge | None = None
    languages: Languages = field(default_factory=Languages)
    spellings: SpellingWatch = field(default_factory=SpellingWatch, repr=False, compare=False)

    def of(self, dialogue: RecordedDialogue) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The facts of each recommender's turn, and those of the dialogue, as JSON."""
        turns: list[dict[str, Any]] = []
        said: set[str] = set()
        for index, turn in enumerate(dialogue.turns):
            named = self._named(turn, said)
            if turn.role == "recommender":
                turns.append(
                    {
                        "turn": index,
                        **self._of_turn(turn, named, said),
                        **self._taken(dialogue, index, named, said),
                    }
                )
            said.update(named)
        return turns, self._of_dialogue(dialogue, turns)

    def _named(self, turn: Turn, said: set[str]) -> tuple[str, ...]:
        return () if self.knowledge is None else tuple(dict.fromkeys(self.knowledge.named_by(turn, said)))

    def _of_turn(self, turn: Turn, named: Sequence[str], said: set[str]) -> dict[str, Any]:
        beside: tuple[str, ...] = (turn.text,)
        if self.knowledge is not None:
            beside = turn.read_by(self.knowledge.linker).beside  # "What's Up, Doc?" asks nothing
        facts: dict[str, Any] = {
            "words": count_words(turn.text),
            "questions": sum(len(QUESTION.findall(piece)) for piece in beside),
        }
        if self.knowledge is None:
            return facts
        catalogue = self.knowledge.catalogue
        real = [one for one in named if catalogue.get(one) is not None]
        unknown = [one for one in named if one not in real]
        self.spellings.look("The recommender of the dialogues", unknown, catalogue)
        return facts | {
            "new": [one for one in real if one not in said],
            "repeated": [one for one in real if one in said],
            "out_of_catalogue": list(turn.read_by(self.knowledge.linker).out_of_catalogue),
            "unknown_items": unknown,
        }

    def _taken(
        self, dialogue: RecordedDialogue, index: int, named: Sequence[str], said: set[str]
    ) -> dict[str, Any]:
        """How the seeker took what the turn recommends, and who says so; null where nobody can."""
        rated = dialogue.rated(index)
        for name, opinion in _OPINIONS.items():
            if rated.get(name) == 1:
                return {"answer": opinion, "answer_by": "label"}
        offered = [one for one in named if one not in said]
        language = self.languages.told(dialogue.turns)
        answer: Answer | None = None
        if offered and language in LANGUAGES:
            answered = _answer_after(dialogue.turns, index)
            answer = self._read(offered, dialogue.turns[index], answered, language)
        return {"answer": answer, "answer_by": None if answer is None else "rules"}

    def answer_to(self, turns: Sequence[Turn], text: str) -> Answer | None:
        """How a seeker who says `text` after `turns`, which end with the recommender, takes what was
        recommended there; None where that is nothing new, or nothing can be read."""
        if self.knowledge is None:
            return None
        before = self.knowledge.named_in(turns[:-1])
        offered = [one for one in self.knowledge.named_by(turns[-1], before) if one not in before]
        said = Turn("seeker", text)
        language = self.languages.told((*turns, said))
        if not offered or language not in LANGUAGES:
            return None
        return self._read(offered, turns[-1], (said,), language)

    def _read(
        self, offered: Sequence[str], recommending: Turn, words_of_seeker: Sequence[Turn], language: str
    ) -> Answer | None:
        knowledge = self.knowledge
        assert knowledge is not None, "without a catalogue nothing is offered"
        if not words_of_seeker or all(knowledge.catalogue.get(one) is None for one in offered):
            return None
        again, ids = stand_in(language), set(offered)
        text = "\n".join(_replaced(turn, ids, again, knowledge) for turn in words_of_seeker)
        asked = asked_by(*_around(recommending, ids, knowledge), language)
        return read_answer(text, asked, language)

    def _of_dialogue(self, dialogue: RecordedDialogue, turns: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        replies = [turn for turn in dialogue.turns if turn.role == "recommender"]
        others = [turn for turn in dialogue.turns if turn.role == "seeker"]
        language = self.languages.told(dialogue.turns)
        facts: dict[str, Any] = {
            "turns": len(dialogue.turns),
            "replies": len(replies),
            "words": sum(facts["words"] for facts in turns),
            "seeker_words": sum(count_words(turn.text) for turn in others),
            "questions": sum(facts["questions"] for facts in turns),
            "target_named": None,
            "language": language,
        }
        if dialogue.targets:
            sample = Sample(dialogue.id, dialogue.id, dialogue.turns, dialogue.targets)
            facts["target_named"] = Targets.of(sample, self.knowledge).named_in(replies)
        answers = [(facts["answer"], facts["answer_by"]) for facts in turns if facts["answer"] is not None]
        outcome = outcome_of(dialogue.labels)
        labelled = [answer for answer, by in answers if by == "label"]
        accepted: bool | None = None
        by: str | None = None
        if outcome is not None or labelled:
            accepted, by = outcome == "accepted" if outcome else "accepted" in labelled, "label"
        elif self.knowledge is not None and language in LANGUAGES:
            accepted, by = any(answer == "accepted" for answer, _ in answers), "rules"
        facts |= {"accepted": accepted, "accepted_by": by}
        if self.knowledge is None:
            return facts
        first = next((number for number, one in enumerate(turns, start=1) if one["new"]), None)
        return facts | {
            "recommended": first is not None,
            "first_recommendation": first,
            "items": len({one for facts in turns for one in facts["new"]}),
            "out_of_catalogue": sum(len(facts["out_of_catalogue"]) for facts in turns),
        }


def unread_outcome(labels: Mapping[str, str]) -> str | None:
    """What a label says of how a dialogue ended where that is not read; None where it is, or says nothing."""
    for name, told in labels.items():
        words = told.strip().casefold()
        if name.strip().casefold() in _OUTCOMES and words and not words.startswith(_READ):
            return told
    return None


def outcome_of(labels: Mapping[str, str]) -> Answer | None:
    """How a dialogue ended, where its labels say so."""
    named = {name.strip().casefold(): told.strip().casefold() for name, told in labels.items()}
    for name in _OUTCOMES:
        told = named.get(name, "")
        if told.startswith("reject"):
            return "declined"
        if told.startswith("accept") and _NEITHER not in told:
            return "accepted"
    return None


def _answer_after(turns: Sequence[Turn], index: int) -> list[Turn]:
    """The seeker's turns between this message of the recommender, or the next ones, and its next reply."""
    answer: list[Turn] = []
    for turn in turns[index + 1 :]:
        if turn.role == "seeker":
            answer.append(turn)
        elif answer:
            break
    return answer


def _replaced(turn: Turn, offered: set[str], again: str, knowledge: Knowledge) -> str:
    """The seeker's words with `again` for what was offered, "I love it" of "I love Heat", and a mark for
    other titles."""
    pieces, position = [], 0
    for mention in turn.read_by(knowledge.linker).mentions:
        named = again if offered & {mention.item_id, *mention.candidates} else OTHER
        pieces += [turn.text[position : mention.start], named]
        position = mention.end
    return "".join([*pieces, turn.text[position:]])


def _around(turn: Turn, offered: set[str], knowledge: Knowledge) -> tuple[str, str]:
    """The recommender's words before the last title that is offered there, and behind it."""
    for mention in reversed(turn.read_by(knowledge.linker).mentions):
        if offered & {mention.item_id, *mention.candidates}:
            return turn.text[: mention.start], turn.text[mention.end :]
    return turn.text, ""

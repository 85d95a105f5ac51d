"""Preference extraction: preferences read from a dialogue by rules (linking and cue words), or by a model.

The rules read the seeker's clauses: an item, genre or person in a clause with a word of dislike is
disliked, else liked. A clause that only goes on with a list ("I hate horror, romance and musicals") is
read as the one before it. What the recommender names counts by how the seeker's next turn begins, if that
speaks for or against it. Titles are found in the whole turn first: what is written in them cuts no clause
and judges nothing ("Monsters, Inc.", "Love Actually").
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from usbrec.dialogue import Turn
from usbrec.items import Traits, genres_in, people_in
from usbrec.items.knowledge import Knowledge
from usbrec.llm.protocol import ChatModel, ChatRequest, Message
from usbrec.patterns import LazyPattern
from usbrec.play.languages import ENGLISH, Languages
from usbrec.play.preferences.cues import Cues, cues
from usbrec.play.preferences.record import Constraints, Preferences, Tastes, parse_profile
from usbrec.play.seats import transcript
from usbrec.prompts import Prompts

#: Turns of more characters are read in a thread.
_LONG = 2_000
_SENTENCE = LazyPattern(r"(?<=[.!?;])\s+|\s*\n\s*")
#: A character that stands for a title while clauses are cut and read.
_TITLE = "\ufffc"
_Verdict = Literal["for", "against", "unseen"]


class PreferenceExtractor(Protocol):
    """Reads preferences from the dialogue so far."""

    async def preferences(self, turns: Sequence[Turn], *, seed: int) -> Preferences: ...


@dataclass(frozen=True)
class ModelExtractor:
    """Asks a model to summarise the taste in the fixed format."""

    model: ChatModel
    prompts: Prompts
    max_tokens: int = 160

    async def preferences(self, turns: Sequence[Turn], *, seed: int) -> Preferences:
        """Raises ModelError. A text without any line of the format is the empty record."""
        messages = (
            Message("system", self.prompts.render("profile")),
            Message("user", transcript(turns)),
        )
        answer = await self.model.chat(ChatRequest(messages, max_tokens=self.max_tokens, seed=seed))
        return parse_profile(answer.text)


@dataclass
class _Side:
    found: dict[str, dict[str, None]] = field(
        default_factory=lambda: {kind: {} for kind in ("genres", "styles", "items", "people")}
    )

    def add(self, kind: str, names: Iterable[str]) -> None:
        self.found[kind].update(dict.fromkeys(names))

    def without(self, other: _Side) -> Tastes:
        """What is said on both sides is left to the other side."""
        return Tastes(
            **{
                kind: tuple(name for name in names if name not in other.found[kind])
                for kind, names in self.found.items()
            }
        )


@dataclass(frozen=True)
class RulesExtractor:
    """Links what was said to the catalogue, and reads cue words of its language; no model call.

    All methods raise UnknownLanguage for a dialogue whose language the lexicon lacks.
    """

    knowledge: Knowledge
    languages: Languages = ENGLISH

    async def preferences(self, turns: Sequence[Turn], *, seed: int) -> Preferences:
        if any(len(turn.text) > _LONG for turn in turns):
            # The event loop is everybody's.
            return await asyncio.to_thread(self.read, turns)
        return self.read(turns)

    def read(self, turns: Sequence[Turn]) -> Preferences:
        """What is liked, disliked and asked for."""
        likes, dislikes = self._tastes(turns, self._cues(turns))
        return Preferences(likes, dislikes, self.stated(turns))

    def stated(self, turns: Sequence[Turn]) -> Constraints:
        """What the seeker's last turn asks for: it goes before what was asked for earlier.

        Items that are named say what is liked, not what is asked for, and are passed over.
        """
        words = next((turn for turn in reversed(turns) if turn.role == "seeker"), Turn("seeker", ""))
        said = self._cues(turns)
        likes, dislikes = self._tastes((words,), said)
        return Constraints(
            Traits.of(likes.genres, likes.people),
            Traits.of(dislikes.genres, dislikes.people),
            said.decades(words.text),
        )

    def _cues(self, turns: Sequence[Turn]) -> Cues:
        return cues(self.languages.of(turns))

    def _tastes(self, turns: Sequence[Turn], said: Cues) -> tuple[Tastes, Tastes]:
        liked, disliked = _Side(), _Side()
        offered: tuple[str, ...] = ()
        for turn in turns:
            text, named = self._without_titles(turn, said)
            if turn.role == "recommender":
                offered = named
                continue
            sentences = [said.clause.split(sentence) for sentence in _SENTENCE.split(text)]
            self._take(sentences, named, said, liked, disliked)
            answer = _on_offer(sentences, said)
            if answer == "against":
                disliked.add("items", offered)
            elif answer == "for" and not said.unseen.search(text):
                liked.add("items", offered)
            offered = ()
        return liked.without(disliked), disliked.without(_Side())

    def _take(
        self,
        sentences: Iterable[Sequence[str]],
        named: Sequence[str],
        said: Cues,
        liked: _Side,
        disliked: _Side,
    ) -> None:
        """Take what the seeker's own clauses say; `named` are the titles in them, in order."""
        items = iter(named)
        for sentence in sentences:
            last: _Verdict = "for"
            for clause in sentence:
                last = _verdict(clause, said) or ("for" if said.own.search(clause) else last)
                side = disliked if last == "against" else liked
                mentioned = [next(items) for _ in range(clause.count(_TITLE))]
                if last != "unseen":
                    side.add("items", mentioned)
                side.add("genres", genres_in(clause, self.knowledge.catalogue, said.language))
                side.add("people", people_in(clause, self.knowledge.catalogue))

    def _without_titles(self, turn: Turn, said: Cues) -> tuple[str, tuple[str, ...]]:
        """The text with one character for each title in it, and the names of these items, in order."""
        if _TITLE in turn.text:
            turn = Turn(turn.role, turn.text.replace(_TITLE, " "))
        text = turn.text
        pieces, names, position = [], [], 0
        for mention in turn.read_by(self.knowledge.linker).mentions:
            item = self.knowledge.catalogue.get(mention.item_id)
            if item is None:
                continue
            pieces += [text[position : mention.start], _TITLE]
            names.append(item.name)
            position = mention.end
            mark = text[position : position + 1]
            if mark and item.title.endswith(mark) and said.joined.match(text, position + 1):
                position += 1
        return "".join([*pieces, text[position:]]), tuple(names)


def _verdict(clause: str, said: Cues) -> _Verdict | None:
    """What a clause says of all that it names, if it says anything."""
    words = clause.replace(_TITLE, "title")
    if said.unseen.search(words):
        return "unseen"
    if said.against.search(words):
        return "against"
    return "for" if said.liked.search(words) else None


def _on_offer(sentences: Sequence[Sequence[str]], said: Cues) -> _Verdict | None:
    """What the seeker's answer says of what was just offered: its first sentence alone, and in that the
    first clause that speaks for or against it. What follows is about something else ("I enjoy crime")."""
    first = next((clauses for clauses in sentences if not said.only_yes.fullmatch(" ".join(clauses))), ())
    denied = False
    for clause in first:
        if _TITLE in clause:
            return None
        verdict = _verdict(clause, said)
        if verdict != "unseen" and said.refusal.search(clause):
            return "against"
        if verdict == "for" and (denied or clause.rstrip().endswith("?") or said.wish.search(clause)):
            continue
        if verdict is not None:
            return verdict
        denied = denied or bool(said.only_no.fullmatch(clause))
    return None

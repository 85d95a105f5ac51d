"""Whole dialogues of the model in training: it draws every reply, and a seeker answers between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from usbrec.keys import derive_seed
from usbrec.training.data import Encoded, Encoder
from usbrec.training.settings import Dialogues, Exchanges, Play, Reward, Step
from usbrec.training.voice import Drawn, keeping_threads


@dataclass(frozen=True, slots=True)
class Spoken:
    """A reply of a dialogue: the prompt it was drawn to and itself, both in tokens, and what followed."""

    prompt: tuple[int, ...]
    drawn: Drawn
    after: Step


@dataclass(frozen=True, slots=True)
class PlayedDialogue:
    """A dialogue from its sample's prompt to its end; `too_long` says that it ended because the next prompt
    would not have fitted. Its outcome is that of the last reply."""

    replies: tuple[Spoken, ...] = ()
    said: Exchanges = ()
    too_long: bool = False

    @property
    def outcome(self) -> Reward:
        return self.replies[-1].after.reward

    @property
    def scores(self) -> tuple[float | None, ...]:
        """Those after each reply."""
        return tuple(one.after.reward.value for one in self.replies)

    def after(self, prompt: tuple[int, ...], drawn: Drawn, step: Step) -> PlayedDialogue:
        said = self.said if step.answer is None else (*self.said, (drawn.text, step.answer))
        return replace(self, replies=(*self.replies, Spoken(prompt, drawn, step)), said=said)


#: Draws replies to rows, as :class:`usbrec.training.voice.Voice` does.
Draws: TypeAlias = "Callable[..., list[list[Drawn]]]"


def played_first_replies(
    rows: Sequence[Encoded], drawn: Sequence[Sequence[Drawn]], play: Play
) -> list[list[PlayedDialogue]]:
    """Each drawn reply with what its episode is worth; the rest of that is somebody else's to say."""
    asked = [(row, one) for row, group in zip(rows, drawn, strict=True) for one in group]
    with keeping_threads():
        outcomes = iter(play([(row.example.sample_id, one.text) for row, one in asked if one.text]))
    steps = iter(Step(None, next(outcomes) if one.text else _unsaid(one)) for _, one in asked)
    return [
        [PlayedDialogue().after(row.prompt, one, next(steps)) for one in group]
        for row, group in zip(rows, drawn, strict=True)
    ]


def _unsaid(drawn: Drawn) -> Reward:
    """A reply without a word is none to any seat: it gets the lowest score. One whose reasoning used up its
    tokens is a failed draft, whose score nobody knows."""
    return Reward(None if drawn.lost else 0.0)


def play_dialogues(
    model: Any,
    voice: Draws,
    rows: Sequence[Encoded],
    dialogues: Dialogues,
    encoder: Encoder,
    *,
    n: int,
    temperature: float,
    seed: int,
    penalty: float,
    longest: int,
) -> list[list[PlayedDialogue]]:
    """`n` dialogues on each row, all in step: a batch of replies a round.

    A reply without a word ends its dialogue with the lowest score, one whose thoughts used up its tokens
    without any. `longest` is how many tokens a prompt may have.
    """
    owners = [row for row in rows for _ in range(n)]
    first = voice(model, rows, n=n, temperature=temperature, seed=seed, penalty=penalty)
    drawn = [one for group in first for one in group]
    played = [PlayedDialogue() for _ in owners]
    going = list(range(len(owners)))
    prompts = [row.prompt for row in owners]
    turn = 1
    while going:
        asked = [(owners[place], played[place].said, one) for place, one in zip(going, drawn, strict=True)]
        for place, one, step in zip(going, drawn, _steps(asked, dialogues), strict=True):
            played[place] = played[place].after(prompts[place], one, step)
        turn += 1
        nexts: list[Encoded] = []
        going = [place for place in going if played[place].replies[-1].after.answer is not None]
        for place in list(going):
            row = owners[place]
            shown = dialogues.prompt(row.example.sample_id, played[place].said)
            encoded = encoder(replace(row.example, prompt=tuple(shown)))
            if len(encoded.prompt) > longest:
                played[place] = replace(played[place], too_long=True)
                going.remove(place)
                continue
            prompts[place] = encoded.prompt
            nexts.append(encoded)
        if going:
            place_seed = derive_seed(seed, "round", turn)
            said = voice(model, nexts, n=1, temperature=temperature, seed=place_seed, penalty=penalty)
            drawn = [group[0] for group in said]
    return [played[start : start + n] for start in range(0, len(played), n)]


def _steps(asked: Sequence[tuple[Encoded, Exchanges, Drawn]], dialogues: Dialogues) -> list[Step]:
    spoken = [(row.example.sample_id, said, one.text) for row, said, one in asked if one.text]
    with keeping_threads():
        found = iter(dialogues.step(spoken))
    return [next(found) if one.text else Step(None, _unsaid(one)) for _, _, one in asked]

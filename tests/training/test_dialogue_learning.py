"""Policy gradient over whole dialogues: what each reply is credited with, and what is learnt from it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import LlamaForCausalLM

from support.film_seekers import film_files
from support.random_llama import alone, tiny
from support.small_model import small_checkpoint
from usbrec.config import Config, Training
from usbrec.engine import Silent
from usbrec.journal import Journal
from usbrec.llm.transformers.checkpoint import load_tokenizer
from usbrec.stages import train_model
from usbrec.stages.environment import Environment
from usbrec.stages.policy import RolloutRewards
from usbrec.stages.training import _decides
from usbrec.training import Example, Method, Split
from usbrec.training.data import Encoded, Encoder
from usbrec.training.dialogues import PlayedDialogue, play_dialogues
from usbrec.training.packed import token_logps
from usbrec.training.policy import packed_rounds
from usbrec.training.policy_loss import dialogue_loss, policy_loss, returns, turn_advantages
from usbrec.training.run import Task, encode, train_by_playing
from usbrec.training.settings import Exchanges, Reward, Step
from usbrec.training.voice import Drawn, Playing

METHODS: list[Method] = ["grpo", "rloo"]
values = st.one_of(st.none(), st.floats(0, 2))
dialogues = st.lists(st.lists(values, min_size=1, max_size=4), min_size=2, max_size=5)


@given(scores=st.lists(values, min_size=1, max_size=5))
def test_a_reply_is_credited_with_what_was_gained_from_it_on(scores: list[float | None]) -> None:
    for place, gained in enumerate(returns(scores)):
        before = 0.0 if place == 0 else scores[place - 1]
        if before is None or scores[-1] is None:
            assert gained is None
        else:
            assert gained == pytest.approx(scores[-1] - before)


@given(group=dialogues)
def test_a_reply_is_held_against_those_of_the_same_round_that_other_dialogues_reached(
    group: list[list[float | None]],
) -> None:
    (rloo,), (grpo,) = turn_advantages([group], "rloo"), turn_advantages([group], "grpo")
    for place, dialogue in enumerate(group):
        for turn, value in enumerate(dialogue):
            others = [
                one[turn]
                for other, one in enumerate(group)
                if other != place and len(one) > turn and one[turn] is not None
            ]
            if value is None or not others:
                assert rloo[place][turn] == grpo[place][turn] == 0.0
                continue
            known = torch.tensor([value, *others], dtype=torch.float64)
            assert rloo[place][turn] == pytest.approx(value - sum(others) / len(others), abs=1e-9)
            expected = (value - float(known.mean())) / (float(known.std()) + 1e-4)
            assert grpo[place][turn] == pytest.approx(expected, abs=1e-6)


def played(*rounds: tuple[Sequence[int], Sequence[int], float | None]) -> PlayedDialogue:
    """A dialogue of (prompt, reply, score after it)."""
    dialogue = PlayedDialogue()
    for number, (prompt, reply, score) in enumerate(rounds, start=1):
        answer = None if number == len(rounds) else "And?"
        step = Step(answer, Reward(score))
        dialogue = dialogue.after(tuple(prompt), Drawn(tuple(reply), "said", whole=True), step)
    return dialogue


#: Two prompts with three and two dialogues, of one to three rounds; one score is not known.
GROUPS = [
    [
        played(([5, 9], [7, 8, 1], 0.5), ([5, 9, 7, 8, 1, 40], [9, 1], 2.0)),
        played(([5, 9], [3, 1], 1.0)),
        played(
            ([5, 9], [11, 12, 1], 0.25),
            ([5, 9, 11, 12, 1, 41], [13, 1], 0.75),
            ([5, 9, 11, 12, 1, 41, 13, 1, 42], [2, 1], 0.5),
        ),
    ],
    [
        played(([4, 4, 6], [8, 1], None), ([4, 4, 6, 8, 1, 43], [20, 21, 1], 1.0)),
        played(([4, 4, 6], [9, 10, 1], 0.0), ([4, 4, 6, 9, 10, 1, 44], [2, 1], 0.5)),
    ],
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kl", [0.0, 0.3])
def test_the_gradient_is_that_of_the_formula_written_out(method: Method, kl: float) -> None:
    model, before = tiny().eval(), tiny().eval()
    with torch.no_grad():
        for weight in before.parameters():
            weight += 0.02 * torch.randn_like(weight)

    def packed(which: LlamaForCausalLM) -> tuple[torch.Tensor, torch.Tensor]:
        parts = [
            (token_logps(which, one, 1.0), numbers)
            for one, numbers in packed_rounds(GROUPS, pad=0, dtype=torch.float32)
        ]
        logps = torch.cat([found for (found, _), _ in parts])
        return logps, torch.cat([numbers[reply] for (_, reply), numbers in parts])

    logps, reply = packed(model)
    with torch.no_grad():
        start, _ = packed(before)
    scores = [[one.scores for one in group] for group in GROUPS]
    dialogue_loss(logps, start if kl else None, reply, scores, method=method, kl=kl).backward()
    got = {name: weight.grad.clone() for name, weight in model.named_parameters()}

    # The same, reply by reply: nothing but the recommender's own tokens, each after all that stood before it.
    model.zero_grad()
    tokens: list[torch.Tensor] = []
    whole: list[torch.Tensor] = []
    for group in GROUPS:
        ours = [[alone(model, one.prompt, one.drawn.tokens) for one in talk.replies] for talk in group]
        with torch.no_grad():
            theirs = [[alone(before, one.prompt, one.drawn.tokens) for one in talk.replies] for talk in group]
        gained: list[list[float | None]] = []
        for talk, own, old in zip(group, ours, theirs, strict=True):
            costs = [kl * float((a.detach() - b).sum()) for a, b in zip(own, old, strict=True)]
            episode: list[float | None] = []
            for turn in range(len(talk.scores)):
                prior, end = (0.0, *talk.scores)[turn], talk.scores[-1]
                value = None if prior is None or end is None else end - prior
                later = sum(costs[turn:]) if method == "rloo" else 0.0
                episode.append(None if value is None else value - later)
            gained.append(episode)
        for place, talk in enumerate(group):
            for turn in range(len(talk.replies)):
                here = gained[place][turn]
                same = [one[turn] for one in gained if len(one) > turn]
                known = torch.tensor([one for one in same if one is not None], dtype=torch.float64)
                gain = 0.0
                if here is not None and len(known) > 1:
                    gain = here - (float(known.sum()) - here) / (len(known) - 1)
                    if method == "grpo":
                        gain = (here - float(known.mean())) / (float(known.std()) + 1e-4)
                a, b = ours[place][turn], theirs[place][turn]
                whole.append(-gain * a.sum())
                tokens.append(-gain * a + kl * ((b - a).exp() - (b - a) - 1))
    if method == "rloo":
        (torch.stack(whole).sum() / 5).backward()  # of five dialogues
    else:
        torch.cat(tokens).mean().backward()
    assert any(float(weight.grad.abs().max()) > 1e-3 for weight in model.parameters())
    for name, weight in model.named_parameters():
        torch.testing.assert_close(got[name], weight.grad, atol=2e-4, rtol=2e-3)


@pytest.mark.parametrize("method", METHODS)
def test_dialogues_of_one_round_are_learnt_as_first_replies_are(method: Method) -> None:
    logps = torch.tensor([-1.0, -2.0, -0.5, -0.1, -3.0], requires_grad=True)
    start, reply = torch.tensor([-1.1, -1.5, -0.5, -0.3, -2.0]), torch.tensor([0, 0, 1, 2, 2])
    found = []
    for loss in (
        policy_loss(logps, start, reply, [[2.0, 0.5, None]], method=method, kl=0.2),
        dialogue_loss(logps, start, reply, [[(2.0,), (0.5,), (None,)]], method=method, kl=0.2),
    ):
        (gradient,) = torch.autograd.grad(loss, logps)
        found.append(gradient)
    torch.testing.assert_close(*found)


def test_a_dialogue_played_reply_by_reply_is_the_environments(tmp_path: Path) -> None:
    files = film_files(tmp_path)
    config = Config.model_validate({"play": {"rounds": 2}})
    replies = ("You should watch Casino (1995).", "Then Heat (1995).")
    with Environment(*files, config=config) as environment:
        talk = environment.begin("a:1")
        answer = talk.say(replies[0])
        between = talk.score()
        assert talk.say(replies[1]) is None
        score, prompt = talk.score(), environment.prompt("a:1")
    assert answer is not None
    for _ in range(2):
        # The second time from the journal.
        with (
            Journal(tmp_path / "run.db") as journal,
            RolloutRewards.open(config, *files, None, journal) as rewards,
        ):
            assert list(rewards.prompt("a:1", ())) == prompt
            (first,) = rewards.step([("a:1", (), replies[0])])
            said: Exchanges = ((replies[0], answer),)
            shown = rewards.prompt("a:1", said)
            (second,) = rewards.step([("a:1", said, replies[1])])
        assert first == Step(answer, Reward(between, hit=False))
        assert [one["content"] for one in shown[-2:]] == [replies[0], answer]
        assert second == Step(None, Reward(score, hit=True))


class _WantsTwo:
    """Two rounds; what counts is that the second reply names a year of the nineties."""

    def prompt(self, sample_id: str, said: Exchanges) -> Sequence[Mapping[str, Any]]:
        asked = [{"role": "user", "content": "A film from my youth?"}]
        for reply, answer in said:
            asked += [{"role": "assistant", "content": reply}, {"role": "user", "content": answer}]
        return asked

    def step(self, asked: Sequence[tuple[str, Exchanges, str]]) -> list[Step]:
        return [
            Step(None, Reward(2.0 if "(199" in text else 0.0, "(199" in text))
            if said
            else Step("And another one?", Reward(0.5))
            for _, said, text in asked
        ]


def test_a_reply_without_a_word_ends_its_dialogue_at_nought_and_a_lost_thought_without_a_score(
    tmp_path: Path,
) -> None:
    """A script speaks: the first replies of four dialogues, then the second ones of those that go on."""
    encoder = Encoder(load_tokenizer(small_checkpoint(tmp_path / "small")))
    asked = _WantsTwo()
    row = encoder(Example("s", "d", tuple(asked.prompt("s", ())), ""))
    script = iter(
        [
            [[_drawn("One"), _drawn(""), _drawn("", lost=True), _drawn("Heat (1995)")]],
            [[_drawn("Casino (1995)")], [_drawn("")]],
        ]
    )
    prompts: list[list[tuple[int, ...]]] = []

    def voice(model: Any, rows: Sequence[Encoded], **_: Any) -> list[list[Drawn]]:
        prompts.append([one.prompt for one in rows])
        return next(script)

    drawing: dict[str, Any] = {"n": 4, "temperature": 1.0, "seed": 0, "penalty": 0.0, "longest": 500}
    ((first, silent, lost, last),) = play_dialogues(None, voice, [row], asked, encoder, **drawing)
    assert (first.scores, silent.scores, lost.scores, last.scores) == (
        (0.5, 2.0),
        (0.0,),
        (None,),
        (0.5, 0.0),
    )
    assert first.said == (("One", "And another one?"),)
    shown = [encoder(Example("s", "d", tuple(asked.prompt("s", one.said)), "")) for one in (first, last)]
    assert prompts == [[row.prompt], [one.prompt for one in shown]]

    script = iter([[[_drawn("One"), _drawn("Two"), _drawn("Three"), _drawn("Four")]]])
    (short,) = play_dialogues(
        None, voice, [row], asked, encoder, **{**drawing, "longest": len(row.prompt) + 5}
    )
    assert [(one.scores, one.too_long) for one in short] == [((0.5,), True)] * 4


def _drawn(text: str, *, lost: bool = False) -> Drawn:
    return Drawn((1,), text, whole=not lost, lost=lost)


@pytest.mark.model
def test_what_earns_the_score_in_a_later_round_is_said_there_more_often(tmp_path: Path) -> None:
    small = small_checkpoint(tmp_path / "small")
    prompt = ({"role": "user", "content": "A film from my youth?"},)
    rows = tuple(Example(f"s{number}", f"d{number}", prompt, "") for number in range(2))
    settings = Training(
        batch=2, accumulate=1, generations=8, layers=4, learning_rate=2e-2, max_steps=8, warmup=0.0
    )
    settings = settings.model_copy(update={"replies": "all", "kl": 0.01})
    playing = Playing(lambda asked: [], max_tokens=8, dialogues=_WantsTwo())
    task = Task("grpo", small, None, settings, 0, "cpu")
    train, held_out, _ = encode(task, Split(rows, rows[:1]), reply=8)
    done = train_by_playing(task, train, held_out, playing, tmp_path / "out", progress=Silent())
    history = [json.loads(line) for line in (tmp_path / "out/history.jsonl").read_text().splitlines()]
    rewards = [row["reward"] for row in history]
    assert sum(rewards[-3:]) / 3 > sum(rewards[:2]) / 2 + 0.4, rewards
    assert {(row["replies"], row["rounds"], row["too_long"]) for row in history} == {(32, 2.0, 0)}
    assert set(done["held_out"]["after"]) == {"n", "score", "hit", "unscored", "unfinished"}


@pytest.mark.model
def test_whole_dialogues_are_learnt_from_the_command_on(tmp_path: Path) -> None:
    files = film_files(tmp_path)
    small = small_checkpoint(tmp_path / "small")
    config = Config.model_validate(
        {
            "seats": {"recommender": f"hf:{small}"},
            "play": {"rounds": 2, "max_tokens": 14, "examples": 0},
            "train": {"replies": "all", "max_steps": 2, "held_out": 0.5, "batch": 1, "accumulate": 1}
            | {"generations": 4, "layers": 2, "learning_rate": 1e-2, "warmup": 0.0},
        }
    )
    out = tmp_path / "out"
    done = train_model("rloo", files[0], out, config=config, catalogue=files[1])
    assert done["steps"] == 2
    for side in ("before", "after"):
        assert 0.0 <= done["held_out"][side]["score"] <= 2.0
    history = [json.loads(line) for line in (out / "history.jsonl").read_text().splitlines()]
    assert all(4 <= row["replies"] <= 8 for row in history)
    assert any(row["rounds"] > 1 for row in history)


def test_trainings_on_first_replies_of_before_go_on() -> None:
    first, whole = Config(), Config.model_validate({"train": {"replies": "all"}})
    assert "replies" not in _decides("grpo", first, ())["settings"]
    assert _decides("grpo", whole, ())["settings"]["replies"] == "all"
    assert "replies" not in _decides("sft", whole, ())["settings"]

"""Ranked lists are learnt place by place: what each is credited with, and which tokens it is learnt from."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import LlamaForCausalLM

from support.film_seekers import film_files
from support.films import FILMS
from support.random_llama import alone, tiny
from support.small_model import small_checkpoint
from usbrec.config import Config, Training
from usbrec.engine import Silent
from usbrec.errors import ConfigError
from usbrec.journal import Journal
from usbrec.llm.transformers.checkpoint import load_tokenizer
from usbrec.llm.transformers.tokens import ReplyDecoder
from usbrec.stages import train_model
from usbrec.stages.environment import Environment
from usbrec.stages.policy import RolloutRewards
from usbrec.training import Example, Method, Split
from usbrec.training.dialogues import PlayedDialogue
from usbrec.training.packed import token_logps
from usbrec.training.policy import packed_rounds, places_of_tokens
from usbrec.training.policy_loss import credited_loss
from usbrec.training.ranks import rank_returns, token_places
from usbrec.training.run import Task, encode, train_by_playing
from usbrec.training.settings import Rank, Reward, Step
from usbrec.training.voice import Drawn, Playing, draw_replies

METHODS: list[Method] = ["grpo", "rloo"]
LENGTH = 3


def reward(*gains: float, value: float | None = 1.0) -> Reward:
    return Reward(value, ranks=tuple(Rank(0, gain) for gain in gains))


@given(gains=st.lists(st.floats(0, 1), max_size=5))
def test_a_place_is_credited_with_what_it_and_later_ones_gain(gains: list[float]) -> None:
    found = rank_returns(reward(*gains), LENGTH)
    assert len(found) == LENGTH + 1
    for place, value in enumerate(found):
        assert value == pytest.approx(sum(gains[:LENGTH][place:]))
    assert found[LENGTH] == 0.0
    assert rank_returns(reward(*gains, value=None), LENGTH) == [None] * (LENGTH + 1)


def said(
    prompt: Sequence[int], tokens: Sequence[int], places: Sequence[int], found: Reward
) -> PlayedDialogue:
    drawn = Drawn(tuple(tokens), "said", whole=True, places=tuple(places))
    return PlayedDialogue().after(tuple(prompt), drawn, Step(None, found))


#: Two prompts. Of the first a whole list, one that ends after its first title, one that goes on behind its
#: last and one without a score; of the second two whole ones, the first with a thought of one token.
GROUPS = [
    [
        said([5, 9], [7, 8, 2, 9, 1, 3], [0, 0, 1, 1, 2, 3], reward(1.0, 0.0, 0.25)),
        said([5, 9], [3, 4, 1], [0, 0, 1], reward(0.5)),
        said([5, 9], [11, 12, 13, 20, 21, 1], [0, 1, 1, 2, 3, 3], reward(0.0, 0.5, 0.1, 0.0)),
        said([5, 9], [30, 31, 1], [0, 1, 2], reward(1.0, value=None)),
    ],
    [
        PlayedDialogue().after(
            (4, 4, 6),
            Drawn((40, 8, 1), "said", whole=True, thought=1, places=(0, 1)),
            Step(None, reward(0.3)),
        ),
        said([4, 4, 6], [9, 10, 1], [0, 1, 2], reward(0.0, 0.6)),
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
        ((pack, numbers),) = packed_rounds(GROUPS, pad=0, dtype=torch.float32)
        logps, reply = token_logps(which, pack, 1.0)
        return logps, numbers[reply]

    logps, reply = packed(model)
    with torch.no_grad():
        start, _ = packed(before)
    part = reply * (LENGTH + 1) + places_of_tokens(GROUPS)
    gained = [[rank_returns(one.outcome, LENGTH) for one in group] for group in GROUPS]
    credited_loss(logps, start if kl else None, part, gained, method=method, kl=kl).backward()
    got = {name: weight.grad.clone() for name, weight in model.named_parameters()}

    model.zero_grad()
    tokens: list[torch.Tensor] = []
    whole: list[torch.Tensor] = []
    for group in GROUPS:
        lists = []
        for one in group:
            (reply_,) = one.replies
            learnt = slice(reply_.drawn.thought, None)
            ours = alone(model, reply_.prompt, reply_.drawn.tokens)[learnt]
            with torch.no_grad():
                theirs = alone(before, reply_.prompt, reply_.drawn.tokens)[learnt]
            lists.append((one.outcome, reply_.drawn.places, ours, theirs))
        for place in range(LENGTH + 1):
            worth = []
            for outcome, places, ours, theirs in lists:
                if outcome.value is None:
                    worth.append(None)
                    continue
                value = sum(rank.gain for rank in outcome.ranks[:LENGTH][place:])
                if method == "rloo":
                    later = torch.tensor([at >= place for at in places])
                    value -= kl * float((ours.detach() - theirs)[later].sum())
                worth.append(value)
            known = torch.tensor([one for one in worth if one is not None], dtype=torch.float64)
            for value, (_, places, ours, theirs) in zip(worth, lists, strict=True):
                here = torch.tensor([at == place for at in places])
                gain = 0.0
                if value is not None and len(known) > 1:
                    gain = value - (float(known.sum()) - value) / (len(known) - 1)
                    if method == "grpo":
                        gain = (value - float(known.mean())) / (float(known.std()) + 1e-4)
                a, b = ours[here], theirs[here]
                whole.append(-gain * a.sum())
                tokens.append(-gain * a + kl * ((b - a).exp() - (b - a) - 1))
    if method == "rloo":
        (torch.stack(whole).sum() / 6).backward()  # of six lists
    else:
        torch.cat(tokens).mean().backward()
    assert any(float(weight.grad.abs().max()) > 1e-3 for weight in model.parameters())
    for name, weight in model.named_parameters():
        torch.testing.assert_close(got[name], weight.grad, atol=2e-4, rtol=2e-3)


@pytest.mark.parametrize("method", METHODS)
def test_no_token_is_credited_for_an_earlier_place(method: Method) -> None:
    """Two lists that differ in their first place alone, two that differ in their last, and two of which one
    ends too early."""
    for first, second, credited in (
        ((1.0, 0.2, 0.1), (0.0, 0.2, 0.1), [1, 0, 0, 0]),
        ((0.5, 0.2, 0.4), (0.5, 0.2, 0.1), [1, 1, 1, 0]),
        ((0.5, 0.2), (0.5,), [1, 1, 0, 0]),
        ((0.5, 0.2, 0.4, 0.9), (0.5, 0.2, 0.4, 0.0), [0, 0, 0, 0]),
    ):
        logps = torch.full((8,), -1.0, requires_grad=True)
        gained = [[rank_returns(reward(*gains), LENGTH) for gains in (first, second)]]
        loss = credited_loss(logps, None, torch.arange(8), gained, method=method, kl=0.0)
        (gradient,) = torch.autograd.grad(loss, logps)
        # What gains more is made likelier, the other list less likely.
        assert (-gradient[:4].sign()).tolist() == credited
        assert gradient[:4].tolist() == pytest.approx((-gradient[4:]).tolist())


@pytest.fixture(scope="module")
def lister(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small model that writes films, with commas between."""
    return small_checkpoint(tmp_path_factory.mktemp("lister"), lists=True)


PIECES = ["Heat (1995)", "Casino", " ", "\n", "é", "流浪", "🎬", "The Thing (1982)", "x"]


@given(
    parts=st.lists(
        st.sampled_from(["Heat", "Casino", " ", "\n", "é", "流浪", "🎬", "The Thing", "x"]),
        min_size=1,
        max_size=8,
    ),
    data=st.data(),
)
def test_a_token_belongs_to_the_title_that_it_is_part_of(
    parts: list[str], data: st.DataObject, lister: str
) -> None:
    tokenizer = load_tokenizer(lister)
    text = "".join(parts).strip()
    tokens = tokenizer("".join(parts), add_special_tokens=False)["input_ids"]
    ends = sorted(data.draw(st.sets(st.integers(1, max(1, len(text))), max_size=3)))
    decoder = ReplyDecoder(tokenizer)
    found = token_places(tokens, text, ends, lambda ids: decoder.decode(ids, skip_special_tokens=True))
    # The same from the bytes that stand before each token.
    lead = len("".join(parts)) - len("".join(parts).lstrip()) if text else 0
    before = b""
    for token, place in zip(tokens, found, strict=True):
        at = len(before.decode("utf-8", errors="ignore")) - lead
        assert place == sum(end <= at for end in ends)
        piece = tokenizer.convert_ids_to_tokens(token)
        table = {letter: code for code, letter in _byte_letters().items()}
        before += piece.encode() if len(piece) > 1 else bytes([table[piece]])


def _byte_letters() -> dict[int, str]:
    """The letters that byte-level tokenizers write bytes with."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [code for code in range(256) if code not in plain]
    return {code: chr(code) for code in plain} | {code: chr(256 + place) for place, code in enumerate(others)}


# What a list is worth, and the whole way.


def settings(model: str, **train: object) -> Config:
    return Config.model_validate(
        {
            "seats": {"recommender": f"hf:{model}"},
            "play": {"list_length": 2, "candidates": 4, "max_tokens": 12, "examples": 0},
            "train": {"max_steps": 2, "held_out": 0.5, "batch": 1, "accumulate": 1, "generations": 4}
            | {"layers": 2, "learning_rate": 1e-2, "warmup": 0.0}
            | train,
        }
    )


def test_the_reward_says_where_each_title_ends_and_what_it_gains(tmp_path: Path, lister: str) -> None:
    files = film_files(tmp_path)
    text = "1. Casino (1995)\n2. Blorp (2031)\n3. Heat (1995)\n4. Alien (1979)"
    ends = [len("1. Casino (1995)"), text.index("\n4.")]
    found = []
    for _ in range(2):
        # The second time from the journal.
        with (
            Journal(tmp_path / "run.db") as journal,
            RolloutRewards.open(settings(lister), *files, None, journal) as rewards,
        ):
            found.append(rewards([("a:1", text)])[0])
            assert "Which 2 of these titles" in rewards.prompt("a:1", ())[-1]["content"]
    assert found[0] == found[1]
    (outcome, _) = found
    assert [rank.end for rank in outcome.ranks] == ends
    scores = [rank.gain * math.log2(place + 2) for place, rank in enumerate(outcome.ranks)]
    assert all(0.0 <= score <= 1.0 for score in scores)
    # The score is the places' gain over that of the best list: the targets, and what is exactly like them.
    wanted = {one.id: len(one.targets) for one in rewards.inputs.samples}["a:1"]
    best = sum((1.0 if place < wanted else 0.5) / math.log2(place + 2) for place in range(2))
    assert outcome.value == pytest.approx(2 * sum(rank.gain for rank in outcome.ranks) / best, abs=1e-5)


def test_a_trainer_elsewhere_gets_the_same_prompts_and_scores(tmp_path: Path, lister: str) -> None:
    files = film_files(tmp_path)
    text = "Casino (1995)\nHeat (1995)"
    with RolloutRewards.open(settings(lister), *files, None, None) as rewards:
        prompt, (outcome,) = rewards.prompt("a:1", ()), rewards.try_out([("a:1", text)])
    with Environment(*files, config=settings(lister)) as environment:
        talk = environment.begin("a:1")
        assert talk.say(text) is None
        assert talk.score() == outcome.value
        assert tuple(environment.prompt("a:1")) == prompt


def test_whole_dialogues_of_lists_are_refused(tmp_path: Path, lister: str) -> None:
    files = film_files(tmp_path)
    config = settings(lister, replies="all")
    with pytest.raises(ConfigError, match=r"leave train\.replies"):
        train_model("grpo", files[0], tmp_path / "out", config=config, catalogue=files[1])


def test_what_people_said_is_not_learnt_as_lists(tmp_path: Path, lister: str) -> None:
    files = film_files(tmp_path)
    with pytest.raises(ConfigError, match=r"play\.list_length = 2: what people said"):
        train_model("sft", files[0], tmp_path / "out", config=settings(lister), catalogue=files[1])


@pytest.mark.model
@pytest.mark.parametrize("method", METHODS)
def test_lists_are_learnt_from_the_command_on(tmp_path: Path, lister: str, method: Method) -> None:
    files = film_files(tmp_path)
    done = train_model(method, files[0], tmp_path / "out", config=settings(lister), catalogue=files[1])
    assert done["steps"] == 2
    history = [json.loads(line) for line in (tmp_path / "out" / "history.jsonl").read_text().splitlines()]
    assert all(0.0 < row["places"] <= 2.0 for row in history)
    assert all(math.isfinite(row["loss"]) for row in history)
    assert 0.0 <= done["held_out"]["after"]["score"] <= 2.0


class _OrderPays:
    """A film of the first half of the catalogue pays in the first place, one of the second in the second."""

    def __call__(self, asked: Sequence[tuple[str, str]]) -> list[Reward]:
        return [self._reward(text) for _, text in asked]

    def _reward(self, text: str) -> Reward:
        ranks, end = [], 0
        for place, name in enumerate(text.split(",")[:2]):
            end += len(name) + place
            pays = name in [film.name for film in (FILMS[10:] if place else FILMS[:10])]
            ranks.append(Rank(end, pays / math.log2(place + 2)))
        return Reward(sum(rank.gain for rank in ranks), ranks=tuple(ranks))


@pytest.mark.model
def test_places_that_pay_are_filled(lister: str, tmp_path: Path) -> None:
    prompt = ({"role": "user", "content": "Two?"},)
    rows = tuple(Example(f"s{number}", f"d{number}", prompt, "") for number in range(2))
    training = Training(
        batch=2, accumulate=1, generations=32, layers=4, learning_rate=1e-2, max_steps=10, warmup=0.0, kl=0.0
    )
    playing = Playing(_OrderPays(), max_tokens=4, list_length=2)
    task = Task("grpo", lister, None, training, 0, "cpu")
    train, held_out, _ = encode(task, Split(rows, rows[:1]), reply=4)
    train_by_playing(task, train, held_out, playing, tmp_path / "out", progress=Silent())
    history = [json.loads(line) for line in (tmp_path / "out/history.jsonl").read_text().splitlines()]
    for name, more in (("reward", 0.15), ("places", 0.2)):
        told = [row[name] for row in history]
        assert sum(told[-3:]) / 3 > sum(told[:2]) / 2 + more, told


@pytest.mark.parametrize("method", METHODS)
def test_an_order_that_pays_is_learnt(method: Method) -> None:
    """Of 60 items, each a token, the first half pays in the first place, the second half in the second: who
    learnt one set of items for both places would be paid for one of them."""
    model, prompt = tiny(), [5, 9]
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)

    def paid(tokens: Sequence[int]) -> Reward:
        pays = [token in (range(32, 64) if place else range(2, 32)) for place, token in enumerate(tokens[:2])]
        ranks = (Rank(place + 1, one / math.log2(place + 2)) for place, one in enumerate(pays))
        return Reward(0.0, ranks=tuple(ranks))

    def drawn(seed: int, temperature: float) -> list[PlayedDialogue]:
        (lists,) = draw_replies(
            model, [prompt], n=48, temperature=temperature, max_tokens=2, ends=set(), seed=seed
        )
        return [said(prompt, tokens, range(len(tokens)), paid(tokens)) for tokens in lists]

    def mean(group: Sequence[PlayedDialogue]) -> float:
        return sum(rank.gain for one in group for rank in one.outcome.ranks) / len(group)

    before = mean(drawn(1000, 1.0))
    for step in range(40):
        group = drawn(step, 1.0)
        ((packed, numbers),) = packed_rounds([group], pad=0, dtype=torch.float32)
        logps, reply = token_logps(model, packed, 1.0)
        part = numbers[reply] * 3 + places_of_tokens([group])
        gained = [[rank_returns(one.outcome, 2) for one in group]]
        optimiser.zero_grad()
        credited_loss(logps, None, part, gained, method=method, kl=0.0).backward()
        optimiser.step()
    after = mean(drawn(1001, 1.0))
    assert before < 1.2
    assert after > 1.5, (before, after)

"""Learning from the score: what is drawn, what it is worth, what is learnt from it, and the whole way."""

from __future__ import annotations

import asyncio
import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import peft
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file
from typer.testing import CliRunner

from support.command import usbrec
from support.films import FILMS, sample
from support.random_llama import alone, tiny
from support.results_page import undocumented
from support.small_model import small_checkpoint
from usbrec.cli import app
from usbrec.config import Config, Training
from usbrec.dialogue import Sample
from usbrec.engine import Silent
from usbrec.errors import InputError, Interrupted, ModelRefused, RunFolderError
from usbrec.journal import Journal
from usbrec.stages import show_examples, train_model
from usbrec.stages.policy import RolloutRewards
from usbrec.stages.resolve import resolve
from usbrec.stages.wiring import seat_participants
from usbrec.training import Example, Method, Split
from usbrec.training.packed import pack, token_logps
from usbrec.training.policy_loss import advantages, divergence, policy_loss
from usbrec.training.run import Task, encode, train_by_playing
from usbrec.training.settings import Reward
from usbrec.training.voice import Playing, draw_replies

values = st.one_of(st.none(), st.floats(0, 2))
groups = st.lists(st.lists(values, min_size=2, max_size=6), min_size=1, max_size=4)


@given(rewards=groups)
def test_a_reply_is_held_against_the_others_of_its_group(rewards: list[list[float | None]]) -> None:
    for rows, method in ((advantages(rewards, "rloo"), "rloo"), (advantages(rewards, "grpo"), "grpo")):
        for group, gains in zip(rewards, rows, strict=True):
            known = torch.tensor([value for value in group if value is not None], dtype=torch.float64)
            for place, value in enumerate(group):
                if value is None or len(known) < 2:
                    assert gains[place] == 0.0
                elif method == "rloo":
                    others = (float(known.sum()) - value) / (len(known) - 1)
                    assert gains[place] == pytest.approx(value - others, abs=1e-9)
                else:
                    expected = (value - float(known.mean())) / (float(known.std()) + 1e-4)
                    assert gains[place] == pytest.approx(expected, abs=1e-6)


ROWS = (([5, 9, 2], [[7, 8, 1], [3, 1], [11, 12, 13, 1]]), ([4, 4, 6, 30, 31], [[8, 1], [9, 10, 1], [2]]))
REWARDS: list[list[float | None]] = [[2.0, 0.5, 0.0], [1.0, None, 0.25]]


@pytest.mark.parametrize("method", ["grpo", "rloo"])
@pytest.mark.parametrize("kl", [0.0, 0.3])
def test_the_gradient_is_that_of_the_papers(method: Method, kl: float) -> None:
    model, before = tiny().eval(), tiny().eval()
    with torch.no_grad():
        for weight in before.parameters():
            weight += 0.02 * torch.randn_like(weight)
    packed = pack(ROWS, pad=0, dtype=torch.float32)
    logps, reply = token_logps(model, packed, 0.7)
    with torch.no_grad():
        start, _ = token_logps(before, packed, 0.7)
    policy_loss(logps, start if kl else None, reply, REWARDS, method=method, kl=kl).backward()
    got = {name: weight.grad.clone() for name, weight in model.named_parameters()}

    model.zero_grad()
    parts = []
    for (prompt, replies), rewards in zip(ROWS, REWARDS, strict=True):
        ours = [alone(model, prompt, one, 0.7) for one in replies]
        with torch.no_grad():
            theirs = [alone(before, prompt, one, 0.7) for one in replies]
        worth = list(rewards)
        if method == "rloo":
            far = [float((a.detach() - b).sum()) for a, b in zip(ours, theirs, strict=True)]
            worth = [
                None if value is None else value - kl * cost for value, cost in zip(worth, far, strict=True)
            ]
        (gains,) = advantages([worth], method)
        for a, b, gain in zip(ours, theirs, gains, strict=True):
            if method == "rloo":
                parts.append((-gain * a.sum()).reshape(1))
            else:
                # Expected distance from the start, by Schulman's estimate.
                parts.append(-gain * a + kl * ((b - a).exp() - (b - a) - 1))
    torch.cat(parts).mean().backward()
    for name, weight in model.named_parameters():
        torch.testing.assert_close(got[name], weight.grad, atol=2e-4, rtol=2e-3)


@pytest.mark.parametrize("method", ["grpo", "rloo"])
def test_a_step_makes_the_best_reply_likelier_and_the_worst_unlikelier(method: Method) -> None:
    model = tiny()
    packed = pack(ROWS[:1], pad=0, dtype=torch.float32)
    logps, reply = token_logps(model, packed, 1.0)
    policy_loss(logps, None, reply, REWARDS[:1], method=method, kl=0.0).backward()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.grad is not None:
                weight -= 1e-4 * weight.grad
        after, _ = token_logps(model, packed, 1.0)
    moved = torch.zeros(3).index_add(0, reply, (after - logps).detach())
    assert moved[0] > 0 > moved[2]


def test_the_distance_is_never_negative_and_nought_from_itself() -> None:
    here = torch.tensor([-1.0, -2.0, -0.1])
    assert divergence(here, here).tolist() == [0.0, 0.0, 0.0]
    assert (divergence(here, here - torch.tensor([0.5, -0.5, 3.0])) > 0).all()


def test_replies_are_drawn_as_from_each_prompt_alone() -> None:
    model = tiny().eval()
    prompts = [[5, 9, 2, 40, 41, 42], [7], [3, 3]]
    drawn = draw_replies(
        model, prompts, n=2, temperature=0.0, max_tokens=12, ends={1}, seed=0, frequency_penalty=0.5
    )
    for prompt, replies in zip(prompts, drawn, strict=True):
        said: list[int] = []
        while len(said) < 12 and 1 not in said:
            with torch.no_grad():
                logits = model(input_ids=torch.tensor([prompt + said])).logits[0, -1]
            times = torch.bincount(torch.tensor(said, dtype=torch.long), minlength=64)
            said.append(int((logits - 0.5 * times).argmax()))
        assert replies == [tuple(said)] * 2


def test_draws_follow_the_models_probabilities_and_stop_at_the_end() -> None:
    model = tiny().eval()
    with torch.no_grad():
        chances = (model(input_ids=torch.tensor([[5, 9]])).logits[0, -1] / 2.0).softmax(-1)
    ends = set(chances.topk(3).indices.tolist())
    kwargs: dict[str, Any] = {"temperature": 2.0, "max_tokens": 4, "ends": ends}
    (drawn,) = draw_replies(model, [[5, 9]], n=4000, seed=3, **kwargs)
    for token in ends:
        share = sum(reply[0] == token for reply in drawn) / 4000
        # Five standard errors.
        chance = float(chances[token])
        assert abs(share - chance) < 5 * math.sqrt(chance * (1 - chance) / 4000)
    assert all(not ends & set(reply[:-1]) for reply in drawn)
    assert all(reply[-1] in ends or len(reply) == 4 for reply in drawn)
    assert draw_replies(model, [[5, 9]], n=4000, seed=3, **kwargs) == [drawn]
    assert draw_replies(model, [[5, 9]], n=4000, seed=4, **kwargs) != [drawn]


# The score of a reply.


def write_catalogue(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "title", "year", "genres", "people", "popularity"])
        for film in FILMS:
            rows.writerow(
                [
                    film.id,
                    film.title,
                    film.year,
                    "|".join(film.genres),
                    "|".join(film.people),
                    film.popularity,
                ]
            )
    return path


def seekers(count: int) -> list[Sample]:
    wanted = ("Casino (1995)", "Heat (1995)", "Super Troopers (2001)", "Alien (1979)")
    likes = ("Goodfellas (1990)", "Collateral (2004)", "Airplane! (1980)", "Halloween (1978)")
    return [
        sample(
            f"I enjoyed {likes[number % 4]}. What do you recommend?",
            targets=(wanted[number % 4],),
            label=f"Have you seen {wanted[number % 4]}?",
            id_=f"d{number}:1",
        )
        for number in range(count)
    ]


def write_seekers(path: Path, count: int = 6) -> Path:
    path.write_text("".join(json.dumps(one.to_json()) + "\n" for one in seekers(count)), encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write_seekers(tmp_path / "samples.jsonl"), write_catalogue(tmp_path / "films.csv")


def script(path: Path, *rules: dict[str, Any]) -> str:
    path.write_text("".join(json.dumps(rule) + "\n" for rule in rules), encoding="utf-8")
    return f"scripted:{path}"


REPLY = "You might like Goodfellas (1990) or Casino (1995)."


@pytest.mark.parametrize("rounds", [1, 3])
def test_a_reply_is_worth_what_playing_and_scoring_it_gives(
    files: tuple[Path, Path], rounds: int, tmp_path: Path
) -> None:
    samples, catalogue = files
    seat = script(tmp_path / "model.jsonl", {"say": REPLY})
    config = Config.model_validate(
        {"seats": {"recommender": seat, "simulator": "rules", "judge": "rules"}, "play": {"rounds": rounds}}
    )
    with RolloutRewards.open(config, samples, catalogue, None, Journal(tmp_path / "run.db")) as practice:
        inputs = practice.inputs
        participants = seat_participants(
            resolve(config, inputs.catalogue),
            inputs.prompts,
            inputs.catalogue,
            Journal(tmp_path / "other.db"),
        )
        episodes = [asyncio.run(participants.runner.play(one)) for one in inputs.samples]
        outcomes = practice.try_out([(one.id, REPLY) for one in inputs.samples])
    assert outcomes == [Reward(one.score.value, one.hit) for one in episodes]
    assert len({outcome.value for outcome in outcomes}) > 1
    assert {outcome.hit for outcome in outcomes} == {True, False}


def test_rules_sit_where_nobody_was_named_and_there_is_a_catalogue(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    samples, catalogue = files
    model = script(tmp_path / "judge.jsonl", {"choose": {"2": 1.0}}, {"say": "Yes."})
    named = Config.model_validate({"seats": {"judge": model}, "enhanced": True})
    with RolloutRewards.open(named, samples, catalogue, None, Journal(tmp_path / "run.db")) as practice:
        seats = practice.config.seats
        assert (seats.simulator, seats.judge, practice.config.enhanced) == ("rules", model, False)
    with RolloutRewards.open(Config(), samples, None, None, Journal(tmp_path / "run.db")) as practice:
        assert practice.config.seats == Config().seats


def test_an_episode_that_fails_has_no_score_and_all_failing_ends_the_training(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    samples, catalogue = files
    broken = script(
        tmp_path / "judge.jsonl", {"when": "Casino", "error": "unavailable"}, {"choose": {"1": 1.0}}
    )
    config = Config.model_validate({"seats": {"judge": broken}, "play": {"rounds": 1}})
    with (
        Journal(tmp_path / "run.db") as journal,
        RolloutRewards.open(config, samples, catalogue, None, journal) as practice,
    ):
        asked = [("d0:1", "Casino (1995)."), ("d1:1", "Alien (1979)."), ("d1:1", "Alien (1979).")]
        assert practice(asked) == [Reward(None), Reward(1.0), Reward(1.0)]
        with pytest.raises(ModelRefused, match="None of 2 episodes"):
            practice([("d0:1", "Casino (1995)."), ("d1:1", "Casino (1995).")])


def test_an_episode_that_was_played_is_not_played_again_by_a_later_attempt(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    samples, catalogue = files
    outcomes = []
    asked = [("d0:1", "Casino (1995)."), ("d1:1", "Casino (1995).")]
    for said in ({"when": "Heat", "error": "unavailable"}, {"error": "unavailable"}):
        judge = script(tmp_path / "judge.jsonl", said, {"choose": {"1": 1.0}})
        config = Config.model_validate({"seats": {"judge": judge}, "play": {"rounds": 1}})
        with (
            Journal(tmp_path / "run.db") as journal,
            RolloutRewards.open(config, samples, catalogue, None, journal) as practice,
        ):
            outcomes.append(practice(asked))
    assert outcomes == [[Reward(1.0, hit=True), Reward(None)]] * 2


# From here on models are trained.


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small model that names films, so that groups differ in what they are worth."""
    return small_checkpoint(tmp_path_factory.mktemp("small"))


class _StopsAt(Silent):
    """Ctrl-C at a step of the training."""

    def __init__(self, step: int) -> None:
        self._left = step
        self._training = False

    def start(self, label: str, total: int, done: int, unit: str = "rows") -> None:
        self._training = label.startswith("train")

    def advance(self, *, failed: bool) -> None:
        self._left -= self._training
        if self._left == 0:
            raise KeyboardInterrupt


@pytest.mark.model
def test_a_stopped_training_goes_on_as_if_it_had_not_been_stopped(
    files: tuple[Path, Path], small: str, tmp_path: Path
) -> None:
    samples, catalogue = files
    config = Config.model_validate(
        {
            "seats": {"recommender": f"hf:{small}"},
            "play": {"rounds": 1, "max_tokens": 14, "examples": 0, "candidates": 3},
            "train": {"max_steps": 3, "checkpoint_steps": 2, "held_out": 0.1, "batch": 1, "accumulate": 1}
            | {"generations": 4, "layers": 2, "learning_rate": 1e-2, "warmup": 0.0},
        }
    )
    with pytest.raises(Interrupted, match="checkpoint"):
        train_model(
            "grpo", samples, tmp_path / "cut", config=config, catalogue=catalogue, progress=_StopsAt(3)
        )
    assert (tmp_path / "cut" / "work" / "checkpoint-2").is_dir()
    done = train_model("grpo", samples, tmp_path / "cut", config=config, catalogue=catalogue)
    train_model("grpo", samples, tmp_path / "whole", config=config, catalogue=catalogue)
    cut, whole = (
        [json.loads(line) for line in (tmp_path / name / "history.jsonl").read_text().splitlines()]
        for name in ("cut", "whole")
    )
    assert [row["step"] for row in cut] == [1, 2, 3]
    keys = ("reward", "spread", "no_signal", "hit_rate", "tokens", "unfinished", "replies", "unscored")
    assert [{key: row[key] for key in keys} for row in cut] == [
        {key: row[key] for key in keys} for row in whole
    ]
    assert [row["replies"] for row in cut] == [4, 4, 4]
    assert cut[0]["kl"] == pytest.approx(0.0, abs=1e-6)  # the first replies are the starting model's
    assert cut[2]["kl"] == pytest.approx(whole[2]["kl"], rel=0.05)
    assert whole[2]["kl"] > 0.0
    assert {row["no_signal"] for row in whole} != {1.0}
    assert (done["method"], done["steps"], done["replies"], done["unscored"]) == ("grpo", 3, 12, 0)
    for side in ("before", "after"):
        measured = done["held_out"][side]
        assert undocumented("usbrec train", done) == set()
        assert measured["n"] == 1
        assert 0.0 <= measured["score"] <= 2.0
        assert 0.0 <= measured["hit"] <= 1.0
    assert load_file(tmp_path / "cut" / "adapter_model.safetensors")
    assert (tmp_path / "cut" / "curves.png").is_file()
    assert not (tmp_path / "cut" / "work").exists()
    # Finished: nothing is done again, another configuration is refused.
    assert train_model("grpo", samples, tmp_path / "cut", config=config, catalogue=catalogue) == done
    other = config.model_copy(update={"play": config.play.model_copy(update={"rounds": 2})})
    with pytest.raises(RunFolderError, match="rounds"):
        train_model("grpo", samples, tmp_path / "cut", config=other, catalogue=catalogue)


class _Rewarded:
    """A reply is worth what a word in it is worth, whatever sample it is to."""

    def __call__(self, asked: Sequence[tuple[str, str]]) -> list[Reward]:
        return [Reward(2.0 if "(199" in text else 0.0, "(199" in text) for _, text in asked]


@pytest.mark.model
def test_what_is_rewarded_is_said_more_often_and_an_adapter_is_gone_on_from(
    small: str, tmp_path: Path
) -> None:
    prompt = ({"role": "user", "content": "A film from my youth?"},)
    rows = tuple(Example(f"s{number}", f"d{number}", prompt, "") for number in range(2))
    settings = Training(
        batch=2, accumulate=1, generations=8, layers=4, learning_rate=2e-2, max_steps=8, warmup=0.0, kl=0.01
    )
    playing = Playing(_Rewarded(), max_tokens=8)

    def learn(method: Method, adapter: Path | None, out: Path, **more: object) -> list[dict[str, Any]]:
        task = Task(method, small, adapter, settings.model_copy(update=more), 0, "cpu")
        train, held_out, _ = encode(task, Split(rows, rows[:1]), reply=8)
        train_by_playing(task, train, held_out, playing, out, progress=Silent())
        return [json.loads(line) for line in (out / "history.jsonl").read_text().splitlines()]

    first = learn("grpo", None, tmp_path / "first")
    rewards = [row["reward"] for row in first]
    assert sum(rewards[-3:]) / 3 > sum(rewards[:2]) / 2 + 0.4, rewards
    assert first[-1]["kl"] > first[0]["kl"]
    # Going on: the distance is now from where the second training starts.
    second = learn("rloo", tmp_path / "first", tmp_path / "second", max_steps=1)
    assert second[0]["kl"] == pytest.approx(0.0, abs=1e-6)
    assert second[0]["reward"] > rewards[0] + 0.4


@pytest.mark.model
def test_from_the_command_line(files: tuple[Path, Path], tmp_path: Path) -> None:
    samples, catalogue = files
    settings = tmp_path / "settings.toml"
    settings.write_text(
        "[play]\nmax_tokens = 8\nexamples = 0\n"
        "[train]\nbatch = 1\naccumulate = 2\ngenerations = 2\nlayers = 1\nheld_out = 0.2\nkl = 0.0\n"
    )
    out = tmp_path / "adapter"
    command = [str(samples), "--catalogue", str(catalogue), "--config", str(settings), "-o", str(out)]
    command += ["--rounds", "1", "--max-steps", "1"]
    shown = CliRunner().invoke(app, ["train", "rloo", *command, "--dry-run"])
    assert shown.exit_code == 0, shown.output
    assert "the label would be worth 2.00 of 2" in " ".join(shown.output.replace("│", " ").split())
    assert not out.exists()
    done = CliRunner().invoke(app, ["train", "rloo", *command])
    assert done.exit_code == 0, done.output
    assert "episode score" in done.output
    assert "4 (0 without a score)" in done.output
    assert peft.PeftConfig.from_pretrained(str(out)).base_model_name_or_path == "smollm2-135m"
    assert 'simulator = "rules"' in (out / "config.toml").read_text()
    row = json.loads((out / "history.jsonl").read_text().splitlines()[0])
    assert "kl" not in row
    # From the adapter on; in later rounds that model plays as it is now.
    more = [str(samples), "--catalogue", str(catalogue), "--rounds", "2", "--limit", "3", "--dry-run"]
    again = CliRunner().invoke(
        app, ["train", "grpo", *more, "--model", f"smollm2-135m+{out}", "-o", str(tmp_path / "more")]
    )
    assert again.exit_code == 0, again.output
    assert "8 replies are drawn" in " ".join(again.output.replace("│", " ").split())


def test_wrong_inputs_end_with_what_to_do(files: tuple[Path, Path], tmp_path: Path) -> None:
    samples, catalogue = files
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text('{"sample_id": "a", "chosen": "x", "rejected": "y"}\n')
    strange = tmp_path / "strange.jsonl"
    row = sample("Hi", targets=("No Such Film (1901)",)).to_json()
    strange.write_text(json.dumps(row) + "\n")
    out = str(tmp_path / "out")
    cases = {
        (str(pairs), "--catalogue", str(catalogue)): "these are pairs",
        (str(strange), "--catalogue", str(catalogue)): "none of its targets",
        (str(samples), "--model", "openai:x"): "can be trained",
        (str(samples), "--judge", "rules"): "add --catalogue",
        (str(samples), "--candidates", "5"): "--candidates",
    }
    for given_, problem in cases.items():
        answer = CliRunner().invoke(app, ["train", "grpo", *given_, "-o", out, "--rounds", "1"])
        assert isinstance(answer.exception, InputError)
        assert problem in " ".join(str(answer.exception).split())
    command = ["train", "rloo", str(pairs), "-o", out]
    ended = usbrec(*command)
    assert ended.returncode == 2
    assert "these are pairs" in ended.stderr
    with pytest.raises(InputError, match="these are pairs"):
        show_examples("rloo", pairs, catalogue=catalogue)
    assert not Path(out).exists()

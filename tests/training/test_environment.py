"""The training environment: the dialogues of our own training, turn by turn; on demand, TRL learns in it."""

from __future__ import annotations

import json
import os
import runpy
from pathlib import Path

import pytest

from support import ROOT
from support.films import FILMS
from support.small_model import small_checkpoint
from usbrec.config import load_config
from usbrec.dialogue import Sample, Turn
from usbrec.stages.environment import Environment
from usbrec.stages.policy import RolloutRewards

ROWS = [
    Sample("a:1", "a", (Turn("seeker", "Something tense?"),), ("Heat (1995)",)),
    Sample("b:1", "b", (Turn("seeker", "Something scary in space?"),), ("Alien (1979)",)),
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    samples, films = tmp_path / "samples.jsonl", tmp_path / "films.jsonl"
    samples.write_text("".join(json.dumps(one.to_json()) + "\n" for one in ROWS), "utf-8")
    films.write_text(
        "".join(
            json.dumps({"id": one.id, "title": one.title, "year": one.year, "genres": list(one.genres)})
            + "\n"
            for one in FILMS
        ),
        "utf-8",
    )
    return samples, films


def test_a_seeker_answers_until_the_dialogue_ends_and_the_score_is_that_of_our_training(
    files: tuple[Path, Path],
) -> None:
    one_round = load_config(None, {"play": {"rounds": 1}})
    with Environment(*files) as environment:
        first, _ = environment.prompts()
        talk = environment.begin_at(first["prompt"])
        answer = talk.say("You should watch Casino (1995).")
        assert answer
        assert talk.say("You should watch Heat (1995).") is None, "two rounds"
        assert talk.score() == 2.0
        with pytest.raises(ValueError, match="ended"):
            talk.say("More?")
        again = environment.begin("a:1")
        assert again.say("You should watch Casino (1995).") == answer, "the same words, the same answer"
        liked = environment.begin("a:1")
        assert liked.say("You should watch Heat (1995).") is None, "accepted"
        assert liked.score() == 2.0
    with Environment(*files, config=one_round) as environment:
        talk = environment.begin("b:1")
        assert talk.say("You should watch The Thing (1982).") is None
        score = talk.score()
    with RolloutRewards.open(one_round, files[0], files[1], None, None) as ours:
        assert ours([("b:1", "You should watch The Thing (1982).")])[0].value == score


@pytest.mark.skipif("USBREC_TRL" not in os.environ, reason="trains for a few steps: USBREC_TRL=1")
@pytest.mark.filterwarnings("ignore")
def test_trl_learns_from_whole_dialogues(files: tuple[Path, Path], tmp_path: Path) -> None:
    example = runpy.run_path(str(ROOT / "docs" / "examples" / "learn_with_trl.py"))
    trainer = example["learn"](
        small_checkpoint(tmp_path / "model"),
        *map(str, files),
        str(tmp_path / "out"),
        max_steps=3,
        per_device_train_batch_size=4,
        num_generations=4,
        use_cpu=True,
        save_strategy="no",
    )
    steps = [one for one in trainer.state.log_history if "reward" in one]
    assert len(steps) == 3
    assert all(0 <= one["reward"] <= 2 for one in steps)
    assert any(one["reward_std"] > 0 for one in steps), "some dialogues went better than others"
    assert any(one["grad_norm"] > 0 for one in steps)

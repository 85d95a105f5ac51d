"""TRL learns against our seekers for a few steps, on demand: by whole dialogues, and by a tool."""

from __future__ import annotations

import json
import os
import runpy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.film_seekers import film_files
from support.small_model import small_checkpoint

pytestmark = [
    pytest.mark.skipif("USBREC_TRL" not in os.environ, reason="trains for a few steps: USBREC_TRL=1"),
    pytest.mark.filterwarnings("ignore"),
]
STEPS: dict[str, Any] = {
    "per_device_train_batch_size": 4,
    "num_generations": 4,
    "use_cpu": True,
    "save_strategy": "no",
}


def learn(name: str, tmp_path: Path, model: str, **settings: Any) -> Any:
    example = runpy.run_path(str(ROOT / "docs" / "examples" / name))
    return example["learn"](
        model, *map(str, film_files(tmp_path)), str(tmp_path / "out"), **STEPS, **settings
    )


def test_trl_learns_from_whole_dialogues(tmp_path: Path) -> None:
    model = small_checkpoint(tmp_path / "model")
    trainer = learn("learn_with_trl.py", tmp_path, model, max_steps=3)
    steps = [one for one in trainer.state.log_history if "reward" in one]
    assert len(steps) == 3
    assert all(0 <= one["reward"] <= 2 for one in steps)
    assert any(one["reward_std"] > 0 for one in steps), "some dialogues went better than others"
    assert any(one["grad_norm"] > 0 for one in steps)
    assert all(one["unscored"] == 0 for one in steps)


def test_trl_learns_from_a_seeker_that_is_a_tool(tmp_path: Path) -> None:
    from transformers import AutoTokenizer
    from trl import GRPOTrainer
    from trl.chat_template_utils import qwen2_5_chat_template

    model = small_checkpoint(tmp_path / "model")
    tokenizer = AutoTokenizer.from_pretrained(model)
    tokenizer.chat_template = qwen2_5_chat_template
    tokenizer.save_pretrained(model)

    class Scripted(GRPOTrainer):  # type: ignore[misc, unused-ignore]
        """Draws what a model that calls the tool would say: of four replies to a prompt two name Heat."""

        def _generate_single_turn(
            self, prompt_ids: Sequence[Sequence[int]], *_: Any, **__: Any
        ) -> tuple[list[list[int]], None]:
            return [self._said(place, ids) for place, ids in enumerate(prompt_ids)], None

        def _said(self, place: int, prompt: Sequence[int]) -> list[int]:
            text = "Goodbye."
            if "tool_response" not in self.processing_class.decode(prompt):
                film = ("Heat (1995)", "Airplane! (1980)")[place % 2]
                call = {"name": "say", "arguments": {"message": f"You should watch {film}."}}
                text = f"<tool_call>\n{json.dumps(call)}\n</tool_call>"
            ids = self.processing_class(f"{text}<|im_end|>", add_special_tokens=False)["input_ids"]
            return list(ids)

    trainer = learn(
        "learn_with_trl_tools.py",
        tmp_path,
        model,
        max_steps=2,
        trainer_class=Scripted,
        max_completion_length=512,
    )
    steps = [one for one in trainer.state.log_history if "reward" in one]
    assert len(steps) == 2
    assert all(one["reward_std"] > 0 for one in steps)
    assert all(one["tools/call_frequency"] > 0 for one in steps)
    assert all(one["tools/failure_frequency"] == 0 for one in steps)
    assert any(one["grad_norm"] > 0 for one in steps)

"""Architectures with windows, states, caches of their own: seats say what the whole text gives, or refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from support.architectures import KINDS, PICTURES, write_tiny
from usbrec.config import Models
from usbrec.errors import InputError
from usbrec.llm import ChatRequest, ChoiceRequest, Message, open_model
from usbrec.llm.transformers.devices import half_precision
from usbrec.lockstep import Scope, current_scope

TURNS = (
    Message("system", "You recommend films to people who ask."),
    Message("user", "Something about the sea and boats, please?"),
    Message("assistant", "Take Jaws."),
    Message("user", "No, a calm one."),
    Message("assistant", "Then take Up."),
    Message("user", "Why that one?"),
)
#: One after another in a unit: longer ones, the same again, an earlier one, one without the system message.
DIALOGUES = (TURNS[:2], TURNS[:4], TURNS[:4], TURNS[:2], TURNS, TURNS[1:4])
OPTIONS = ("a", "b", "c", "de", "fgh")


def by_the_whole_text(folder: Path, dialogue: tuple[Message, ...]) -> dict[str, float]:
    """The options' probabilities, each read off its whole text without any cache."""
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=half_precision("cpu")).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    prompt = tokenizer.apply_chat_template(
        [message.to_json() for message in dialogue], add_generation_prompt=True, tokenize=False
    )
    sums = {}
    for option in OPTIONS:
        ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
        said = tokenizer(option, add_special_tokens=False)["input_ids"]
        with torch.inference_mode():
            logits = model(torch.tensor([ids + said]), use_cache=False).logits[0, len(ids) - 1 : -1]
        chances = logits.float().log_softmax(-1).gather(1, torch.tensor(said)[:, None])
        sums[option] = float(chances.sum().exp())
    return {option: value / sum(sums.values()) for option, value in sums.items()}


@pytest.mark.parametrize("kind", [*KINDS, "pictures"])
async def test_a_dialogue_is_read_as_its_whole_text_is(kind: str, tmp_path: Path) -> None:
    folder = write_tiny(tmp_path, *{**KINDS, "pictures": PICTURES}[kind])
    model = open_model(f"hf:{folder}", Models(context=2048))
    current_scope.set(Scope("a unit", 0))
    # Half precision rounds otherwise from a cache than from the whole text.
    near = 1e-3 if half_precision("cpu") == torch.float32 else 0.05
    try:
        for dialogue in DIALOGUES:
            found = await model.choose(ChoiceRequest(dialogue, OPTIONS))
            assert found.probabilities == pytest.approx(by_the_whole_text(folder, dialogue), abs=near)
            drawn = await model.chat(ChatRequest(dialogue, max_tokens=24, n=2, temperature=0.0))
            assert drawn.completions[0].text == drawn.completions[1].text
    finally:
        current_scope.set(None)
        await model.aclose()


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        ("RwkvConfig", {"attention_hidden_size": 32}, "not what it says from the whole text"),
        (
            "MiniMaxConfig",
            {
                "head_dim": 8,
                "num_local_experts": 2,
                "layer_types": ["linear_attention", "full_attention"] * 2,
            },
            "cannot be decoded from a cache",
        ),
    ],
)
async def test_a_model_that_takes_no_cache_is_refused(
    kind: str, more: dict[str, Any], told: str, tmp_path: Path
) -> None:
    model = open_model(f"hf:{write_tiny(tmp_path, kind, more)}", Models(context=2048))
    try:
        with pytest.raises(InputError, match=told):
            await model.chat(ChatRequest(TURNS, max_tokens=4))
    finally:
        await model.aclose()

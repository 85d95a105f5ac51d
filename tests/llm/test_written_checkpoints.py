"""Checkpoints that we write: other servers sample with them, end replies, and ask as in training."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import peft
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from support import chat_templates as templates
from support.tiny_models import tiny_model, tiny_tokenizer, write_checkpoint, write_gguf
from usbrec.llm.transformers.checkpoint import checkpoint_of
from usbrec.llm.transformers.merge import merge_checkpoint
from usbrec.llm.transformers.tokens import chat_template
from usbrec.llm.transformers.written import ask_as_trained

ASKED = [{"role": "user", "content": "Something quiet?"}]


def adapter_of(folder: Path) -> Path:
    config = peft.LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM")
    peft.get_peft_model(tiny_model(), config).save_pretrained(str(folder), save_embedding_layers=False)
    return folder


def sampling(folder: Path | str) -> dict[str, Any]:
    config = GenerationConfig.from_pretrained(str(folder))
    config.validate(strict=True)
    names = ("do_sample", "temperature", "top_p", "top_k", "eos_token_id", "pad_token_id")
    return {name: getattr(config, name) for name in names}


def ends_of(folder: Path | str) -> set[str]:
    ids = sampling(folder)["eos_token_id"]
    return set(tiny_tokenizer(None).convert_ids_to_tokens([ids] if isinstance(ids, int) else ids))


def test_a_merged_checkpoint_samples_and_ends_replies_as_its_template_does(tmp_path: Path) -> None:
    base = write_checkpoint(tmp_path / "base", templates.STRICT)
    out = merge_checkpoint(str(base), adapter_of(tmp_path / "adapter"), tmp_path / "out")
    assert ends_of(out) == {"<|end|>", "<end_of_turn>"}
    assert sampling(out) | {"eos_token_id": None} == {
        "do_sample": True,
        "temperature": 1.0,
        "top_p": 1.0,
        "top_k": 0,
        "eos_token_id": None,
        "pad_token_id": 256,
    }
    # With nothing said of it, transformers draws, and not the same again.
    model, tokenizer = AutoModelForCausalLM.from_pretrained(str(out)), AutoTokenizer.from_pretrained(str(out))
    ids = tokenizer.apply_chat_template(ASKED, add_generation_prompt=True, return_tensors="pt")["input_ids"]
    torch.manual_seed(0)
    assert (
        len({tuple(model.generate(ids, max_new_tokens=4, temperature=2.0)[0].tolist()) for _ in range(6)}) > 1
    )


def test_what_a_base_says_of_sampling_stays_and_is_made_to_count(tmp_path: Path) -> None:
    base = write_checkpoint(tmp_path / "base", templates.PLAIN)
    own = {"temperature": 0.6, "top_k": 20, "top_p": 0.95, "do_sample": False, "eos_token_id": [256, 257]}
    (base / "generation_config.json").write_text(json.dumps(own), encoding="utf-8")
    out = merge_checkpoint(str(base), adapter_of(tmp_path / "adapter"), tmp_path / "out")
    assert sampling(out) == own | {"do_sample": True, "pad_token_id": 256}


def test_a_converted_file_samples_and_so_does_one_that_an_earlier_version_converted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USBREC_CACHE", str(tmp_path / "cache"))
    file = write_gguf(tmp_path / "strict.gguf", templates.STRICT.replace("{{- bos_token or '' }}", ""))
    folder = Path(checkpoint_of(str(file)))
    assert sampling(folder)["do_sample"] is True
    assert ends_of(folder) == {"<|end|>", "<end_of_turn>"}
    (folder / "generation_config.json").write_text(
        json.dumps({"_from_model_config": True, "eos_token_id": 256}), encoding="utf-8"
    )
    assert checkpoint_of(str(file)) == str(folder)
    assert sampling(folder)["do_sample"] is True
    assert ends_of(folder) == {"<|end|>", "<end_of_turn>"}


@pytest.mark.parametrize("name", [name for name in templates.FAMILIES if name != "opened only"])
def test_a_merged_checkpoint_asks_by_itself_for_what_stood_before_replies_in_training(
    name: str, tmp_path: Path
) -> None:
    tokenizer = tiny_tokenizer(templates.FAMILIES[name])
    before = tokenizer.chat_template
    wanted = chat_template(tokenizer, "m").prompt(ASKED)
    assert ask_as_trained(tokenizer, "m")
    tokenizer.save_pretrained(str(tmp_path))
    saved = AutoTokenizer.from_pretrained(str(tmp_path))
    assert saved.apply_chat_template(ASKED, tokenize=False, add_generation_prompt=True) == wanted
    # Replies are written as before, and whoever wants thoughts can still switch them on.
    whole = [*ASKED, {"role": "assistant", "content": "Heat."}]
    first = tiny_tokenizer(before).apply_chat_template(whole, tokenize=False)
    assert saved.apply_chat_template(whole, tokenize=False) == first
    if name == "asked only":
        thinking = saved.apply_chat_template(
            ASKED, tokenize=False, add_generation_prompt=True, enable_thinking=True
        )
        assert thinking.endswith("<|start|>assistant\n")


def test_a_template_that_cannot_be_made_to_ask_so_stays_as_it_was_and_that_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    base = write_checkpoint(tmp_path / "base", templates.OPENED_ONLY)
    with caplog.at_level(logging.WARNING, logger="usbrec"):
        out = merge_checkpoint(str(base), adapter_of(tmp_path / "adapter"), tmp_path / "out")
    assert "cannot be made to ask for a reply as in training" in caplog.text
    assert AutoTokenizer.from_pretrained(str(out)).chat_template == templates.OPENED_ONLY

"""Checkpoints that lack weights, fill gaps or came with another tokenizer are refused, not computed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from support.architectures import TEMPLATE, VOCABULARY, tiny_of, write_tiny
from support.tiny_models import tiny_tokenizer
from usbrec.config import Models
from usbrec.errors import InputError
from usbrec.llm import ChatRequest, Message, open_model
from usbrec.llm.transformers.checkpoint import load_model
from usbrec.llm.transformers.sound import longest_text

PLAIN: tuple[str, dict[str, Any]] = ("Qwen2Config", {})


def _without_a_head(folder: Path) -> None:
    transformers.AutoModel.from_pretrained(folder).save_pretrained(folder)


def _without_a_layer(folder: Path) -> None:
    file = folder / "model.safetensors"
    weights = load_file(file)
    del weights["model.layers.1.mlp.down_proj.weight"]
    save_file(weights, file, metadata={"format": "pt"})


def _cut_short(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:5000])


def _says(**more: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        file = folder / "config.json"
        file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | more), "utf-8")

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_without_a_head, r"lack weights \(lm_head.weight\)"),
        (_without_a_layer, r"lack weights \(model.layers.1.mlp.down_proj.weight\)"),
        (_says(num_hidden_layers=5, layer_types=["full_attention"] * 5), "lack weights .* more"),
        (_cut_short, "cannot be loaded"),
        (_says(intermediate_size=64), "cannot be loaded"),
        (_says(num_hidden_layers=3), "cannot be loaded"),
        (_says(quantization_config={"quant_method": "awq", "bits": 4}), "cannot be loaded"),
    ],
)
def test_a_checkpoint_that_is_not_whole_is_refused(
    change: Callable[[Path], None], told: str, tmp_path: Path
) -> None:
    change(write_tiny(tmp_path, *PLAIN))
    with pytest.raises(InputError, match=told):
        load_model(str(tmp_path))


@pytest.mark.parametrize(
    ("kind", "sizes", "told"),
    [
        (
            "BartConfig",
            {"d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "decoder_ffn_dim": 32},
            "an encoder with a decoder",
        ),
        ("BertConfig", {"hidden_size": 32, "num_hidden_layers": 2, "intermediate_size": 32}, "fill gaps"),
    ],
)
def test_what_is_no_decoder_is_refused(kind: str, sizes: dict[str, Any], told: str, tmp_path: Path) -> None:
    heads = {f"{side}num_attention_heads": 4 for side in ("",)}
    if kind == "BartConfig":
        heads = {f"{side}_attention_heads": 4 for side in ("encoder", "decoder")}
    config = getattr(transformers, kind)(vocab_size=VOCABULARY, **sizes, **heads)
    model = {
        "BartConfig": transformers.BartForConditionalGeneration,
        "BertConfig": transformers.BertForMaskedLM,
    }[kind](config)
    model.save_pretrained(tmp_path)
    with pytest.raises(InputError, match=told):
        load_model(str(tmp_path))


async def test_a_tokenizer_of_another_model_is_told(tmp_path: Path) -> None:
    size = {"vocab_size": 256, "eos_token_id": 1, "bos_token_id": 1, "pad_token_id": 1}
    tiny_of(PLAIN[0], size).save_pretrained(tmp_path)
    tiny_tokenizer(TEMPLATE).save_pretrained(tmp_path)
    model = open_model(f"hf:{tmp_path}", Models(context=256))
    try:
        with pytest.raises(InputError, match="Take tokenizer and weights of one model"):
            await model.chat(ChatRequest((Message("user", "A film?"),), max_tokens=2))
    finally:
        await model.aclose()


def test_half_precision_keeps_decoders_apart_from_what_fills_gaps(tmp_path: Path) -> None:
    load_model(str(write_tiny(tmp_path, *PLAIN)), dtype=torch.bfloat16)


def test_a_seat_is_another_with_other_weights_settings_or_template(tmp_path: Path) -> None:
    folder = write_tiny(tmp_path, *PLAIN)

    def named() -> dict[str, Any]:
        return dict(open_model(f"hf:{folder}", Models(context=256)).identity)

    first = named()
    assert named() == first
    _says(rope_theta=5.0)(folder)
    second = named()
    assert second != first, "settings"
    (folder / "chat_template.jinja").write_text("{{ messages }}", "utf-8")
    third = named()
    assert third not in (first, second), "template"
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")
    fourth = named()
    torch.save({name: 2 * weight for name, weight in weights.items()}, folder / "pytorch_model.bin")
    assert fourth["base"] != named()["base"], "weights of PyTorch's own file"


def test_texts_stay_where_longrope_keeps_its_frequencies() -> None:
    rotary = {"rope_type": "longrope", "short_factor": [1.0] * 4, "long_factor": [4.0] * 4}
    sizes = {"hidden_size": 32, "num_attention_heads": 4, "pad_token_id": 0}
    config = transformers.Phi3Config(
        **sizes, max_position_embeddings=256, original_max_position_embeddings=64, rope_scaling=rotary
    )
    assert longest_text(config) == 64
    assert longest_text(transformers.Phi3Config(**sizes, max_position_embeddings=256)) == 256


def test_a_seat_of_a_hub_is_another_once_its_owner_has_put_other_weights_there(tmp_path: Path) -> None:
    """As the hub's library keeps them: a folder for each revision, and which of them a name means."""
    kept = tmp_path / "hub" / "models--someone--tiny"
    (kept / "refs").mkdir(parents=True)

    def named(revision: str) -> str:
        write_tiny(kept / "snapshots" / revision, *PLAIN)
        (kept / "refs" / "main").write_text(revision, "utf-8")
        code = (
            "from usbrec.config import Models; from usbrec.llm import open_model;"
            "print(sorted(open_model('hf:someone/tiny', Models(context=256)).identity.items()))"
        )
        env = {**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
        env.pop("HF_HUB_CACHE", None)
        command = [sys.executable, "-c", code]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout

    first = named("a" * 40)
    assert "a" * 40 in first
    assert first == named("a" * 40)
    assert "b" * 40 in named("b" * 40)

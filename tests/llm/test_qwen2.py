"""Qwen2 models: adapters on llama.cpp say what transformers says, on a tiny random one and, on demand, on
the packaged ones (`USBREC_QWEN=qwen2.5-coder-0.5b`, which has to be fetched)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import peft
import pytest
import torch
import xllamacpp
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, quants

from support import chat_templates as templates
from support.tiny_models import write_checkpoint, write_gguf
from usbrec.config import Models
from usbrec.errors import InputError
from usbrec.llm import (
    MODELS,
    ChatRequest,
    ChoiceRequest,
    Message,
    model_name,
    open_model,
    packaged_model_path,
)
from usbrec.llm.llama_cpp.lora_to_gguf import gguf_adapter
from usbrec.llm.transformers.checkpoint import load_model, load_tokenizer, without_future_warnings

QWEN = os.environ.get("USBREC_QWEN", "")
on_demand = pytest.mark.skipif(not QWEN, reason="plays on a large model: USBREC_QWEN=qwen2.5-coder-0.5b")
ASKED = (
    (Message("user", "Which film about the sea should I watch?"),),
    (Message("system", "You recommend books."), Message("user", "Something short for a train ride.")),
    (
        Message("user", "I loved Heat. What next?"),
        Message("assistant", "Collateral."),
        Message("user", "Why?"),
    ),
)
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def _adapter(base: str, folder: Path, *, strength: float) -> Path:
    """A random adapter, strong enough to change what is said."""
    torch.manual_seed(1)
    config = peft.LoraConfig(r=4, lora_alpha=8, target_modules=TARGETS, task_type="CAUSAL_LM")
    model = peft.get_peft_model(load_model(base, dtype=torch.float32), config)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=strength)
    with without_future_warnings():
        model.save_pretrained(str(folder), save_embedding_layers=False)
    return folder


def _adapted(base: str, adapter: Path, *, rounded: bool) -> tuple[Any, Any]:
    """The base with the adapter in float32; `rounded` gives it the weights of an f16 file."""
    model = load_model(base, dtype=torch.float32)
    if rounded:
        for weight in model.parameters():
            if weight.ndim > 1:
                weight.data = weight.data.half().float()
    with without_future_warnings():
        return load_tokenizer(base), peft.PeftModel.from_pretrained(model, str(adapter)).eval()


def _ids(tokenizer: Any, messages: Sequence[Message]) -> torch.Tensor:
    text = tokenizer.apply_chat_template(
        [message.to_json() for message in messages], tokenize=False, add_generation_prompt=True
    )
    return torch.tensor([tokenizer(text, add_special_tokens=False)["input_ids"]])


def _on_llama_cpp(file: Path, adapter: Path | None) -> list[list[tuple[int, float]]]:
    """Of each reply, drawn greedily, its tokens with their log-probabilities."""
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.n_ctx = 1024
    params.n_parallel = 1
    params.verbosity = -1
    params.use_jinja = True
    # As a seat has it: threads that wait for each other spin.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    if adapter is not None:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(gguf_adapter(adapter, file)), 1.0)]
    server = xllamacpp.Server(params)
    said = []
    for asked in ASKED:
        answer = server.handle_chat_completions(
            {"messages": [message.to_json() for message in asked], "temperature": 0, "max_tokens": 24}
            | {"logprobs": True, "top_logprobs": 1}
        )
        tokens = answer["choices"][0]["logprobs"]["content"]
        said.append([(token["id"], token["logprob"]) for token in tokens])
    return said


def _by_transformers(tokenizer: Any, model: Any) -> list[list[int]]:
    said = []
    for asked in ASKED:
        ids = _ids(tokenizer, asked)
        with torch.no_grad():
            out = model.generate(input_ids=ids, max_new_tokens=24, do_sample=False)
        said.append(out[0, ids.shape[1] :].tolist())
    return said


def _mean_logprob(tokenizer: Any, model: Any, asked: Sequence[Message], reply: Sequence[int]) -> float:
    prompt, tokens = _ids(tokenizer, asked), torch.tensor([list(reply)])
    with torch.no_grad():
        logits = model(input_ids=torch.cat([prompt, tokens], dim=1)).logits[0, prompt.shape[1] - 1 : -1]
    return float(logits.log_softmax(-1).gather(1, tokens[0][:, None]).mean())


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    """A tiny Qwen2 checkpoint, an adapter for it, and a folder for files."""
    folder = tmp_path_factory.mktemp("qwen2")
    base = str(write_checkpoint(folder / "hf", templates.FAMILIES["no switch"], family="qwen2"))
    return base, _adapter(base, folder / "adapter", strength=0.5), folder


def test_a_tiny_f16_file_with_an_adapter_says_word_for_word_what_transformers_says(
    tiny: tuple[str, Path, Path],
) -> None:
    base, adapter, folder = tiny
    template = templates.FAMILIES["no switch"]
    file = write_gguf(folder / "f16.gguf", template, family="qwen2", kind=GGMLQuantizationType.F16)
    expected = _by_transformers(*_adapted(base, adapter, rounded=True))
    found = [[token for token, _ in reply] for reply in _on_llama_cpp(file, adapter)]
    assert [reply[: len(one)] for reply, one in zip(expected, found, strict=True)] == found
    plain = [[token for token, _ in reply] for reply in _on_llama_cpp(file, None)]
    assert plain != found, "the adapter changes what is said"


def test_a_tiny_quantised_file_with_an_adapter_is_near_transformers_in_log_probability(
    tiny: tuple[str, Path, Path],
) -> None:
    base, adapter, folder = tiny
    template = templates.FAMILIES["no switch"]
    file = write_gguf(folder / "q8.gguf", template, family="qwen2", kind=GGMLQuantizationType.Q8_0)
    tokenizer, model = _adapted(base, adapter, rounded=False)
    for asked, reply in zip(ASKED, _on_llama_cpp(file, adapter), strict=True):
        expected = _mean_logprob(tokenizer, model, asked, [token for token, _ in reply])
        assert sum(logprob for _, logprob in reply) / len(reply) == pytest.approx(expected, abs=0.05)


def test_an_adapter_of_another_family_is_refused(tiny: tuple[str, Path, Path], tmp_path: Path) -> None:
    _, adapter, _ = tiny
    file = write_gguf(tmp_path / "llama.gguf", templates.FAMILIES["no switch"])
    with pytest.raises(InputError, match=r"does not fit llama\.gguf"):
        gguf_adapter(adapter, file)


# --- the packaged ones, on demand


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _adapter(QWEN, tmp_path_factory.mktemp("real") / "sea", strength=0.04)


@on_demand
def test_the_packaged_file_with_an_adapter_is_near_transformers_in_log_probability(real: Path) -> None:
    tokenizer, model = _adapted(QWEN, real, rounded=False)
    for asked, reply in zip(ASKED, _on_llama_cpp(packaged_model_path(MODELS[QWEN]), real), strict=True):
        expected = _mean_logprob(tokenizer, model, asked, [token for token, _ in reply])
        assert sum(logprob for _, logprob in reply) / len(reply) == pytest.approx(expected, abs=0.05)


@on_demand
def test_the_packaged_model_as_f16_says_word_for_word_what_transformers_says(
    real: Path, tmp_path: Path
) -> None:
    file = _as_f16(packaged_model_path(MODELS[QWEN]), tmp_path / "half.gguf")
    expected = _by_transformers(*_adapted(QWEN, real, rounded=True))
    found = [[token for token, _ in reply] for reply in _on_llama_cpp(file, real)]
    assert [reply[: len(one)] for reply, one in zip(expected, found, strict=True)] == found


@on_demand
def test_the_packaged_model_takes_a_seat_in_both_ways_with_and_without_an_adapter(real: Path) -> None:
    async def asked(seat: str) -> dict[str, float]:
        model = open_model(seat, Models(context=1024))
        try:
            assert (await model.chat(ChatRequest(ASKED[0], max_tokens=8))).text
            choice = await model.choose(
                ChoiceRequest((Message("user", "How many is one and one? Answer with a digit."),), ("1", "2"))
            )
            return dict(choice.probabilities or {})
        finally:
            await model.aclose()

    chosen = []
    for seat in (QWEN, f"hf:{QWEN}"):
        assert model_name(f"{seat}+{real}") == f"{seat}+{real.name}"
        plain, adapted = (asyncio.run(asked(one)) for one in (seat, f"{seat}+{real}"))
        assert adapted["2"] != pytest.approx(plain["2"], abs=0.01), "the adapter changes what is said"
        chosen.append((plain["2"], adapted["2"]))
    assert chosen[0] == pytest.approx(chosen[1], abs=0.1), "one model, whoever runs it"


def _as_f16(path: Path, out: Path) -> Path:
    """A quantised file written anew in f16, from its own weights."""
    reader = GGUFReader(path)
    writer = GGUFWriter(out, "qwen2")
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name in ("general.architecture", "general.file_type"):
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), kind, sub_type=inner)
    for tensor in reader.tensors:
        values = quants.dequantize(tensor.data, GGMLQuantizationType(tensor.tensor_type))
        writer.add_tensor(tensor.name, values.astype(np.float16 if values.ndim > 1 else np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return out

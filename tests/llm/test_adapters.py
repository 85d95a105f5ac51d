"""A trained adapter on llama.cpp, and merged into its base: the same model, whoever runs it."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import peft
import pytest
import torch
import xllamacpp
from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, quants
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

from usbrec.cli import app
from usbrec.config import Models
from usbrec.errors import InputError
from usbrec.llm import ChatRequest, Message, model_name, open_model, packaged_model_path
from usbrec.llm.llama_cpp.lora_to_gguf import gguf_adapter, rope_order
from usbrec.llm.transformers.checkpoint import load_model, load_tokenizer, without_future_warnings
from usbrec.llm.transformers.merge import merge_checkpoint

pytestmark = pytest.mark.model

BASE = "smollm2-135m"
ASKED = (
    (Message("user", "Which film about the sea should I watch?"),),
    (Message("system", "You recommend books."), Message("user", "Something short for a train ride.")),
    (
        Message("user", "I loved Heat. What next?"),
        Message("assistant", "Collateral."),
        Message("user", "Why?"),
    ),
)


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random adapter, strong enough to change what is said."""
    folder = tmp_path_factory.mktemp("adapters") / "sea"
    torch.manual_seed(0)
    targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    config = peft.LoraConfig(r=4, lora_alpha=8, target_modules=targets, task_type="CAUSAL_LM")
    model = peft.get_peft_model(load_model(BASE), config)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.02)
    with without_future_warnings():
        model.save_pretrained(str(folder), save_embedding_layers=False)
    (folder / "training.json").write_text(
        json.dumps({"schema": "usbrec.training/1", "base": BASE}), encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packaged model as an f16 GGUF file, written anew from its own weights."""
    path = tmp_path_factory.mktemp("half") / "half.gguf"
    reader = GGUFReader(packaged_model_path())
    writer = GGUFWriter(path, "llama")
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
    return path


def _by_transformers(adapter: Path, *, rounded: bool) -> tuple[Any, Any]:
    """The base with the adapter in float32; `rounded` gives it the weights of an f16 file."""
    model = load_model(BASE, dtype=torch.float32)
    if rounded:
        for weight in model.parameters():
            if weight.ndim > 1:
                weight.data = weight.data.half().float()
    with without_future_warnings():
        return load_tokenizer(BASE), peft.PeftModel.from_pretrained(model, str(adapter)).eval()


def _ids(tokenizer: Any, messages: Sequence[Message]) -> torch.Tensor:
    text = tokenizer.apply_chat_template(
        [message.to_json() for message in messages], tokenize=False, add_generation_prompt=True
    )
    return torch.tensor([tokenizer(text, add_special_tokens=False)["input_ids"]])


async def _said(seat: str, questions: Sequence[Sequence[Message]] = ASKED) -> list[str]:
    model = open_model(seat, Models(context=512))
    try:
        return [(await model.chat(ChatRequest(tuple(asked), max_tokens=16))).text for asked in questions]
    finally:
        await model.aclose()


def test_the_f16_file_with_an_adapter_says_word_for_word_what_transformers_says(
    adapter: Path, half: Path
) -> None:
    tokenizer, model = _by_transformers(adapter, rounded=True)
    expected = []
    for asked in ASKED:
        ids = _ids(tokenizer, asked)
        with torch.no_grad():
            said = model.generate(input_ids=ids, max_new_tokens=16, do_sample=False)
        expected.append(tokenizer.decode(said[0, ids.shape[1] :], skip_special_tokens=True))
    assert asyncio.run(_said(f"{half}+{adapter}")) == expected
    assert asyncio.run(_said(str(half), ASKED[2:])) != expected[2:], "the adapter changes what is said"


def test_the_quantised_file_with_an_adapter_is_near_transformers_in_log_probability(adapter: Path) -> None:
    """llama.cpp computes a quantised model in eight bits, so single tokens differ as they do for the base
    without an adapter (docs/log.md); over a reply the difference must not add up."""
    tokenizer, model = _by_transformers(adapter, rounded=False)
    params = xllamacpp.CommonParams()
    params.model.path = str(packaged_model_path())
    params.n_ctx = 512
    params.n_parallel = 1
    params.verbosity = -1
    # As a seat has it: threads that wait for each other spin.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    file = str(gguf_adapter(adapter, packaged_model_path()))
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(file, 1.0)]
    server = xllamacpp.Server(params)
    for asked in ASKED:
        answer = server.handle_chat_completions(
            {"messages": [message.to_json() for message in asked], "temperature": 0, "max_tokens": 24}
            | {"logprobs": True, "top_logprobs": 1}
        )
        said = answer["choices"][0]["logprobs"]["content"]
        prompt = _ids(tokenizer, asked)
        reply = torch.tensor([[token["id"] for token in said]])
        with torch.no_grad():
            logits = model(input_ids=torch.cat([prompt, reply], dim=1)).logits[0, prompt.shape[1] - 1 : -1]
        expected = logits.log_softmax(-1).gather(1, reply[0][:, None]).mean()
        found = sum(token["logprob"] for token in said) / len(said)
        assert found == pytest.approx(float(expected), abs=0.05)


def test_a_seat_with_an_adapter_has_its_own_name_and_identity(adapter: Path) -> None:
    assert model_name(f"{BASE}+{adapter}") == f"{BASE}+sea"
    plain, adapted = (open_model(seat, Models()) for seat in (BASE, f"{BASE}+{adapter}"))
    assert adapted.name == f"{BASE}+sea"
    assert plain.identity != adapted.identity
    file = gguf_adapter(adapter, packaged_model_path())
    written = file.stat().st_mtime_ns
    assert gguf_adapter(adapter, packaged_model_path()) == file
    assert file.stat().st_mtime_ns == written, "written once"
    assert model_name(f"{BASE}+{file}") == f"{BASE}+{file.name}", "a file of llama.cpp's own goes as well"


def test_a_merged_checkpoint_computes_what_base_and_adapter_compute(adapter: Path, tmp_path: Path) -> None:
    out = tmp_path / "merged"
    shown = CliRunner().invoke(app, ["export", str(adapter), "--merge", "-o", str(out)])
    assert shown.exit_code == 0, shown.output
    tokenizer, model = _by_transformers(adapter, rounded=False)
    merged = load_model(str(out), dtype=torch.float32)
    ids = _ids(tokenizer, ASKED[0])
    assert _ids(load_tokenizer(str(out)), ASKED[0]).tolist() == ids.tolist()
    with torch.no_grad():
        expected, found = model(input_ids=ids).logits, merged(input_ids=ids).logits
    assert torch.allclose(expected, found, atol=2e-3)
    assert not any(path.suffix in (".bin", ".pt") for path in out.iterdir()), "safetensors only"
    merge_checkpoint(BASE, adapter, out)  # an earlier merge is replaced
    other = tmp_path / "other"
    other.mkdir()
    (other / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="holds something else"):
        merge_checkpoint(BASE, adapter, other)
    assert (other / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_rows_change_from_halves_to_pairs_in_each_head() -> None:
    rows = np.arange(8, dtype=np.float32)[:, None]
    assert rope_order(rows, 2)[:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def _changed(adapter: Path, to: Path, **settings: Any) -> Path:
    shutil.copytree(adapter, to)
    config = json.loads((to / "adapter_config.json").read_text(encoding="utf-8"))
    (to / "adapter_config.json").write_text(json.dumps(config | settings), encoding="utf-8")
    return to


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"use_dora": True}, "use_dora"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
        ({"bias": "all"}, "bias"),
        ({"init_lora_weights": "pissa"}, "belongs to a base that training changed"),
        ({"peft_type": "IA3"}, "not a LoRA adapter"),
        ({"r": 8}, "does not fit"),
        ({"lora_alpha": 0}, "lora_alpha"),
    ],
)
def test_what_llama_cpp_would_run_otherwise_is_refused(
    adapter: Path, tmp_path: Path, settings: dict[str, Any], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        gguf_adapter(_changed(adapter, tmp_path / "a", **settings), packaged_model_path())


def test_broken_or_foreign_files_are_refused(adapter: Path, tmp_path: Path) -> None:
    torn = _changed(adapter, tmp_path / "torn")
    weights = torn / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(InputError, match="not a whole safetensors file"):
        gguf_adapter(torn, packaged_model_path())
    with pytest.raises(InputError, match="not a whole safetensors file"):
        merge_checkpoint(BASE, torn, tmp_path / "x")
    half = _changed(adapter, tmp_path / "half")
    tensors = load_file(half / "adapter_model.safetensors")
    tensors.pop(next(name for name in tensors if "lora_B" in name))
    save_file(tensors, half / "adapter_model.safetensors")
    with pytest.raises(InputError, match="alone"):
        gguf_adapter(half, packaged_model_path())
    with pytest.raises(InputError, match=r"adapter_config.json is missing"):
        open_model(f"{BASE}+{tmp_path}", Models())
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(b"nothing")
    with pytest.raises(InputError, match="not a GGUF file"):
        open_model(f"{BASE}+{wrong}", Models())
    assert not (tmp_path / "x").exists()


def test_scaling_by_rank_stabilisation_goes_into_alpha(adapter: Path, tmp_path: Path) -> None:
    def alpha(folder: Path) -> float:
        field = GGUFReader(gguf_adapter(folder, packaged_model_path())).get_field("adapter.lora.alpha")
        assert field is not None
        return float(field.contents())

    assert alpha(adapter) == 8.0
    assert alpha(_changed(adapter, tmp_path / "rs", use_rslora=True)) == 16.0, "8 times the root of rank 4"


def test_export_wants_one_of_two_things(adapter: Path) -> None:
    shown = CliRunner().invoke(app, ["export", str(adapter)])
    assert "--to" in str(shown.exception)
    assert "--merge" in str(shown.exception)

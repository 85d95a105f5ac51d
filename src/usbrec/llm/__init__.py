"""Models that answer: one protocol, several backends, and the way a seat is written.

A seat is ``smollm2-135m`` (packaged), a ``.gguf`` path, ``hf:BASE[+ADAPTER]``, ``openai:NAME`` or
``scripted:FILE``.
"""

from __future__ import annotations

from pathlib import Path

from usbrec.config import Models
from usbrec.errors import ConfigError
from usbrec.llm.packaged import MODELS, packaged_model_path
from usbrec.llm.protocol import (
    ChatModel,
    ChatReply,
    ChatRequest,
    Choice,
    ChoiceRequest,
    Completion,
    Message,
    temper,
)
from usbrec.llm.recorded import RecordedModel, Unreachable
from usbrec.llm.scripted import ScriptedModel, load_script
from usbrec.llm.transformers.checkpoint import HF, as_written, base_and_adapter
from usbrec.storage import expanded

__all__ = [
    "MODELS",
    "ChatModel",
    "ChatReply",
    "ChatRequest",
    "Choice",
    "ChoiceRequest",
    "Completion",
    "Message",
    "RecordedModel",
    "ScriptedModel",
    "Unreachable",
    "load_script",
    "model_name",
    "open_model",
    "packaged_model_path",
    "temper",
]


def model_name(seat: str) -> str:
    """The name a seat's model has in records. Raises ConfigError.

    Nothing of the model need be there: a run is replayed without it.
    """
    if seat in MODELS or (seat.startswith("openai:") and seat != "openai:"):
        return seat
    if seat.startswith("scripted:") and seat != "scripted:":
        return f"scripted:{Path(seat.removeprefix('scripted:')).name}"
    if seat.startswith(HF) and seat != HF:
        base, adapter = as_written(seat)
        return f"{HF}{base}" if adapter is None else f"{HF}{base}+{adapter.name}"
    if (parts := _on_llama_cpp(seat)) is not None:
        file, adapter = parts
        return Path(file).name if adapter is None else f"{Path(file).name}+{adapter.name}"
    raise ConfigError(
        f"unknown model {seat!r}. A seat is {', '.join(MODELS)} (packaged) or a .gguf file, both also with "
        "+ADAPTER, hf:BASE[+ADAPTER], openai:NAME or scripted:FILE; simulator and judge also rules, the "
        "recommender also rules:random, rules:popular, rules:retriever or rules:best."
    )


def _on_llama_cpp(seat: str) -> tuple[str, Path | None] | None:
    """Model and adapter of ``MODEL[+ADAPTER]``, MODEL packaged or a .gguf file; None for another seat. A plus
    inside a file's own name is its own where that file is there."""
    base, plus, adapter = seat.rpartition("+")
    if plus and (base in MODELS or base.endswith(".gguf")) and not Path(seat).exists():
        return base, Path(adapter)
    return (seat, None) if seat in MODELS or seat.endswith(".gguf") else None


def open_model(seat: str, settings: Models) -> ChatModel:
    """Open a seat's model. In-process models load when first asked; a packaged one is fetched if need be.

    Raises ConfigError or InputError.
    """
    name = model_name(seat)
    if seat.startswith("openai:"):
        from usbrec.llm.openai.client import OpenAIModel  # the SDK takes a second to import

        return OpenAIModel(
            seat.removeprefix("openai:"),
            base_url=settings.base_url,
            concurrency=settings.workers(in_process=False),
            timeout=settings.timeout,
            max_retries=settings.max_retries,
            constrain=settings.constrain,
        )
    if seat.startswith("scripted:"):
        return load_script(seat.removeprefix("scripted:"))
    if seat.startswith(HF):
        from usbrec.llm.transformers.model import TransformersModel

        base, adapter = base_and_adapter(seat)
        return TransformersModel(
            base,
            adapter=adapter,
            name=name,
            context=settings.context,
            workers=settings.workers(in_process=True),
            threads=settings.threads,
            device=settings.device,
        )
    from usbrec.llm.llama_cpp.model import LlamaCppModel

    file, adapter = _on_llama_cpp(seat) or (seat, None)
    path = packaged_model_path() if file in MODELS else Path(file)
    if adapter is not None:
        from usbrec.llm.llama_cpp.lora_to_gguf import adapter_file

        adapter = adapter_file(expanded(adapter), path)
    return LlamaCppModel(
        path,
        adapter=adapter,
        name=name,
        context=settings.context,
        instances=settings.workers(in_process=True),
        threads=settings.threads,
    )

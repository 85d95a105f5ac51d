"""Base checkpoints of transformers: a folder, a hub's name, or a GGUF file converted once.

A packaged or other GGUF model is quantised and cannot be trained as it is. It is read back to full
precision once, saved as safetensors in the user's cache, and found there from then on.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from usbrec.errors import ConfigError, InputError, UsbRecError
from usbrec.keys import digest
from usbrec.llm.packaged import MODELS, packaged_model_path
from usbrec.llm.transformers.precision import in_precision
from usbrec.llm.transformers.sound import check_kind, check_order, check_weights
from usbrec.llm.transformers.written import let_sample, rewrite_config, samples
from usbrec.storage import cache_folder, content_digest, expanded

#: How a seat begins that transformers runs.
HF = "hf:"
#: In so large files a GGUF model's full precision is kept; each is in memory whole while it is rounded.
_SHARD = "200MB"
#: Files beside the weights: settings, words, chat templates.
_BESIDE = (
    "config.json",
    "generation_config.json",
    "tokenizer*",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab*",
    "merges.txt",
    "*.model",
    "*.jinja",
    "additional_chat_templates/*.jinja",
)
#: What a PEFT adapter's folder holds.
ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")


def checkpoint_of(base: str) -> str:
    """What transformers loads for `base`: a packaged model's name, a .gguf file, a folder, or a hub's name.

    Raises InputError when the file or folder is missing or cannot be converted, ConfigError without the
    extra ``train``.
    """
    if base in MODELS:
        return str(_converted(packaged_model_path(MODELS[base])))
    path = expanded(base)
    if path.suffix == ".gguf":
        if not path.is_file():
            raise InputError(f"{base}: no such file. Check the path.")
        return str(_converted(path))
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise InputError(f"{base}: no checkpoint of transformers (config.json is missing).")
        return str(path)
    if base.startswith((".", "/", "~")) or base.count("/") > 1 or not base.strip():
        raise InputError(f"{base or 'hf:'}: no such folder. Name a checkpoint's folder or a hub's ORG/NAME.")
    return base


def weights_of(folder: Path) -> list[Path]:
    """The files with a checkpoint's weights: safetensors, or PyTorch's own where there are none."""
    return sorted(folder.glob("*.safetensors")) or sorted(folder.glob("pytorch_model*.bin"))


def digest_beside(folder: Path) -> str:
    """A digest of what decides beside a checkpoint's weights what it computes, and how it is asked."""
    files = sorted(path for pattern in _BESIDE for path in folder.glob(pattern) if path.is_file())
    return digest([[path.relative_to(folder).as_posix(), content_digest(path)] for path in files])


def revision_of(base: str) -> str | None:
    """The hub's revision that is loaded for ORG/NAME now: where the hub can't be reached, the one that is
    kept here; None for what lies in a folder, and where neither is found."""
    if Path(checkpoint_of(base)).is_dir():
        return None
    try:
        with _loading(base):
            from transformers.utils.hub import cached_file, extract_commit_hash

            # Looked for as everything else of the checkpoint is.
            revision: str | None = extract_commit_hash(cached_file(base, "config.json"), None)
            return revision
    except InputError:
        return None  # whoever loads it is told


def load_tokenizer(base: str) -> Any:
    """The tokenizer with its chat template. Raises InputError, ConfigError."""
    with _loading(base):
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(checkpoint_of(base))
    if not tokenizer.chat_template:
        raise InputError(
            f"{base}: its tokenizer has no chat template, as base models do, so nobody knows how to ask it. "
            "Take an instruction-tuned model, or put the template that it was trained with into its folder "
            "as chat_template.jinja."
        )
    if tokenizer.pad_token is None:
        # What stands there is never read, but nothing cannot stand there.
        special = (one.content for one in tokenizer.added_tokens_decoder.values() if one.special)
        tokenizer.pad_token = tokenizer.eos_token or next(special, None)
    return tokenizer


def load_config(base: str) -> Any:
    """What the checkpoint says of its architecture. Raises InputError, ConfigError."""
    with _loading(base):
        from transformers import AutoConfig

        return AutoConfig.from_pretrained(checkpoint_of(base))


def load_model(base: str, *, dtype: Any = None, device: str = "cpu") -> Any:
    """The causal language model in evaluation mode; `dtype` None keeps what the checkpoint says.

    Raises InputError, ConfigError.
    """
    with _loading(base):
        from transformers import AutoModelForCausalLM
        from transformers.utils import logging

        logging.disable_progress_bar()
        folder, wanted = checkpoint_of(base), "auto" if dtype is None else dtype
        if dtype is None or not _is_gguf(base):
            # Before it is loaded: a decoder that was taken out of both says that it is one.
            check_kind(base, load_config(base))
            model, found = AutoModelForCausalLM.from_pretrained(
                folder, dtype=wanted, output_loading_info=True
            )
            check_weights(base, found)
        else:
            # Ours is in full precision, which is read where it lies and given up shard by shard: loaded in
            # half of it at once, both would stand in memory.
            import torch

            model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
            model = in_precision(model, dtype)
    model = model.to(device).eval()
    check_order(base, model)
    return model


def _is_gguf(base: str) -> bool:
    return base in MODELS or expanded(base).suffix == ".gguf"


def check_adapter(folder: str | Path) -> Path:
    """The folder of a PEFT adapter, if it is one. Raises InputError naming the file that is missing."""
    folder = expanded(folder)
    try:
        missing = [name for name in ADAPTER_FILES if not (folder / name).is_file()]
    except OSError as error:
        raise InputError(f"{folder}: cannot be read ({error.strerror}). Check the path.") from None
    if missing:
        raise InputError(f"{folder}: no adapter ({missing[0]} is missing). `usbrec train ... -o` writes one.")
    return folder


def base_and_adapter(seat: str) -> tuple[str, Path | None]:
    """The base and the adapter's folder of ``[hf:]BASE[+ADAPTER]``. Raises InputError for a folder that is
    no adapter's."""
    base, adapter = as_written(seat)
    return base, None if adapter is None else check_adapter(adapter)


def as_written(seat: str) -> tuple[str, Path | None]:
    """The base and the adapter's folder of ``[hf:]BASE[+ADAPTER]``, which need not be there. A plus inside a
    base's own path is its own where that path is there."""
    written = seat.removeprefix(HF)
    base, plus, folder = written.rpartition("+")
    if not plus or Path(written).exists():
        return written, None
    return base, Path(folder)


@contextlib.contextmanager
def without_future_warnings() -> Iterator[None]:
    """Libraries that are not yet written for one another's newest version say so at every start."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


@contextlib.contextmanager
def _loading(base: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"{base} is run by transformers: pip install 'usbrec[train]' ({error.name} is missing)."
        ) from None
    except Exception as error:
        # Broken files, other shapes, packages for quantised weights, settings out of order: transformers and
        # what it loads with raise errors of their own there, of no common class.
        if isinstance(error, UsbRecError):
            raise
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(f"{base}: cannot be loaded by transformers ({first[:200]}).") from None


def _converted(path: Path) -> Path:
    """The cached checkpoint of a GGUF file, made if need be; whole or not there."""
    root = cache_folder()
    content = content_digest(path)
    folder = root / "checkpoints" / f"{path.stem}-{content[:12]}"
    if (folder / "config.json").is_file():
        if not samples(folder):
            _let_sample(folder)
        return folder
    with _loading(path.name):
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

        where: dict[str, Any] = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
        model = AutoModelForCausalLM.from_pretrained(
            **where, quantization_config=GgufConfig(dequantize=True), dtype=torch.float32
        )
        tokenizer = AutoTokenizer.from_pretrained(**where)
        if tokenizer.chat_template:
            let_sample(model.generation_config, tokenizer, path.name)
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".turning-", dir=folder.parent))
        try:
            model.save_pretrained(partial, max_shard_size=_SHARD)
            tokenizer.save_pretrained(partial)
            # Two at once: the one that comes second finds the folder there and keeps it.
            with contextlib.suppress(OSError):
                partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return folder


def _let_sample(folder: Path) -> None:
    """A checkpoint that an earlier version cached samples too. One that cannot be written to stays."""
    with _loading(folder.name), contextlib.suppress(OSError):
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(str(folder))
        if tokenizer.chat_template:
            rewrite_config(folder, tokenizer)

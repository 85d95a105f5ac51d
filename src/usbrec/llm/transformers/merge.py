"""Adapter merge: an adapter and its base as one checkpoint, for servers that take no adapters.

The weights are added up in full precision and rounded once, to the type that the base's checkpoint has.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from pathlib import Path

from usbrec.errors import InputError
from usbrec.extras import extra
from usbrec.llm.transformers.adapters import merged
from usbrec.llm.transformers.checkpoint import (
    ADAPTER_FILES,
    check_adapter,
    checkpoint_of,
    load_model,
    load_tokenizer,
)
from usbrec.llm.transformers.precision import in_precision
from usbrec.llm.transformers.written import ask_as_trained, let_sample
from usbrec.storage import expanded

_log = logging.getLogger(__name__)

#: Written last; a folder that holds it is one of ours and may be replaced.
MARKER = "usbrec-merged.json"
#: Tokenizer, template and configuration, generously, in bytes.
_BESIDE_WEIGHTS = 64 << 20


def merge_checkpoint(base: str, adapter: Path, out: Path) -> Path:
    """Write `base` with the PEFT `adapter` merged in to the folder `out`, as transformers and vLLM load it.

    `base` is written as for `checkpoint_of`. The folder holds safetensors, configuration, tokenizer and
    chat template, with sampling on and replies asked for as in training; it appears whole or not at all. One
    that an earlier merge wrote is replaced.
    Raises InputError when `out` holds something else or lies on a full disk, or when the adapter is broken
    or does not fit; ConfigError without the extra ``train``.
    """
    folder, out = check_adapter(adapter), expanded(out)
    _check_target(out)
    with extra("train", "Merging"):
        import torch
        from transformers import AutoConfig
    tokenizer = load_tokenizer(base)
    model = load_model(base, dtype=torch.float32)
    kept = AutoConfig.from_pretrained(checkpoint_of(base)).dtype or torch.float32
    weights = sum(weight.numel() for weight in model.parameters())
    _check_room(out, weights * kept.itemsize + _BESIDE_WEIGHTS)
    whole = in_precision(merged(model, base, folder), kept)
    about = {
        "base": base,
        "adapter": folder.resolve().name,
        "adapter_sha256": hashlib.sha256((folder / ADAPTER_FILES[1]).read_bytes()).hexdigest(),
    }
    partial = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        let_sample(whole.generation_config, tokenizer, base)
        if not ask_as_trained(tokenizer, base):
            _log.warning(
                "%s: its chat template cannot be made to ask for a reply as in training, so another server "
                "will ask it otherwise. Switch reasoning off in each request, or use hf:BASE+ADAPTER.",
                base,
            )
        whole.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        (partial / MARKER).write_text(json.dumps(about, indent=2) + "\n", "utf-8")
        _move(partial, out)
    except ValueError as error:
        raise InputError(
            f"{out}: transformers will not save this model ({str(error).splitlines()[0][:200]}). Correct the "
            "base's generation_config.json."
        ) from None
    except OSError as error:
        raise InputError(
            f"{out}: cannot write the checkpoint ({error.strerror or error}). Make room, or name another "
            "folder."
        ) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return out


def _check_target(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise InputError(f"{out}: is a file. Name a folder for the checkpoint.")
    if any(out.iterdir()) and not (out / MARKER).is_file():
        raise InputError(f"{out}: holds something else. Name a new or empty folder for the checkpoint.")


def _check_room(out: Path, needed: int) -> None:
    """`needed` in bytes, on the disk where `out` will be."""
    there = next(parent for parent in (out.absolute(), *out.absolute().parents) if parent.exists())
    free = shutil.disk_usage(there).free
    if free < needed:
        raise InputError(
            f"{out}: the checkpoint needs {needed / 1e6:.0f} MB and {free / 1e6:.0f} MB are free. Make room, "
            "or name a folder on another disk."
        )


def _move(partial: Path, out: Path) -> None:
    """`partial` becomes `out`, which may be empty or an earlier merge's."""
    if not out.exists():
        partial.rename(out)
        return
    old = out.with_name(f".{out.name}.{os.getpid()}.old")
    out.rename(old)
    try:
        partial.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)

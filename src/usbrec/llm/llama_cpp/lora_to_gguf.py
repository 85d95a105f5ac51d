"""LoRA to GGUF conversion: a PEFT adapter beside a GGUF base on llama.cpp; the base is never rewritten.

llama.cpp wants the adapter as a GGUF file of its own, with its own names for the layers. Two things are
not mere renaming. In Llama models it rotates neighbouring pairs of each head where the checkpoint rotates
halves, so the rows of the query's and the key's ``lora_b`` change places as those of the base did when it was
converted; in Qwen2 models it rotates halves too, and they stay. And it scales by alpha/rank always, so
rank-stabilised scaling (alpha/sqrt(rank)) goes into alpha.

Whatever an adapter asks for that would not come through is refused: a model that answers a little
differently from the trained one is worse than none.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from usbrec.errors import InputError
from usbrec.extras import extra
from usbrec.llm.transformers.checkpoint import ADAPTER_FILES, check_adapter
from usbrec.patterns import LazyPattern
from usbrec.storage import cache_folder, json_problem, parse_json, read_text

Matrix = npt.NDArray[np.float32]

#: Changes whenever the written file would, so that an older one in the cache is not taken for it.
_FORMAT = b"usbrec-adapter-1"
#: Settings of PEFT that change what an adapter computes and have no place in llama.cpp's file.
_UNSUPPORTED = (
    "modules_to_save",
    "use_dora",
    "lora_bias",
    "rank_pattern",
    "alpha_pattern",
    "layer_replication",
    "trainable_token_indices",
    "target_parameters",
    "alora_invocation_tokens",
    "fan_in_fan_out",
    "use_qalora",
    "use_bdlora",
    "arrow_config",
    "kasa_config",
    "monteclora_config",
    "velora_config",
)
#: Ways to begin that leave the base as it is. Others (PiSSA, OLoRA, LoftQ, ...) train on a changed base.
_BEGINNINGS = (True, False, None, "gaussian", "orthogonal", "eva")
_WEIGHT = LazyPattern(r"base_model\.model\.(?P<module>.+)\.lora_(?P<side>[AB])\.weight")
_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
#: Architectures whose layers are renamed one by one, and whether rows of query and key change places there.
#: Others fuse, split or reorder layers in ways of their own when they are converted.
_IN_PAIRS: Mapping[str, bool] = {"llama": True, "qwen2": False}
_OTHERWISE = "Run it with hf:BASE+ADAPTER, or merge it: usbrec export ADAPTER --merge -o DIR."


@dataclass(frozen=True, slots=True)
class _Base:
    """What an adapter must fit: shapes are (out, in), by llama.cpp's name without ``.weight``."""

    architecture: str
    blocks: int
    heads: int
    kv_heads: int
    shapes: Mapping[str, tuple[int, ...]]


def gguf_adapter(adapter: Path, base_gguf: Path) -> Path:
    """The folder `adapter` as a llama.cpp LoRA file for `base_gguf`, written once and then found again.

    The file lies beside the models in the cache, under a digest of the adapter's contents and of the
    base's size and time. Raises InputError when the adapter is incomplete, broken, of a kind that
    llama.cpp cannot run as trained, or does not fit the base; ConfigError without the extra ``train``.
    """
    folder = check_adapter(adapter)
    config, weights = (_read(folder / name) for name in ADAPTER_FILES)
    digest = hashlib.sha256(_FORMAT)
    for part in (config, weights, _stamp(base_gguf)):
        digest.update(len(part).to_bytes(8, "little") + part)
    path = _cache() / f"{folder.resolve().name}-{digest.hexdigest()[:16]}.gguf"
    if path.is_file():
        return path
    rank, alpha = _scaling(folder / ADAPTER_FILES[0])
    pairs = _pairs(folder / ADAPTER_FILES[1], weights)
    base = _read_base(base_gguf)
    tensors = _renamed(folder, pairs, rank, base, base_gguf)
    _write(path, tensors, alpha, base)
    return path


def adapter_file(adapter: Path, base_gguf: Path) -> Path:
    """What llama.cpp loads for `adapter`: a .gguf LoRA file itself, or a PEFT folder turned into one.

    Raises InputError, ConfigError.
    """
    adapter = adapter.expanduser()
    if adapter.is_dir() or adapter.suffix != ".gguf":
        return gguf_adapter(adapter, base_gguf)
    if _read(adapter, first=4) != b"GGUF":
        raise InputError(f"{adapter}: not a GGUF file. Name a LoRA adapter's .gguf or a PEFT folder.")
    return adapter


def _cache() -> Path:
    return cache_folder() / "models" / "adapters"


def _read(path: Path, first: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(first)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file. Check the path.") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from None


def _stamp(path: Path) -> bytes:
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(f"{path}: no base model ({error.strerror or error}). Check the path.") from None
    return f"{status.st_size} {status.st_mtime_ns}".encode()


def _scaling(path: Path) -> tuple[int, float]:
    """Rank, and the alpha that gives llama.cpp (alpha/rank) the scale that the adapter was trained with."""
    try:
        config = parse_json(read_text(path))
    except ValueError as error:
        raise InputError(f"{path}: {json_problem(error)}. Take the adapter's own file.") from None
    if not isinstance(config, dict) or config.get("peft_type") != "LORA":
        kind = config.get("peft_type") if isinstance(config, dict) else None
        raise InputError(f"{path}: not a LoRA adapter (peft_type is {kind!r}). Train or name a LoRA one.")
    for name in _UNSUPPORTED:
        if config.get(name):
            raise InputError(f"{path}: {name} cannot be run by llama.cpp. {_OTHERWISE}")
    if config.get("bias", "none") != "none":
        raise InputError(f"{path}: bias = {config['bias']!r} cannot be run by llama.cpp. {_OTHERWISE}")
    beginning = config.get("init_lora_weights", True)
    if beginning not in _BEGINNINGS:
        raise InputError(
            f"{path}: init_lora_weights = {beginning!r} belongs to a base that training changed. Save the "
            "adapter as a plain LoRA (PEFT's path_initial_model_for_weight_conversion)."
        )
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if isinstance(rank, bool) or not isinstance(rank, int) or rank < 1:
        raise InputError(f"{path}: r must be a whole number from 1 (got {rank!r}).")
    # llama.cpp reads an alpha of 0 as "no scaling", where PEFT would switch the adapter off.
    if isinstance(alpha, bool) or not isinstance(alpha, int | float) or not 0 < alpha < math.inf:
        raise InputError(f"{path}: lora_alpha must be a number above 0 (got {alpha!r}).")
    return rank, alpha * math.sqrt(rank) if config.get("use_rslora") else float(alpha)


def _pairs(path: Path, content: bytes) -> Mapping[str, tuple[Matrix, Matrix]]:
    """A (rank, in) and B (out, rank) of each module, by the checkpoint's name."""
    with extra("train", "An adapter"):
        import safetensors
    try:
        tensors = safetensors.deserialize(content)  # type: ignore[no-untyped-call]
    except safetensors.SafetensorError as error:
        raise InputError(f"{path}: not a whole safetensors file ({error}). Copy or save it again.") from None
    sides: dict[str, dict[str, Matrix]] = {}
    for name, tensor in tensors:
        found = _WEIGHT.fullmatch(name)
        if found is None:
            raise InputError(f"{path}: {name} cannot be run by llama.cpp. {_OTHERWISE}")
        sides.setdefault(found["module"], {})[found["side"]] = _matrix(path, name, tensor)
    if not sides:
        raise InputError(f"{path}: no LoRA weights in this file. Save the adapter again.")
    for module, held in sides.items():
        if len(held) != 2:
            raise InputError(f"{path}: {module} has lora_{''.join(held)} alone. Save the adapter again.")
    return {module: (held["A"], held["B"]) for module, held in sides.items()}


def _matrix(path: Path, name: str, tensor: Mapping[str, Any]) -> Matrix:
    kind, shape, data = tensor["dtype"], tuple(tensor["shape"]), bytes(tensor["data"])
    if len(shape) != 2:
        raise InputError(f"{path}: {name} has shape {shape}; LoRA on linear layers is all llama.cpp runs.")
    if kind == "BF16":  # the upper half of a float32, which numpy has no type for
        matrix = (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    elif kind in _TYPES:
        matrix = np.frombuffer(data, _TYPES[kind]).astype(np.float32)
    else:
        raise InputError(f"{path}: {name} is of type {kind}. Save the adapter in float32.")
    if not np.isfinite(matrix).all():
        raise InputError(f"{path}: {name} holds values that are no numbers. Train again, more slowly.")
    return matrix.reshape(shape)


def _read_base(path: Path) -> _Base:
    if _read(path, first=4) != b"GGUF":
        raise InputError(f"{path}: not a GGUF model file.")
    with extra("train", "An adapter"):
        from gguf import GGUFReader
    try:
        reader = GGUFReader(path)
    except (ValueError, IndexError, KeyError) as error:
        raise InputError(f"{path}: not a whole GGUF file ({error}). Copy it again.") from None

    def value(key: str) -> Any:
        field = reader.get_field(key)
        return None if field is None else field.contents()

    architecture = value("general.architecture")
    if architecture not in _IN_PAIRS:
        raise InputError(
            f"{path}: adapters are converted for {' and '.join(_IN_PAIRS)} models alone, and this is "
            f"{architecture!r}. {_OTHERWISE}"
        )
    blocks, heads = value(f"{architecture}.block_count"), value(f"{architecture}.attention.head_count")
    kv_heads = value(f"{architecture}.attention.head_count_kv") or heads
    if not all(isinstance(count, int) and count > 0 for count in (blocks, heads, kv_heads)):
        raise InputError(
            f"{path}: layers that differ in their heads cannot take an adapter here. {_OTHERWISE}"
        )
    shapes = {
        # GGUF writes the fastest dimension first.
        tensor.name.removesuffix(".weight"): tuple(int(size) for size in reversed(tensor.shape))
        for tensor in reader.tensors
    }
    return _Base(architecture, blocks, heads, kv_heads, shapes)


def _renamed(
    folder: Path, pairs: Mapping[str, tuple[Matrix, Matrix]], rank: int, base: _Base, base_gguf: Path
) -> Mapping[str, Matrix]:
    """The tensors under llama.cpp's names, in its order of rows. Raises InputError where they do not fit."""
    from gguf import MODEL_ARCH, get_tensor_name_map

    names = get_tensor_name_map(MODEL_ARCH[base.architecture.upper()], base.blocks)
    in_pairs = _IN_PAIRS[base.architecture]
    tensors: dict[str, Matrix] = {}
    for module, (a, b) in sorted(pairs.items()):
        name = names.get_name(module)
        shape = None if name is None else base.shapes.get(name)
        if shape is None:
            raise InputError(
                f"{folder}: {base_gguf.name} has no layer {module}. Name the adapter's own base."
            )
        if len(shape) != 2 or (*b.shape, *a.shape) != (shape[0], rank, rank, shape[1]):
            raise InputError(
                f"{folder}: {module} does not fit {base_gguf.name}: A is {a.shape} and B {b.shape}, where r "
                f"is {rank} and the layer {shape}. Name the adapter's own base."
            )
        if in_pairs and module.endswith(".q_proj"):
            b = rope_order(b, base.heads)
        elif in_pairs and module.endswith(".k_proj"):
            b = rope_order(b, base.kv_heads)
        tensors[f"{name}.weight.lora_a"], tensors[f"{name}.weight.lora_b"] = a, b
    return tensors


def rope_order(rows: Matrix, heads: int) -> Matrix:
    """Rows of (out, anything) from the checkpoint's order in each head (two halves) to pairs, as in
    llama.cpp's converter."""
    pairs = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return np.ascontiguousarray(pairs.swapaxes(1, 2).reshape(rows.shape))


def _write(path: Path, tensors: Mapping[str, Matrix], alpha: float, base: _Base) -> None:
    from gguf import GGUFType, GGUFWriter, Keys

    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writer = GGUFWriter(partial, base.architecture)
        try:
            writer.add_type(GGUFType.ADAPTER)
            writer.add_string(Keys.Adapter.TYPE, "lora")
            writer.add_float32(Keys.Adapter.LORA_ALPHA, alpha)
            for name, tensor in tensors.items():
                writer.add_tensor(name, tensor)
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.write_tensors_to_file()
        finally:
            writer.close()
        partial.replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: cannot write the adapter ({error.strerror or error}); make room, or name another "
            "folder in USBREC_CACHE."
        ) from None
    finally:
        partial.unlink(missing_ok=True)

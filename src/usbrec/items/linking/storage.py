"""Linker index on disk: one numpy file an array, mapped when opened, and the ordinary words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from usbrec.dialogue import Item
from usbrec.errors import InputError
from usbrec.items.linking.fuzzy import FuzzyTitles
from usbrec.items.linking.surface_forms import SurfaceForms

_FORMAT = 5
_ABOUT = "linker.json"


def keep(folder: Path, forms: SurfaceForms, near: FuzzyTitles) -> None:
    """Write both into `folder`; the file that makes the index complete comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _ABOUT).unlink(missing_ok=True)
    for name, values in {**forms.arrays, **near.arrays}.items():
        np.save(folder / f"linker-{name}.npy", values, allow_pickle=False)
    about = {
        "format": _FORMAT,
        "items": len(forms.items),
        "ordinary": sorted(forms.ordinary),
        "lengths": {name: len(values) for name, values in {**forms.arrays, **near.arrays}.items()},
    }
    (folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")


def kept(folder: Path, items: Sequence[Item]) -> tuple[SurfaceForms, FuzzyTitles]:
    """What :func:`keep` wrote for these items. Raises InputError where that cannot be had."""
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        if about["format"] != _FORMAT or about["items"] != len(items):
            raise InputError(
                f"{folder}: the linker there is of format {about['format']} and for {about['items']} items, "
                f"wanted are {_FORMAT} and {len(items)}. Delete the folder and build it again."
            )
        arrays = {}
        for name, length in about["lengths"].items():
            arrays[name] = np.load(folder / f"linker-{name}.npy", mmap_mode="r", allow_pickle=False)
            if len(arrays[name]) != length:
                raise ValueError(f"linker-{name}.npy has {len(arrays[name])} entries, not {length}")
        return SurfaceForms(items, arrays, frozenset(about["ordinary"])), FuzzyTitles(items, arrays)
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise InputError(
            f"{folder}: no readable linker there ({error}). Delete the folder and build it again."
        ) from error

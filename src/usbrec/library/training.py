"""Training as one call: pairs or samples in, an adapter's folder out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from usbrec import stages
from usbrec.config.loading import GivenSettings
from usbrec.dialogue import PreferencePair
from usbrec.engine import Progress
from usbrec.errors import InputError
from usbrec.library.loading import CatalogueSource, SamplesSource, given_catalogue, given_path, given_samples
from usbrec.library.pairing import Pairs
from usbrec.library.progress import progress_shown
from usbrec.library.seats import Seat, named_seats
from usbrec.library.settings import laid_over
from usbrec.library.wording import in_python
from usbrec.pairs import no_pairs
from usbrec.stages.training import GivenData, read_training


@dataclass(frozen=True, slots=True)
class Adapter:
    """What :func:`usbrec.train` made. `path` is its folder, `base` the model it belongs to, `method` how it
    was trained; `results` is what ``training.json`` holds: losses, held-out pairs before and after, seconds.

    `seat` is how it is named where a model is: ``evaluate(..., recommender=adapter.seat)``.
    """

    path: Path
    base: str
    method: str
    results: Mapping[str, Any] = field(repr=False)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """A finished folder of `usbrec train`. Raises InputError."""
        folder = Path(path)
        results = read_training(folder)
        return cls(folder, results["base"], results["method"], results)

    @property
    def seat(self) -> str:
        return f"{self.base}+{self.path}"


@in_python
def train(
    method: str,
    data: Pairs | list[PreferencePair] | tuple[PreferencePair, ...] | SamplesSource,
    *,
    base: str | None = None,
    out: str | os.PathLike[str],
    catalogue: CatalogueSource | None = None,
    seeker: Seat | None = None,
    judge: Seat | None = None,
    candidates: int | None = None,
    ranker: str | os.PathLike[str] | None = None,
    interactions: str | os.PathLike[str] | None = None,
    rounds: int | None = None,
    preset: str | None = None,
    max_steps: int | None = None,
    limit: int | None = None,
    seed: int | None = None,
    config: GivenSettings | None = None,
    progress: Progress | bool | None = None,
) -> Adapter:
    """Train a model by LoRA adapters; needs the extra ``train``.

    `method` is sft, simpo, dpo or kto, which learn from pairs (sft also from the labels of samples), or grpo
    or rloo, which draw replies to samples themselves and play them on with `seeker` and `judge`. `data` is
    what :func:`usbrec.make_pairs` returned, pairs, samples, or the file or folder that holds them. `base`
    names the model whose weights are here: "smollm2-135m", "hf:FOLDER" or "hf:ORG/NAME", each with
    ``+ADAPTER`` to go on from one. `out` is the adapter's folder; the same call does nothing where it is
    finished, and goes on from the last checkpoint where it was stopped. `preset` is "cpu" or "paper",
    `max_steps` ends after so many steps; everything else is in the settings ``[train]``.

    Raises InputError (BadLines, ConfigError without the extra, RunFolderError), ModelRefused, Interrupted.

    Source: USB-Rec (RecSys 2025), section 3: SimPO with LoRA.

    ```python
    import usbrec

    adapter = usbrec.train(
        "sft", "docs/examples/books.jsonl", base="smollm2-135m", out="runs/adapter", max_steps=1
    )
    print(adapter.seat, adapter.results["loss"])
    ```
    """
    seats = named_seats(recommender=base, simulator=seeker, judge=judge)
    settings = laid_over(
        config,
        seats.named,
        candidates=candidates,
        ranker=ranker,
        rounds=rounds,
        preset=preset,
        max_steps=max_steps,
        limit=limit,
        seed=seed,
        **seats.settings,
    )
    results = stages.train_model(
        method,
        _given(data),
        Path(out),
        config=settings,
        catalogue=given_catalogue(catalogue, settings.catalogue),
        interactions=given_path(interactions),
        progress=progress_shown(progress),
    )
    return Adapter(Path(out), results["base"], results["method"], results)


def _given(data: object) -> GivenData:
    if isinstance(data, Pairs):
        if not data.pairs:
            raise InputError(no_pairs(data.name, data.results))
        return data.pairs
    if isinstance(data, list | tuple) and (not data or isinstance(data[0], PreferencePair)):
        return tuple(data)
    return given_samples(data)  # type: ignore[arg-type]

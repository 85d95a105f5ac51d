"""Rows for verl: samples as prompts of its data sets, whose replies a seeker's judge scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.errors import ConfigError, InputError
from usbrec.stages.environment import Environment
from usbrec.stages.inputs import GivenCatalogue, GivenSamples
from usbrec.storage import json_lines, read_text

#: What `data_source` says in every row: whose reward is meant.
DATA_SOURCE = "usbrec"


def open_for_verl(
    samples: GivenSamples,
    catalogue: GivenCatalogue | None = None,
    *,
    config: Config | None = None,
    interactions: str | Path | None = None,
) -> Environment:
    """The environment of verl's rows and of their reward. verl's own loop draws one reply to a prompt, so a
    dialogue has one round here. Raises as :class:`Environment`."""
    config = config or Config()
    play = config.play.with_(rounds=1)
    return Environment(samples, catalogue, config=config.with_(play=play), interactions=interactions)


def verl_rows(environment: Environment, *, split: str = "train") -> list[dict[str, Any]]:
    """A row for each sample: data_source, prompt (messages), ability, reward_model (style and ground_truth)
    and extra_info, as verl documents them.

    `ground_truth` is the titles wanted, a JSON list; the reward begins the dialogue by
    ``extra_info["sample_id"]``, and ``extra_info["environment"]`` tells whether it was opened alike.
    """
    return [
        {
            "data_source": DATA_SOURCE,
            "prompt": environment.prompt(sample_id),
            "ability": "recommendation",
            "reward_model": {
                "style": "rule",
                "ground_truth": json.dumps(environment.sample(sample_id).targets, ensure_ascii=False),
            },
            "extra_info": {
                "split": split,
                "index": place,
                "sample_id": sample_id,
                "environment": environment.identity(sample_id),
            },
        }
        for place, sample_id in enumerate(environment.sample_ids)
    ]


def export_verl(
    samples: str | Path,
    out: str | Path,
    *,
    catalogue: str | Path | None = None,
    config: Config | None = None,
    interactions: str | Path | None = None,
    split: str = "train",
) -> Path:
    """Write ``SPLIT.parquet`` into `out`; returns its path.

    Raises InputError for pairs, which verl does not learn from, and for samples without a row that can be
    played; ConfigError where pyarrow is missing; and as :class:`Environment`.
    """
    refuse_pairs(samples)
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ConfigError(
            "Rows for verl are a Parquet file, which needs pyarrow: pip install 'usbrec[retrieval]'."
        ) from None
    with open_for_verl(samples, catalogue, config=config, interactions=interactions) as environment:
        rows = verl_rows(environment, split=split)
    path = Path(out) / f"{split}.parquet"
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        parquet.write_table(pyarrow.Table.from_pylist(rows), partial)
        partial.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error}). Name another folder with -o.") from None
    return path


def refuse_pairs(samples: str | Path) -> None:
    """Raises InputError for a folder, and for a file of preference pairs."""
    path = Path(samples)
    told = "verl learns from prompts and the scores of its own replies. Give the file of samples"
    if path.is_dir():
        more = " that the pairs were made from" if (path / "pairs.jsonl").is_file() else ""
        raise InputError(f"{path}: a folder. {told}{more}.")
    if path.suffix != ".jsonl" or not path.is_file():
        return
    first = next((row for _, row in json_lines(read_text(path)) if isinstance(row, dict)), {})
    if {"chosen", "rejected"} <= first.keys():
        raise InputError(f"{path}: these are pairs. {told} that they were made from.")

"""Export of preference pairs in the shapes that trainers read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from usbrec.dialogue import PreferencePair
from usbrec.errors import BadLines, InputError
from usbrec.pairs.advice import no_pairs
from usbrec.storage import json_lines, parse_json, read_text, write_text

#: Of what `usbrec pairs` writes into results.json.
SCHEMA = "usbrec.pairs/1"


def read_pairs(path: str | Path) -> tuple[PreferencePair, ...]:
    """Read a run's ``pairs.jsonl`` (or the run folder that holds one).

    Raises InputError or BadLines naming file and line.
    """
    path = Path(path)
    if path.is_dir():
        path = path / "pairs.jsonl"
    if not path.is_file():
        raise InputError(f"{path}: no pairs here. Make them with `usbrec pairs`.")
    refuse_empty(path)
    pairs: list[PreferencePair] = []
    problems: list[str] = []
    for number, row in json_lines(read_text(path)):
        if isinstance(row, str):
            problems.append(f"line {number}: {row}")
            continue
        try:
            pairs.append(_pair(row))
        except (KeyError, TypeError) as error:
            problems.append(f"line {number}: not a preference pair ({error})")
    if problems:
        raise BadLines(str(path), problems)
    return tuple(pairs)


def refuse_empty(path: Path) -> None:
    """Raises InputError, saying why there is none, where `path` is a run of `usbrec pairs` (its folder or its
    ``pairs.jsonl``) that made no pair."""
    file = path / "pairs.jsonl" if path.is_dir() else path
    if not file.is_file() or file.stat().st_size:
        return
    try:
        results = parse_json(read_text(file.parent / "results.json"))
    except (InputError, ValueError):
        return
    if not isinstance(results, Mapping) or results.get("schema") != SCHEMA:
        return
    raise InputError(no_pairs(str(file), results))


def _pair(data: Mapping[str, Any]) -> PreferencePair:
    pair = PreferencePair.from_json(data)
    texts = [pair.sample_id, pair.dialogue_id, pair.chosen, pair.rejected]
    texts += [text for message in pair.prompt for text in (message["role"], message["content"])]
    if not pair.prompt or not all(isinstance(text, str) for text in texts):
        raise TypeError("sample_id, dialogue_id, prompt, chosen and rejected must be texts")
    if strange := {message["role"] for message in pair.prompt} - {"system", "user", "assistant"}:
        raise TypeError(f"role {min(strange)!r} is none of system, user and assistant")
    if not isinstance(pair.provenance, Mapping):
        raise TypeError("provenance must be an object")
    return pair


def export_trl(pairs: Sequence[PreferencePair], folder: Path) -> list[Path]:
    """TRL's conversational preference format: prompt, chosen and rejected are lists of messages."""
    lines = [
        json.dumps(
            {
                "prompt": [dict(message) for message in pair.prompt],
                "chosen": [{"role": "assistant", "content": pair.chosen}],
                "rejected": [{"role": "assistant", "content": pair.rejected}],
            },
            ensure_ascii=False,
        )
        for pair in pairs
    ]
    return [write_text(folder / "preferences.jsonl", "\n".join(lines) + "\n")]


def export_llamafactory(pairs: Sequence[PreferencePair], folder: Path) -> list[Path]:
    """LLaMA-Factory's ShareGPT ranking format, with the ``dataset_info.json`` that declares it."""
    seats = {"user": "human", "assistant": "gpt"}
    rows = [
        {
            "system": "\n".join(m["content"] for m in pair.prompt if m["role"] == "system"),
            "conversations": [
                {"from": seats[m["role"]], "value": m["content"]}
                for m in pair.prompt
                if m["role"] != "system"
            ],
            "chosen": {"from": "gpt", "value": pair.chosen},
            "rejected": {"from": "gpt", "value": pair.rejected},
        }
        for pair in pairs
    ]
    info = {
        "usbrec_pairs": {
            "file_name": "usbrec_pairs.json",
            "ranking": True,
            "formatting": "sharegpt",
            "columns": {
                "messages": "conversations",
                "system": "system",
                "chosen": "chosen",
                "rejected": "rejected",
            },
        }
    }
    return [
        write_text(folder / "usbrec_pairs.json", json.dumps(rows, ensure_ascii=False, indent=1) + "\n"),
        write_text(folder / "dataset_info.json", json.dumps(info, indent=2) + "\n"),
    ]


EXPORTS: Mapping[str, Callable[[Sequence[PreferencePair], Path], list[Path]]] = {
    "trl": export_trl,
    "llamafactory": export_llamafactory,
}


def export_pairs(run: str | Path, to: str, folder: str | Path) -> list[Path]:
    """Write the pairs of `run` in the shape `to` into `folder`; returns the files written.

    Raises InputError for an unknown shape or a run without pairs.
    """
    if to not in EXPORTS:
        raise InputError(f"--to {to}: unknown shape. Known: {', '.join(EXPORTS)} (samples: verl).")
    pairs = read_pairs(run)
    return EXPORTS[to](pairs, Path(folder))

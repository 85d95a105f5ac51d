"""Audit of a run folder: of `usbrec evaluate` its rows, of `usbrec pairs` its pairs."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from usbrec.data import load_samples, read_dialogues
from usbrec.dialogue import PreferencePair, RecordedDialogue, Sample
from usbrec.errors import InputError, InputWarning
from usbrec.evaluation.audit.overlap import Seen
from usbrec.evaluation.audit.preferences import audit_pairs
from usbrec.evaluation.audit.rows import audit_rows
from usbrec.evaluation.runs.results import load_run, rounded
from usbrec.items import Catalogue, Linker
from usbrec.pairs import read_pairs
from usbrec.storage import json_lines, read_text

SCHEMA = "usbrec.audit/1"


def audit(
    run: str | Path,
    *,
    train: Sequence[str | Path] = (),
    catalogue: Catalogue | None = None,
    seed: int = 0,
    resamples: int = 2000,
) -> dict[str, Any]:
    """What is found in the folder `run` (or in a file of pairs), as JSON.

    `train` are files of dialogues, samples or pairs, or folders of pairs, that something was trained on; with
    a `catalogue`, items that pairs prefer are counted. Raises InputError and BadLines.
    """
    run = Path(run)
    if (run / "pairs.jsonl").is_file() or run.suffix == ".jsonl":
        linker = None if catalogue is None else Linker(catalogue)
        found = audit_pairs(
            read_pairs(run),
            played=_played(run),
            items_in=None if linker is None else lambda text: _named(linker, text),
        )
        return {"schema": SCHEMA, "run": run.name, "kind": "pairs", **rounded(found)}
    loaded = load_run(run)
    config = loaded.results["config"]
    rounds = (config.get("play") or {}).get("rounds")
    rows = audit_rows(
        loaded.rows,
        rounds=rounds if isinstance(rounds, int) else None,
        seen=_trained_on(train) if train else None,
        seed=seed,
        resamples=resamples,
    )
    return {"schema": SCHEMA, "run": loaded.name, "kind": "rows", **rounded(rows)}


def _named(linker: Linker, text: str) -> Iterable[str]:
    return {mention.title for mention in linker.link(text)}


def _played(run: Path) -> dict[str, list[str]] | None:
    """What each sample's candidates said, as they stand beside the pairs; None where they do not."""
    file = run / "candidates.jsonl"
    if not file.is_file():
        return None
    said: dict[str, list[str]] = {}
    for number, row in json_lines(read_text(file)):
        try:
            if isinstance(row, str):
                raise ValueError(row)
            texts = said.setdefault(str(row["sample_id"]), [])
            texts += [str(one["text"]) for one in row["candidates"]]
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{file}:{number}: no record of candidates ({error}).") from None
    return said


def _trained_on(files: Sequence[str | Path]) -> Seen:
    """What was trained on, of dialogues, samples and pairs."""
    texts: list[str] = []
    dialogues: list[str] = []
    contexts: list[tuple[object, list[str]]] = []
    for file in files:
        rows: Sequence[PreferencePair | Sample | RecordedDialogue]
        rows = read_pairs(file) if _holds_pairs(Path(file)) else _said_in(file)
        for row in rows:
            dialogues.append(row.id if isinstance(row, RecordedDialogue) else row.dialogue_id)
            if not isinstance(row, PreferencePair):
                label = row.label if isinstance(row, Sample) else None
                said = [*(turn.text for turn in row.turns), label or ""]
                texts += said
            else:
                said = [one["content"] for one in row.prompt if one["role"] != "system"]
                texts += [*said, row.chosen, row.rejected]
            # Ids of several files may be alike by chance.
            contexts.append(((str(file), dialogues[-1]), said))
    return Seen(texts, dialogues, contexts)


def _said_in(file: str | Path) -> Sequence[Sample | RecordedDialogue]:
    """All that was said in a file: its samples, and its whole dialogues, because a model that was trained on
    a file has read also those of which no sample comes. Raises InputError where it has neither."""
    try:
        dialogues = read_dialogues(file)
    except InputError as problem:
        try:
            return load_samples(file)  # tasks, in which nobody talks
        except InputError:
            raise problem from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)  # told already, or of what its dialogue holds
        try:
            return (*load_samples(file), *dialogues)
        except InputError:
            return dialogues


def _holds_pairs(path: Path) -> bool:
    if path.is_dir():
        return True
    first = next(json_lines(read_text(path)), None) if path.suffix == ".jsonl" else None
    return first is not None and isinstance(first[1], dict) and "rejected" in first[1]

"""Files of a benchmark: lists that any system made, and the rows of another run to be held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usbrec.data.reading import parse_line, read_lines
from usbrec.dialogue import Sample
from usbrec.errors import BadLines, InputError, RunFolderError
from usbrec.evaluation.metrics.mentions import VIEWS
from usbrec.items.knowledge import Knowledge
from usbrec.play.questions.ranking import LISTED
from usbrec.storage import json_lines, parse_json, read_text

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listed:
    """The list that a system gives at a turn, best first, and the same without what was named before; or why
    there is none."""

    items: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    failed: str | None = None


def read_lists(
    path: Path, samples: Sequence[Sample], knowledge: Knowledge
) -> tuple[Mapping[str, Listed], Mapping[str, int]]:
    """The lists of a file, by sample; and how many ``items`` stand in them, how many of these are ``unknown``
    to the catalogue, and how many lines are about ``other`` samples.

    An unknown item keeps its place, which nothing is found at. Raises InputError, and BadLines for lines that
    are none.
    """
    known = {sample.id: sample for sample in samples}
    found: dict[str, Listed] = {}
    problems: list[str] = []
    seen: set[str] = set()
    counts = {"items": 0, "unknown": 0, "other": 0}
    for number, line in read_lines(path):
        try:
            sample_id, items = _read_list(parse_line(line))
        except InputError as problem:
            problems.append(f"line {number}: {problem}")
            continue
        if sample_id in seen:
            problems.append(f"line {number}: sample_id: {sample_id!r} has a list above")
            continue
        seen.add(sample_id)
        if sample_id not in known:
            counts["other"] += 1
            continue
        ids = [_id_of(item, knowledge) for item in items]
        counts["items"] += len(ids)
        counts["unknown"] += ids.count(None)
        listed = tuple(dict.fromkeys(one or f"\n{place}" for place, one in enumerate(ids)))
        before = knowledge.named_in(known[sample_id].turns)
        # A longer list fills the places of what was named before, as a ranker's does.
        fresh = tuple(one for one in listed if one not in before)
        found[sample_id] = Listed(listed[:LISTED], fresh[:LISTED])
    if problems:
        raise BadLines(str(path), problems, 'A line is {"sample_id": "...", "items": ["best", "next", ...]}.')
    if not found:
        raise InputError(
            f"{path}: no line is about a sample of this benchmark. Sample ids look like "
            f"{samples[0].id!r}; usbrec samples FILE -o FILE writes them all."
        )
    if counts["items"] and counts["items"] == counts["unknown"]:
        first = next(iter(knowledge.catalogue)).id
        raise InputError(
            f"{path}: none of the {counts['items']} items in these lists is an id or a title of the "
            f"catalogue, whose ids look like {first!r}. Name the catalogue that they are of."
        )
    missing = Listed(failed="the file of lists has none for this sample")
    return {sample.id: found.get(sample.id, missing) for sample in samples}, counts


def _read_list(value: Any) -> tuple[str, list[str]]:
    if not isinstance(value, dict):
        raise InputError("not a JSON object")
    sample_id, items = value.get("sample_id"), value.get("items")
    if not isinstance(sample_id, str):
        raise InputError("sample_id: missing or no text")
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise InputError("items: missing, or not a list of texts")
    return sample_id, items


def _id_of(item: str, knowledge: Knowledge) -> str | None:
    """An id as it is, a title as the first of its items; None for what is neither."""
    if item in knowledge.catalogue:
        return item
    meant = knowledge.catalogue.find(item)
    return meant[0].id if meant else None


def rows_of(folder: Path, name: str) -> list[Row]:
    """The rows of another run of the same benchmark. Raises RunFolderError."""
    try:
        about = parse_json(read_text(folder / "benchmark.json"))
        lines = [row for _, row in json_lines(read_text(folder / "mentions.jsonl"))]
        rows: list[Row] = [row for row in lines if not isinstance(row, str) and _is_row(row)]
        if not isinstance(about, dict) or len(rows) < len(lines):
            raise ValueError
    except (InputError, ValueError):
        raise RunFolderError(
            f"{folder}: no finished run of usbrec benchmark, which --against asks for."
        ) from None
    if about.get("benchmark") != name:
        raise RunFolderError(f"{folder}: a run of {about.get('benchmark')}, not of {name}.")
    return rows


def _is_row(row: Mapping[str, Any]) -> bool:
    if not isinstance(row.get("targets"), list) or "failed" not in row:
        return False
    number = len(row["targets"])
    lists: list[Any] = [row.get(field) for field in ("repeated", *VIEWS.values())]
    return (
        isinstance(row.get("sample_id"), str)
        and isinstance(row.get("dialogue_id"), str)
        and isinstance(row.get("length"), int)
        and row["length"] > 0
        and all(isinstance(one, list) and len(one) == number for one in lists)
        and all(rank is None or isinstance(rank, int) for one in lists for rank in one)
    )


def shared_rows(
    rows: Sequence[Row], reference: Sequence[Row], folder: Path
) -> tuple[Sequence[Row], Sequence[Row]]:
    """The turns that neither run failed at, of both: what a dialogue gains is told over the same turns.

    Raises RunFolderError where none is, or a turn has other mentions in the other run: its dialogues are
    others, or its catalogue is.
    """
    theirs = {row["sample_id"]: row for row in reference}
    there = [row for row in rows if row["sample_id"] in theirs]
    for row in there:
        other = theirs[row["sample_id"]]
        same = ("dialogue_id", "targets", "repeated")
        if any(row[field] != other[field] for field in same):
            raise RunFolderError(
                f"{folder}: sample {row['sample_id']!r} has other mentions there. Runs are held against each "
                "other on the same dialogues with the same catalogue."
            )
    both = [row for row in there if row["failed"] is None and theirs[row["sample_id"]]["failed"] is None]
    if not both:
        raise RunFolderError(f"{folder}: no turn that both runs have a list for.")
    return both, [theirs[row["sample_id"]] for row in both]

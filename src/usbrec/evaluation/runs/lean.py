"""Lean rows: rows of a run without what no measure reads, so that a run of 100,000 rows fits into memory.

What was said in the recorded context, by the seeker and in drafts of a search is most of a row. It stays in
`episodes.jsonl`, from where the few dialogues that a report shows are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from usbrec.evaluation.metrics import Row
from usbrec.evaluation.metrics.columns import Columns
from usbrec.keys import canonical_json, digest

#: What measures read of a score's detail.
_DETAIL = ("mean", "why")
_SCORE = ("value", "method", "votes", "unreadable")


def lean(row: Row) -> dict[str, Any]:
    """The row as far as measures, comparisons and tables read it. Of the sample its digest is left
    (:func:`content_of`), of the played turns what the recommender said, of a search its counts."""
    episode = row["episode"]
    if episode is None:
        return dict(row)
    score = episode["score"]
    kept = {name: score[name] for name in _SCORE if name in score}
    if detail := {name: value for name, value in (score.get("detail") or {}).items() if name in _DETAIL}:
        kept["detail"] = detail
    told = {
        **episode,
        "sample": {"content": content_of(row)},
        "played": [
            {"role": turn["role"], "text": turn["text"]}
            for turn in episode["played"]
            if turn["role"] == "recommender"
        ],
        "score": kept,
    }
    if traces := episode.get("traces"):
        told["traces"] = [None if trace is None else _counted(trace) for trace in traces]
    return {**row, "episode": told}


def _counted(trace: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "drafts": (None,) * len(trace["drafts"]),
        **{name: trace[name] for name in ("chosen", "stopped", "failures") if name in trace},
    }


def content_of(row: Row) -> str:
    """A digest of what makes a played row's sample the one it is, whatever was played from it."""
    sample = row["episode"]["sample"]
    known = sample.get("content")
    return str(known) if known is not None else digest([sample["turns"], sorted(sample["targets"])])


def contents_of(rows: Columns) -> npt.NDArray[np.uint64]:
    """Half of that digest of each row as two numbers; 0 of a row that was not played."""

    def taken() -> npt.NDArray[np.uint64]:
        found = bytearray()
        for row in rows:
            found += bytes(16) if row["episode"] is None else bytes.fromhex(content_of(row)[:32])
        return np.frombuffer(bytes(found), dtype=np.uint64).reshape(-1, 2)

    return rows.remembered("contents", taken)


class RowsDigest:
    """The digest of a list of rows that pass one by one: the same as :func:`usbrec.keys.digest` of it."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256(b"[")
        self._any = False

    def add(self, row: Row) -> None:
        self._hash.update(b"," * self._any + canonical_json(row).encode("ascii"))
        self._any = True

    def hexdigest(self) -> str:
        whole = self._hash.copy()
        whole.update(b"]")
        return whole.hexdigest()


def digest_of_rows(rows: Iterable[Row]) -> str:
    """SHA-256 of the rows' canonical JSON, as 64 hex digits."""
    found = RowsDigest()
    for row in rows:
        found.add(row)
    return found.hexdigest()

"""Results of a run: its summary, and a finished run read back from its folder."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import numpy as np
import numpy.typing as npt

from usbrec.errors import BadLines, InputError
from usbrec.evaluation import metrics
from usbrec.evaluation.metrics import Row
from usbrec.evaluation.metrics.columns import Columns
from usbrec.evaluation.metrics.lists import list_summary
from usbrec.evaluation.metrics.rounds import (
    asked_counts,
    by_round,
    check_rounds,
    final_recall,
    persuasiveness,
    rounds_to_success,
)
from usbrec.evaluation.runs.index import read_index
from usbrec.evaluation.runs.lean import RowsDigest, lean
from usbrec.evaluation.runs.rows import check_row
from usbrec.evaluation.statistics import SCORE, SHARE, Interval
from usbrec.garbage import without_collections
from usbrec.long_lists import LongList
from usbrec.storage import sharing_names

SCHEMA = "usbrec.results/1"

#: Which of a run's rows count.
Chosen: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Run:
    """A finished run: `results` is its results.json, `rows` its episodes.jsonl, in the file's order, with
    what was taken of them (:class:`usbrec.evaluation.metrics.columns.Columns`).

    Where `digest`, that of the whole rows, is set, `rows` are lean (:mod:`usbrec.evaluation.runs.lean`).
    """

    name: str
    path: Path
    results: Mapping[str, Any]
    rows: Sequence[Row]
    digest: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", Columns.of(self.rows))

    @property
    def columns(self) -> Columns:
        return Columns.of(self.rows)

    def whole(self, sample_ids: Collection[str]) -> dict[str, Row]:
        """These samples' rows as they stand in `episodes.jsonl`, as far as there are any. Raises InputError
        where the file can no longer be read."""
        ids = enumerate(self.columns.ids)
        wanted = {place: sample_id for place, sample_id in ids if sample_id in sample_ids}
        if self.digest is None:
            return {sample_id: self.rows[place] for place, sample_id in wanted.items()}
        path = self.path / "episodes.jsonl"
        found: dict[str, Row] = {}
        for place, (_, line) in enumerate(_lines(path)):
            if place in wanted:
                row = _parsed(line)
                if row is None or row["sample_id"] != wanted[place]:
                    raise InputError(f"{path}: is no longer the file that was read. Run the command again.")
                found[wanted[place]] = row
        return found


def summarise(
    rows: Iterable[Row],
    *,
    config: Mapping[str, Any],
    seed: int,
    resamples: int = 2000,
    scoring: Mapping[str, Any] | None = None,
    seats: Mapping[str, Any] | None = None,
    lost_calls: int = 0,
    probe: Mapping[str, Any] | None = None,
    left_out: Mapping[str, int] | None = None,
    costs: Mapping[str, Any] | None = None,
    judge_agreement: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What `results.json` holds, from the rows of `episodes.jsonl`.

    Means come as ``{"mean", "ci95": [low, high], "n"}`` with n the rows they are taken over; the
    intervals resample dialogues (95 %). Numbers are rounded to six digits and the order of the rows
    does not matter, so the same run gives the same bytes; `config` is passed on as it is, and so is
    `scoring`, what was found before the first row of each model judge's way to score, `probe`, what was found
    of the servers' models, `seats`, who sat where, `lost_calls`, the calls of finished rows that got no
    answer, `left_out`, how many rows of samples and catalogue could not be used, and `costs`, what calls cost
    in money (None, and no field, without prices), and `judge_agreement`, how far the judge agrees with people
    (None, and no field, where nobody looked).
    ``items`` says of how many replies the system itself gave the items that are scored; null where all
    were linked in the texts. ``violated`` stands there where something is asked of items,
    ``passes`` (pass^k) where samples were played several times or have tasks, ``calibrated`` where the judge
    scored fixed replies beside, ``lists`` where replies are ranked lists.
    """
    listed = Columns.of(rows)
    listed.prepare(metrics.MEASURES)
    # A failed row may not know whether it repeats (null); it then counts in neither group.
    groups = {"repeats": listed.repeats, "non_repeats": listed.fresh}

    def interval(measure: metrics.Measure, place: str, among: Chosen | None = None) -> Interval:
        ends = SCORE if measure is metrics.score else SHARE
        return metrics.interval(
            listed, measure, seed=seed, place=place, resamples=resamples, among=among, within=ends
        )

    def outcomes(place: str, among: Chosen | None = None) -> dict[str, Any]:
        return {
            "ieval": interval(metrics.score, f"{place}/ieval", among).to_json(),
            "hit": interval(metrics.hit, f"{place}/hit", among).to_json(),
        }

    # Whoever was played hit or did not.
    played = ~np.isnan(listed.values(metrics.hit))
    unreadable = int((played & np.isnan(listed.values(metrics.score))).sum())
    replies = metrics.reply_counts(listed, seed=seed, resamples=resamples)
    first = interval(metrics.first_hit, "hit_first")
    rounds = by_round(listed, seed=seed, resamples=resamples)
    summary: dict[str, Any] = {
        "schema": SCHEMA,
        "n": len(listed),
        "failed": len(listed) - int(played.sum()),
        "lost_calls": lost_calls,
        "left_out": {"samples": 0, "items": 0} | dict(left_out or {}),
        "unreadable": unreadable,
        **outcomes("all"),
        "hit_first": first.to_json() if first.n else None,
        **{name: {"n": int(group.sum()), **outcomes(name, group)} for name, group in groups.items()},
        "recall": final_recall(rounds) if config.get("mode") == "ask" else None,
        "by_round": rounds,
        "rounds_to_success": rounds_to_success(listed, seed=seed, resamples=resamples),
        "asked": asked_counts(listed),
        "persuasiveness": persuasiveness(listed, seed=seed, resamples=resamples),
        "leak": metrics.mean_of(listed, metrics.leaked),
        **metrics.usage_sums(listed),
        **({} if costs is None else {"cost": dict(costs)}),
        "second_judge": metrics.second_judge(listed, seed=seed, resamples=resamples),
        "items": metrics.items_given(listed),
        "replies": replies,
        "score": metrics.score_methods(listed),
        "votes": metrics.vote_counts(listed),
        "unreadable_reasons": metrics.unreadable_reasons(listed if unreadable else ()),
        "scoring": dict(scoring or {}),
        "probe": dict(probe or {}),
        "random_similarity": metrics.random_similarity(listed),
        "rounds_played": replies["n"] / int(played.sum()) if played.any() else None,
        "ses": metrics.search_counts(listed),
    }
    # Only where something is asked of items: what else is run keeps its bytes.
    if (violated := metrics.violated(listed, seed=seed, resamples=resamples)) is not None:
        summary["violated"] = violated
    if (passes := metrics.passes(listed, seed=seed, resamples=resamples)) is not None:
        summary["passes"] = passes
    if (lists := list_summary(listed, seed=seed, resamples=resamples)) is not None:
        summary["lists"] = lists
    if judge_agreement is not None:
        summary["judge_agreement"] = dict(judge_agreement)
    if (calibration := metrics.calibration(listed, seed=seed, resamples=resamples)) is not None:
        summary["calibrated"] = calibration
    return {**rounded(summary), "seats": dict(seats or {}), "config": dict(config)}


def rounded(value: Any) -> Any:
    """Every float in a JSON value rounded to six digits: the last bits differ between machines."""
    if isinstance(value, float):
        return round(value, 6) + 0.0  # + 0.0: -0.0 and 0.0 are one number and must be one text
    if isinstance(value, Mapping):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    return value


#: Means of the same rows may differ by so much between machines: the last of six digits.
_ROUNDING = 2e-6


def load_run(path: str | Path, *, as_lean: bool = False) -> Run:
    """Read a finished run folder; with `as_lean`, its rows as far as tables and reports need them.

    Raises :class:`InputError` when `path` is no run folder, the run is not finished or `results.json`
    cannot be used, and :class:`BadLines` for unusable lines of `episodes.jsonl`.
    """
    folder = Path(path)
    if not folder.is_dir():
        what = "a file, and no folder" if folder.exists() else "no such folder"
        raise InputError(f"{path}: {what}. Name the folder that `usbrec evaluate -o` wrote.")
    episodes = folder / "episodes.jsonl"
    if not (folder / "results.json").is_file():
        if (folder / "benchmark.json").is_file():
            raise InputError(
                f"{path}: this is a run of `usbrec benchmark`, which plays no dialogues; its --against holds "
                "two of them against each other."
            )
        if episodes.exists() or (folder / "run.db").exists() or (folder / "config.toml").exists():
            raise InputError(
                f"{path}: this run is not finished (no results.json). "
                "Run the same `usbrec evaluate` command again: it goes on where it stopped."
            )
        raise InputError(
            f"{path}: not a run folder (no results.json in it). "
            "Name the folder that `usbrec evaluate -o` wrote."
        )
    results = _read_results(folder / "results.json")
    known = read_index(episodes, lambda: _read_rows(episodes, as_lean=True)[0]) if as_lean else None
    with without_collections():
        rows, digest = known or _read_rows(episodes, as_lean=as_lean)
    if results["n"] != len(rows):
        raise InputError(
            f"{episodes}: {len(rows)} rows, but results.json counts {results['n']}: the two are not of one "
            "run. Run the same `usbrec evaluate` command again to write both anew."
        )
    columns = Columns.of(rows)
    for name, measure in (("ieval", metrics.score), ("hit", metrics.hit)):
        told, counted = results[name]["mean"], rounded(metrics.mean_of(columns, measure))
        if told != counted and (told is None or counted is None or abs(told - counted) > _ROUNDING):
            raise InputError(
                f"{episodes}: the mean of {name} over its rows is {counted}, but results.json has {told}: "
                "the two are not of one run, or one was changed since. Run the same `usbrec evaluate` "
                "command again to write both anew."
            )
    return Run(folder.resolve().name, folder, results, rows, digest)


def _read_results(path: Path) -> dict[str, Any]:
    try:
        results = _parse(_read_bytes(path))
    except ValueError as problem:
        raise InputError(
            f"{path}: not readable as JSON ({problem}). Run the same command again to write it anew."
        ) from None
    schema = results.get("schema") if isinstance(results, dict) else None
    if schema in _NOT_PLAYED:
        raise InputError(
            f"{path}: this is a run of `{_NOT_PLAYED[schema]}`, which plays no dialogues. "
            "Name folders that `usbrec evaluate` wrote in the modes episode or ask."
        )
    if schema != SCHEMA:
        raise InputError(
            f"{path}: field schema is {schema!r}, this version reads {SCHEMA!r}. "
            "Summarise the run again with this version, or use the version that wrote it."
        )
    missing = [name for name, kind in _NEEDED.items() if not isinstance(results.get(name), kind)]
    if missing:
        raise InputError(
            f"{path}: missing or of the wrong type: {', '.join(missing)}. Run the same command again."
        )
    rated = ("persuasiveness",) if results.get("persuasiveness") is not None else ()
    for place in (*_INTERVALS, *rated):
        group, _, part = place.rpartition(".")
        try:
            Interval.from_json((results[group] if group else results).get(part))
        except ValueError as problem:
            raise InputError(f"{path}: field {place}: {problem}. Run the same command again.") from None
    try:
        check_rounds(results.get("by_round") or [])
    except ValueError as problem:
        raise InputError(f"{path}: field by_round: {problem}. Run the same command again.") from None
    return dict(results)


# What else stands in a results.json, and which command wrote it.
_NOT_PLAYED = {
    "usbrec.retrieval/1": "usbrec evaluate --mode retrieval",
    "usbrec.pairs/1": "usbrec pairs",
    "usbrec.experiment/1": "usbrec experiment",
    "usbrec.scored/1": "usbrec score",
    "usbrec.agreement/1": "usbrec agreement",
}
# What comparison and report cannot do without.
_NEEDED: dict[str, type | tuple[type, ...]] = {
    "n": int,
    "failed": int,
    "unreadable": int,
    "ieval": dict,
    "hit": dict,
    "repeats": dict,
    "non_repeats": dict,
    "calls": int,
    "prompt_tokens": int,
    "completion_tokens": int,
    "seconds": (int, float),
    "replies": dict,
    "score": dict,
    "config": dict,
}
_INTERVALS = ("ieval", "hit", "repeats.ieval", "repeats.hit", "non_repeats.ieval", "non_repeats.hit")


def _read_rows(path: Path, *, as_lean: bool) -> tuple[Sequence[Row], str | None]:
    """The rows and, of lean ones, which lie on the disk where there are many, the digest of the whole
    ones."""
    if not path.is_file():
        raise InputError(f"{path}: missing. Run the same `usbrec evaluate` command again to write it anew.")
    rows: list[Row] | LongList[Row] = LongList() if as_lean else []
    problems: list[tuple[int, str]] = []
    numbers, hashes = array("q"), array("q")
    digest = RowsDigest()
    for number, line in _lines(path):
        try:
            row = check_row(_parse(line))
        except ValueError as problem:
            if not line.endswith(b"\n") and not problems:
                # Every whole line ends with a newline, so this one was cut off while it was written.
                raise InputError(
                    f"{path}:{number}: the last line is torn. "
                    "Run the same `usbrec evaluate` command again: it resumes and writes the line anew."
                ) from None
            problems.append((number, str(problem)))
            continue
        numbers.append(number)
        hashes.append(hash(row["sample_id"]))
        if as_lean:
            digest.add(row)
        rows.append(lean(row) if as_lean else row)
    problems += _standing_twice(path, numbers, hashes)
    if problems:
        told = [f"{path.name}:{number}: {problem}" for number, problem in sorted(problems)]
        raise BadLines(str(path), told, "Run the same command again to write the file anew.")
    return rows, digest.hexdigest() if as_lean else None


def _standing_twice(path: Path, numbers: Sequence[int], hashes: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The lines whose sample stands on an earlier one. Only where hashes of ids are alike are ids read
    again: to hold all of them takes more than all that is held of the rows."""
    _, places, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    alike = set(np.asarray(numbers)[counts[places] > 1].tolist())
    firsts: dict[str, int] = {}
    for number, line in _lines(path) if alike else ():
        if number in alike and (row := _parsed(line)) is not None:
            first = firsts.setdefault(row["sample_id"], number)
            if first != number:
                yield number, f"sample {row['sample_id']!r} is already on line {first}"


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers from 1. Raises InputError."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line
    except OSError as problem:
        raise InputError(f"{path}: cannot be read ({problem.strerror}). Check its permissions.") from None


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        return check_row(_parse(line))
    except ValueError:
        return None


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise InputError(f"{path}: cannot be read ({problem.strerror}). Check its permissions.") from None


def _parse(data: bytes) -> Any:
    """JSON, strictly: no NaN, no number that overflows. Raises ValueError whatever is wrong."""
    try:
        return json.loads(
            data.decode("utf-8"),
            parse_constant=_refuse,
            parse_int=_whole,
            parse_float=_finite,
            object_pairs_hook=sharing_names,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except json.JSONDecodeError as problem:
        raise ValueError(f"no JSON at column {problem.colno}: {problem.msg}") from None
    except UnicodeDecodeError as problem:
        raise ValueError(f"no UTF-8 at byte {problem.start}") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _whole(digits: str) -> int:
    if len(digits) > 19:
        raise ValueError(f"{digits[:19]}... is too large a number")
    return int(digits)


def _finite(digits: str) -> float:
    if not math.isfinite(number := float(digits)):
        raise ValueError(f"{digits[:19]} is too large a number")
    return number

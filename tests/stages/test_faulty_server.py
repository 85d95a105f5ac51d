"""A server of whose answers a fifth go wrong: each stage ends as if none had where another try succeeds."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from support.films import FILMS, film_files, sample
from support.servers import Answer, LocalServer, Seen, completion
from usbrec.config import Config, Judging, Models, Pairs, Play, Search, Seats
from usbrec.errors import ModelRefused
from usbrec.stages import evaluate, make_pairs

SOON = {"retry-after-ms": "5"}
FAULTS = (
    Answer(503, "", SOON),
    Answer(429, {"error": {"message": "slow down"}}, SOON),
    Answer(200, {"error": {"message": "provider failed"}}, SOON),
    Answer(500, "<html>oops</html>", SOON),
)


def number_of(body: Mapping[str, Any]) -> int:
    asked = json.dumps(body, sort_keys=True).encode()
    return int.from_bytes(hashlib.sha256(asked).digest()[:6], "big")


def speak(seen: Seen) -> Answer:
    """The same request always gets the same words; drafts differ."""
    number = number_of(seen.body)
    if seen.body.get("logprobs"):
        # Three alike hold no more than all there is.
        weights = [-1.1 - (number >> place) % 3 for place in (1, 5, 9)]
        tokens = [{"token": digit, "logprob": one} for digit, one in zip("012", weights, strict=True)]
        return completion("1", logprobs={"content": [{"top_logprobs": tokens}]})
    films = [FILMS[(number + 7 * place) % len(FILMS)] for place in range(seen.body.get("n", 1))]
    return completion(*(f"Maybe {film.title} ({film.year})?" for film in films))


def faulty(tries: int) -> Callable[[Seen], Answer]:
    """Of the requests a fifth go wrong, each at its first `tries` tries."""
    seen_before: Counter[int] = Counter()

    def answer(seen: Seen) -> Answer:
        number = number_of(seen.body)
        seen_before[number] += 1
        if number % 5 == 0 and seen_before[number] <= tries:
            return FAULTS[number // 5 % len(FAULTS)]
        return speak(seen)

    return answer


def config(server: LocalServer, *, enhanced: bool, max_retries: int) -> Config:
    return Config(
        seats=Seats(recommender="openai:m", seeker="openai:m", judge="openai:m"),
        models=Models(base_url=server.url, max_retries=max_retries, concurrency=4),
        play=Play(rounds=2, examples=0),
        search=Search(drafts=3),
        judging=Judging(second=False, mass_floor=0.0),
        pairs=Pairs(drafts=4, accept_at=1.0, reject_below=2.0, horizon=2),
        enhanced=enhanced,
    )


Stage = Callable[[LocalServer, Path, int], Mapping[str, Any]]


def files_in(folder: Path, label: str | None = None) -> Mapping[str, Path]:
    files = film_files(folder)
    rows = [
        sample(
            f"I liked {FILMS[place].title} ({FILMS[place].year}).", label=label, id_=f"d{place}:1"
        ).to_json()
        for place in range(6)
    ]
    files["samples"].write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return files


def plain(server: LocalServer, folder: Path, max_retries: int) -> Mapping[str, Any]:
    files = files_in(folder.parent)
    settings = config(server, enhanced=False, max_retries=max_retries)
    return evaluate(files["samples"], folder, config=settings, catalogue=files["catalogue"])


def searched(server: LocalServer, folder: Path, max_retries: int) -> Mapping[str, Any]:
    files = files_in(folder.parent)
    settings = config(server, enhanced=True, max_retries=max_retries)
    return evaluate(files["samples"], folder, config=settings, catalogue=files["catalogue"])


def paired(server: LocalServer, folder: Path, max_retries: int) -> Mapping[str, Any]:
    files = files_in(folder.parent, "Casino (1995) is the one.")
    settings = config(server, enhanced=False, max_retries=max_retries)
    return make_pairs(files["samples"], folder, config=settings, catalogue=files["catalogue"])


def outcome(folder: Path) -> list[Any]:
    """All rows, without what they cost and how long it took."""
    name = "episodes.jsonl" if (folder / "episodes.jsonl").exists() else "candidates.jsonl"
    rows = [json.loads(line) for line in (folder / name).read_text().splitlines()]
    pairs = folder / "pairs.jsonl"
    return [without_cost(row) for row in rows] + ([pairs.read_text()] if pairs.exists() else [])


def without_cost(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: without_cost(part) for name, part in value.items() if name not in ("usage", "seconds")}
    return [without_cost(part) for part in value] if isinstance(value, list) else value


@pytest.mark.parametrize("stage", [plain, searched, paired])
def test_a_run_with_faults_is_the_run_without_them_row_by_row(stage: Stage, tmp_path: Path) -> None:
    with LocalServer(speak) as server:
        stage(server, tmp_path / "quiet", 2)
        asked = len(server.requests)
    with LocalServer(faulty(1)) as server:
        results = stage(server, tmp_path / "faulty", 2)
        assert len(server.requests) > asked + 3
    assert outcome(tmp_path / "faulty") == outcome(tmp_path / "quiet")
    assert (results["failed"], results["lost_calls"]) == (0, 0)


@pytest.mark.parametrize("stage", [plain, searched, paired])
def test_what_faults_lost_for_good_is_tried_again_by_the_same_command(stage: Stage, tmp_path: Path) -> None:
    with LocalServer(speak) as server:
        stage(server, tmp_path / "quiet", 2)
    told = []
    with LocalServer(faulty(2)) as server:
        # No call is tried twice here, so that what is lost at first is lost to its row.
        for _ in range(80):
            try:
                results = stage(server, tmp_path / "faulty", 0)
            except ModelRefused:
                # Nothing at all was answered, or the judge could not be tried out: so the command says.
                continue
            told.append(results["failed"] + results["lost_calls"])
            if not told[-1]:
                break
    assert told[-1] == 0 < max(told)
    assert outcome(tmp_path / "faulty") == outcome(tmp_path / "quiet")

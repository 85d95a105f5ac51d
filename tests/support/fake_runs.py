"""Runs that nobody played: rows like those of `usbrec evaluate`, drawn from a seed, for tests of reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from usbrec.dialogue import Episode, Sample, Score, Turn, Usage
from usbrec.evaluation.runs.results import Run, load_run, summarise

TITLES = (
    "The Quiet Harbour (1994)",
    "Nine Winters (2008)",
    "A Fox in the Orchard (2011)",
    "Paper Lanterns (1987)",
    "The Cartographer (2016)",
    "Salt Road (2001)",
    "Midnight at Dunmore (1979)",
    "Small Hours (2019)",
)
GENRES = ("slow drama", "crime story", "family adventure", "dry comedy", "period thriller")


def row(
    sample_id: str,
    value: float | None,
    *,
    dialogue_id: str | None = None,
    hit: bool | None = None,
    repeat: bool = False,
    reply: str = "You could watch Nine Winters (2008).",
    facts: Mapping[str, Any] | None = None,
    traces: tuple[Mapping[str, Any] | None, ...] = (),
    targets: tuple[str, ...] = ("Nine Winters (2008)",),
    context: tuple[Turn, ...] = (Turn("seeker", "What should I watch tonight?"),),
    played: tuple[Turn, ...] | None = None,
    method: Any = "rules",
    leaks: int = 0,
    usage: Usage | None = None,
) -> dict[str, Any]:
    """One played row; without `dialogue_id` it is a dialogue of its own."""
    sample = Sample(sample_id, dialogue_id or sample_id, context, targets, source="fake")
    episode = Episode(
        sample=sample,
        played=(Turn("recommender", reply),) if played is None else played,
        score=Score(value, method),
        hit=value == 2.0 if hit is None else hit,
        leaks=leaks,
        facts={} if facts is None else facts,
        traces=traces,
    )
    return {
        "sample_id": sample_id,
        "dialogue_id": sample.dialogue_id,
        "repeat": repeat,
        "episode": episode.to_json(),
        "failed": None,
        "usage": (usage or Usage(4, 1200, 80, 300, 2.5)).to_json(),
    }


def failed_row(sample_id: str, dialogue_id: str | None = None) -> dict[str, Any]:
    return {
        "sample_id": sample_id,
        "dialogue_id": dialogue_id or sample_id,
        "repeat": False,
        "episode": None,
        "failed": "openai:small-model: no answer within 120 s after 5 tries",
        "usage": Usage(6, 0, 0, 0, 120.0).to_json(),
    }


def run_of(name: str, rows: list[dict[str, Any]], config: Mapping[str, Any] | None = None) -> Run:
    """A run in memory."""
    return Run(name, Path(name), summarise(rows, config=config or {"seed": 1}, seed=1), tuple(rows))


def write_run(folder: Path, rows: list[dict[str, Any]], config: Mapping[str, Any] | None = None) -> Path:
    """A run folder on disk, as the stage writes it."""
    folder.mkdir(parents=True)
    (folder / "episodes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    results = summarise(rows, config=config or {"seed": 1}, seed=1)
    (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    return folder


def realistic(folder: Path, n: int = 30) -> list[Run]:
    """Three runs of `n` rows: plain, self-enhanced and a popularity control, loaded from disk."""
    kinds = {"plain": 0.0, "self-enhanced": 0.28, "rules-popular": -0.2}
    runs = []
    for name, gain in kinds.items():
        rows = [_realistic_row(index, name, gain) for index in range(n)]
        config = {
            "seed": 7,
            "enhanced": name == "self-enhanced",
            "seats": {
                "recommender": "rules:popular" if name == "rules-popular" else "smollm2-135m",
                "simulator": "rules",
                "judge": "rules",
            },
            "play": {"rounds": 2, "temperature": 0.0, "max_tokens": 64},
            "search": {"kind": "flat", "drafts": 3, "temperature": 0.5},
            "inputs": {"samples": "3f9a" * 16, "catalogue": "77b0" * 16},
        }
        runs.append(load_run(write_run(folder / name, rows, config)))
    return runs


def _realistic_row(index: int, system: str, gain: float) -> dict[str, Any]:
    hard = np.random.default_rng(index // 3)
    own = np.random.default_rng([index, len(system)])
    sample_id, dialogue_id = f"redial-{20100 + index // 3}-{index % 3 * 2}", f"redial-{20100 + index // 3}"
    if index == 11 and system == "self-enhanced":
        return failed_row(sample_id, dialogue_id)
    target, genre = TITLES[index % 8], GENRES[index % 5]
    quality = 0.45 + gain + 0.25 * hard.normal() + 0.35 * own.normal()
    hit = quality > 0.85
    value = 2.0 if hit else float(np.clip(quality, 0.0, 1.0))
    named = target if hit else TITLES[(index + 3) % 8]
    context = (
        Turn("recommender", "Hello! What kind of film are you in the mood for?"),
        Turn("seeker", f"Something like a {genre}. I liked {TITLES[(index + 1) % 8]} a lot."),
        Turn("recommender", "That one is lovely. Do you prefer older films, or rather recent ones?"),
        Turn("seeker", "Older is fine, as long as it is not too sad. I watch with my sister."),
    )
    played = (
        Turn("recommender", f"Then I would try {TITLES[(index + 5) % 8]}; it has the same quiet humour."),
        Turn("seeker", f"I have seen that. Perhaps more of a {genre}, with an ensemble cast?"),
        Turn("recommender", f"In that case {named}: it is a {genre}, warm and unhurried, and rather funny."),
    )
    traces = (_trace(played[0].text, own), _trace(played[2].text, own))
    enhanced = system == "self-enhanced"
    ids = [str((index + 5) % 8), str(TITLES.index(named))]
    calls = {"plain": 3, "self-enhanced": 34, "rules-popular": 0}[system]
    return row(
        sample_id,
        None if index == 19 and system == "plain" else round(value, 4),
        dialogue_id=dialogue_id,
        hit=hit,
        repeat=index % 6 == 0,
        facts={
            "replies": 2,
            "words": [len(played[0].text.split()), len(played[2].text.split())],
            "unfinished": int(own.random() < 0.1),
            "named": [[ids[0]], [ids[1]]],
            "new": [ids[0], ids[1]],
            "out_of_catalogue": [[], ["The Unheard Of (2031)"] if own.random() < 0.15 else []],
            "targets": [str(index % 8)],
        },
        traces=traces if enhanced else (None, None),
        targets=(target,),
        context=context,
        played=played,
        leaks=int(own.random() < 0.05),
        usage=Usage(calls, 420 * calls, 31 * calls, 100 * calls, 0.6 * calls),
    )


def _trace(text: str, rng: np.random.Generator) -> Mapping[str, Any]:
    values = [round(float(value), 3) for value in rng.uniform(0.1, 1.4, size=3)]
    chosen = int(np.argmax(values))
    texts = [
        "Have you thought of Salt Road (2001)?",
        "Do you like films with a large cast, or something quieter?",
        "Small Hours (2019) may suit you both.",
    ]
    texts[chosen] = text
    drafts = [
        {
            "text": draft,
            "value": value,
            "leaves": [
                {
                    "turns": [
                        {"role": "seeker", "text": "That sounds close, but I would like it warmer."},
                        {"role": "recommender", "text": "Then Paper Lanterns (1987), a gentle family story."},
                    ],
                    "score": Score(value, "rules").to_json(),
                }
            ],
            "note": None,
        }
        for draft, value in zip(texts, values, strict=True)
    ]
    drafts.append({"text": "It is", "value": None, "leaves": [], "note": "not played"})
    return {
        "search": "flat",
        "profile": "likes: slow drama, ensemble casts; dislikes: sad endings",
        "drafts": drafts,
        "chosen": chosen,
        "stopped": "calls" if rng.random() < 0.2 else None,
        "usage": Usage(17, 7000, 500, 2000, 9.0).to_json(),
    }

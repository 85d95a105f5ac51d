"""Kill -9 over training and a whole experiment, and a full disk in the middle: they go on to the same end.

USBREC_KILLS says how many kills each gets (`make soak`: 30); here a share of them.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from support.command import started, usbrec
from support.disks import with_little_room
from support.films import CATALOGUE
from support.small_model import small_checkpoint
from usbrec.dialogue import PreferencePair, Sample, Turn
from usbrec.storage import write_text

pytestmark = pytest.mark.model
_KILLS = int(os.environ.get("USBREC_KILLS", "1"))


def _rows(path: Path, number: int, prefix: str) -> Path:
    rows = []
    for index in range(number):
        target = CATALOGUE.get(f"f{index % 20 + 1}")
        assert target is not None
        turns = (Turn("seeker", f"Number {index}: more like Goodfellas (1990), please."),)
        label = f"Watch {target.name}."
        rows.append(Sample(f"{prefix}{index}:1", f"{prefix}{index}", turns, (target.name,), label))
    return write_text(path, "".join(json.dumps(row.to_json()) + "\n" for row in rows))


def _same(folder: Path, names: Sequence[str]) -> Any:
    """What the files of a folder say, less how long it took and where it stood."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(inner) for key, inner in value.items() if key not in ("seconds", "adapter")}
        if isinstance(value, float):
            return round(value, 5)
        return [strip(inner) for inner in value] if isinstance(value, list) else value

    found = []
    for name in names:
        text = (folder / name).read_text(encoding="utf-8")
        rows = [json.loads(line) for line in text.splitlines()] if name.endswith("l") else json.loads(text)
        found.append(strip(rows))
    return json.loads(json.dumps(found).replace(str(folder), "RUN"))


def _killed(command: Sequence[str | Path], seconds: float, seed: int) -> int:
    """Start it again and again and kill it at random moments; how often it was still running."""
    moments, killed = random.Random(seed), 0
    for _ in range(_KILLS):
        with started(*command, models=True) as process:
            time.sleep(moments.uniform(0.05, 0.9) * seconds)
            killed += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait(60)
    return killed


@pytest.fixture(name="base", scope="module")
def _base(tmp_path_factory: pytest.TempPathFactory) -> str:
    # What commands are copied from is started first: its time is none of theirs.
    usbrec("--version", models=True)
    return f"hf:{small_checkpoint(tmp_path_factory.mktemp('small'))}"


def test_a_killed_training_and_one_out_of_room_end_as_undisturbed_ones(base: str, tmp_path: Path) -> None:
    pairs = [
        PreferencePair(
            f"s{number}",
            f"d{number}",
            ({"role": "user", "content": f"Number {number}: a film, please."},),
            "Casino (1995)",
            "Alien (1979)",
        )
        for number in range(24)
    ]
    data = write_text(tmp_path / "pairs.jsonl", "".join(json.dumps(one.to_json()) + "\n" for one in pairs))
    config = tmp_path / "train.toml"
    config.write_text(
        "[train]\nmax_steps = 12\ncheckpoint_steps = 2\nbatch = 2\naccumulate = 1\nheld_out = 0.2\n"
    )

    def command(out: str) -> list[str | Path]:
        return ["train", "simpo", data, "--model", base, "--config", config, "-o", tmp_path / out]

    begun = time.monotonic()
    whole = usbrec(*command("whole"), models=True)
    assert whole.returncode == 0, whole.stderr
    seconds = time.monotonic() - begun
    names = ("training.json", "history.jsonl")
    assert _killed(command("killed"), seconds, 3) > 0
    # Files of a few kB are too large: the settings fit, and no checkpoint does.
    for size in (3_000, 20_000):
        full = with_little_room(size, *command("full"), cwd=tmp_path, models=True)
        assert full.returncode == 2, full.stderr + full.stdout
        assert "Traceback" not in full.stderr
        assert "cannot be written" in full.stderr
    for out in ("killed", "full"):
        resumed = usbrec(*command(out), models=True)
        assert resumed.returncode == 0, resumed.stderr
        assert _same(tmp_path / out, names) == _same(tmp_path / "whole", names)
        assert not (tmp_path / out / "work").exists()
    adapters = [
        (tmp_path / out / "adapter_model.safetensors").read_bytes() for out in ("whole", "killed", "full")
    ]
    assert adapters[0] == adapters[1] == adapters[2]


def test_a_killed_experiment_ends_as_an_undisturbed_one(base: str, tmp_path: Path) -> None:
    catalogue = tmp_path / "films.csv"
    lines = [f'{item.id},"{item.title}",{item.year},"{"|".join(item.genres)}"' for item in CATALOGUE]
    write_text(catalogue, "id,title,year,genres\n" + "\n".join(lines) + "\n")
    train, test = _rows(tmp_path / "train.jsonl", 24, "a"), _rows(tmp_path / "test.jsonl", 6, "b")
    config = tmp_path / "short.toml"
    config.write_text(
        'limit = 3\n[seats]\nsimulator = "rules"\njudge = "rules"\n'
        '[play]\nrounds = 1\ncandidates = 4\nexamples = 0\nmax_tokens = 8\nfallback = "ask"\n'
        "[search]\ndrafts = 2\n[pairs]\ndrafts = 2\ntemperature = 1.2\naccept_at = 0.0\nreject_below = 2.0\n"
        "min_margin = 0.0\none_item = false\nmore_than_title = false\ncounterfactual = 2\n"
        "[train]\nmax_steps = 2\nbatch = 2\naccumulate = 1\nheld_out = 0.0\n"
        "[experiment]\ntrain_rows = 16\ntrain_rankers = false\ncontrols = []\n[statistics]\nresamples = 100\n"
    )

    def command(out: str) -> list[str | Path]:
        files = ["--train", train, "--test", test, "--catalogue", catalogue]
        return ["experiment", *files, "--recommender", base, "--config", config, "-o", tmp_path / out]

    begun = time.monotonic()
    whole = usbrec(*command("whole"), models=True)
    assert whole.returncode == 0, whole.stderr
    assert _killed(command("killed"), time.monotonic() - begun, 4) > 0
    resumed = usbrec(*command("killed"), models=True)
    assert resumed.returncode == 0, resumed.stderr
    parts = [
        str(path.relative_to(tmp_path / "whole")) for path in (tmp_path / "whole").rglob("episodes.jsonl")
    ]
    assert len(parts) >= 6
    for part in sorted(parts):
        assert _same(tmp_path / "killed", [part]) == _same(tmp_path / "whole", [part])
    assert _same(tmp_path / "killed", ["results.json"]) == _same(tmp_path / "whole", ["results.json"])


def test_a_killed_fidelity_ends_as_an_undisturbed_one(base: str, tmp_path: Path) -> None:
    turns = [
        {"role": "seeker", "text": "A crime film, please."},
        {"role": "recommender", "text": "Have you seen Heat (1995)?"},
        {"role": "seeker", "text": "No, is it good?"},
        {"role": "recommender", "text": "Or Alien (1979)?"},
        {"role": "seeker", "text": "I love it."},
    ]
    rows = [{"id": f"d{n}", "turns": turns, "targets": ["Casino (1995)"]} for n in range(120)]
    file = write_text(tmp_path / "recorded.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    catalogue = tmp_path / "films.csv"
    lines = [f'{item.id},"{item.title}",{item.year},"{"|".join(item.genres)}"' for item in CATALOGUE]
    write_text(catalogue, "id,title,year,genres\n" + "\n".join(lines) + "\n")
    script = write_text(tmp_path / "seeker.jsonl", '{"say": ["No, thanks.", "That sounds good, thanks."]}\n')

    def command(out: str) -> list[str | Path]:
        seats = ["--seeker", f"scripted:{script}", "--catalogue", catalogue]
        return ["fidelity", file, *seats, "-o", tmp_path / out]

    begun = time.monotonic()
    assert usbrec(*command("whole"), models=True).returncode == 0
    assert _killed(command("killed"), time.monotonic() - begun, 7) > 0
    resumed = usbrec(*command("killed"), models=True)
    assert resumed.returncode == 0, resumed.stderr
    names = ("results.json", "turns.jsonl")
    assert _same(tmp_path / "killed", names) == _same(tmp_path / "whole", names)

"""Optional packages that are missing, and those that are there and cannot be loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from usbrec.errors import ConfigError
from usbrec.extras import extra

_DEMO = Path(__file__).parents[1] / "src/usbrec/data/demo"


def test_a_package_that_is_missing_is_named_with_its_extra() -> None:
    told = r"Dreaming needs the extra 'sleep' \(no_such_package is missing\)"
    with pytest.raises(ConfigError, match=told), extra("sleep", "Dreaming"):
        import no_such_package  # type: ignore[import-not-found]  # noqa: F401


def test_what_goes_on_inside_is_left_alone() -> None:
    with extra("sleep", "Dreaming"):
        import json  # noqa: F401
    with pytest.raises(ValueError, match="not of an import"), extra("sleep", "Dreaming"):
        raise ValueError("not of an import")


@pytest.mark.parametrize("kind", ["ImportError", "OSError"])
@pytest.mark.parametrize(
    ("package", "command"),
    [
        ("torch", ["evaluate", str(_DEMO / "dialogues.jsonl"), "--recommender", "hf:smollm2-135m"]),
        ("xllamacpp", ["evaluate", str(_DEMO / "dialogues.jsonl"), "--recommender", "smollm2-135m"]),
    ],
)
def test_a_package_that_cannot_be_loaded_is_told_without_a_traceback(
    package: str, command: list[str], kind: str, tmp_path: Path
) -> None:
    """As where a shared library is missing: libgomp on a slim image, CUDA's on a machine without."""
    (tmp_path / f"{package}.py").write_text(f'raise {kind}("libsome.so.1: cannot open shared object file")\n')
    done = _usbrec(tmp_path, *command, "-o", str(tmp_path / "out"))
    told = " ".join(done.stderr.split())
    assert done.returncode == 2, told
    assert "cannot be imported (libsome.so.1: cannot open shared object file)" in told
    assert "Traceback" not in told


def test_a_run_is_kept_where_the_second_judge_cannot_load_its_model(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text('raise OSError("libsome.so.1: cannot open shared object file")\n')
    script = tmp_path / "script.jsonl"
    script.write_text('{"say": ["You should try Heat (1995)."]}\n', encoding="utf-8")
    rules = ("--simulator", "rules", "--judge", "rules", "--limit", "3")
    command = (
        "evaluate",
        str(_DEMO / "dialogues.jsonl"),
        "--catalogue",
        str(_DEMO / "catalogue.csv"),
        *rules,
    )
    out = tmp_path / "out"
    done = _usbrec(tmp_path, *command, "--recommender", f"scripted:{script}", "-o", str(out))
    assert done.returncode == 0, done.stderr
    assert (out / "results.json").is_file()


def _usbrec(first: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own that finds modules in `first` before others."""
    path = os.pathsep.join((str(first), str(Path(__file__).parents[1] / "src")))
    env = {**os.environ, "PYTHONPATH": path, "USBREC_CACHE": str(first / "cache")}
    command = [sys.executable, "-m", "usbrec", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)

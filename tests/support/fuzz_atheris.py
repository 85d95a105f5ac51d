"""Coverage-guided fuzzing of the same targets: ``python tests/support/fuzz_atheris.py [NAME] [RUNS]``.

Without a name each target is fuzzed in a process of its own, RUNS inputs in all. Needs `pip install atheris`,
of which there are wheels for Linux.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))


def _fuzz(name: str, runs: int) -> None:
    import atheris

    with atheris.instrument_imports(include=["usbrec"]):
        from support.fuzz_targets import SEEDS, TARGETS
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(SEEDS[name]):
            (Path(corpus) / f"seed{number}").write_bytes(seed)
        options = [f"-runs={runs}", "-max_len=4096", "-timeout=20", "-rss_limit_mb=4096", "-verbosity=0"]
        atheris.Setup([sys.argv[0], *options, corpus], TARGETS[name])
        atheris.Fuzz()


def _all(runs: int) -> int:
    from support.fuzz_targets import TARGETS

    failed = [
        name
        for name in TARGETS
        if subprocess.run(
            [sys.executable, __file__, name, str(max(1, runs // len(TARGETS)))], check=False
        ).returncode
    ]
    print(f"faults in: {', '.join(failed)}" if failed else f"{len(TARGETS)} targets, no fault")
    return bool(failed)


if __name__ == "__main__":
    first, *more = [*sys.argv[1:], "100000"]
    if first.isdecimal():
        sys.exit(_all(int(first)))
    _fuzz(first, int(more[0]))

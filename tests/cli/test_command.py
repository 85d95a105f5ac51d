"""How the other tests start commands: copies of a process that waits, and children that Ctrl-C reaches."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from support.command import folder_of_the_command, interruptible, usbrec


def test_a_copied_command_says_what_a_started_one_says_and_ends_alike(tmp_path: Path) -> None:
    for args in (("models",), ("evaluate", "nowhere.jsonl", "-o", "run"), ("evaluate", "--nothing")):
        ends = [usbrec(*args, cwd=tmp_path, fresh=fresh) for fresh in (True, False)]
        first, second = ((end.returncode, end.stdout, end.stderr.replace("python -m ", "")) for end in ends)
        assert first == second
    assert usbrec("chat", "--recommender", "rules:popular", typed="/quit\n", cwd=tmp_path).returncode == 2


def test_in_a_shell_a_copied_command_has_its_folder_environment_streams_and_exit_code(tmp_path: Path) -> None:
    (tmp_path / "here.jsonl").write_text("no JSON\n", encoding="utf-8")
    done = subprocess.run(
        "printf '/quit\\n' | usbrec evaluate here.jsonl --limit 1 -o run",
        shell=True,
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{folder_of_the_command()}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "here.jsonl" in done.stderr


def test_the_name_that_is_installed_starts_the_command_line() -> None:
    name = Path(sys.executable).with_name("usbrec")
    listed = subprocess.run([name, "models"], capture_output=True, text=True, check=True)
    assert listed.stdout == usbrec("models").stdout


def test_what_starts_inside_is_reached_by_ctrl_c_though_the_tests_ignore_it() -> None:
    def ignored() -> bool:
        code = "import signal, sys; sys.exit(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)"
        return subprocess.run([sys.executable, "-c", code], check=False).returncode == 1

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert ignored()
        with interruptible():
            assert not ignored()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)

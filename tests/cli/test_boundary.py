"""What the system refuses in the middle of a command, room or memory, is a message and exit code 2."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from support import ROOT
from support.command import usbrec
from usbrec import cli


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no room to write"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "curves.png"), "curves.png: there is no room to write"),
        (OSError(errno.EFBIG, "File too large"), "no room to write"),
        (OSError(errno.EROFS, "Read-only file system", "/mnt/x"), "/mnt/x: Read-only file system"),
        (MemoryError(), "not enough memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "not enough memory"),
        (RuntimeError("can't start new thread"), "not enough memory"),
        (ImportError("libx.so: failed to map segment from shared object"), "not enough memory"),
        (SystemError("error return without exception set"), "not enough memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to"), "not enough memory"),
    ],
)
def test_a_system_that_has_no_more_is_told_without_a_traceback(
    error: Exception, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert told in " ".join(said.split())


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), RuntimeError("a fault of ours")])
def test_what_nobody_foresaw_is_raised_as_it_is(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(type(error)) as raised:
        cli.main()
    assert raised.value is error


def test_a_library_that_memory_lacks_for_is_not_taken_for_one_that_is_not_installed(tmp_path: Path) -> None:
    """A judge learnt without the encoder would be another one, and nobody would know."""
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    failing = 'raise ImportError("libtorch_cpu.so: failed to map segment from shared object", name="_C")\n'
    (libraries / "torch.py").write_text(failing, encoding="utf-8")
    ended = usbrec(
        *("train", "judge", ROOT / "docs" / "examples" / "rated-dialogues.jsonl", "-o", tmp_path / "judge"),
        env={
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "PYTHONPATH": os.pathsep.join([str(libraries), str(ROOT / "src")]),
        },
        fresh=True,
    )
    assert ended.returncode == 2, ended.stderr
    assert "not enough memory" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "judge").exists()

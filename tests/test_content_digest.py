"""Digests of files: a large one is read once, and again when it has changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from usbrec.errors import InputError
from usbrec.storage import content_digest

LARGE = 1 << 20


def test_a_large_file_is_read_again_only_when_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, read = tmp_path / "weights.bin", []
    digest = hashlib.file_digest
    monkeypatch.setattr(
        hashlib, "file_digest", lambda file, name: read.append(file.name) or digest(file, name)
    )
    path.write_bytes(b"a" * LARGE)
    first = content_digest(path)
    assert first == content_digest(str(path)) == hashlib.sha256(b"a" * LARGE).hexdigest()
    assert len(read) == 1
    path.write_bytes(b"b" * LARGE)
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))
    assert content_digest(path) == hashlib.sha256(b"b" * LARGE).hexdigest() != first
    assert len(read) == 2


def test_a_small_file_is_read_each_time(tmp_path: Path) -> None:
    """Two writes within one tick of the file system's clock leave the same time."""
    path = tmp_path / "adapter.json"
    path.write_bytes(b"a")
    stamp = path.stat()
    first = content_digest(path)
    path.write_bytes(b"b")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert content_digest(path) != first


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        content_digest(tmp_path / "nowhere")

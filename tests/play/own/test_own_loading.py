"""Objects by name from the command line: `python:MODULE:THING` and installed plug-ins."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from support import ROOT
from support.command import interruptible, usbrec
from usbrec.errors import ConfigError
from usbrec.play.own.loading import load_object

BOOKS, SAMPLES = ROOT / "docs" / "examples" / "books.csv", ROOT / "docs" / "examples" / "books.jsonl"
GOOD = """import time
from usbrec.dialogue import Reply

class Nearest:
    identity = {"version": 1}
    def reply(self, conversation):
        return "Try Dracula (1897)."
class Needs:
    def __init__(self, path):
        pass
class Breaks:
    def __init__(self):
        raise OSError("no index\\nmore")
made = Nearest()
class Inside:
    inner = made
class Gives:
    def reply(self, conversation):
        return Reply("Unlike Jane Eyre (1847):", items=["B04"])
class Hangs:
    def reply(self, conversation):
        open("asked", "w").close()
        time.sleep(600)
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that one is in, with a module whose name no other test uses."""
    (tmp_path / "corner_shop.py").write_text(GOOD)
    (tmp_path / "torn_shop.py").write_text("import nowhere_to_be_found\n")
    (tmp_path / "wrong_shop.py").write_text("def reply(:\n")
    (tmp_path / "closed_shop.py").write_text("raise SystemExit('closed')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [one for one in sys.path if one])
    for name in [name for name in sys.modules if name.endswith("_shop")]:
        monkeypatch.delitem(sys.modules, name)
    return tmp_path


def python(rest: str) -> object:
    return load_object("python", rest, f"python:{rest}")


@pytest.mark.parametrize("rest", ["corner_shop:Nearest", "corner_shop:made", "corner_shop:Inside.inner"])
def test_a_module_in_the_current_folder_is_found_and_a_class_is_called(rest: str, shop: Path) -> None:
    assert type(python(rest)).__name__ == "Nearest"


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("corner_shop", "write python:MODULE:THING"),
        ("no_such_shop:Nearest", r"no module is called no_such_shop\. .* in the current folder \(.+\)"),
        (
            "json.no_such_shop:Nearest",
            r"json\.no_such_shop cannot be imported: ModuleNotFoundError: No module",
        ),
        ("torn_shop:X", r"ModuleNotFoundError: No module named 'nowhere_to_be_found' at .*torn_shop\.py:1"),
        ("wrong_shop:X", r"SyntaxError: .* at .*wrong_shop\.py:1"),
        ("closed_shop:X", r"SystemExit: closed at .*closed_shop\.py:1"),
        ("corner_shop:Far", r"corner_shop\.py has no Far\. There is: Breaks, Gives, Hangs, Inside"),
        ("corner_shop:Needs", r"Needs is called without arguments.*'path'"),
        ("corner_shop:Breaks", r"Breaks\(\) failed: OSError: no index at .*corner_shop\.py:13"),
    ],
)
def test_what_cannot_be_loaded_is_told_with_what_and_where(rest: str, said: str, shop: Path) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        python(rest)
    assert str(caught.value).startswith(f"python:{rest}")


def package(folder: Path, name: str, entries: str) -> None:
    """What installing a package leaves: its metadata with entry points."""
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[usbrec.seats]\n{entries}\n")


@pytest.fixture
def installed(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(shop))
    package(shop, "corner", "nearest = corner_shop:Nearest\ntorn = torn_shop:X")
    return shop


def test_an_installed_plug_in_is_found_by_its_name(installed: Path) -> None:
    assert type(load_object("plugin", "nearest", "plugin:nearest")).__name__ == "Nearest"


def test_a_plug_in_of_an_unknown_name_is_told_which_there_are(installed: Path) -> None:
    with pytest.raises(ConfigError, match=r"plugin:farthest.*There are: nearest, torn"):
        load_object("plugin", "farthest", "plugin:farthest")


def test_a_plug_in_that_cannot_be_imported_is_told_with_what_and_where(installed: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"torn_shop:X cannot be loaded: ModuleNotFoundError.*torn_shop\.py:1"
    ):
        load_object("plugin", "torn", "plugin:torn")


def test_two_plug_ins_of_one_name_are_refused_with_both_packages(installed: Path) -> None:
    package(installed, "rival", "nearest = corner_shop:made")
    with pytest.raises(ConfigError) as caught:
        load_object("plugin", "nearest", "plugin:nearest")
    assert "corner (corner_shop:Nearest), rival (corner_shop:made)" in str(caught.value)


def test_one_package_that_is_found_twice_is_one(
    installed: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = tmp_path_factory.mktemp("again")
    package(again, "corner", "nearest = corner_shop:Nearest")
    monkeypatch.syspath_prepend(str(again))
    assert type(load_object("plugin", "nearest", "plugin:nearest")).__name__ == "Nearest"


RUN = ("evaluate", SAMPLES, "--catalogue", BOOKS, "--seeker", "rules", "--judge", "rules")


def test_the_command_line_seats_an_object_of_the_current_folder(shop: Path) -> None:
    done = usbrec(
        *RUN, "--no-second-judge", "--recommender", "python:corner_shop:Nearest", "-o", "run", cwd=shop
    )
    assert done.returncode == 0, done.stderr
    config = tomllib.loads((shop / "run" / "config.toml").read_text())
    assert config["seats"]["recommender"] == "python:corner_shop:Nearest"
    assert config["seats"]["simulator"] == "rules", "--seeker is the simulator"


def test_the_command_line_ends_with_2_and_no_traceback_where_a_module_is_broken(shop: Path) -> None:
    done = usbrec(*RUN, "--recommender", "python:torn_shop:X", "-o", "run", cwd=shop)
    assert done.returncode == 2
    assert "torn_shop.py:1" in done.stderr.replace("\n", "")
    assert "Traceback" not in done.stderr + done.stdout
    assert not (shop / "run").exists()


def test_a_conversation_shows_the_items_that_an_object_gives(shop: Path) -> None:
    done = usbrec(
        *("chat", "--catalogue", BOOKS, "--recommender", "python:corner_shop:Gives"),
        cwd=shop,
        typed="hello\n",
    )
    assert done.returncode == 0, done.stderr
    assert "Unlike Jane Eyre (1847): Dracula (1897)" in done.stdout
    shown = [line for line in done.stdout.splitlines() if line.startswith("  ")]
    assert [line.split(" · ")[0].strip() for line in shown] == ["Dracula (1897)"]


def test_ctrl_c_does_not_wait_for_a_method_that_hangs(shop: Path) -> None:
    command = [sys.executable, "-m", "usbrec", *map(str, RUN), "--recommender", "python:corner_shop:Hangs"]
    with interruptible():
        process = subprocess.Popen([*command, "-o", "run"], cwd=shop, stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        if (shop / "asked").exists():
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on from there" in " ".join(said.split())

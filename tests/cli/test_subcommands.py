"""The table of subcommands: it says what the commands say themselves, and spares their imports."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import metadata
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from usbrec.cli.app import SUBCOMMANDS, app

#: What takes long to import, or is read only where a command does its work.
_LONG = "numpy scipy jinja2 pydantic torch pandas matplotlib openai aiohttp xllamacpp asyncio usbrec.config"


def given(*args: str, **env: str) -> Result:
    return CliRunner().invoke(app, args, env={"COLUMNS": "100", **env}, prog_name="usbrec")


def imported_by(*args: str) -> set[str]:
    code = (
        "import json, sys; from usbrec.cli import main\n"
        "try: main()\n"
        "finally: print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, *args]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr))


def group() -> Any:
    return typer.main.get_command(app)


def test_the_table_says_of_each_subcommand_what_it_says_itself() -> None:
    commands = group().commands
    assert list(commands) == [one.name for one in SUBCOMMANDS]
    for one in SUBCOMMANDS:
        command = commands[one.name]
        assert command.name == one.name
        said = command.short_help or command.help.partition("\n\n")[0]
        assert (one.help, False) == (said, command.hidden)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_what_only_tells_of_the_subcommands_imports_none(option: str) -> None:
    found = imported_by(option)
    assert found & set(_LONG.split()) == set()
    assert {name for name in found if name.startswith("usbrec.")} <= {
        "usbrec.cli",
        "usbrec.cli.app",
        "usbrec.cli.subcommands",
        "usbrec.errors",
        "usbrec.on_demand",
    }


def test_one_subcommand_imports_no_other() -> None:
    found = imported_by("compare", "--help")
    assert "usbrec.cli.compare" in found
    others = {f"usbrec.cli.{name}" for name in ("evaluate", "chatting", "serving", "demo", "experiment")}
    assert found & (others | {"usbrec.serve", "usbrec.training", "usbrec.stages"}) == set()


def test_the_page_of_help_lists_every_subcommand_in_order() -> None:
    page = given("--help").output
    places = [page.index(f"│ {one.name} ") for one in SUBCOMMANDS]
    assert places == sorted(places)
    assert page == given("-h").output
    assert given().output.strip() == page.strip()
    for one in SUBCOMMANDS:
        assert " ".join(one.help.split()[:8]) in page


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (("train", "--help"), "Train what recommends, what judges, or who seeks."),
        (("train",), "Learn to prefer, held near the model it starts from."),
        (("train", "kto", "-h"), "usbrec train kto [OPTIONS]"),
        (("models", "probe", "--help"), "usbrec models probe [OPTIONS]"),
        (("evaluate", "-h"), "--seeker,--simulator"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_subcommand_has_its_own_page(args: tuple[str, ...], line: str) -> None:
    page = given(*args).output
    assert line in page
    assert "--install-completion" not in page


def test_a_name_mistyped_is_refused_with_the_nearest() -> None:
    for args, nearest in ((("evalute",), "'evaluate'"), (("train", "sff"), "'sft'")):
        refused = given(*args)
        assert refused.exit_code == 2
        assert f"No such command '{args[-1]}'. Did you mean {nearest}?" in refused.output
    assert "Did you mean" not in given("qqqq").output


def test_a_shell_completes_names_methods_and_options() -> None:
    def completed(typed: str) -> str:
        return given(_USBREC_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS=typed).output

    named = [one.name for one in SUBCOMMANDS if f'"{one.name}":' in completed("usbrec e")]
    assert named == ["evaluate", "experiment", "export"]
    assert '"grpo":' in completed("usbrec train ")
    assert '"--seeker":' in completed("usbrec evaluate --se")


def test_the_version_is_that_of_the_package() -> None:
    assert given("--version").output == f"usbrec {metadata.version('usbrec')}\n"


@pytest.mark.parametrize(
    "typed",
    [
        ["evaluate", "x.jsonl", "--replay", ""],
        ["evaluate", "x.jsonl", "-o", ""],
        ["evaluate", ""],
        ["compare", "here", ""],
        ["train", "ranker", "x.jsonl", "--catalogue", "", "-o", "there"],
    ],
)
def test_an_empty_name_of_a_file_is_refused_and_is_not_the_folder_at_hand(typed: list[str]) -> None:
    result = CliRunner().invoke(app, typed)
    assert result.exit_code == 2
    assert "an empty name of a file or folder" in " ".join(result.output.replace("│", " ").split())

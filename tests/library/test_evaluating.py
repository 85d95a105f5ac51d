"""One call evaluates: in memory or in a folder, from a script, beside a running loop, in an async program."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import usbrec
from support import ROOT
from support.servers import Answer, LocalServer, Seen, completion
from usbrec.errors import ConfigError, InputError, Interrupted, RunFolderError
from usbrec.library.tables import EPISODE_COLUMNS, PAIR_COLUMNS, RANKING_COLUMNS
from usbrec.llm.scripted import load_script

EXAMPLES = ROOT / "docs" / "examples"
MODEL = f"scripted:{EXAMPLES / 'book-model.jsonl'}"
#: Quick: few resamples, and no sentence model beside the judge.
QUICK: dict[str, Any] = {"statistics": {"resamples": 100}, "judging": {"second": False}}
BOOKS: dict[str, Any] = {
    "samples": EXAMPLES / "books.jsonl",
    "catalogue": EXAMPLES / "books.csv",
    "config": QUICK,
    "progress": False,
}


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where runs without a folder of their own are for a while."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def _without_clock(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_clock(inner) for key, inner in value.items() if key != "seconds"}
    return [_without_clock(inner) for inner in value] if isinstance(value, list | tuple) else value


def test_a_run_in_memory_says_what_one_in_a_folder_says_and_leaves_nothing(
    tmp_path: Path, temporary: Path
) -> None:
    in_memory = usbrec.evaluate(recommender=MODEL, **BOOKS)
    in_folder = usbrec.evaluate(recommender=MODEL, out=tmp_path / "run", **BOOKS)
    assert list(temporary.iterdir()) == []
    assert (in_memory.name, in_memory.path) == (MODEL, None)
    assert (in_folder.name, in_folder.path) == ("run", tmp_path / "run")
    assert _without_clock(in_memory.results) == _without_clock(in_folder.results)
    assert in_memory.episodes == in_folder.episodes
    assert len(in_memory.episodes) == 6
    written = (tmp_path / "run" / "results.json").read_text()
    assert in_folder.results == json.loads(written)
    assert usbrec.Run.load(tmp_path / "run").scores == in_folder.scores


def test_samples_and_items_in_memory_give_the_same_run_as_their_files(tmp_path: Path) -> None:
    by_file = usbrec.evaluate(recommender="rules:retriever", out=tmp_path / "run", **BOOKS)
    held = {
        **BOOKS,
        "samples": usbrec.load_samples(BOOKS["samples"]),
        "catalogue": list(usbrec.load_catalogue(BOOKS["catalogue"])),
    }
    # The folder would refuse other inputs.
    assert (
        usbrec.evaluate(recommender="rules:retriever", out=tmp_path / "run", **held).results
        == by_file.results
    )


def test_scores_have_means_intervals_and_counts(tmp_path: Path) -> None:
    run = usbrec.evaluate(recommender="rules:retriever", **BOOKS)
    score, hit = run.scores["ieval"], run.scores["hit"]
    assert score.mean == run.results["ieval"]["mean"]
    assert list(score.ci95) == run.results["ieval"]["ci95"]
    assert (score.n, score.clusters) == (6, 5)
    assert hit.mean == pytest.approx(sum(episode.hit for episode in run.episodes) / 6, abs=1e-6)
    assert "non_repeats.hit" in run.scores


def test_a_table_has_a_row_an_episode_and_the_columns_that_are_documented(tmp_path: Path) -> None:
    run = usbrec.evaluate(recommender="rules:retriever", **BOOKS)
    frame = run.to_pandas()
    assert list(frame.columns) == list(EPISODE_COLUMNS)
    assert frame["score"].tolist() == [episode.score.value for episode in run.episodes]
    assert frame["hit"].tolist() == [episode.hit for episode in run.episodes]
    assert frame["last_reply"].tolist() == [episode.replies[-1] for episode in run.episodes]
    assert frame["replies"].sum() == sum(len(episode.replies) for episode in run.episodes)
    assert frame["failed"].isna().all()
    lines = run.to_csv(tmp_path / "episodes.csv").read_text().splitlines()
    assert lines[0] == ",".join(EPISODE_COLUMNS)
    assert len(lines) == 7
    assert "rules:retriever" in run.to_latex()
    assert "<table>" in run._repr_html_()
    assert run.save(tmp_path / "report.html").read_text().strip().startswith("<!doctype html>")


def test_a_failed_row_has_a_reason_and_no_episode() -> None:
    def falter(request: Seen) -> Answer:
        words = request.body["messages"][-1]["content"]
        return completion("" if "gothic" in words else "Try Dracula (1897).")

    with LocalServer(falter) as server:
        run = usbrec.evaluate(recommender="openai:my-model", base_url=server.url, **BOOKS)
    assert 0 < len(run.failures) < 6
    assert len(run.episodes) == 6 - len(run.failures)
    assert all(reason.startswith("UnusableAnswer: ") for reason in run.failures.values())
    frame = run.to_pandas().set_index("sample_id")
    assert frame["failed"].dropna().to_dict() == run.failures
    assert frame.loc[list(run.failures), ["score", "hit", "last_reply"]].isna().all(axis=None)


def test_a_run_that_only_ranks_has_its_own_scores_and_columns(tmp_path: Path) -> None:
    held = usbrec.evaluate(mode="retrieval", **BOOKS)
    kept = usbrec.evaluate(mode="retrieval", out=tmp_path / "run", **BOOKS)
    for run in (held, kept, usbrec.Run.load(tmp_path / "run")):
        assert run.scores["recall.10"].n == 7
        assert "ieval" not in run.scores
        assert list(run.to_pandas().columns) == list(RANKING_COLUMNS)
        assert run.to_pandas()["rank"].min() == 1
        assert run.episodes == ()
        assert "recall.10" in run._repr_html_()
        with pytest.raises(InputError, match="ranks and plays nothing"):
            usbrec.compare(run)


def test_runs_are_compared_under_the_names_that_are_given(tmp_path: Path) -> None:
    best = usbrec.evaluate(recommender="rules:best", out=tmp_path / "best", **BOOKS)
    random = usbrec.evaluate(recommender="rules:random", **BOOKS)
    both = usbrec.compare(random, tmp_path / "best", names=["random", "the best"])
    assert [system.name for system in both.systems] == ["random", "the best"]
    found = both.between("the best", "ieval")
    assert found is not None
    assert found.difference.mean == pytest.approx(
        (best.scores["ieval"].mean or 0) - (random.scores["ieval"].mean or 0)
    )
    assert usbrec.compare(random, best, reference="best").reference == "best"
    assert "<table>" in both._repr_html_()
    assert both.save(tmp_path / "both.csv").is_file()
    with pytest.raises(ConfigError, match="names: 1 for 2 runs"):
        usbrec.compare(random, best, names=["one"])
    with pytest.raises(InputError, match="no such folder"):
        usbrec.compare(tmp_path / "nothing")


def test_what_is_no_run_is_told_how_to_be_compared(tmp_path: Path) -> None:
    run = usbrec.evaluate(recommender="rules:best", **BOOKS)
    with pytest.raises(InputError, match=r"list is neither a run .* compare\(\*runs\)"):
        usbrec.compare([run, run])  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="names='ab': a text"):
        usbrec.compare(run, run, names="ab")
    with pytest.raises(ConfigError, match="resamples=0"):
        usbrec.compare(run, resamples=0)
    assert repr(usbrec.compare(run, run, names=[1, 2])) == "Comparison('1', '2')"  # type: ignore[list-item]


def test_an_empty_folder_name_is_refused_and_nothing_is_written_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match='out=""'):
        usbrec.evaluate(recommender="rules:best", out="", **BOOKS)
    with pytest.raises(ConfigError, match='out=""'):
        usbrec.make_pairs(recommender="rules:best", out="", **BOOKS)
    assert not (tmp_path / "run.db").exists()


async def test_an_object_that_ends_the_program_in_the_loop_of_its_caller_fails_its_rows() -> None:
    class Ending:
        async def reply(self, conversation: usbrec.Conversation) -> str:
            raise SystemExit(3)

    with pytest.raises(usbrec.errors.ModelRefused, match="raised SystemExit: 3"):
        await usbrec.aevaluate(recommender=Ending(), **BOOKS)


async def test_a_run_beside_a_running_loop_is_the_run_of_a_script() -> None:
    beside = usbrec.evaluate(recommender=MODEL, **BOOKS)
    in_script = await asyncio.to_thread(lambda: usbrec.evaluate(recommender=MODEL, **BOOKS))
    assert _without_clock(beside.results) == _without_clock(in_script.results)


async def test_an_async_program_goes_on_while_it_waits_for_a_run() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.005)

    ticking = asyncio.create_task(tick())
    run = await usbrec.aevaluate(recommender=MODEL, **BOOKS)
    ticking.cancel()
    assert len(run.episodes) == 6
    assert ticks > 5


class _After:
    """Progress that does something once, after so many rows; remembers what was done before."""

    def __init__(self, rows: int, then: Any) -> None:
        self.rows, self.then = rows, then
        self.before: list[int] = []

    def start(self, label: str, total: int, done: int, unit: str = "rows") -> None:
        if unit == "rows":
            self.before.append(done)

    def advance(self, *, failed: bool) -> None:
        self.rows -= 1
        if self.rows == 0:
            self.then()

    def finish(self) -> None:
        return


@pytest.fixture
def ctrl_c() -> Iterator[Any]:
    """Presses Ctrl-C; it is heard also where whoever started the tests ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda: signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    signal.signal(signal.SIGINT, before)


def _bookseller(request: Seen) -> Answer:
    return completion("You should try Dune (1965).")


@pytest.fixture
def served() -> Iterator[dict[str, Any]]:
    """A model on a server, which is waited for; one row after the other."""
    with LocalServer(_bookseller) as server:
        yield {**BOOKS, "concurrency": 1, "recommender": "openai:my-model", "base_url": server.url}


def _stopped_and_gone_on_with(tmp_path: Path, served: dict[str, Any], ctrl_c: Any) -> None:
    slow = {**served, "out": tmp_path / "run"}
    whole = usbrec.evaluate(**{**slow, "out": tmp_path / "whole"})
    with pytest.raises(Interrupted, match="goes on from there"):
        usbrec.evaluate(**{**slow, "progress": _After(2, ctrl_c)})
    assert not (tmp_path / "run" / "results.json").exists()
    again = _After(0, None)
    run = usbrec.evaluate(**{**slow, "progress": again})
    assert again.before[0] in (2, 3)
    assert run.episodes == whole.episodes


def test_ctrl_c_in_a_script_stops_a_run_and_the_same_call_goes_on_with_it(
    tmp_path: Path, served: dict[str, Any], ctrl_c: Any
) -> None:
    _stopped_and_gone_on_with(tmp_path, served, ctrl_c)


def test_ctrl_c_beside_a_running_loop_stops_a_run_and_the_same_call_goes_on_with_it(
    tmp_path: Path, served: dict[str, Any], ctrl_c: Any
) -> None:
    async def cell() -> None:
        _stopped_and_gone_on_with(tmp_path, served, ctrl_c)

    with contextlib.closing(asyncio.new_event_loop()) as loop:
        loop.run_until_complete(cell())


async def test_a_cancelled_run_of_an_async_program_is_gone_on_with_by_the_same_call(
    tmp_path: Path, served: dict[str, Any]
) -> None:
    loop = asyncio.get_running_loop()
    running: list[asyncio.Task[usbrec.Run]] = []
    stop = _After(2, lambda: loop.call_soon_threadsafe(running[0].cancel))
    arguments = {**served, "out": tmp_path / "run"}
    running.append(asyncio.create_task(usbrec.aevaluate(**{**arguments, "progress": stop})))
    with pytest.raises(asyncio.CancelledError):
        await running[0]
    again = _After(0, None)
    run = await usbrec.aevaluate(**{**arguments, "progress": again})
    assert again.before[0] in (2, 3, 4)
    assert run.episodes == usbrec.evaluate(**served).episodes


@pytest.mark.usefixtures("temporary")
def test_whoever_stops_a_run_without_a_folder_is_told_how_to_keep_one(
    served: dict[str, Any], ctrl_c: Any
) -> None:
    with pytest.raises(Interrupted, match='give a folder: out="runs/NAME"'):
        usbrec.evaluate(**{**served, "progress": _After(2, ctrl_c)})


def test_a_recorded_run_answers_in_place_of_its_model(tmp_path: Path) -> None:
    run = usbrec.evaluate(recommender=MODEL, out=tmp_path / "run", **BOOKS)
    replayed = usbrec.evaluate(recommender=MODEL, replay=tmp_path / "run", **BOOKS)
    assert replayed.episodes == run.episodes


def test_arguments_go_before_settings_and_settings_before_defaults(tmp_path: Path) -> None:
    (tmp_path / "quick.toml").write_text(
        "seed = 5\nlimit = 2\n[play]\nrounds = 3\n[seats]\nsimulator = 'rules'\n"
        "[statistics]\nresamples = 100\n[judging]\nsecond = false\n"
    )
    loaded = usbrec.load_config(tmp_path / "quick.toml")
    for settings in (tmp_path / "quick.toml", str(tmp_path / "quick.toml"), loaded):
        run = usbrec.evaluate(recommender="rules:random", rounds=1, **{**BOOKS, "config": settings})
        used = run.results["config"]
        assert (used["seed"], used["limit"], used["play"]["rounds"]) == (5, 2, 1)
        # Nobody named a judge: with a catalogue it goes by rules.
        assert used["seats"] == {"recommender": "rules:random", "simulator": "rules", "judge": "rules"}


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"play\.rounds: .*less than or equal to 20"):
        usbrec.evaluate(recommender="rules:random", rounds=99, **BOOKS)
    with pytest.raises(ConfigError, match=r"plays: there is no such setting. Did you mean play"):
        usbrec.evaluate(recommender="rules:random", **{**BOOKS, "config": {"plays": {}}})
    with pytest.raises(ConfigError, match="list holds no settings"):
        usbrec.evaluate(recommender="rules:random", **{**BOOKS, "config": []})


def test_a_folder_with_another_run_is_refused(tmp_path: Path) -> None:
    usbrec.evaluate(recommender="rules:random", out=tmp_path / "run", **BOOKS)
    with pytest.raises(RunFolderError, match="another configuration"):
        usbrec.evaluate(recommender="rules:random", seed=1, out=tmp_path / "run", **BOOKS)


def test_pairs_are_a_sequence_in_memory_and_in_a_folder(tmp_path: Path, temporary: Path) -> None:
    def make(**more: Any) -> usbrec.Pairs:
        return usbrec.make_pairs(recommender=MODEL, candidates=5, drafts=4, **more, **BOOKS)

    held, kept = make(), make(out=tmp_path / "pairs")
    assert list(temporary.iterdir()) == []
    assert held.pairs == kept.pairs
    assert len(held) == held.results["pairs"] > 0
    assert held[0] in held
    assert (held.path, kept.path, held.name) == (None, tmp_path / "pairs", MODEL)
    assert usbrec.Pairs.load(tmp_path / "pairs").pairs == held.pairs
    frame = held.to_pandas()
    assert list(frame.columns) == list(PAIR_COLUMNS)
    assert (frame["chosen_score"] > frame["rejected_score"]).all()
    assert len(held.to_csv(tmp_path / "pairs.csv").read_text().splitlines()) > len(held)


def test_pairs_are_made_with_the_objects_that_were_evaluated_before() -> None:
    model = load_script(EXAMPLES / "book-model.jsonl")
    usbrec.evaluate(recommender=model, candidates=5, **BOOKS)
    pairs = usbrec.make_pairs(recommender=model, candidates=5, **BOOKS)
    named = usbrec.make_pairs(recommender=MODEL, candidates=5, **BOOKS)
    assert [(one.chosen, one.rejected) for one in pairs] == [(one.chosen, one.rejected) for one in named]
    assert len(pairs) > 0

    class Even:
        def score(self, conversation: Any, targets: Any) -> float:
            return 1.0

    told = usbrec.make_pairs(recommender=MODEL, judge=Even(), candidates=5, **BOOKS)
    assert (len(told), sum(told.results["dropped"].values())) == (0, 6)


def test_a_class_in_a_seat_is_taken_for_one_that_was_not_called() -> None:
    class Librarian:
        def reply(self, conversation: usbrec.Conversation) -> str:
            return "Try Dracula (1897)."

    with pytest.raises(ConfigError, match=r"recommender: Librarian is a class\. Give an object: Librarian"):
        usbrec.evaluate(recommender=Librarian, **BOOKS)
    run = usbrec.evaluate(recommender=Librarian(), **BOOKS)
    assert run.name == "Librarian"


async def test_async_objects_run_in_the_loop_of_the_program_that_waits() -> None:
    home = asyncio.get_running_loop()
    loops: set[asyncio.AbstractEventLoop] = set()

    class Colleague:
        async def reply(self, conversation: usbrec.Conversation) -> str:
            loops.add(asyncio.get_running_loop())
            return "Try Dracula (1897)."

    run = await usbrec.aevaluate(recommender=Colleague(), **BOOKS)
    assert run.failures == {}
    assert loops == {home}

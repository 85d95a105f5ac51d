"""Recommenders, seekers and judges of the user's own, each an object in a seat of a run."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import CATALOGUE, FILMS, KNOWLEDGE, sample
from support.results_page import undocumented
from usbrec.config import Config, load_config
from usbrec.dialogue import Conversation, Reply, Turn
from usbrec.errors import ConfigError, Interrupted, ModelRefused, RunFolderError
from usbrec.journal import Journal
from usbrec.judge.rules import RulesTargetJudge
from usbrec.llm import ScriptedModel
from usbrec.llm.recorded import Recorder
from usbrec.play.own.recommender import OwnRecommender
from usbrec.play.protocol import Sampling
from usbrec.play.targets import Targets
from usbrec.stages import evaluate

ROWS = tuple(sample("I liked Goodfellas (1990).", id_=f"d{number}:1") for number in range(4))


def settings(**over: Any) -> Config:
    seats = {"recommender": "rules:retriever", "seeker": "rules", "judge": "rules", **over.pop("seats", {})}
    return load_config(None, {"seats": seats, "judging": {"second": False}, **over})


def play(tmp_path: Path, objects: Mapping[str, object], rows: Any = ROWS, **over: Any) -> Mapping[str, Any]:
    catalogue = over.pop("catalogue", CATALOGUE)
    replay = over.pop("replay", None)
    return evaluate(
        rows,
        tmp_path / "run",
        config=settings(**over),
        catalogue=catalogue,
        objects=objects,
        replay=replay,
    )


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "episodes.jsonl").read_text().splitlines()]


class Plain:
    """Says the same to everybody, and remembers what it was given."""

    identity: Mapping[str, Any] | None = None

    def __init__(self, answer: Any = "Try Casino (1995).") -> None:
        self.answer = answer
        self.given: list[Conversation] = []
        self.threads: set[int] = set()

    def reply(self, conversation: Conversation) -> Any:
        self.given.append(conversation)
        self.threads.add(threading.get_ident())
        return self.answer


class Async(Plain):
    async def reply(self, conversation: Conversation) -> Any:  # type: ignore[override]
        await asyncio.sleep(0)
        return super().reply(conversation)


# What a recommender says


@pytest.mark.parametrize("kind", [Plain, Async])
def test_an_object_with_reply_recommends_plain_or_async(kind: type[Plain], tmp_path: Path) -> None:
    own = kind()
    results = play(tmp_path, {"recommender": own})
    assert results["hit"]["mean"] == 1.0
    told = results["seats"]["recommender"]
    assert told["seat"] == f"object:{kind.__name__}"
    assert told.keys() == {"seat", "identity"}
    assert results["items"] is None
    assert [turn.text for turn in own.given[0].turns] == ["I liked Goodfellas (1990)."]
    assert (own.given[0].round, own.given[0].rounds, own.given[0].system) == (1, 2, None)
    assert own.given[0].candidates == ()


def test_no_recommender_is_ever_given_a_target(tmp_path: Path) -> None:
    own = Plain("Tell me more.")
    play(tmp_path, {"recommender": own}, play={"candidates": 3})
    assert len(own.given) == 8
    assert not any("Casino" in str(turn) for one in own.given for turn in one.turns)
    assert not any(isinstance(value, Targets) for one in own.given for value in vars_of(one))


def vars_of(conversation: Conversation) -> list[object]:
    return [getattr(conversation, name) for name in conversation.__dataclass_fields__]


def test_candidates_are_there_where_they_were_asked_for(tmp_path: Path) -> None:
    own = Plain("Tell me more.")
    results = play(tmp_path, {"recommender": own}, play={"candidates": 3})
    assert {len(one.candidates) for one in own.given} == {3}
    assert own.given[0].candidates[0].title
    assert own.given[0].turns[-1].text == "I liked Goodfellas (1990).", "the list is not in the last message"
    assert results["replies"]["grounding"]["redraws"] == 0


async def test_a_clients_system_text_is_not_passed_on_and_a_focus_leaves_its_candidates_alone() -> None:
    given: list[Conversation] = []

    async def ask(conversation: Conversation) -> Reply:
        given.append(conversation)
        return Reply("Hm?")

    own = OwnRecommender("own", {}, ask, Recorder(Journal("none.db")))
    turns = (Turn("seeker", "Hello"),)
    shown = Conversation(turns, candidates=FILMS[:3], focus=("f2",), system="You sell cars.")
    drawn = await own.draw(shown, Sampling(n=2))
    assert len(drawn.replies) == len(given) == 2
    assert (given[0].system, given[0].candidates) == (None, FILMS[1:2])


@pytest.mark.parametrize(
    ("given", "told"), [(["F12", "F4"], 1), ([" f12"], 1), (["f99", "made up"], 0), (["f12"], 0)]
)
def test_ids_that_differ_from_the_catalogues_in_capitals_alone_are_told_of_once(
    given: list[str], told: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    results = play(tmp_path, {"recommender": Plain(Reply("This one.", items=given))}, play={"rounds": 1})
    assert results["items"]["unknown"] == (0 if given == ["f12"] else 4 * len(given))
    assert caplog.text.count("letter by letter") == told
    assert ("which has 'f12'" in caplog.text) == bool(told)
    # So is the first that it does not have at all.
    assert caplog.text.count("count for nothing; the results say") == (given[0] == "f99")


def test_items_are_what_is_scored_whatever_the_text_names(tmp_path: Path) -> None:
    own = Plain(Reply("Unlike Casino (1995), this one is calm.", items=["f12"]))
    results = play(tmp_path, {"recommender": own}, play={"rounds": 1})
    assert results["hit"]["mean"] == 0.0
    (turn,) = rows_of(tmp_path / "run")[0]["episode"]["played"]
    assert turn == {
        "role": "recommender",
        "text": "Unlike Casino (1995), this one is calm. Notting Hill (1999)",
        "items": ["f12"],
    }
    assert rows_of(tmp_path / "run")[0]["episode"]["facts"]["new"] == ["f12"]
    assert undocumented("usbrec evaluate", results) == set()
    assert results["items"] == {
        "source": "items given by the system",
        "replies": 4,
        "given": 4,
        "unknown": 0,
    }


def test_the_first_item_counts_and_ids_that_the_catalogue_lacks_are_counted(tmp_path: Path) -> None:
    own = Plain(Reply("These.", items=["nowhere", "f4", "f1", 99, "f4"]))  # type: ignore[list-item]
    results = play(tmp_path, {"recommender": own}, play={"rounds": 1})
    assert results["hit_first"]["mean"] == 1.0
    (turn,) = rows_of(tmp_path / "run")[0]["episode"]["played"]
    assert (turn["text"], turn["items"]) == ("These. Casino (1995), Heat (1995)", ["f4", "f1"])
    assert results["items"]["unknown"] == 8
    assert rows_of(tmp_path / "run")[0]["episode"]["facts"]["unknown_items"] == [["nowhere", "99"]]
    assert "2 ids are not in the catalogue" not in (tmp_path / "run" / "report.html").read_text()
    assert "8 ids are not in the catalogue" in (tmp_path / "run" / "report.html").read_text()


def test_no_items_means_that_nothing_is_recommended(tmp_path: Path) -> None:
    results = play(tmp_path, {"recommender": Plain(Reply("Casino (1995)?", items=[]))}, play={"rounds": 1})
    assert results["hit"]["mean"] == 0.0
    assert results["replies"]["names_item"] == 0.0


def test_a_seeker_accepts_the_items_that_are_given(tmp_path: Path) -> None:
    play(tmp_path, {"recommender": Plain(Reply("This one.", items=["f4"]))}, play={"rounds": 3})
    assert len(rows_of(tmp_path / "run")[0]["episode"]["played"]) == 2, "accepted at once"


def test_a_title_that_the_text_has_is_not_said_twice(tmp_path: Path) -> None:
    play(tmp_path, {"recommender": Plain(Reply("Casino (1995) it is.", items=["f4"]))}, play={"rounds": 1})
    (turn,) = rows_of(tmp_path / "run")[0]["episode"]["played"]
    assert turn["text"] == "Casino (1995) it is."


@given(text=st.text(max_size=60) | st.sampled_from([film.name for film in FILMS]), first=st.integers(0, 19))
def test_no_text_changes_the_score_of_items_that_are_given(text: str, first: int) -> None:
    wanted = Targets.of(ROWS[0], KNOWLEDGE)
    judge = RulesTargetJudge(KNOWLEDGE)
    ids = (FILMS[first].id, FILMS[0].id)
    said, bare = (Turn("recommender", words, ids) for words in (text, ""))
    assert judge.judge(ROWS[0].turns, [said], wanted) == judge.judge(ROWS[0].turns, [bare], wanted)
    assert wanted.named_in([said]) == ("f4" in ids)


# How it is called


def test_plain_methods_run_in_one_thread_one_after_the_other(tmp_path: Path) -> None:
    class Counting(Plain):
        inside = most = 0

        def reply(self, conversation: Conversation) -> Any:
            self.inside += 1
            self.most = max(self.most, self.inside)
            time.sleep(0.01)
            self.inside -= 1
            return super().reply(conversation)

    own = Counting()
    play(tmp_path, {"recommender": own})
    assert own.most == 1
    assert len(own.threads) == 1
    assert own.threads != {threading.get_ident()}


def test_an_object_that_says_concurrent_is_asked_several_things_at_once(tmp_path: Path) -> None:
    class Meeting(Plain):
        concurrent = True
        barrier = threading.Barrier(4, timeout=20)

        def reply(self, conversation: Conversation) -> Any:
            self.barrier.wait()
            return super().reply(conversation)

    own = Meeting()
    results = play(tmp_path, {"recommender": own}, play={"rounds": 1})
    assert results["failed"] == 0
    assert len(own.threads) == 4


def test_seconds_are_those_of_the_call_and_not_of_waiting_for_others(tmp_path: Path) -> None:
    class Slow(Plain):
        def reply(self, conversation: Conversation) -> Any:
            time.sleep(0.05)
            return super().reply(conversation)

    own = Slow()
    results = play(tmp_path, {"recommender": own}, play={"rounds": 1}, models={"concurrency": 4})
    # Four rows wait for one thread: with the waiting in it, it would be ten times a call, or 0.5.
    assert 4 * 0.05 <= sum(row["usage"]["seconds"] for row in rows_of(tmp_path / "run")) < 0.4
    assert results["failed"] == 0


def test_several_drafts_are_several_calls(tmp_path: Path) -> None:
    class Thinking:
        asked = 0

        def reply(self, conversation: Conversation) -> str:
            self.asked += 1
            return ("Heat (1995)?", "Casino (1995)?", "Alien (1979)?")[self.asked % 3]

    own = Thinking()
    results = play(tmp_path, {"recommender": own}, rows=ROWS[:1], enhanced=True, play={"rounds": 1})
    assert results["failed"] == 0
    trace = rows_of(tmp_path / "run")[0]["episode"]["traces"][0]
    assert len({draft["text"] for draft in trace["drafts"]}) > 1


def test_what_it_said_is_replayed_without_it(tmp_path: Path) -> None:
    own = Plain(Reply("This one.", items=["f1"]))
    first = play(tmp_path, {"recommender": own})
    asked = len(own.given)
    again = evaluate(
        ROWS,
        tmp_path / "again",
        config=settings(),
        catalogue=CATALOGUE,
        objects={"recommender": own},
        replay=tmp_path / "run",
    )
    assert again == first
    assert len(own.given) == asked


# Seekers and judges


class Terse:
    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.given: list[tuple[Conversation, Any]] = []

    def reply(self, conversation: Conversation, targets: Any) -> Any:
        self.given.append((conversation, targets))
        return self.answer

    def score(self, conversation: Conversation, targets: Any) -> Any:
        self.given.append((conversation, targets))
        return self.answer


def test_a_seeker_of_ones_own_is_given_the_targets_and_is_heard(tmp_path: Path) -> None:
    own = Terse("Something with more casinos in it.")
    play(tmp_path, {"seeker": own})
    conversation, targets = own.given[0]
    assert targets.titles == ("Casino (1995)",)
    assert [item.id for item in targets.items] == ["f4"]
    assert (conversation.round, conversation.turns[-1].role) == (1, "recommender")
    played = rows_of(tmp_path / "run")[0]["episode"]["played"]
    assert played[1] == {"role": "seeker", "text": "Something with more casinos in it."}


def test_a_target_that_a_seeker_gives_away_is_masked_and_counted(tmp_path: Path) -> None:
    results = play(tmp_path, {"seeker": Terse("I want Casino (1995)!"), "recommender": Plain("Hm?")})
    assert results["leak"] == 1.0
    assert "Casino" not in rows_of(tmp_path / "run")[0]["episode"]["played"][1]["text"]


def test_a_seeker_inside_the_search_has_a_profile_and_no_targets(tmp_path: Path, shop: Path) -> None:
    (shop / "inner.py").write_text(
        "seen = []\n"
        "class Quiet:\n"
        "    identity = {}\n"
        "    def reply(self, conversation, targets):\n"
        "        seen.append((conversation.profile, targets))\n"
        "        return 'Hm.'\n"
    )
    model = ScriptedModel(lambda request: ["Heat (1995)?", "Alien (1979)?"])
    play(
        tmp_path,
        {"recommender": model},
        rows=ROWS[:1],
        enhanced=True,
        search={"simulator": "python:inner:Quiet"},
    )
    import inner  # type: ignore[import-not-found]

    assert inner.seen
    assert {targets for _, targets in inner.seen} == {None}
    assert all("Liked items: Goodfellas (1990)" in profile for profile, _ in inner.seen)


@pytest.mark.parametrize(("answer", "value"), [(1.5, 1.5), (2, 2.0), (0, 0.0), (None, None)])
def test_a_judge_of_ones_own_gives_a_number_or_none(answer: Any, value: float | None, tmp_path: Path) -> None:
    own = Terse(answer)
    other = Terse(1.0)

    class Picky:
        def score(self, conversation: Conversation, targets: Any) -> Any:
            return (own if len(own.given) < 1 else other).score(conversation, targets)

    results = play(tmp_path, {"judge": Picky()}, models={"concurrency": 1})
    scores = [row["episode"]["score"] for row in rows_of(tmp_path / "run")]
    assert scores.count({**scores[0], "value": value}) >= 1 or value == 1.0
    assert {score["method"] for score in scores} == {"own"}
    assert results["unreadable"] == (value is None)
    assert results["score"]["own"] == 4
    conversation, targets = own.given[0]
    assert conversation.round == sum(turn.role == "recommender" for turn in conversation.turns)
    assert targets.titles == ("Casino (1995)",)


def test_a_language_model_handed_in_sits_in_a_seat_like_any(tmp_path: Path) -> None:
    model = ScriptedModel(lambda request: "Casino (1995)?")
    results = play(tmp_path, {"recommender": model})
    assert results["hit"]["mean"] == 1.0
    assert results["seats"]["recommender"] == {"seat": f"model:{model.name}"}


# What goes wrong


@pytest.mark.parametrize(
    ("seat", "thing", "method"),
    [("recommender", object(), "reply"), ("seeker", Plain, "reply"), ("judge", Plain(), "score")],
)
def test_an_object_without_the_method_is_refused_before_anything_is_made(
    seat: str, thing: object, method: str, tmp_path: Path
) -> None:
    name = "class Plain" if isinstance(thing, type) else type(thing).__name__
    if isinstance(thing, type):
        thing = type("Mute", (), {})()
        name = "Mute"
    with pytest.raises(ConfigError, match=rf"the {seat}: {name} has no method {method}"):
        play(tmp_path, {seat: thing})
    assert not (tmp_path / "run").exists()


class Failing:
    def __init__(self, error: BaseException, rows: int = 1) -> None:
        self.error, self.left = error, rows

    def reply(self, conversation: Conversation, targets: Any = None) -> str:
        if self.left:
            self.left -= 1
            raise self.error
        return "Casino (1995)?"

    def score(self, conversation: Conversation, targets: Any) -> float:
        self.reply(conversation)
        return 1.0


@pytest.mark.parametrize("seat", ["recommender", "seeker", "judge"])
@pytest.mark.parametrize(
    "error", [ValueError("no such\nthing"), StopIteration(), SystemExit(3), KeyError("a")]
)
def test_one_that_raises_fails_its_row_with_type_seat_and_first_line_and_the_run_goes_on(
    seat: str, error: BaseException, tmp_path: Path
) -> None:
    objects = {"recommender": Plain("Hm?"), seat: Failing(error)}
    results = play(tmp_path, objects, models={"concurrency": 1})
    assert (results["n"], results["failed"]) == (4, 1)
    (failed,) = [row["failed"] for row in rows_of(tmp_path / "run") if row["failed"]]
    assert failed.startswith(f"SeatFailed: {seat} object:Failing (Failing) raised {type(error).__name__}")
    assert "thing" not in failed.replace("no such", "")


class Odd(BaseException):
    """More than an error, as test frameworks and schedulers raise it."""


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize("error", [Odd("odd"), GeneratorExit(), Unspeakable(), SystemExit(3)])
@pytest.mark.parametrize("plain", [True, False])
def test_whatever_an_object_raises_costs_its_row_alone(
    error: BaseException, plain: bool, tmp_path: Path
) -> None:
    class Later(Failing):
        async def reply(self, conversation: Conversation, targets: Any = None) -> str:  # type: ignore[override]
            return super().reply(conversation, targets)

    own = (Failing if plain else Later)(error)
    assert play(tmp_path, {"recommender": own}, models={"concurrency": 1})["failed"] == 1
    (failed,) = [row["failed"] for row in rows_of(tmp_path / "run") if row["failed"]]
    assert f"raised {type(error).__name__}" in failed


def test_an_object_that_cancels_the_task_it_runs_in_costs_its_row_alone(tmp_path: Path) -> None:
    class Cancelling(Plain):
        async def reply(self, conversation: Conversation) -> Any:  # type: ignore[override]
            if not self.given:
                super().reply(conversation)
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
                await asyncio.sleep(0)
            return super().reply(conversation)

    assert play(tmp_path, {"recommender": Cancelling()}, models={"concurrency": 1})["failed"] == 1


@pytest.mark.parametrize("plain", [True, False])
def test_an_object_that_raises_keyboard_interrupt_stops_the_run(plain: bool, tmp_path: Path) -> None:
    class Later(Failing):
        async def reply(self, conversation: Conversation, targets: Any = None) -> str:  # type: ignore[override]
            return super().reply(conversation, targets)

    with pytest.raises(Interrupted, match="KeyboardInterrupt"):
        play(tmp_path, {"recommender": (Failing if plain else Later)(KeyboardInterrupt())})


@pytest.mark.parametrize("name", ["reply", "identity", "concurrent"])
def test_an_object_that_raises_when_it_is_asked_what_it_has_is_refused(name: str, tmp_path: Path) -> None:
    def raises(_: object) -> Any:
        raise ValueError("not yet")

    kind = type("Shut", (), {"reply": lambda *_: "Hm?", name: property(raises)})
    with pytest.raises(ConfigError, match=f"asked for its {name}, it raised ValueError: not yet"):
        play(tmp_path, {"recommender": kind()})
    assert not (tmp_path / "run").exists()
    kind = type("Shut", (), {"__getattr__": lambda self, name: raises(self)})
    with pytest.raises(ConfigError, match="cannot be the recommender"):
        play(tmp_path, {"recommender": kind()})


async def _cancelled() -> str:
    raise asyncio.CancelledError


def test_a_cancellation_of_its_own_is_a_failure_like_others(tmp_path: Path) -> None:
    class Cancelling(Plain):
        async def reply(self, conversation: Conversation) -> Any:  # type: ignore[override]
            return await _cancelled() if not self.given else super().reply(conversation)

    own = Cancelling()
    with pytest.raises(ModelRefused, match="CancelledError"):
        play(tmp_path, {"recommender": own})


def test_items_that_are_no_list_are_told_by_their_name() -> None:
    with pytest.raises(TypeError, match=r"Reply\.items: int, not a list"):
        Reply("x", items=5)  # type: ignore[arg-type]
    assert Reply("x", items="b03").items == ("b03",)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (3, "int, not a text or usbrec.Reply"),
        (None, "NoneType, not a text"),
        (["Casino"], "list, not a text"),
        (Reply("x", items=[1.5]), "float, not an id in Reply.items"),  # type: ignore[list-item]
        (Reply("x", items=[True]), "bool, not an id"),  # type: ignore[list-item]
        (Reply(None), "Reply, not a text"),  # type: ignore[arg-type]
    ],
)
def test_a_recommender_that_returns_something_else_fails_its_row_by_the_type(
    answer: Any, named: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelRefused, match=rf"recommender object:Plain \(Plain\) returned {named}"):
        play(tmp_path, {"recommender": Plain(answer)})


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ("1", "str, not a number from 0 to 2"),
        (True, "bool, not a number"),
        (2.5, "2.5, not a number from 0 to 2"),
        (-1, "-1, not a number"),
        (float("nan"), "nan, not a number"),
        ([1], "list, not a number"),
    ],
)
def test_a_judge_that_returns_no_score_fails_its_row(answer: Any, named: str, tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=rf"judge object:Terse \(Terse\) returned {named}"):
        play(tmp_path, {"judge": Terse(answer)})


def test_numbers_of_numpy_are_scores(tmp_path: Path) -> None:
    import numpy as np

    assert play(tmp_path, {"judge": Terse(np.float32(1.25))})["ieval"]["mean"] == 1.25


def test_a_truth_of_numpy_is_no_score_and_a_sum_a_hair_above_two_is_two(tmp_path: Path) -> None:
    import numpy as np

    with pytest.raises(ModelRefused, match="returned bool, not a number from 0 to 2"):
        play(tmp_path / "truth", {"judge": Terse(np.bool_(True))})
    assert play(tmp_path, {"judge": Terse(2.0000000004)})["ieval"]["mean"] == 2.0
    with pytest.raises(ModelRefused, match=r"returned 2\.000002, not a number"):
        play(tmp_path / "above", {"judge": Terse(2.000002)})


def test_half_a_character_becomes_a_question_mark(tmp_path: Path) -> None:
    play(tmp_path, {"recommender": Plain("Casino (1995) \ud83d")}, play={"rounds": 1})
    assert rows_of(tmp_path / "run")[0]["episode"]["played"][0]["text"] == "Casino (1995) ?"


# Going on


def test_an_object_without_identity_cannot_go_on_with_an_unfinished_run(tmp_path: Path) -> None:
    play(tmp_path, {"recommender": Failing(ValueError("once"))}, models={"concurrency": 1})
    with pytest.raises(
        RunFolderError, match=r"Failing in the recommender's seat[\s\S]*identity = \{"
    ) as caught:
        play(tmp_path, {"recommender": Failing(ValueError("never"), 0)}, models={"concurrency": 1})
    assert str(tmp_path / "run") in str(caught.value)


def test_an_object_with_identity_goes_on_where_the_run_stopped(tmp_path: Path) -> None:
    class Known(Failing):
        identity: ClassVar[Mapping[str, Any]] = {"version": 1}

    first = play(tmp_path, {"recommender": Known(ValueError("once"))}, models={"concurrency": 1})
    assert first["failed"] == 1
    again = play(tmp_path, {"recommender": Known(ValueError("never"), 0)}, models={"concurrency": 1})
    assert again["failed"] == 0
    Known.identity = {"version": 2}
    with pytest.raises(RunFolderError, match=r"version: was 1, is 2"):
        play(tmp_path, {"recommender": Known(ValueError("never"), 0)}, models={"concurrency": 1})


def test_a_finished_run_is_not_given_out_for_a_class_that_is_written_otherwise(tmp_path: Path) -> None:
    first = play(tmp_path, {"recommender": Plain()})
    assert play(tmp_path, {"recommender": Plain()}) == first

    class Plain2(Plain):
        def reply(self, conversation: Conversation) -> Any:
            return "Alien (1979)."

    Plain2.__qualname__ = "Plain"
    with pytest.raises(RunFolderError, match="source"):
        play(tmp_path, {"recommender": Plain2()})


def test_a_finished_run_is_not_given_out_for_an_object_with_other_parameters(tmp_path: Path) -> None:
    first = play(tmp_path, {"recommender": Plain("Try Casino (1995).")})
    assert play(tmp_path, {"recommender": Plain("Try Casino (1995).")}) == first
    with pytest.raises(RunFolderError, match="attributes"):
        play(tmp_path, {"recommender": Plain("Try Alien (1979).")})


def test_results_tell_objects_of_other_code_or_parameters_apart(tmp_path: Path) -> None:
    told = [
        play(tmp_path / str(place), {"judge": Terse(value)})["seats"]["judge"]["identity"]
        for place, value in enumerate([1, 1, 2])
    ]
    assert told[0] == told[1] != told[2]


@pytest.mark.parametrize("identity", [3, {"model": object()}, {"x": float("nan")}])
def test_an_identity_that_is_no_mapping_of_json_is_refused(identity: Any, tmp_path: Path) -> None:
    own = Plain()
    own.identity = identity
    with pytest.raises(ConfigError, match="identity has to be a mapping"):
        play(tmp_path, {"recommender": own})


def test_an_unknown_seat_for_an_object_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="user is no seat"):
        play(tmp_path, {"user": Plain()})


def test_the_written_settings_of_an_object_cannot_be_run_without_it(tmp_path: Path) -> None:
    play(tmp_path, {"recommender": Plain()})
    config = load_config(tmp_path / "run" / "config.toml")
    assert config.seats.recommender == "object:Plain"
    with pytest.raises(ConfigError, match="was an object of a Python program"):
        evaluate(ROWS, tmp_path / "other", config=config, catalogue=CATALOGUE)


def test_questions_are_not_asked_by_an_object(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--mode ask"):
        play(tmp_path, {"recommender": Plain()}, mode="ask")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.mark.parametrize("items", [{"b1", "b2"}, frozenset({"b1"}), {"b1": 0.5}])
def test_items_without_an_order_are_refused_because_the_order_is_scored(items: Any) -> None:
    with pytest.raises(TypeError, match=r"has no order\. Give a list of ids, best first"):
        Reply("x", items=items)

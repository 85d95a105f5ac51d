"""τ-Rec through an evaluation: trials, tasks and policies, with a scripted server whose model calls tools."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.author_files import condition, tau_film, tau_task
from support.servers import Answer, LocalServer, Seen, complaint, completion
from usbrec.config import Config
from usbrec.errors import ConfigError
from usbrec.evaluation import compare, load_run
from usbrec.stages import evaluate

POLICY = "# Policies\n\nAlways call recommend.\n"
FLAGS = ["recommend_tool", "availability", "watch_history", "age_restricted", "sponsored"]


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    """Two tasks: one that two dramas fit, one of them restricted and sponsored; one that nothing fits."""
    films = [
        tau_film("t1", "Lantern Pier", content_rating="R", sponsored=True, rating=6.1),
        tau_film("t2", "Salt Road", runtime=150, sponsored=False),
        tau_film("t3", "Fox Lane", genres=["Comedy"], sponsored=False),
        tau_film("t4", "Night Ferry", streaming_services=["Netflix"], sponsored=False),
        tau_film("t5", "Glass Harbour", sponsored=False, rating=6.2),
    ]
    folder = tmp_path / "tau"
    (folder / "tasks").mkdir(parents=True)
    (folder / "catalog.json").write_text(json.dumps(films))
    (folder / "policy.md").write_text(POLICY)
    some = tau_task(
        condition("genres", "contains", "Drama"),
        condition("runtime", "<=", 120, "hidden"),
        id="task_1",
        policy_flags=FLAGS,
    )
    none = tau_task(
        condition("rating", ">=", 9.9),
        id="task_2",
        no_valid_recommendation=True,
        policy_flags=["transparency", "recommend_tool"],
    )
    for task in (some, none):
        (folder / "tasks" / f"{task['id']}.json").write_text(json.dumps(task))
    return folder


def calling(*steps: tuple[str, dict[str, Any]] | str) -> Callable[[Seen], Answer]:
    """A server whose model goes through these steps in each reply: a call of a tool, or words. Of a user who
    wants what there is not, it recommends nothing."""

    def answer(seen: Seen) -> Answer:
        messages = seen.body["messages"]
        if "tools" not in seen.body:
            return complaint("this model is for tools")
        place = next(index for index in reversed(range(len(messages))) if messages[index]["role"] == "user")
        said = "".join(str(message["content"]) for message in messages if message["role"] == "user")
        wanted: Any = [("recommend", {}), "There is nothing of that kind."] if "9.9" in said else steps
        step = wanted[min(sum(one["role"] == "tool" for one in messages[place:]), len(wanted) - 1)]
        if isinstance(step, str):
            return completion(step)
        function = {"name": step[0], "arguments": json.dumps(step[1])}
        call = {"id": f"call_{len(messages)}", "type": "function", "function": function}
        return Answer(
            body={
                "object": "chat.completion",
                "choices": [
                    {
                        "index": 0,
                        "message": {"role": "assistant", "content": None, "tool_calls": [call]},
                        "finish_reason": "tool_calls",
                    }
                ],
            }
        )

    return answer


HISTORY = ("get_user_history", {"user_id": "user_1"})
RATING = ("check_content_preference", {"content_rating": "R"})


def recommend(item_id: str) -> tuple[str, dict[str, Any]]:
    return ("recommend", {"item_id": item_id})


def played(tasks: Path, out: Path, server: LocalServer | None, **settings: Any) -> Any:
    base = {} if server is None else {"models": {"base_url": server.url, "max_retries": 0}}
    seat = "rules:retriever" if server is None else "openai:m"
    config = Config.model_validate(
        {
            "seats": {"recommender": seat, "simulator": "rules", "judge": "rules"},
            "play": {"rounds": 3, "tools": server is not None},
            "judging": {"second": False},
            **base,
            **settings,
        }
    )
    return evaluate(tasks / "tasks", out, config=config, catalogue=tasks / "catalog.json")


def test_four_trials_of_tasks_by_calls_and_by_what_is_named(tasks: Path, tmp_path: Path) -> None:
    with LocalServer(calling(HISTORY, recommend("t5"), "It is calm.")) as server:
        results = played(tasks, tmp_path / "run", server, trials=4)
    passes = results["passes"]
    assert (passes["trials"], passes["samples"], passes["by"]) == (4, 2, "called")
    assert [passes[by][k]["mean"] for by in ("called", "linked") for k in ("1", "2", "4")] == [1.0] * 6
    assert passes["violated"] == {"called": {}, "linked": {}}
    # The seeker accepts what was called, and no trial asks twice.
    assert results["n"] == 8
    assert results["rounds_played"] == 1
    rows = load_run(tmp_path / "run").rows
    assert [row["trial"]["number"] for row in rows if row["trial"]["of"] == "task_1"] == [1, 2, 3, 4]
    assert {row["dialogue_id"] for row in rows} == {"task_1", "task_2"}
    # The model is told the policy and its user, and never what is graded.
    asked = [seen.body["messages"] for seen in server.requests if "tools" in seen.body]
    told = asked[0][0]["content"]
    assert "Always call recommend." in told
    assert '"user_1"' in told
    assert "transparency" not in json.dumps(asked)


@pytest.mark.parametrize(
    ("steps", "called", "linked", "violated"),
    [
        # Whoever looks nothing up has not obeyed, whatever was recommended.
        ((recommend("t5"), "It is calm."), False, True, ["watch_history"]),
        # A title alone is named, not recommended.
        (("Try Glass Harbour (2012).",), False, True, ["recommend_tool"]),
        # The first call counts, the last item that was named.
        ((HISTORY, recommend("t2"), recommend("t5"), "Both."), False, False, []),
        ((HISTORY, recommend("t4"), "On Netflix."), False, False, ["availability"]),
        ((HISTORY, RATING, recommend("t1"), "It is sponsored."), True, True, []),
        ((HISTORY, RATING, recommend("t1"), "It is calm."), False, False, ["sponsored"]),
        ((HISTORY, recommend("t1"), "It is promoted."), False, True, ["age_restricted"]),
        # Of another rating nobody has asked.
        (
            (HISTORY, ("check_content_preference", {"content_rating": "PG"}), recommend("t1"), "An advert."),
            False,
            True,
            ["age_restricted"],
        ),
    ],
)
def test_each_policy_is_held_against_the_call(
    steps: Any, called: bool, linked: bool, violated: list[str], tasks: Path, tmp_path: Path
) -> None:
    with LocalServer(calling(*steps)) as server:
        played(tasks, tmp_path / "run", server, play={"rounds": 1, "tools": True})
    row = next(row for row in load_run(tmp_path / "run").rows if row["sample_id"] == "task_1")
    assert row["task"]["called"] == {"success": called, "violated": violated}
    assert row["task"]["linked"]["success"] is linked


def test_what_was_watched_may_not_be_recommended(tasks: Path, tmp_path: Path) -> None:
    path = tasks / "tasks" / "task_1.json"
    task = json.loads(path.read_text())
    task["user_history"]["user_1"]["watched"] = ["t5"]
    path.write_text(json.dumps(task))
    with LocalServer(calling(HISTORY, recommend("t5"), "It is calm.")) as server:
        played(tasks, tmp_path / "run", server, play={"rounds": 1, "tools": True})
    row = next(row for row in load_run(tmp_path / "run").rows if row["sample_id"] == "task_1")
    assert row["task"]["called"] == {"success": False, "violated": ["watch_history"]}
    assert row["task"]["linked"] == {"success": False, "violated": ["watch_history"]}


def test_a_search_of_replies_calls_tools_too_and_a_replay_asks_nobody(tasks: Path, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"enhanced": True, "search": {"drafts": 2}, "trials": 2}
    with LocalServer(calling(HISTORY, recommend("t5"), "It is calm.")) as server:
        first = played(tasks, tmp_path / "run", server, **settings)
        asked = len(server.requests)
        config = Config.model_validate(
            {
                "seats": {"recommender": "openai:m", "simulator": "rules", "judge": "rules"},
                "play": {"rounds": 3, "tools": True},
                "judging": {"second": False},
                "models": {"base_url": server.url, "max_retries": 0},
                **settings,
            }
        )
        again = evaluate(
            tasks / "tasks",
            tmp_path / "again",
            config=config,
            catalogue=tasks / "catalog.json",
            replay=tmp_path / "run",
        )
        assert len(server.requests) == asked
    assert first["passes"]["called"]["2"]["mean"] == 1.0
    assert again["passes"] == first["passes"]
    names = ("episodes.jsonl",)
    assert all((tmp_path / "run" / n).read_bytes() == (tmp_path / "again" / n).read_bytes() for n in names)


def with_flags(tasks: Path, *flags: str) -> None:
    path = tasks / "tasks" / "task_1.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "policy_flags": flags}))


def test_rules_without_tools_are_not_held_to_calls(tasks: Path, tmp_path: Path) -> None:
    # Rules disclose nothing, which is a matter of words.
    with_flags(tasks, "recommend_tool", "age_restricted", "watch_history", "availability")
    results = played(tasks, tmp_path / "run", None, trials=2, play={"rounds": 4})
    passes = results["passes"]
    assert "called" not in passes
    assert passes["by"] == "linked"
    # Nobody said that nothing fits: the one task of the two that something fits is done.
    assert passes["linked"]["1"]["mean"] == 0.5
    assert passes["violated"] == {"linked": {"transparency": 2}}


def test_two_systems_are_compared_by_passes(tasks: Path, tmp_path: Path) -> None:
    with_flags(tasks, "recommend_tool", "watch_history")
    played(tasks, tmp_path / "rules", None, trials=2, play={"rounds": 4})
    with LocalServer(calling(HISTORY, recommend("t5"), "It is calm.")) as server:
        played(tasks, tmp_path / "model", server, trials=2)
    comparison = compare([load_run(tmp_path / "rules"), load_run(tmp_path / "model")])
    found = comparison.between("model", "pass^2")
    assert found is not None
    assert (found.difference.mean, found.difference.n) == (0.5, 2)
    assert "pass^2" in comparison.to_markdown()
    frame = comparison.to_pandas()
    assert set(frame[frame.measure == "pass^1"].value) == {0.5, 1.0}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"seats": {"recommender": "rules:retriever"}}, "rules:retriever calls no tools"),
        ({"seats": {"recommender": "smollm2-135m"}}, "smollm2-135m calls no tools"),
        ({"play": {"tools": True, "candidates": 3}}, "leave --candidates out"),
        ({"mode": "ask"}, "--mode ask asks for attributes itself"),
        ({"mode": "retrieval", "trials": 2}, "a ranking is the same each time"),
    ],
)
def test_tools_where_nobody_can_call_them_are_refused(
    changes: dict[str, Any], problem: str, tasks: Path, tmp_path: Path
) -> None:
    given: dict[str, Any] = {
        "seats": {"recommender": "openai:m"},
        "play": {"tools": True},
        "models": {"base_url": "http://127.0.0.1:9/v1"},
    }
    for name, value in changes.items():
        given[name] = {**given.get(name, {}), **value} if isinstance(value, dict) else value
    given["seats"] |= {"simulator": "rules", "judge": "rules"}
    config = Config.model_validate(given)
    with pytest.raises(ConfigError, match=problem):
        evaluate(tasks / "tasks", tmp_path / "run", config=config, catalogue=tasks / "catalog.json")

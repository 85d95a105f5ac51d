"""`usbrec benchmark`: raw ReDial, rankers, seats and files of lists, by the same count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from support.films import film_files
from usbrec import stages
from usbrec.cli.benchmark import print_benchmark
from usbrec.config import Config
from usbrec.errors import BadLines, ConfigError, InputError, RunFolderError

MENTIONS = {"1": "Alien (1979)", "2": "The Thing (1982)", "3": "Halloween (1978)", "4": "Heat (1995)"}


def form(liked: dict[str, int]) -> dict[str, Any]:
    return {film: {"suggested": 1, "seen": 0, "liked": one} for film, one in liked.items()}


def dialogue(number: int, *messages: tuple[int, str], liked: dict[str, int] | None = None) -> dict[str, Any]:
    return {
        "conversationId": str(number),
        "initiatorWorkerId": 1,
        "respondentWorkerId": 2,
        "movieMentions": MENTIONS,
        "initiatorQuestions": form(liked or {"1": 1}),
        "respondentQuestions": [],
        "messages": [
            {"senderWorkerId": who, "text": text, "messageId": place, "timeOffset": place}
            for place, (who, text) in enumerate(messages)
        ],
    }


DIALOGUES = [
    dialogue(
        1,
        (1, "I like horror such as @1"),
        (2, "Then see @2"),
        (1, "Seen it. More?"),
        (2, "@3, or @1 once more"),
        liked={"1": 1, "2": 0, "3": 1},
    ),
    dialogue(2, (1, "Something with crime?"), (2, "@4 is great")),
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    raw = tmp_path / "raw.jsonl"
    raw.write_text("".join(json.dumps(one) + "\n" for one in DIALOGUES), encoding="utf-8")
    return raw, film_files(tmp_path)["catalogue"]


def run(files: tuple[Path, Path], out: Path, **given: Any) -> Any:
    raw, catalogue = files
    return stages.benchmark("redial-sigir26", [raw], out, catalogue=catalogue, **given)


def rows(out: Path) -> list[Any]:
    return [json.loads(line) for line in (out / "mentions.jsonl").read_text("utf-8").splitlines()]


def lists(tmp_path: Path, *lines: Any) -> Path:
    path = tmp_path / "lists.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def seated(recommender: str) -> Config:
    return Config().with_(seats={"recommender": recommender})


def test_raw_redial_counts_every_film_that_was_named_liked_or_not(files: Any, tmp_path: Path) -> None:
    told = run(files, tmp_path / "out")
    assert [row["targets"] for row in rows(tmp_path / "out")] == [
        ["The Thing (1982)"],
        ["Halloween (1978)", "Alien (1979)"],
        ["Heat (1995)"],
    ]
    assert (told["mentions"], told["repeats"], told["turns"], told["dialogues"]) == (4, 1, 3, 2)
    assert [row["length"] for row in rows(tmp_path / "out")] == [4, 4, 2]
    again = run(files, tmp_path / "out")
    assert again == told


def test_what_was_named_again_finds_the_repeats_alone(files: Any, tmp_path: Path) -> None:
    told = run(files, tmp_path / "out", config=seated("rules:named"))
    assert told["full"]["recall@10"]["mean"] == pytest.approx(1 / 4)
    assert told["full"]["recall@1"]["mean"] == 0  # newest first: The Thing before Alien
    assert told["without_repeats"]["recall@50"]["mean"] == 0


def test_a_file_of_lists_is_ranked_by_ids_and_titles_and_what_it_lacks_is_told(
    files: Any, tmp_path: Path
) -> None:
    path = lists(
        tmp_path,
        {"sample_id": "1:1", "items": ["f1", "No Such Film (2030)", "The Thing (1982)"]},
        {"sample_id": "1:3", "items": ["f8", "f11"]},
        {"sample_id": "elsewhere", "items": []},
    )
    told = run(files, tmp_path / "out", lists=path)
    found = rows(tmp_path / "out")
    assert [row["ranks"] for row in found] == [[3], [2, 1], [None]]
    assert found[1]["fresh_ranks"] == [1, None]
    assert (told["failed"], told["full"]["recall@10"]["n"]) == (1, 3)
    assert told["full"]["recall@1"]["mean"] == pytest.approx(1 / 3)


def test_a_model_is_ranked_by_what_it_names_and_then_the_retriever(files: Any, tmp_path: Path) -> None:
    script = tmp_path / "script.jsonl"
    script.write_text('{"say": ["Try Heat (1995)."]}\n', encoding="utf-8")
    run(files, tmp_path / "out", config=seated(f"scripted:{script}"))
    assert rows(tmp_path / "out")[2]["ranks"] == [1]
    ours = run(files, tmp_path / "random", config=seated("rules:random"))
    assert ours["full"]["recall@1"] == ours["full"]["recall@50"]  # one film a turn, and nothing behind it


def test_lists_stand_in_the_order_in_which_a_system_gives_them(files: Any, tmp_path: Path) -> None:
    """A repeat that a reply names first is first where every mention counts, as in a file of lists."""
    script = tmp_path / "script.jsonl"
    script.write_text('{"say": ["Alien (1979), or Halloween (1978)."]}\n', encoding="utf-8")
    run(files, tmp_path / "model", config=seated(f"scripted:{script}"))
    every = [{"sample_id": id_, "items": ["f8", "f11"]} for id_ in ("1:1", "1:3", "2:1")]
    run(files, tmp_path / "lists", lists=lists(tmp_path, *every))
    for name in ("model", "lists"):
        found = rows(tmp_path / name)[1]
        assert found["targets"] == ["Halloween (1978)", "Alien (1979)"]
        assert (found["ranks"], found["fresh_ranks"]) == ([2, 1], [1, None])


def test_differences_from_another_run_are_paired(files: Any, tmp_path: Path) -> None:
    first = run(files, tmp_path / "a", config=seated("rules:named"))
    told = run(files, tmp_path / "b", against=tmp_path / "a")
    difference = told["against"]["full"]["recall@50"]
    assert difference["n"] == 4
    assert difference["mean"] == pytest.approx(
        told["full"]["recall@50"]["mean"] - first["full"]["recall@50"]["mean"], abs=1e-6
    )


def test_what_cannot_be_used_is_refused_with_what_to_do(files: Any, tmp_path: Path) -> None:
    raw, catalogue = files
    with pytest.raises(ConfigError, match="There are: redial-sigir26"):
        stages.benchmark("redial", [raw], tmp_path / "out", catalogue=catalogue)
    with pytest.raises(ConfigError, match="add --catalogue"):
        stages.benchmark("redial-sigir26", [raw], tmp_path / "out")
    with pytest.raises(InputError, match="stands in an earlier file"):
        stages.benchmark("redial-sigir26", [raw, raw], tmp_path / "out", catalogue=catalogue)
    with pytest.raises(RunFolderError, match="no finished run"):
        run(files, tmp_path / "out", against=tmp_path / "nowhere")
    good = lists(tmp_path, {"sample_id": "1:1", "items": ["f1"]})
    with pytest.raises(ConfigError, match="leave out --recommender"):
        run(files, tmp_path / "out", lists=good, config=seated("rules:popular"))
    with pytest.raises(BadLines, match="line 2: items"):
        run(
            files,
            tmp_path / "out",
            lists=lists(tmp_path, {"sample_id": "1:1", "items": []}, {"sample_id": "x"}),
        )
    with pytest.raises(BadLines, match="has a list above"):
        run(files, tmp_path / "out", lists=lists(tmp_path, *[{"sample_id": "1:1", "items": ["f1"]}] * 2))
    with pytest.raises(InputError, match="Sample ids look like '1:1'"):
        run(files, tmp_path / "out", lists=lists(tmp_path, {"sample_id": "x", "items": ["f1"]}))


def test_what_is_not_in_the_catalogue_is_a_repeat_where_the_dialogue_has_said_it(tmp_path: Path) -> None:
    known = {"5": "Zodiac Express (1931)"}
    told = dialogue(1, (1, "I saw @5 and @1"), (2, "Then @5, or @2"), (1, "Hm."), (2, "@6"))
    told["movieMentions"] = MENTIONS | known | {"6": "Never Heard Of (1950)"}
    raw = tmp_path / "raw.jsonl"
    raw.write_text(json.dumps(told) + "\n", encoding="utf-8")
    results = run((raw, film_files(tmp_path)["catalogue"]), tmp_path / "out", config=seated("rules:named"))
    assert [row["repeated"] for row in rows(tmp_path / "out")] == [[True, False], [False]]
    assert (results["repeats"], results["unknown"]) == (1, 2)
    assert results["without_repeats"]["recall@50"]["n"] == 2


def test_a_dialogue_is_as_long_with_a_limit_as_without(files: Any, tmp_path: Path) -> None:
    for limit in (1, 2, 3):
        out = tmp_path / str(limit)
        run(files, out, config=seated("rules:named").with_(limit=limit))
        assert {row["dialogue_id"]: row["length"] for row in rows(out)}.items() <= {"1": 4, "2": 2}.items()


def test_lists_of_another_catalogue_are_no_lists_that_miss(files: Any, tmp_path: Path) -> None:
    some = lists(
        tmp_path,
        {"sample_id": "1:1", "items": ["f9", "tt0084787"]},
        {"sample_id": "9:9", "items": ["f9"]},
    )
    told = run(files, tmp_path / "some", lists=some)
    assert told["lists"] == {"items": 2, "unknown": 1, "other": 1}
    assert run(files, tmp_path / "ranked")["lists"] is None
    with pytest.raises(InputError, match=r"none of the 2 items in these lists .* look like 'f1'"):
        run(files, tmp_path / "out", lists=lists(tmp_path, {"sample_id": "1:1", "items": ["x1", "x2"]}))


def test_a_difference_is_told_over_the_turns_that_both_runs_have(files: Any, tmp_path: Path) -> None:
    """Who has a list for one turn of a dialogue succeeds at no other, so the other run counts there alone."""
    every = [
        {"sample_id": "1:1", "items": ["f1"]},
        {"sample_id": "1:3", "items": ["f11"]},
        {"sample_id": "2:1", "items": ["f1"]},
    ]
    run(files, tmp_path / "a", lists=lists(tmp_path, *every))
    told = run(files, tmp_path / "b", lists=lists(tmp_path, every[0], every[2]), against=tmp_path / "a")
    assert told["against"]["turns"] == 2
    assert told["against"]["full"]["success_rate"]["mean"] == 0


def test_runs_of_other_dialogues_and_what_is_no_run_are_no_reference(files: Any, tmp_path: Path) -> None:
    run(files, tmp_path / "a", config=seated("rules:named"))
    other = json.loads((tmp_path / "a" / "mentions.jsonl").read_text("utf-8").splitlines()[0])
    broken = {"targets": ["Alien (1979)"], "ranks": [1.5], "length": 0}
    for name, line in [*broken.items(), ("sample_id", "zz"), ("dialogue_id", "zz")]:
        text = json.dumps(other | {name: line}) + "\n"
        (tmp_path / "a" / "mentions.jsonl").write_text(text, encoding="utf-8")
        with pytest.raises(RunFolderError, match=r"a: (no finished run|no turn|sample '1:1' has other)"):
            run(files, tmp_path / "b", against=tmp_path / "a")
    (tmp_path / "a" / "benchmark.json").write_text("[]", encoding="utf-8")
    with pytest.raises(RunFolderError, match="no finished run"):
        run(files, tmp_path / "b", against=tmp_path / "a")


def test_a_folder_holds_one_system_and_no_ranker_stands_beside_what_asks_none(
    files: Any, tmp_path: Path
) -> None:
    run(files, tmp_path / "out", config=seated("rules:named"))
    one = lists(tmp_path, {"sample_id": "1:1", "items": ["f9"]})
    for given in ({"lists": one}, {}, {"config": seated("rules:random")}):
        with pytest.raises(RunFolderError, match="another configuration"):
            run(files, tmp_path / "out", **given)
    with pytest.raises(ConfigError, match=r"leave out --ranker"):
        run(files, tmp_path / "x", config=seated("rules:named").with_(ranker=str(tmp_path)))


def test_other_dialogues_than_the_authors_files_are_told_of(files: Any, tmp_path: Path) -> None:
    assert not any("other dialogues" in note for note in run(files, tmp_path / "raw")["notes"])
    samples = film_files(tmp_path)
    told = stages.benchmark(
        "redial-sigir26", [samples["samples"]], tmp_path / "own", catalogue=samples["catalogue"]
    )
    assert any("another format (own)" in note for note in told["notes"])


def test_what_the_seeker_turned_down_counts_in_every_format_that_tells_it(tmp_path: Path) -> None:
    """A dialogue of INSPIRED that ends in a rejection was recommended in as well."""
    table = tmp_path / "inspired.tsv"
    table.write_text(
        "dialog_id\tutt_id\tspeaker\ttext\tmovies\tcase\n"
        "d1\t1\tSEEKER\tAny horror?\t\treject\n"
        "d1\t2\tRECOMMENDER\tThe Thing (1982)\tThe Thing (1982)\treject\n"
        "d2\t1\tSEEKER\tAny crime?\t\taccept\n"
        "d2\t2\tRECOMMENDER\tHeat (1995)\tHeat (1995)\taccept\n",
        encoding="utf-8",
    )
    told = stages.benchmark(
        "inspired", [table], tmp_path / "out", catalogue=film_files(tmp_path)["catalogue"]
    )
    assert [row["targets"] for row in rows(tmp_path / "out")] == [["The Thing (1982)"], ["Heat (1995)"]]
    assert (told["mentions"], told["dialogues"], told["unknown"]) == (2, 2, 0)


def test_dialogues_whose_films_were_all_turned_down_are_a_benchmark_too(tmp_path: Path) -> None:
    raw = tmp_path / "raw.jsonl"
    raw.write_text(
        json.dumps(dialogue(1, (1, "Horror?"), (2, "@2"), liked={"2": 0})) + "\n", encoding="utf-8"
    )
    told = run((raw, film_files(tmp_path)["catalogue"]), tmp_path / "out", config=seated("rules:named"))
    assert told["mentions"] == 1


def test_a_longer_list_fills_the_places_of_what_was_named(files: Any, tmp_path: Path) -> None:
    """As a ranker's does: its fifty without repeats are fifty, whatever stood among them."""
    padded = [f"Film nobody made {number}" for number in range(49)]
    path = lists(tmp_path, {"sample_id": "1:3", "items": ["Alien (1979)", *padded, "Halloween (1978)"]})
    run(files, tmp_path / "out", lists=path)
    found = rows(tmp_path / "out")[1]
    assert found["targets"] == ["Halloween (1978)", "Alien (1979)"]
    assert (found["ranks"], found["fresh_ranks"]) == ([None, 1], [50, None])


def test_popularity_that_was_counted_from_the_same_dialogues_is_told(
    files: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Under the same id and with one of the targets; what is marked as held out is not counted."""
    sessions = tmp_path / "sessions.jsonl"
    lines = [
        {"session": "1", "items": ["Halloween (1978)"]},
        {"session": "2", "items": ["Alien (1979)"]},
        {"session": "3", "items": ["Heat (1995)"]},
    ]
    sessions.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    told = run(files, tmp_path / "out", interactions=sessions, config=seated("rules:popular"))
    assert told["counted_from"] == {"dialogues": 1, "of": 2}
    assert run(files, tmp_path / "none")["counted_from"] is None
    raw, catalogue = files
    config = Config().with_(mode="retrieval")
    stages.evaluate(raw, tmp_path / "ranked", catalogue=catalogue, interactions=sessions, config=config)
    assert "counts as popular what was recommended in 1 of these 2 dialogues" in caplog.text
    lines[0]["in_ievalm_valid"] = True
    sessions.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    told = run(files, tmp_path / "held", interactions=sessions, config=seated("rules:popular"))
    assert told["counted_from"] == {"dialogues": 0, "of": 2}


def test_a_catalogue_of_other_items_is_refused_and_one_that_lacks_most_is_doubted(
    files: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, _ = files
    other = tmp_path / "other.csv"
    other.write_text("id,title,year\nb1,Emma,1815\nb2,Dracula,1897\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"none of the 4 titles .*'The Thing \(1982\)'.* such as 'Emma \(1815\)'"
    ):
        run((raw, other), tmp_path / "out")
    other.write_text("id,title,year\nb1,Emma,1815\nf1,Heat,1995\n", encoding="utf-8")
    print_benchmark(run((raw, other), tmp_path / "most"), Console(width=200))
    assert "Mind: the catalogue lacks 3 of 4 mentions" in capsys.readouterr().out
    print_benchmark(run(files, tmp_path / "all"), Console(width=200))
    assert "Mind" not in capsys.readouterr().out


def test_a_limited_run_says_that_it_is_one(files: Any, tmp_path: Path) -> None:
    told = run(files, tmp_path / "some", config=Config().with_(limit=1))
    assert any("1 of 3 turns" in note for note in told["notes"])
    assert not any("limit" in note for note in run(files, tmp_path / "all")["notes"])

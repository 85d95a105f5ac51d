"""What results.json says about the rows, and run folders read back."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.fake_runs import failed_row, realistic, row, run_of, write_run
from usbrec.dialogue import Turn, Usage
from usbrec.errors import BadLines, InputError
from usbrec.evaluation.runs.results import load_run, summarise

FACTS = {
    "replies": 2,
    "words": [6, 10],
    "unfinished": 1,
    "named": [["m1"], ["m1", "m2", "m3"]],
    "new": ["m1", None],
    "out_of_catalogue": [[], ["Nowhere (1900)", "Nothing (1901)"]],
    "targets": ["m2"],
}
TWO = (Turn("recommender", "Try this."), Turn("seeker", "No."), Turn("recommender", "Then that, or this."))


def summary(rows):
    return summarise(rows, config={}, seed=1)


def test_failed_and_unreadable_rows_are_counted_and_never_read_as_0():
    found = summary([row("a", 2.0), row("b", 1.0), row("c", None, hit=True), failed_row("d")])
    assert (found["n"], found["failed"], found["unreadable"]) == (4, 1, 1)
    assert (found["ieval"]["mean"], found["ieval"]["n"]) == (1.5, 2)
    assert (found["hit"]["mean"], found["hit"]["n"]) == (pytest.approx(2 / 3), 3)


def test_nothing_scored_gives_null_and_not_0():
    found = summary([failed_row("a"), failed_row("b")])
    assert found["ieval"] == {"mean": None, "ci95": [None, None], "n": 0, "clusters": 0}
    assert (found["leak"], found["hit_first"], found["ses"], found["rounds_played"]) == (None,) * 4
    assert summary([])["n"] == 0


def test_no_hit_at_all_leaves_open_what_so_few_dialogues_cannot_tell():
    found = summary([row(name, 0.0) for name in "abcd"])
    assert found["hit"]["mean"] == found["ieval"]["mean"] == 0.0
    assert found["hit"]["ci95"] == pytest.approx([0.0, 0.489891], abs=1e-6)
    assert found["ieval"]["ci95"] == pytest.approx([0.0, 0.979782], abs=1e-6)


def test_rows_that_repeat_a_named_item_stand_apart():
    found = summary(
        [row("a", 2.0, repeat=True), row("b", 0.5), row("c", 0.0), failed_row("d") | {"repeat": None}]
    )
    assert found["repeats"]["n"] == 1
    assert found["repeats"]["hit"]["mean"] == 1.0
    assert found["non_repeats"]["n"] == 2
    assert found["non_repeats"]["ieval"]["mean"] == 0.25


def test_the_cost_of_failed_rows_is_counted_too():
    found = summary([row("a", 1.0, usage=Usage(3, 100, 10, 40, 1.25)), failed_row("b")])
    assert (found["calls"], found["prompt_tokens"], found["completion_tokens"]) == (9, 100, 10)
    assert (found["cached_tokens"], found["seconds"]) == (40, 121.25)


def test_guards_count_replies_and_not_rows():
    replies = summary([row("a", 1.0, facts=FACTS, played=TWO), failed_row("b")])["replies"]
    assert replies["n"] == 2
    assert replies["names_item"] == 0.5
    assert replies["items_per_reply"] == 2.0
    assert replies["out_of_catalogue"] == {"share": 0.5, "per_reply": 1.0}
    assert (replies["words"], replies["unfinished"]) == (8.0, 0.5)
    assert replies["diversity"] == {"recommended": 1, "distinct": 1, "share": 1.0, "entropy": None}
    assert replies["score_when_named"] == {"mean": 1.0, "ci95": [None, None], "n": 1, "clusters": 1}


def test_bare_titles_are_counted_where_words_beside_them_were():
    facts = {**FACTS, "named": [["m1"], []], "beside": [0, 0]}
    rows = [
        row("a", 1.0, facts=facts, played=TWO),
        row("b", 1.0, facts={**facts, "beside": [3, 1]}, played=TWO),
    ]
    assert summary(rows)["replies"]["bare"] == 0.25
    assert summary([row("a", 1.0, facts=FACTS, played=TWO)])["replies"]["bare"] is None


def test_replies_that_copy_the_prompt_are_counted_whoever_recorded_them():
    rows = [row("a", 1.0, reply="2. Casino (1995)"), row("b", 1.0, reply="Casino (1995)."), failed_row("c")]
    assert summary(rows)["replies"]["marks"] == 0.5
    assert summary([failed_row("c")])["replies"]["marks"] is None


def test_one_item_for_everybody_shows_as_low_diversity():
    rows = [row(str(index), 0.5, facts=FACTS, played=TWO) for index in range(10)]
    assert summary(rows)["replies"]["diversity"] == {
        "recommended": 10,
        "distinct": 1,
        "share": 0.1,
        "entropy": 0.0,
    }


def test_without_a_catalogue_words_are_counted_and_items_are_unknown():
    replies = summary([row("a", 1.0, reply="three words here")])["replies"]
    assert replies["words"] == 3.0
    assert replies["names_item"] is replies["unfinished"] is replies["items_per_reply"] is None
    assert replies["diversity"] is replies["score_when_named"] is None
    assert replies["out_of_catalogue"] == {"share": None, "per_reply": None}


def test_the_score_when_an_item_is_named_is_that_of_the_episodes_that_name_one():
    asks = {**FACTS, "new": [None, None]}
    rows = [
        row("a", 1.5, dialogue_id="x", facts=FACTS, played=TWO),
        row("b", 0.5, dialogue_id="y", facts=FACTS, played=TWO),
        row("c", None, dialogue_id="y", facts=FACTS, played=TWO),
        row("d", 0.0, dialogue_id="z", facts=asks, played=TWO),
    ]
    found = summary(rows)["replies"]["score_when_named"]
    assert (found["mean"], found["n"], found["clusters"]) == (1.0, 2, 2)
    low, high = found["ci95"]
    assert low < 1.0 < high
    nobody = summary([row("d", 0.0, facts=asks, played=TWO)])["replies"]["score_when_named"]
    assert nobody == {"mean": None, "ci95": [None, None], "n": 0, "clusters": 0}


def test_the_second_judge_is_stated_with_its_name_and_what_its_0_stands_for():
    said = {"name": "a-model", "item": "m1", "value": 0.5, "similarity": 0.6, "mean": 0.2}
    rows = [
        row("a", 1.0) | {"second_judge": said},
        row("b", 2.0) | {"second_judge": {"name": "a-model", "item": "m2", "value": 2.0}},
        row("c", 1.0) | {"second_judge": None},
        failed_row("d"),
    ]
    found = summary(rows)["second_judge"]
    assert (found["name"], found["mean"], found["n"]) == ("a-model", 1.25, 2)
    assert found["random_similarity"] == 0.2
    assert summary(rows[2:])["second_judge"] is None


@pytest.mark.parametrize("opinion", [{"value": 1.0}, {"name": "x"}, {"name": "x", "value": 3.0}, [1], "good"])
def test_an_opinion_that_is_none_is_refused(tmp_path, opinion):
    folder = write_run(tmp_path / "run", [row("b", 1.0)])
    (folder / "episodes.jsonl").write_text(json.dumps(row("a", 1.0) | {"second_judge": opinion}) + "\n")
    with pytest.raises(BadLines, match="field second_judge"):
        load_run(folder)


def test_a_target_hidden_in_a_list_is_a_hit_but_no_first_hit():
    listed = row("a", 1.0, hit=True, facts=FACTS, played=TWO)
    first = row("b", 2.0, hit=True, facts={**FACTS, "new": [None, "m2"]}, played=TWO)
    found = summary([listed, first])
    assert found["hit"]["mean"] == 1.0
    assert found["hit_first"]["mean"] == 0.5


def test_leaks_count_episodes_and_methods_count_scores():
    found = summary([row("a", 1.0, leaks=3), row("b", 1.0, method="votes"), row("c", None, method="exact")])
    assert found["leak"] == pytest.approx(1 / 3, abs=1e-6)
    assert found["score"] == {"exact": 1, "votes": 1, "forced": 0, "rules": 1}


def test_searches_are_summed_over_the_replies_that_had_one():
    def trace(chosen, stopped, **more):
        return {"drafts": [{"text": "x"}] * 3, "chosen": chosen, "stopped": stopped, **more}

    lost = trace(2, "calls", failures=["ModelUnavailable: gone", "UnusableAnswer: no text"])
    found = summary([row("a", 1.0, traces=(trace(0, None), lost)), row("b", 1.0, traces=(None,))])
    assert found["ses"] == {
        "replies": 2,
        "drafts": 3.0,
        "chosen_not_greedy": 0.5,
        "stopped": {"calls": 1},
        "failed_drafts": 2,
    }


ROWS = st.lists(
    st.builds(
        lambda value, dialogue, repeat: (value, dialogue, repeat),
        st.none() | st.floats(0, 2),
        st.sampled_from("wxyz"),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_leaves_every_byte_as_it_was(drawn, random):
    rows = [row(str(i), value, dialogue_id=d, repeat=r) for i, (value, d, r) in enumerate(drawn)]
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert json.dumps(summary(shuffled)) == json.dumps(summary(rows))


def test_numbers_have_six_digits_and_settings_are_left_alone():
    found = summarise([row("a", 1 / 3), row("b", 0.0)], config={"rate": 1e-9}, seed=1)
    assert found["ieval"]["mean"] == 0.166667
    assert found["config"] == {"rate": 1e-9}


def test_a_finished_run_is_read_back_whole(tmp_path):
    run = realistic(tmp_path, n=6)[1]
    assert run.name == "self-enhanced"
    assert len(run.rows) == run.results["n"] == 6
    assert run.rows[0]["episode"]["traces"][0]["drafts"]


@pytest.mark.parametrize(
    ("missing", "said"),
    [("nowhere", "no such folder"), (".", "not a run folder"), ("report.html", "a file, and no folder")],
)
def test_a_folder_that_is_no_run_is_refused(tmp_path, missing, said):
    (tmp_path / "report.html").touch()
    with pytest.raises(InputError, match=said):
        load_run(tmp_path / missing)


def test_an_unfinished_run_says_how_to_go_on(tmp_path):
    folder = write_run(tmp_path / "run", [row("a", 1.0)])
    (folder / "results.json").unlink()
    with pytest.raises(InputError, match=r"not finished.*again"):
        load_run(folder)


def test_a_torn_last_line_asks_to_resume(tmp_path):
    folder = write_run(tmp_path / "run", [row("a", 1.0), row("b", 1.0)])
    file = folder / "episodes.jsonl"
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"episodes\.jsonl:2: the last line is torn.*resumes"):
        load_run(folder)


def test_broken_lines_are_listed_with_their_numbers(tmp_path):
    folder = write_run(tmp_path / "run", [row("a", 1.0)] * 2)
    file = folder / "episodes.jsonl"
    file.write_text("nonsense\n" + file.read_text() + '{"sample_id": 3}\n' + "[NaN]\n")
    with pytest.raises(BadLines) as caught:
        load_run(folder)
    message = str(caught.value)
    for part in (
        "episodes.jsonl:1: no JSON",
        ":3: sample 'a' is already on line 2",
        ":4: field sample_id",
        ":5: NaN",
    ):
        assert part in message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (("score", "value"), 3),
        (("score", "value"), "1"),
        (("score", "method"), "guess"),
        (("hit",), "yes"),
        (("played",), [{"role": "recommender", "text": None}]),
        (("facts",), {"new": [3]}),
        (("traces",), [{"drafts": "many", "chosen": 0}]),
        (("leaks",), -1),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(tmp_path, field, value):
    broken = row("a", 1.0)
    place = broken["episode"]
    for part in field[:-1]:
        place = place[part]
    place[field[-1]] = value
    folder = write_run(tmp_path / "run", [row("b", 1.0)])
    (folder / "episodes.jsonl").write_text(json.dumps(broken) + "\n")
    with pytest.raises(BadLines, match=rf"episodes\.jsonl:1: sample 'a': field episode\.{field[0]}"):
        load_run(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not readable as JSON"),
        ("[]", "schema"),
        ('{"n": 1e999}', "too large"),
        ('{"n": 1' + "0" * 400 + "}", "too large"),
        ('{"schema": "usbrec.results/9"}', "usbrec.results/9"),
        ('{"schema": "usbrec.results/1"}', "missing or of the wrong type: n"),
        ("[" * 100_000, "not readable as JSON"),
    ],
)
def test_unusable_results_are_refused(tmp_path, text, said):
    folder = write_run(tmp_path / "run", [row("a", 1.0)])
    (folder / "results.json").write_text(text)
    with pytest.raises(InputError, match=said):
        load_run(folder)


def test_results_of_another_run_are_refused(tmp_path):
    folder = write_run(tmp_path / "run", [row("a", 1.0), row("b", 1.0)])
    (folder / "episodes.jsonl").write_text(json.dumps(row("a", 1.0)) + "\n")
    with pytest.raises(InputError, match=r"1 rows, but results\.json counts 2"):
        load_run(folder)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def _paths(value, here=()):
    yield here
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*here, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, (*here, index))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), JUNK)
def test_a_row_with_any_field_replaced_is_read_or_refused_but_never_breaks_the_summary(tmp_path, data, junk):
    trace = {
        "drafts": [{"text": "x", "value": 1.0, "leaves": [], "note": None}],
        "chosen": 0,
        "stopped": None,
    }
    whole = copy.deepcopy(row("a", 1.0, facts=FACTS, played=TWO, traces=(trace, None)))
    whole["second_judge"] = {"name": "x", "item": "m1", "value": 0.5, "similarity": 0.6, "mean": 0.2}
    path = data.draw(st.sampled_from([path for path in _paths(whole) if path]))
    place = whole
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = junk
    folder = tmp_path / "run"
    if not folder.exists():
        write_run(folder, [row("a", 1.0)])
    (folder / "episodes.jsonl").write_text(json.dumps(whole) + "\n")
    try:
        run = load_run(folder)
    except InputError:
        return
    json.dumps(summary(run.rows), allow_nan=False)


def test_a_run_in_memory_and_on_disk_have_the_same_results(tmp_path):
    rows = [row("a", 1.0), failed_row("b")]
    assert load_run(write_run(tmp_path / "run", rows)).results == run_of("run", rows).results


@pytest.mark.parametrize(
    ("schema", "command"),
    [
        ("usbrec.retrieval/1", "--mode retrieval"),
        ("usbrec.pairs/1", "usbrec pairs"),
        ("usbrec.scored/1", "usbrec score"),
        ("usbrec.agreement/1", "usbrec agreement"),
    ],
)
def test_a_folder_in_which_nothing_was_played_is_told_from_a_run_of_another_version(
    tmp_path, schema, command
):
    (tmp_path / "results.json").write_text(json.dumps({"schema": schema, "n": 1}))
    with pytest.raises(InputError, match=f"{command}.*plays no dialogues"):
        load_run(tmp_path)


def test_a_benchmark_is_told_from_a_run_that_is_not_finished(tmp_path):
    for name in ("run.db", "benchmark.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(InputError, match="run of `usbrec benchmark`"):
        load_run(tmp_path)

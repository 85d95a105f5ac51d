"""Runs side by side."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from support.fake_runs import failed_row, realistic, row, run_of
from usbrec.cli.tables import print_comparison
from usbrec.errors import ConfigError, InputError
from usbrec.evaluation.comparison.compare import compare
from usbrec.evaluation.comparison.planned_contrasts import pooled
from usbrec.evaluation.comparison.summary import of_controls, summary_sentence
from usbrec.evaluation.comparison.tables import systems_table
from usbrec.evaluation.runs.results import Run

LOW = [row(str(index), 0.2 + index / 100) for index in range(12)]
HIGH = [row(str(index), 1.2 + index / 100) for index in range(12)]


def printed(comparison, width=100):
    console = Console(file=io.StringIO(), width=width, color_system=None)
    print_comparison(comparison, console)
    return console.file.getvalue()


def test_later_runs_are_held_against_the_first():
    found = compare([run_of("low", LOW), run_of("high", HIGH)])
    difference = found.between("high", "ieval")
    assert difference.difference.mean == pytest.approx(1.0)
    assert difference.difference.n == 12
    assert difference.adjusted < 0.01


def test_identical_runs_differ_by_nothing():
    found = compare([run_of("one", LOW), run_of("two", LOW)])
    assert {(one.difference.mean, one.difference.p_value, one.adjusted) for one in found.differences} == {
        (0.0, 1.0, 1.0)
    }
    assert summary_sentence(found).startswith("two scores the same as one on 12 rows")


def test_rows_without_a_score_on_either_side_are_left_out():
    ours = [row("a", 0.5), row("b", None), failed_row("c"), row("d", 0.5), row("only-here", 0.0)]
    theirs = [row("a", 1.5), row("b", 1.0), row("c", 1.0), failed_row("d")]
    found = compare([run_of("one", ours), run_of("two", theirs)])
    difference = found.between("two", "ieval").difference
    assert (difference.n, difference.mean) == (1, 1.0)


def test_every_measure_is_also_taken_on_rows_that_do_not_repeat():
    ours = [row(str(index), 0.5, repeat=index < 3) for index in range(8)]
    theirs = [row(str(index), 2.0 if index < 3 else 0.5, repeat=index < 3) for index in range(8)]
    found = compare([run_of("one", ours), run_of("echo", theirs)])
    assert found.between("echo", "hit").difference.mean == pytest.approx(3 / 8)
    assert found.between("echo", "hit", "non_repeats").difference.mean == 0.0
    assert found.between("echo", "ieval", "non_repeats").difference.n == 5


def test_rows_that_never_repeat_are_not_tested_twice():
    found = compare([run_of("low", LOW), run_of("high", HIGH)])
    assert [one.scope for one in found.differences] == ["all", "all"]


def test_a_name_that_no_system_has_is_refused_with_those_that_there_are() -> None:
    runs = [run_of(name, [row("a:1", 0.5), row("b:1", 1.0)]) for name in ("low", "high")]
    with pytest.raises(ConfigError, match=r"no system is called 'hihg'\. There are: 'low', 'high'\."):
        compare(runs).between("hihg", "ieval")


def test_p_values_are_adjusted_over_all_comparisons_together():
    runs = [run_of("low", LOW), run_of("same", LOW), run_of("high", HIGH)]
    alone = compare([runs[0], runs[2]]).between("high", "ieval")
    among = compare(runs, reference="low").between("high", "ieval")
    assert among.difference == alone.difference
    assert among.adjusted == pytest.approx(2 * alone.adjusted)


@pytest.mark.parametrize(
    ("theirs", "config", "said"),
    [
        (LOW[:10], {}, "different samples: differences use the 10"),
        ([row("x", 1.0)], {}, "share no sample"),
        (LOW, {"seats": {"judge": "openai:big"}}, "differ in seats.judge: – and openai:big"),
        (LOW, {"play": {"rounds": 5}}, "differ in play.rounds"),
        (LOW, {"play": {"filter": {"price": {"max": 9}}}}, "differ in play.filter.price.max: – and 9"),
        (LOW, {"play": {"constraints": "off"}}, "differ in play.constraints"),
        (LOW, {"play": {"simulator_temperature": 1.5}}, "differ in play.simulator_temperature"),
        (LOW, {"language": "de"}, "differ in language"),
        (LOW, {"asking": {"shown": 3}}, "differ in asking.shown"),
        (LOW, {"seekers": {"templates": "mine.toml"}}, "differ in seekers.templates"),
        ([row(str(index), 0.2, method="votes") for index in range(12)], {}, "scored in different ways"),
        (
            [row(str(index), 0.2, targets=("Other (1999)",)) for index in range(12)],
            {},
            "12 samples have the same id",
        ),
        ([*LOW[:11], failed_row("11")], {}, "1 of 12 rows have no score"),
    ],
)
def test_what_makes_a_difference_doubtful_is_said(theirs, config, said):
    found = compare([run_of("one", LOW, {"a": 1}), run_of("two", theirs, {"a": 1, **config})])
    assert any(said in warning for warning in found.warnings)
    assert said in printed(found, width=200)


def test_another_judge_under_the_same_name_and_ids_that_nobody_knows_are_said():
    one, two = run_of("one", LOW), run_of("two", LOW)
    seats = [{"judge": {"seat": "object:Strict", "identity": digest}} for digest in ("a1", "b2")]
    told = [
        replace(run, results={**run.results, "seats": seat})
        for run, seat in zip((one, two), seats, strict=True)
    ]
    assert any("the judge object:Strict differs" in warning for warning in compare(told).warnings)
    assert compare([told[0], replace(told[0], name="again")]).warnings == ()
    lacking = replace(one, results={**one.results, "items": {"given": 12, "unknown": 3}})
    assert any(
        "one: 3 ids that it gave are not in the catalogue" in said for said in compare([lacking]).warnings
    )


def test_settings_of_the_system_itself_are_no_reason_to_doubt():
    other = {
        "seed": 2,
        "enhanced": True,
        "search": {"judge": "rules", "rounds": 3},
        "seats": {"recommender": "x"},
    }
    assert compare([run_of("one", LOW), run_of("two", LOW, other)]).warnings == ()


def test_runs_of_the_same_name_are_told_apart():
    found = compare([run_of("run", LOW), run_of("run", HIGH), run_of("run #2", LOW)])
    assert len({system.name for system in found.systems}) == 3
    assert found.warnings[:2] == (
        "2 runs are called run: shown as run (run), run #2 (run).",
        "A run is called run #2: shown as run #2 #2 (run #2).",
    )
    assert not any(
        "are called" in said for said in compare([run_of("one", LOW), run_of("two", LOW)]).warnings
    )


def test_a_reference_that_two_folders_are_called_is_asked_for_by_folder():
    runs = [replace(run_of("run", LOW), path=Path(place) / "run") for place in ("a", "b")]
    told = compare(runs).warnings[0]
    assert told == "2 runs are called run: shown as run (a/run), run #2 (b/run)."
    with pytest.raises(ConfigError, match=r"2 runs are called so[.] Name the folder: a/run or b/run"):
        compare(runs, reference="run")
    assert compare(runs, reference="b/run").systems[0].name == "run #2"


def test_no_run_is_an_error_and_one_run_a_table():
    with pytest.raises(InputError, match="No run"):
        compare([])
    alone = compare([run_of("one", LOW)])
    assert alone.differences == ()
    assert summary_sentence(alone).startswith("one scores 0.26 [")


def test_the_same_runs_and_seed_give_the_same_record(tmp_path):
    runs = realistic(tmp_path, n=12)
    assert json.dumps(compare(runs, seed=3).to_json()) == json.dumps(compare(runs, seed=3).to_json())
    assert json.loads(json.dumps(compare(runs).to_json(), allow_nan=False))["systems"][0]["n"] == 12


def _judged(rows, value):
    """The rows with a second judge's opinion that grows along them from `value`."""
    return [
        one | {"second_judge": {"name": "m", "value": value + index / 100}} for index, one in enumerate(rows)
    ]


def test_the_second_judge_stands_beside_the_outcomes_and_is_not_adjusted_with_them():
    plain = compare([run_of("low", LOW), run_of("high", HIGH)])
    found = compare([run_of("low", _judged(LOW, 0.2)), run_of("high", _judged(HIGH, 0.5))])
    second = found.between("high", "second")
    assert second.difference.mean == pytest.approx(0.3)
    assert second.adjusted is None
    assert found.differences == plain.differences
    assert found.systems[1].second.mean == pytest.approx(0.555)
    assert "second judge" in printed(found)
    assert found.to_json()["secondary"][0]["measure"] == "second"
    assert plain.secondary == ()
    assert "second" not in printed(plain)


def test_a_run_without_a_second_judge_is_compared_in_everything_else():
    found = compare([run_of("low", _judged(LOW, 0.2)), run_of("high", HIGH)])
    assert found.secondary == ()
    assert found.between("high", "ieval").difference.n == 12
    assert found.systems[1].second.mean is None


def test_the_guards_are_told_for_every_system_where_items_are_known(tmp_path):
    found = compare(realistic(tmp_path, n=12))
    lines = printed(found).splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("replies"))
    assert [line.split()[0] for line in lines[start + 1 : start + 7 : 2]] == [
        "plain",
        "self-enhanced",
        "rules-popular",
    ]
    assert found.systems[0].replies["names_item"] == 1.0
    assert found.to_json()["systems"][0]["replies"]["diversity"]["recommended"] == 24
    assert "new item" not in printed(compare([run_of("low", LOW)]))


def test_a_control_that_wins_is_told_after_the_systems_and_not_in_their_place():
    control = {"seed": 1, "seats": {"recommender": "rules:retriever"}}
    found = compare([run_of("plain", LOW), run_of("ses", LOW), run_of("retriever", HIGH, control)])
    assert summary_sentence(found).startswith("ses scores the same as plain")
    assert "retriever" not in summary_sentence(found)
    assert (of_controls(found) or "").startswith("retriever scores 1.00")
    alone = compare([run_of("plain", LOW), run_of("retriever", HIGH, control)])
    assert summary_sentence(alone).startswith("retriever scores 1.00")
    assert of_controls(alone) is None


def test_the_verdict_says_size_direction_rows_and_doubt():
    up = compare([run_of("low", LOW), run_of("high", HIGH)])
    assert summary_sentence(up).startswith(
        "high scores 1.00 [1.00, 1.00] higher than low on 12 rows (adjusted p = 0.00"
    )
    down = compare([run_of("high", HIGH), run_of("low", LOW), run_of("lower", LOW)])
    assert summary_sentence(down).startswith("No system scores higher than high; at best, low scores 1.00")
    unsure = compare([run_of("a", LOW[:2]), run_of("b", HIGH[:2])])
    assert "chance alone could explain it" in summary_sentence(unsure)
    apart = compare([run_of("a", LOW[:2]), run_of("b", HIGH[5:])])
    assert "nothing can be compared" in summary_sentence(apart)


def test_the_table_fits_100_columns_and_cuts_nothing(tmp_path):
    runs = realistic(tmp_path, n=30)
    rows = [row(str(index), 0.5, repeat=index % 2 == 0) for index in range(12345)]
    long = run_of("a-very-long-folder-name-of-an-experiment-2026-11-23", rows)
    for comparison in (compare(runs), compare([long])):
        lines = printed(comparison).splitlines()
        assert max(map(len, lines)) <= 100
        numbers = [line for line in lines if "[" in line and "]" in line]
        assert numbers
        assert not any("…" in line for line in numbers if "against" not in line and "a-very" not in line)
    assert "14,823" in printed(compare(runs))


def test_a_name_full_of_markup_and_control_characters_is_printed_as_text():
    text = printed(compare([run_of("[red]x[/red]\x1b[2J\n", LOW), run_of("[/]", HIGH)]))
    assert "[red]x[/red]" in text
    assert "\x1b" not in text


# Every pair, or a reference


def test_every_pair_is_compared_and_all_of_them_are_adjusted_together():
    middle = [row(str(index), 0.7 + index / 100) for index in range(12)]
    runs = [run_of("low", LOW), run_of("middle", middle), run_of("high", HIGH)]
    found = compare(runs)
    assert [(one.baseline, one.other) for one in found.differences if one.measure == "ieval"] == [
        ("low", "middle"),
        ("low", "high"),
        ("middle", "high"),
    ]
    assert found.between("high", "ieval", baseline="middle").difference.mean == pytest.approx(0.5)
    assert found.between("middle", "ieval", baseline="high") is None, "a pair is told once"
    tested = [one for one in found.differences if one.difference.p_value is not None]
    smallest = min(tested, key=lambda one: one.difference.p_value)
    assert smallest.adjusted == pytest.approx(min(1.0, len(tested) * smallest.difference.p_value))
    assert len(tested) == 6


def test_a_reference_is_held_against_all_others_and_stands_first():
    runs = [run_of("low", LOW), run_of("same", LOW), run_of("high", HIGH)]
    found = compare(runs, reference="high")
    assert [system.name for system in found.systems] == ["high", "low", "same"]
    assert found.reference == "high"
    assert {(one.baseline, one.other) for one in found.differences} == {("high", "low"), ("high", "same")}
    assert found.between("low", "ieval").difference.mean == pytest.approx(-1.0)
    assert [run.name for run in found.runs] == ["high", "low", "same"]
    pairs = compare(runs)
    assert found.between("low", "ieval").adjusted < pairs.between("high", "ieval").adjusted, (
        "a smaller family"
    )


def test_of_two_runs_a_reference_changes_nothing():
    runs = [run_of("low", LOW), run_of("high", HIGH)]
    assert compare(runs, reference="low").differences == compare(runs).differences


def test_a_reference_may_be_named_by_its_folder_and_an_unknown_one_lists_the_names(tmp_path):
    runs = realistic(tmp_path, n=6)
    assert compare(runs, reference=str(tmp_path / "self-enhanced")).reference == "self-enhanced"
    with pytest.raises(
        ConfigError, match=r"reference ses: .* There are: plain, self-enhanced, rules-popular"
    ):
        compare(runs, reference="ses")


# What the terminal shows


def test_columns_that_say_nothing_of_any_system_are_left_out_and_the_others_are_explained(tmp_path):
    quiet = printed(compare([run_of("low", LOW), run_of("high", HIGH)]))
    for heading in ("failed", "unread", "repeated", "second", "persua", "spread"):
        assert heading not in quiet
    assert "iEval: score in [0, 2]" in quiet
    told = printed(compare(realistic(tmp_path, n=30)))
    for heading in ("failed:", "unreadable:", "hit, not repeated:", "distinct items:", "p (Holm):"):
        assert heading in " ".join(told.split())


def test_costs_stand_apart_where_they_do_not_fit_beside_the_outcomes():
    rows = _judged([row(str(index), 0.5, repeat=index % 2 == 0) for index in range(30)], 0.5)
    rows[3] = failed_row("3")
    lines = printed(compare([run_of("a-long-name-of-a-system-1", rows), run_of("b", rows)])).splitlines()
    assert max(map(len, lines)) <= 100
    heads = [line for line in lines if line.startswith("system")]
    assert len(heads) == 2
    assert "/row" in heads[1]
    assert "/row" not in heads[0]


def test_the_spread_of_training_seeds_is_told_of_systems_that_were_trained_several_times():
    seeds = [run_of("rl", [row(str(index), value) for index in range(6)]) for value in (0.5, 1.0)]
    trained, plain = pooled(seeds, 2, resamples=100), pooled([run_of("plain", LOW[:6])], 2, resamples=100)
    found = compare([replace(plain, name="plain"), replace(trained, name="rl")])
    spread = found.systems[1].training["ieval"]
    assert (spread["by_seed"], spread["min"], spread["max"]) == ([0.5, 1.0], 0.5, 1.0)
    assert spread["sd"] == pytest.approx(0.353553)
    assert found.systems[0].training is None, "it depends on no training"
    assert "0.35" in printed(found)
    assert "spread" not in printed(compare(seeds))


def test_where_scores_came_about_in_two_ways_the_table_says_so_beside_them() -> None:
    exact = run_of("exact", [row(f"s{n}", 1.2, method="exact") for n in range(4)])
    votes = run_of("votes", [row(f"s{n}", 0.5, method="votes") for n in range(4)])
    both = run_of("both", [row(f"s{n}", 0.5, method="votes" if n else "exact") for n in range(4)])

    def ways(*runs: Run) -> list[str] | None:
        table = systems_table(compare(list(runs), resamples=50).systems)
        if "scored\nby" not in table.headings:
            return None
        place = table.headings.index("scored\nby")
        assert table.headings[place - 1] == "iEval"
        return [cells[place].text for cells in table.rows]

    assert ways(exact, votes) == ["exact", "votes"]
    assert ways(both) == ["exact, votes"]
    assert ways(exact, run_of("also exact", [row("s0", 1.0, method="exact")])) is None

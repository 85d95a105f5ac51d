"""The report: one page, complete in itself, that shows what was measured and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from support.fake_runs import failed_row, realistic, row, run_of
from usbrec.dialogue import PreferencePair, Turn, Usage
from usbrec.errors import InputError
from usbrec.evaluation.comparison.compare import compare
from usbrec.evaluation.comparison.planned_contrasts import pooled
from usbrec.evaluation.report.dialogues import pick_dialogues
from usbrec.evaluation.report.page import write_report

VOID = {"meta", "link", "br", "hr", "img", "input"}
HOSTILE = (
    "</style></title><script>alert(1)</script><img src=x onerror=alert(1)>\" ' {{ 7*7 }} & $x_1$ \x00\x1b[2J"
)


class Page(HTMLParser):
    """Collects elements, ids and words, and whether every element is closed where it belongs."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.words = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def write(path, runs, **more):
    write_report(path, runs, title=more.pop("title", "A report"), comparison=compare(runs), **more)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    pair = PreferencePair(
        "s-1",
        "d-1",
        ({"role": "system", "content": "SECRET SYSTEM"}, {"role": "user", "content": "Something funny?"}),
        "A chosen reply.",
        "A rejected reply.",
        {"chosen": {"origin": "draft", "score": {"value": 2.0}}, "rejected": {"score": 0.25}},
    )
    pairs = {"counts": {"pairs": 7, "origins": {"draft": 5}}, "examples": [pair.to_json()] * 8}
    return write(folder / "report.html", realistic(folder), pairs=pairs)


def test_the_page_is_well_formed_and_loads_nothing(page):
    read = Page(page)
    assert "script" not in read.tags
    assert not {"img", "iframe", "object", "embed"} & set(read.tags)
    for _, name, value in read.attributes:
        assert not name.startswith("on")
        if name in {"src", "href", "xlink:href"}:
            assert value.startswith(("#", "data:"))
    assert not re.search(r"https?://|@import", page)
    assert not re.search(r"url\((?!#)", page)


def test_ids_are_unique_and_every_reference_has_one(page):
    attributes = Page(page).attributes
    ids = [value for _, name, value in attributes if name == "id"]
    assert len(ids) == len(set(ids))
    wanted = {
        value[1:] for _, name, value in attributes if name in {"href", "xlink:href"} and value[0] == "#"
    }
    wanted |= set(re.findall(r"url\(#([^)]*)\)", page))
    wanted |= {value for _, name, value in attributes if name == "aria-labelledby"}
    assert wanted <= set(ids)


def test_the_page_says_the_outcome_the_counts_and_the_differences(page):
    text = Page(page).text.replace("\u00a0", " ")
    for said in (
        "self-enhanced scores 0.44 [0.14, 0.72] higher than plain on 28 rows",
        "+27.6 pp",
        "p (Holm)",
        "Preference pairs",
        "A chosen reply.",
        "2 more are not shown",
        "drafts considered",
        "not played",
        "Target",
        "play.rounds",
        "Seed of the resampling: 0",
        "Evenness",
        "30 of 30",
    ):
        assert said in text
    assert "SECRET SYSTEM" not in text


def test_the_second_judge_is_shown_where_there_is_one(tmp_path, page):
    assert "econd judge" not in page
    judged = [row(str(index), 0.5) | {"second_judge": {"name": "m", "value": 0.75}} for index in range(4)]
    text = Page(write(tmp_path / "r.html", [run_of("one", judged), run_of("two", judged)])).text
    assert "second judge 4 0.00" in text
    assert text.count("0.75 [0.75, 0.75]") == 2


def test_every_figure_is_told_in_words_and_every_table_has_headers(page):
    attributes = Page(page).attributes
    figures = page.count("<figure>")
    words = [
        value for tag, name, value in attributes if (tag, name) == ("div", "aria-label") and ": " in value
    ]
    assert figures == len(words) == 8
    assert page.count("<table") == page.count("<thead>")
    assert re.search(r"<h\d", page).group() == "<h1"
    assert '<html lang="en">' in page


def test_figures_take_their_colours_from_the_page(page):
    figures = "".join(re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL))
    assert "var(--accent)" in figures
    assert not re.search(r"#[0-9a-f]{6}\b", figures)
    assert "prefers-color-scheme: dark" in page


def test_the_same_runs_give_the_same_bytes(tmp_path):
    runs = realistic(tmp_path, n=3)[:2]
    assert write(tmp_path / "a.html", runs) == write(tmp_path / "sub" / "b.html", runs)


def test_hostile_words_stay_words_wherever_they_come_from(tmp_path):
    text = HOSTILE
    trace = {
        "search": "flat",
        "profile": text,
        "drafts": [
            {
                "text": text,
                "value": None,
                "note": text,
                "leaves": [{"turns": [{"role": "seeker", "text": text}], "score": None}],
            }
        ],
        "chosen": 0,
        "stopped": text,
    }
    hostile = [
        row(
            text + str(index),
            1.0,
            reply=text,
            targets=(text,),
            context=(Turn("seeker", text),),
            traces=(trace,),
        )
        for index in range(3)
    ]
    hostile.append(failed_row(text) | {"failed": text})
    pair = PreferencePair(
        text, text, ({"role": "user", "content": text},), text, text, {"chosen": {"origin": text}}
    )
    names = [HOSTILE, "</svg><script>x</script>", "日本の映画\ud800\u202e", ""]
    runs = [run_of(name, hostile, {text: name}) for name in names]
    page = write(
        tmp_path / "r.html", runs, title=text, pairs={"counts": {text: text}, "examples": [pair.to_json()]}
    )
    read = Page(page)
    assert "script" not in read.tags
    assert "img" not in read.tags
    assert not any(attribute.startswith("on") for _, attribute, _ in read.attributes)
    assert "49" not in re.findall(r"' (\S+) &", read.text)
    assert "<script>alert(1)</script>" in read.text
    assert "\x00" not in page
    assert "\x1b" not in page
    assert page.count("</style>") == 1


POOR = {
    "all failed": [failed_row("a"), failed_row("b")],
    "unreadable": [row("a", None)],
    "one row": [row("a", 0.0)],
    "one dialogue": [row(str(index), 0.0, hit=False, dialogue_id="one") for index in range(5)],
    "all hits": [row(str(index), 2.0, repeat=True) for index in range(3)],
    "no rows": [],
}


def test_what_holding_replies_to_the_list_took_is_shown_where_there_was_a_list(tmp_path, page):
    facts = {"replies": 2, "words": [2, 2], "new": ["7", None], "targets": ["7"]}
    shown = {"candidates": [["7", "8"], ["9"]], "redraws": [1, 2], "mended": [True, False]}
    runs = [
        run_of(name, [row(str(place), 1.0, facts=facts | more) for place in range(4)])
        for name, more in {"held": shown | {"fallback": [False, False]}, "free": {}}.items()
    ]
    table = Page(write(tmp_path / "held.html", runs)).text.partition("Held to candidates")[2]
    assert "held 1.50 50.0 % 0.0 % 50.0 % 50.0 % 100.0 % Mended:" in table
    assert "Held to candidates" not in Page(page).text


@pytest.mark.parametrize(
    "names", [["no rows"], ["unreadable"], ["one dialogue"], [*POOR], [*reversed(POOR)]], ids=",".join
)
def test_a_poor_run_still_gives_a_page(tmp_path, names):
    read = Page(write(tmp_path / "r.html", [run_of(name, POOR[name]) for name in names]))
    assert "Systems" in read.text
    assert not re.search(r"\b(nan|None)\b", read.text)


def test_many_systems_with_long_names_fit(tmp_path):
    runs = [
        run_of(
            f"system-{index}-" + "x" * 80,
            [row("a", 1.0, usage=Usage(index, 90 * index, 9, 0, 1.0)), row("b", 0.1 * index)],
        )
        for index in range(7)
    ]
    page = write(tmp_path / "r.html", runs)
    assert Page(page).text.count("system-6-") > 3
    figures = re.findall(r"per row</figcaption>.*?</svg>", page, flags=re.DOTALL)
    assert len(figures) == 2
    for figure in figures:
        heights = sorted(map(float, re.findall(r' y="([\d.]+)"[^>]*>system-\d-', figure)))
        assert len(heights) == 7
        assert min(later - one for one, later in pairwise(heights)) > 9, "names stand apart"


def test_dialogues_are_picked_by_gain_loss_middle_and_missing_score(tmp_path):
    one = [row(str(index), 1.0) for index in range(9)]
    two = [row(str(index), value) for index, value in enumerate((1, 1, 1, 1.1, 1.8, 2, 0, 0.4))] + [
        failed_row("8")
    ]
    picks = pick_dialogues([run_of("one", one), run_of("two", two)])
    assert [(pick.heading, pick.sample_id) for pick in picks] == [
        ("Gain", "5"),
        ("Gain", "4"),
        ("Loss", "6"),
        ("Loss", "7"),
        ("Typical", "0"),
        ("Without a score", "8"),
    ]
    assert picks[0].why == "+1.00: from 1.00 to 2.00"


def test_equal_runs_have_no_gain_to_show_and_one_run_shows_its_best_and_worst():
    rows = [row(str(index), index / 10) for index in range(8)]
    equal = pick_dialogues([run_of("one", rows), run_of("two", rows)])
    assert [pick.heading for pick in equal] == ["Typical"]
    alone = pick_dialogues([run_of("one", rows)])
    assert [pick.sample_id for pick in alone] == ["7", "6", "0", "1", "4"]
    assert pick_dialogues([run_of("none", [])]) == []


def test_long_contexts_are_folded_but_whole(tmp_path):
    context = tuple(
        Turn("seeker" if index % 2 else "recommender", f"turn number {index}") for index in range(20)
    )
    text = Page(write(tmp_path / "r.html", [run_of("a", [row("a", 1.0, context=context)])])).text
    assert "14 earlier turns" in text
    assert all(f"turn number {index}" in text for index in range(20))


def test_a_place_that_cannot_be_written_is_an_input_error(tmp_path):
    (tmp_path / "r.html").mkdir()
    runs = [run_of("a", [row("a", 1.0)])]
    with pytest.raises(InputError, match=r"r\.html: cannot be written"):
        write_report(tmp_path / "r.html", runs, title="x", comparison=compare(runs))


def test_a_comparison_of_other_runs_is_refused(tmp_path):
    runs = [run_of("a", [row("a", 1.0)])]
    with pytest.raises(ValueError, match="not of these runs"):
        write_report(tmp_path / "r.html", runs, title="x", comparison=compare([run_of("b", [row("a", 1.0)])]))


def test_an_experiment_shows_what_was_planned_and_what_training_did(tmp_path):
    runs = realistic(tmp_path)
    compared = compare(runs)
    held_out = {
        "before": {"n": 7, "nll": 2.5, "accuracy": 0.25, "margin": -0.5},
        "after": {"n": 7, "nll": 2.25, "accuracy": 0.75, "margin": 0.125},
    }
    training = {"name": f"RL {HOSTILE}", "method": "simpo", "examples": 63, "steps": 3}
    seeds = {"ieval": {"by_seed": [0.111, 0.333], "sd": 0.157}, "hit": {"by_seed": [0.0, 0.5], "sd": 0.354}}
    experiment = {
        "rows": {"test": 12, "sft": 5, "pairs": 63, "held_out": 0},
        "planned": [one for one in compared.differences if one.scope == "all"],
        "also": list(compared.differences[:1]),
        "systems": [{"system": system, "seeds": seeds} for system in compared.systems],
        "trainings": [{**training, "held_out": held_out, "losses": [(1, 2.0), (2, 1.5), (3, 0.5)]}],
    }
    page = Page(write(tmp_path / "report.html", runs, experiment=experiment))
    assert "What was planned to be compared" in page.text
    assert "Rows: 12 test, 5 sft, 63 pairs." in page.text
    assert "Not planned Asked for beside the plan" in page.text
    assert "0.11, 0.33" in page.text
    assert "25.0 % → 75.0 %" in page.text
    assert "2.50 → 2.25" in page.text
    assert "−0.50 → +0.12" in page.text
    assert "script" not in page.tags
    assert any(
        "2.000 to 0.500" in (value or "") for _, name, value in page.attributes if name == "aria-label"
    )
    without = Page(write(tmp_path / "plain.html", runs)).text
    assert "What was planned" not in without


def _experiment(**training):
    seeds = {name: {"by_seed": [0.5], "sd": None} for name in ("ieval", "hit")}
    told = {"name": "SFT", "method": "sft", "examples": 2, "steps": 1, "held_out": {"n": 0}, "losses": []}
    trainings = [{**told, **training}, {**told, "name": "RL", "method": "simpo", "losses": [(1, 0.7)]}]
    system = compare([run_of("a", [row("a", 1.0)])]).systems[0]
    told_systems = [{"system": system, "seeds": seeds}]
    told = {"rows": {"test": 1}, "planned": [], "also": []}
    return told | {"systems": told_systems, "trainings": trainings}


def test_every_pair_has_its_lines_together_and_a_reference_has_the_others_against_it(tmp_path):
    runs = realistic(tmp_path, n=12)
    pairs = Page(write(tmp_path / "pairs.html", runs))
    assert "of every pair" in pairs.text
    assert "Against" in pairs.text
    spans = [value for tag, name, value in pairs.attributes if name == "rowspan"]
    assert spans == ["4", "4"] * 3, "system and reference, over their lines"
    comparison = compare(runs, reference="rules-popular")
    told = Page(comparison.save(tmp_path / "reference.html").read_text(encoding="utf-8"))
    assert "Each system minus rules-popular" in told.text
    assert [value for _, name, value in told.attributes if name == "rowspan"] == ["4", "4"]
    assert "self-enhanced scores 0.85" in told.text


def test_the_spread_of_training_seeds_is_shown_where_there_are_several(tmp_path, page):
    seeds = [run_of("rl", [row(str(index), value) for index in range(6)]) for value in (0.5, 1.0)]
    runs = [
        replace(pooled(found, 2, resamples=100), name=name)
        for name, found in {"plain": seeds[:1], "rl": seeds}.items()
    ]
    text = Page(write(tmp_path / "seeds.html", runs)).text
    assert "0.35 [0.50, 1.00]" in text
    assert "pread of seeds" in text
    assert "pread of seeds" not in Page(page).text


@pytest.mark.parametrize("losses", [[], [(1, float("nan"))], [(1, 0.0), (2, 0.0)], [(1, -2.0), (2, -3.0)]])
def test_trainings_without_held_out_pairs_or_with_odd_losses_are_shown(tmp_path, losses):
    runs = [run_of("a", [row("a", 1.0)])]
    page = Page(write(tmp_path / "r.html", runs, experiment=_experiment(losses=losses)))
    assert "By training seed" not in page.text, "there is one"
    assert "Not planned" not in page.text
    assert page.text.count("Loss at each step") == (2 if len(losses) == 2 else 1)
    assert not re.search(r"\b(nan|None)\b", page.text)


def test_the_plan_comes_right_after_the_systems(tmp_path):
    runs = [run_of("a", [row("a", 1.0)])]
    page = write(tmp_path / "r.html", runs, experiment=_experiment())
    assert page.index('id="systems"') < page.index('id="experiment"') < page.index('id="figures"')


def test_the_pairs_shown_are_of_different_samples_where_there_are_any(tmp_path):
    def pair(sample_id, number):
        prompt = ({"role": "user", "content": "Something funny?"},)
        return PreferencePair(sample_id, "d", prompt, f"Chosen {sample_id}{number}.", "No.", {}).to_json()

    examples = [pair(sample_id, number) for sample_id in "abcd" for number in range(3)]
    runs = [run_of("a", [row("a", 1.0)])]
    text = Page(write(tmp_path / "r.html", runs, pairs={"counts": {"n": 4}, "examples": examples})).text
    assert re.findall(r"Chosen (\w\d)\.", text) == ["a0", "b0", "c0", "d0", "a1", "b1"]
    assert "rows 4" in text


def test_a_command_draws_the_same_without_the_help_of_what_it_draws_with(tmp_path):
    runs = realistic(tmp_path / "runs", n=12)
    here = write(tmp_path / "here.html", runs)
    code = (
        "import sys; from pathlib import Path; from usbrec import on_demand; on_demand.in_command = True\n"
        "from usbrec.evaluation import compare, load_run, write_report\n"
        "runs = [load_run(path) for path in sys.argv[2:]]\n"
        "write_report(sys.argv[1], runs, title='A report', comparison=compare(runs))\n"
        "from matplotlib.lines import Line2D; assert 'Properties' not in (Line2D.set.__doc__ or '')\n"
        "Line2D([0], [0]).set(color='red')\n"
        "from usbrec.config import Config; assert Config().seed == 0\n"
    )
    there = tmp_path / "there.html"
    subprocess.run([sys.executable, "-c", code, there, *(run.path for run in runs)], check=True)
    assert there.read_text(encoding="utf-8") == here

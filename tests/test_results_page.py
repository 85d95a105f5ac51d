"""docs/results.md lists every field that is written, and none that is not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.fake_runs import realistic, row, run_of
from support.films import FILMS, sample
from support.results_page import listed, paths, undocumented
from usbrec import stages
from usbrec.config import load_config
from usbrec.dialogue import Conversation, Reply
from usbrec.evaluation.comparison.compare import compare
from usbrec.evaluation.comparison.estimates import COLUMNS, MEASURES
from usbrec.evaluation.comparison.planned_contrasts import pooled


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Mapping[str, Any]]]:
    """What is written of runs in every mode, by heading of the page."""
    folder = tmp_path_factory.mktemp("runs")
    rows = [
        sample("Something like Heat (1995)?", id_="a:1"),
        sample("I saw Alien (1979)", id_="c:1", targets=("Alien (1979)", "Halloween (1978)")),
    ]
    samples, films, script = (folder / name for name in ("samples.jsonl", "films.jsonl", "model.jsonl"))
    samples.write_text("".join(json.dumps(one.to_json()) + "\n" for one in rows))
    films.write_text(
        "".join(
            json.dumps({"id": one.id, "title": one.title, "year": one.year, "genres": list(one.genres)})
            + "\n"
            for one in FILMS
        )
    )
    script.write_text(
        '{"when": "Answer with the letter", "choose": {"A": 0.6, "B": 0.4}}\n'
        '{"choose": {"0": 0.5, "1": 0.5}, "say": ["Casino (1995), or Blorp (2031).", "Try Alien (1979)."]}\n'
    )
    model = f"scripted:{script}"

    class Own:
        def reply(self, conversation: Conversation) -> Reply:
            return Reply("This one.", items=[FILMS[0].id, "nowhere"])

    def evaluated(
        name: str, objects: Mapping[str, object] | None = None, **settings: Any
    ) -> Mapping[str, Any]:
        given = {"seats": {"recommender": model, "simulator": "rules", "judge": "rules"}} | settings
        # The second judge loads a sentence model; what it writes is held against the page in test_guards.
        judging = {"second": False} | settings.get("judging", {})
        config = load_config(None, {"statistics": {"resamples": 100}, **given, "judging": judging})
        return stages.evaluate(samples, folder / name, config=config, catalogue=films, objects=objects)

    judged = {"seats": {"recommender": model, "simulator": "rules", "judge": model}}
    return {
        "usbrec evaluate": [
            evaluated("plain", **judged, judging={"persuasion": True, "anchors": 2}, play={"candidates": 4}),
            evaluated("ses", enhanced=True, search={"drafts": 2}),
            evaluated("own", {"recommender": Own()}),
            evaluated("lists", play={"candidates": 4, "list_length": 2}),
            evaluated("ask", mode="ask", asking={"attributes": ["genre"]}),
        ],
        "usbrec evaluate --mode retrieval": [evaluated("retrieval", mode="retrieval")],
        "usbrec score": [_scored(folder, films, script)],
        "usbrec pairs": [
            stages.make_pairs(
                samples,
                folder / "pairs",
                config=load_config(None, judged | {"pairs": {"accept_at": 0.0}}),
                catalogue=films,
            )
        ],
        "JSON": [compare([*realistic(folder / "fake", n=12), *_trained()], power=True).to_json()],
    }


def _scored(folder: Path, films: Path, script: Path) -> Mapping[str, Any]:
    """Recorded dialogues of a system, with a target."""
    turns = [{"role": "seeker", "text": "Hi."}, {"role": "recommender", "text": "Heat (1995)."}]
    dialogue = {"id": "d", "system": "s", "turns": turns, "targets": ["Heat (1995)"]}
    (folder / "dialogues.jsonl").write_text(json.dumps(dialogue) + "\n")
    config = load_config(None, {"seats": {"judge": f"scripted:{script}"}, "statistics": {"resamples": 100}})
    return stages.score(folder / "dialogues.jsonl", folder / "scored", config=config, catalogue=films)


def _trained() -> list[Any]:
    """One system over two training seeds, which the second judge looked at, on rows with anchors."""
    judged = {
        "second_judge": {"name": "m", "value": 0.5},
        "anchors": {"target": {"value": 1.5}, "others": [{"value": 0.25}], "replies": [1.0], "apart": 1.25},
    }
    seeds = [run_of("rl", [row(str(n), value) | judged for n in range(4)]) for value in (0.5, 1.0)]
    return [pooled(seeds, 2, resamples=100)] * 2


@pytest.mark.parametrize(
    "section", ["usbrec evaluate", "usbrec evaluate --mode retrieval", "usbrec score", "usbrec pairs", "JSON"]
)
def test_every_field_that_is_written_is_listed(
    written: dict[str, list[Mapping[str, Any]]], section: str
) -> None:
    for results in written[section]:
        assert undocumented(section, results) == set()


def test_a_field_that_no_page_lists_is_found() -> None:
    assert undocumented("usbrec evaluate", {"n": 3, "luck": 0.5, "ses": {"drafts": 1.0, "mood": 2}}) == {
        "luck",
        "ses.mood",
    }


def test_every_field_that_is_listed_is_written_somewhere(
    written: dict[str, list[Mapping[str, Any]]],
) -> None:
    for section, results in written.items():
        there = {path for one in results for path in paths(one)}
        for name in listed(section):
            pattern = re.compile(
                r"\.".join(
                    ".+" if part == "*" else r".+" if part.isupper() else re.escape(part)
                    for part in name.split(".")
                )
                + r"([.\[].*)?"
            )
            assert any(pattern.fullmatch(path) for path in there) or name in _ONLY_ELSEWHERE, (section, name)


#: Written only where nothing of the kind happened above: no row failed to be read, no search was cut short,
#: no server sat in a seat (tests/stages/test_probing_seats.py), nobody asked for a price or a stock
#: (tests/stages/test_constraint_runs.py), nothing was played several times (tests/stages/test_tasks.py),
#: no judge was measured (tests/stages/test_agreement_of_judges.py), and of what is compared no reply is a
#: ranked list (tests/stages/test_list_runs.py).
_ONLY_ELSEWHERE = {
    "judge_agreement.overall.DATASET.*",
    *(f"judge_agreement.{name}" for name in ("rating", "dialogues", "systems", "sources[]", "held_out")),
    "judge_agreement.dialogues_digest",
    "systems[].judge_agreement.*",
    "unreadable_reasons.REASON",
    "aspects.ASPECT.reasons.REASON",
    "probe.SEAT.*",
    "probe.SEAT.calls",
    "probe.SEAT.seconds",
    "probe.SEAT.seat",
    "probe.SEAT.model",
    "probe.SEAT.findings[].name",
    "probe.SEAT.findings[].supported",
    "probe.SEAT.findings[].observed",
    "probe.SEAT.findings[].consequence",
    "probe.SEAT.findings[].remedy",
    "violated",
    "violated.rows",
    "passes",
    "passes.trials",
    "passes.samples",
    "passes.by",
    "passes.linked.K",
    "passes.called.K",
    "passes.violated.BY.FLAG",
    "systems[].passes.K",
    "systems[].passes_by",
    "systems[].violated",
    "systems[].ndcg",
    "items.source",
    "items.given",
    "items.replies",
    "items.unknown",
    "ses.stopped.LIMIT",
    "dropped.REASON",
    "votes.drawn",
    "votes.unreadable",
    "votes.share",
    "second_judge.name",
    "second_judge.random_similarity",
}


def test_the_columns_and_measures_of_the_csv_are_those_of_the_page() -> None:
    names = listed("CSV and pandas")
    assert names == [*COLUMNS, *MEASURES]
    page = Path("docs/results.md").read_text(encoding="utf-8")
    for meaning in COLUMNS.values():
        assert meaning in page

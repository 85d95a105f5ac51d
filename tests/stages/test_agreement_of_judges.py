"""`usbrec agreement` and `usbrec train judge` end to end: what is asked, written, kept and told of later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

import usbrec
from support.command import refused
from support.command import usbrec as command
from support.films import CATALOGUE, film_files, sample
from support.rated import RATED, rated_file
from usbrec import stages
from usbrec.config import load_config
from usbrec.dialogue import Conversation, Turn
from usbrec.errors import InputError, InputWarning
from usbrec.evaluation import compare
from usbrec.evaluation.runs.results import load_run
from usbrec.judge.trained.model import FILE
from usbrec.llm import ScriptedModel
from usbrec.llm.protocol import ChoiceRequest

FEW = RATED[:12]


def settings(**given: Any) -> Any:
    return load_config(None, {"statistics": {"resamples": 100}, "judging": {"temperature": 1.0}, **given})


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("USBREC_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A judge that learnt from words alone."""
    folder = tmp_path_factory.mktemp("judge")
    patched = pytest.MonkeyPatch()
    patched.setattr("usbrec.stages.judge_training._encoder", lambda: None)
    stages.make_judge([rated_file(folder)], folder / "mine", config=settings())
    patched.undo()
    return folder / "mine"


def agreement(folder: Path, name: str = "out", dialogues: Any = FEW, **given: Any) -> Mapping[str, Any]:
    options = {"config": settings(), **given}
    return stages.agreement(dialogues, folder / name, **options)


def with_judge(seat: str | Path, **given: Any) -> Any:
    return settings(seats={"judge": str(seat)}, **given)


class Court:
    """A judge that is satisfied where something is named, and counts what it is asked."""

    def __init__(self, name: str = "court") -> None:
        self.asked: list[str] = []
        self.model = ScriptedModel(lambda _: "1", name=name, choose=self._weights)

    def _weights(self, request: ChoiceRequest) -> Mapping[str, float]:
        text = request.messages[0].content
        self.asked.append(text)
        top = request.options[-1]
        if "Have you seen" in text:
            return {top: 0.8, "0": 0.2}
        return {"0": 0.9, top: 0.1}


def test_a_model_is_asked_what_people_rated_once_each_and_every_prompt_begins_alike(tmp_path: Path) -> None:
    court = Court()
    results = agreement(tmp_path, objects={"judge": court.model}, checks=False)
    assert set(results["agreement"]) == {"dialogue_overall", "relevance", "understanding"}
    # 2 replies and 2 aspects of the whole a dialogue, and the prompts that tried the judge out.
    units = [one for one in court.asked if "Hello 0," in one]
    assert results["calls"] == 12 * 4
    assert len(set(units)) == 4
    beginnings = {one.split("Hello 0,")[0] for one in units}
    assert len(beginnings) == 1, "what is shared stands first"
    overall = results["agreement"]["dialogue_overall"]["(not named)"]
    assert overall["pearson"]["value"] > 0.5
    assert (overall["n"], overall["systems"]) == (12, 4)
    assert overall["pearson"]["ci95"][0] < overall["pearson"]["value"] < overall["pearson"]["ci95"][1]
    assert results["ranking"]["dialogue_overall"]["(not named)"]["kendall"]["n"] == 4


def test_flattered_and_padded_dialogues_are_rated_and_a_judge_that_likes_them_is_told_of(
    tmp_path: Path,
) -> None:
    court = Court()
    plain = court._weights

    def flattered(request: ChoiceRequest) -> Mapping[str, float]:
        given = plain(request)
        return {request.options[-1]: 1.0} if "wonderful taste" in request.messages[0].content else given

    model = ScriptedModel(lambda _: "1", name="vain", choose=flattered)
    results = agreement(tmp_path, objects={"judge": model}, aspects=["overall"])
    shift = results["checks"]["flattery"]
    assert shift["mean"] > 1.0
    assert results["checks"]["padding"]["mean"] == 0.0
    assert any("Flattery moves the judge" in one for one in results["mind"])
    # 12 dialogues, and the same three times in the checks.
    assert results["calls"] == 12 + 36 or results["calls"] == 12


def test_rules_rate_by_facts_of_a_catalogue_and_cannot_without_one(tmp_path: Path) -> None:
    results = agreement(tmp_path, config=with_judge("rules"), catalogue=CATALOGUE)
    overall = results["agreement"]["dialogue_overall"]["(not named)"]
    assert overall["pearson"]["value"] > 0.5
    told = refused("agreement", rated_file(tmp_path), "--judge", "rules", "-o", tmp_path / "x")
    assert "--judge rules reads facts of items: add --catalogue FILE." in told
    assert not (tmp_path / "x").exists()


def test_a_judge_of_ones_own_gives_one_score_which_is_held_against_the_satisfaction(tmp_path: Path) -> None:
    class Counts:
        def score(self, conversation: Conversation, targets: object) -> float:
            return min(2.0, sum("Have you seen" in turn.text for turn in conversation.turns) + 0.5)

    results = agreement(tmp_path, objects={"judge": Counts()})
    assert results["agreement"]["dialogue_overall"]["(not named)"]["pearson"]["value"] > 0.5


def test_a_trained_judge_held_against_what_it_learnt_from_answers_as_while_that_was_left_out(
    tmp_path: Path, trained: Path
) -> None:
    results = agreement(tmp_path, dialogues=RATED, config=with_judge(f"trained:{trained}"))
    made = json.loads((trained / FILE).read_text())
    left_out = made["cross_validated"]["dialogues"]["dialogue_overall"]["(not named)"]["pearson"]["value"]
    found = results["agreement"]["dialogue_overall"]["(not named)"]["pearson"]["value"]
    assert found == pytest.approx(left_out, abs=0.002)
    assert results["held_out"] == len(RATED)
    assert "learnt from 40 of these dialogues" in results["mind"][0]


def test_figures_of_dialogues_that_are_nearly_what_it_learnt_from_are_told_of_and_not_kept(
    tmp_path: Path, own_cache: Path
) -> None:
    def longer(number: int, ending: str = "") -> Any:
        one = RATED[number]
        words = f"I saw number {number} of the series and would like {number + 1} of the kind{ending}"
        asked = f"Show me what {number} people liked of it as much as they liked part {number + 2}"
        turns = (Turn("seeker", words), one.turns[1], Turn("seeker", asked), *one.turns[3:])
        return replace(one, turns=turns)

    folder = tmp_path / "long"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("usbrec.stages.judge_training._encoder", lambda: None)
        stages.make_judge([rated_file(folder, tuple(map(longer, range(40))))], folder, config=settings())
    changed = [longer(number, "!") for number in range(40)]
    results = agreement(tmp_path, dialogues=changed, config=with_judge(f"trained:{folder}"))
    assert (results["held_out"], results["alike"]) == (0, 40)
    assert "most words of 40 of these" in results["mind"][0]
    assert not list((own_cache / "agreement").glob("*"))


def test_the_same_command_writes_the_same_bytes_and_a_replay_too(tmp_path: Path, trained: Path) -> None:
    names = ("results.json", "dialogues.jsonl")
    for judge in (f"trained:{trained}", "rules"):
        config = with_judge(judge)
        first = tmp_path / "first" / judge[:5]
        agreement(first, "a", config=config, catalogue=CATALOGUE)
        before = [(first / "a" / name).read_bytes() for name in names]
        agreement(first, "a", config=config, catalogue=CATALOGUE)
        assert [(first / "a" / name).read_bytes() for name in names] == before
        agreement(first, "b", config=config, catalogue=CATALOGUE, replay=first / "a")
        assert [(first / "b" / name).read_bytes() for name in names] == before


def test_what_was_measured_stands_beside_later_scores_of_that_judge_with_these_prompts_alone(
    tmp_path: Path, own_cache: Path
) -> None:
    model = Court().model
    before = stages.score(FEW, tmp_path / "before", config=settings(), objects={"judge": model})
    assert before["judge_agreement"]["measured"] is False
    agreement(tmp_path, objects={"judge": model}, checks=False)
    after = stages.score(FEW, tmp_path / "after", config=settings(), objects={"judge": model})
    told = after["judge_agreement"]
    assert told["measured"] is True
    assert (told["dialogues"], told["systems"], told["sources"]) == (12, 4, ["own"])
    assert told["overall"]["(not named)"]["n"] == 12
    replayed = stages.score(
        FEW, tmp_path / "replay", config=settings(), objects={"judge": model}, replay=tmp_path / "before"
    )
    assert replayed["judge_agreement"] == before["judge_agreement"], "a replay says what was known then"
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    (prompts / "aspect_overall.txt").write_text("How happy?")
    other = settings(play={"prompts": str(prompts)})
    changed = stages.score(FEW, tmp_path / "changed", config=other, objects={"judge": model})
    assert changed["judge_agreement"]["measured"] is False
    another = stages.score(
        FEW, tmp_path / "another", config=settings(), objects={"judge": Court("another").model}
    )
    assert another["judge_agreement"]["measured"] is False
    (kept,) = (own_cache / "agreement").iterdir()
    kept.write_text("{torn")
    torn = stages.score(FEW, tmp_path / "torn", config=settings(), objects={"judge": model})
    assert torn["judge_agreement"]["measured"] is False


def test_dialogues_that_nobody_rated_are_left_out_and_told_of(tmp_path: Path) -> None:
    import dataclasses

    bare = [dataclasses.replace(one, id=f"bare-{one.id}", ratings={}, turn_ratings=()) for one in FEW[:2]]
    with pytest.warns(InputWarning, match="2 dialogues carry no rating by people"):
        results = agreement(tmp_path, dialogues=(*FEW, *bare), objects={"judge": Court().model}, checks=False)
    assert results["dialogues"] == 12
    with pytest.raises(InputError, match="no dialogue carries a rating by people"):
        agreement(tmp_path, "none", dialogues=bare, objects={"judge": Court().model})
    beyond = dataclasses.replace(FEW[0], id="beyond", ratings={"overall": 5.0})
    with pytest.raises(InputError, match="'beyond', ratings: overall is 5, and its scale is 0 to 4"):
        agreement(tmp_path, "beyond", dialogues=[beyond], objects={"judge": Court().model})


def test_two_ratings_of_one_thing_that_differ_are_refused(tmp_path: Path) -> None:
    """Else the order of a file's fields would say which of them is learnt."""
    twice = [*RATED[1:], replace(RATED[0], ratings={"overall": 3.0, "dialogue_overall": 1.0})]
    wanted = "'d0', ratings: dialogue_overall is 1 and overall is 3, which are two names"
    with pytest.raises(InputError, match=wanted):
        agreement(tmp_path, dialogues=twice, config=with_judge("trained"))
    with pytest.raises(InputError, match=wanted):
        stages.make_judge([rated_file(tmp_path, tuple(twice))], tmp_path / "judge", config=settings())


def test_the_commands_train_measure_and_say_what_they_found(tmp_path: Path, trained: Path) -> None:
    file = rated_file(tmp_path)
    shown = command("agreement", file, "--judge", f"trained:{trained}", "-o", tmp_path / "out").stdout
    assert "dialogue overall" in shown
    assert "Kendall's tau" in shown
    assert "A compliment behind every reply moves the judge by" in shown
    told = refused("agreement", file, "--judge", "trained:nowhere", "-o", tmp_path / "x")
    assert "nowhere/judge.json: no such file" in told
    told = refused("agreement", file, "--judge", "trained", "--aspects", "overall", "-o", tmp_path / "y")
    assert "A trained judge gives those that it has learnt." in told


def test_a_trained_judge_sits_where_rules_can(tmp_path: Path, trained: Path) -> None:
    """In the judge's seat, inside the search, and where pairs are made."""
    files = film_files(tmp_path, label="Have you seen Casino (1995)?")
    seat = f"trained:{trained}"
    config = settings(
        seats={"recommender": "rules:retriever", "simulator": "rules", "judge": seat}, play={"rounds": 2}
    )
    results = stages.evaluate(files["samples"], tmp_path / "run", config=config, catalogue=files["catalogue"])
    assert results["score"]["trained"] == results["n"] == 4
    assert 0 < results["ieval"]["mean"] < 2
    assert results["judge_agreement"]["held_out"] is True
    (system,) = compare([load_run(tmp_path / "run")]).systems
    assert system.scored == ("trained",)
    page = (tmp_path / "run" / "report.html").read_text()
    assert "agrees with people by" in page
    episode = load_run(tmp_path / "run").rows[0]["episode"]
    assert episode["score"]["value"] == pytest.approx(episode["score"]["detail"]["overall"] / 2)

    script = tmp_path / "says.jsonl"
    script.write_text(json.dumps({"say": ["Have you seen Casino (1995)?", "I do not know that one."]}) + "\n")
    seats = {"recommender": f"scripted:{script}", "simulator": "rules", "judge": seat}
    config = settings(
        seats=seats,
        enhanced=True,
        search={"judge": seat, "simulator": "rules", "drafts": 2},
        play={"rounds": 1},
    )
    searched = stages.evaluate(
        files["samples"],
        tmp_path / "searched",
        config=config,
        catalogue=files["catalogue"],
    )
    assert searched["score"]["trained"] == 4
    pairs = stages.make_pairs(
        files["samples"],
        tmp_path / "pairs",
        config=settings(seats=seats, play={"rounds": 1}),
        catalogue=files["catalogue"],
    )
    assert pairs["n"] == 4


@pytest.mark.parametrize("seat", ["recommender", "simulator"])
def test_a_trained_judge_can_sit_nowhere_else(tmp_path: Path, seat: str) -> None:
    files = film_files(tmp_path)
    seats = {"recommender": "rules:random", "simulator": "rules", "judge": "rules"} | {seat: "trained"}
    with pytest.raises(InputError, match="trained"):
        stages.evaluate(
            files["samples"], tmp_path / "x", config=settings(seats=seats), catalogue=files["catalogue"]
        )
    assert not (tmp_path / "x").exists()


def test_a_recommender_made_to_flatter_makes_the_judges_disagree(tmp_path: Path) -> None:
    """The first judge likes compliments; the second reads what was recommended, which is nothing."""

    class Flatters:
        identity: ClassVar = {"name": "flatters"}

        def reply(self, conversation: Conversation) -> str:
            return "What wonderful taste you have! Nobody asks as cleverly as you do."

    class Recommends:
        identity: ClassVar = {"name": "recommends"}

        def reply(self, conversation: Conversation) -> str:
            return "Have you seen Casino (1995)?"

    class Vain:
        identity: ClassVar = {"name": "vain"}

        def score(self, conversation: Conversation, targets: object) -> float:
            return 1.8 if any("wonderful taste" in turn.text for turn in conversation.turns) else 0.9

    samples = [sample("I liked Goodfellas (1990).", id_=f"d{number}:1") for number in range(6)]
    runs = []
    for name, recommender in (("honest", Recommends()), ("flatterer", Flatters())):
        usbrec.evaluate(
            samples,
            recommender=recommender,
            seeker="rules",
            judge=Vain(),
            catalogue=CATALOGUE,
            rounds=1,
            out=tmp_path / name,
            progress=False,
        )
        runs.append(load_run(tmp_path / name))
    told = compare(runs)
    assert told.between("flatterer", "ieval").difference.mean == pytest.approx(0.9)  # type: ignore[union-attr]
    assert told.between("flatterer", "second").difference.mean == -2.0  # type: ignore[union-attr]
    assert any(
        "the judges disagree about honest and flatterer: the judge finds flatterer better" in warning
        for warning in told.warnings
    )
    fair = compare([runs[0], runs[0]])
    assert not any("disagree" in warning for warning in fair.warnings)


def test_python_gets_a_record_with_tables_and_what_was_measured_is_kept(
    tmp_path: Path, own_cache: Path
) -> None:
    quiet: dict[str, Any] = {"config": {"statistics": {"resamples": 100}}, "progress": False}
    asked = usbrec.agreement(FEW, judge=Court().model, aspects=["overall"], checks=False, **quiet)
    assert asked.results["calls"] == 12
    assert list((own_cache / "agreement").glob("*")), "later scores of this judge show it"
    found = usbrec.agreement(FEW, judge="rules", catalogue=CATALOGUE, **quiet)
    assert (found.name, found.path, found.failures) == ("rules", None, {})
    kept = usbrec.agreement(FEW, judge="rules", catalogue=CATALOGUE, out=tmp_path / "kept", **quiet)
    loaded = usbrec.Agreement.load(tmp_path / "kept")
    assert loaded.results["agreement"] == kept.results["agreement"] == found.results["agreement"]
    frame = loaded.to_pandas().set_index(["rating", "dataset"])
    told = loaded.results["agreement"]["dialogue_overall"]["(not named)"]
    line = frame.loc[("dialogue_overall", "(not named)")]
    assert line["pearson"] == told["pearson"]["value"]
    assert (line["n"], line["systems"]) == (12, 4)
    assert [line["spearman_low"], line["spearman_high"]] == told["spearman"]["ci95"]
    assert len(loaded.to_csv(tmp_path / "a.csv").read_text().splitlines()) == 1 + len(frame)
    assert "dialogue overall & (not named) & 12" in loaded.to_latex()
    with pytest.raises(usbrec.errors.ConfigError, match="reads facts of items: add the argument catalogue"):
        usbrec.agreement(FEW, judge="rules", **quiet)

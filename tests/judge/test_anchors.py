"""Anchored judging: fixed replies of a row, what the judge says of them, and where a score lies between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.fake_runs import row, run_of
from support.films import FILMS
from support.servers import Answer, LocalServer, Seen
from usbrec import stages
from usbrec.config import load_config
from usbrec.dialogue import Conversation, Sample, Turn
from usbrec.errors import ConfigError, ModelUnavailable
from usbrec.evaluation import compare
from usbrec.evaluation.metrics import calibrated, calibrated_rows, calibration
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.judge.anchors import AnchorJudge, anchors_of
from usbrec.judge.model import ModelJudge, ModelTargetJudge, Scoring
from usbrec.llm import ChatReply, ChatRequest, Choice, ChoiceRequest, open_model, read_seat
from usbrec.llm.shared_choices import SharedChoices
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts
from usbrec.stages.anchoring import served_as

TARGET = "Heat (1995)"
PLAYED = (Turn("recommender", "Try Alien (1979)."), Turn("seeker", "No."), Turn("recommender", "Then not."))


def sample(id_: str = "a:1", text: str = "Something tense?", targets: tuple[str, ...] = (TARGET,)) -> Sample:
    return Sample(id_, id_.partition(":")[0], (Turn("seeker", text),), targets)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge.of(Catalogue(FILMS), Similarity(), seed=0)


class Judge:
    """A ChatModel that prefers the target by a little, on top of a prior that goes with the dialogue."""

    name = "judge"
    parallel = True

    def __init__(self, *, fails: bool = False) -> None:
        self.asked: list[str] = []
        self.fails = fails

    @property
    def identity(self) -> Mapping[str, Any]:
        return {"backend": "made up", "model": self.name}

    async def chat(self, request: ChatRequest) -> ChatReply:
        raise AssertionError("nobody talks here")

    async def choose(self, request: ChoiceRequest) -> Choice:
        text = request.messages[0].content
        self.asked.append(text)
        if self.fails:
            raise ModelUnavailable("not today")
        prior = 0.3 if "tense" in text else 0.6
        # It is told what the seeker wants, and finds it in what was recommended.
        wanted = text.partition("happiest with: ")[2].partition("\n")[0]
        two = prior + (0.2 if f"Recommender: I recommend {wanted}" in text else 0.0)
        return Choice({"0": 1 - two, "1": 0.0, "2": two}, "exact", mass=1.0)

    async def aclose(self) -> None:
        return


def anchored(judge: Judge, knowledge: Knowledge, count: int = 2, *, seed: int = 0) -> AnchorJudge:
    base = ModelJudge(judge, Prompts(), temperature=1.0, scoring=Scoring("exact"))
    return AnchorJudge(ModelTargetJudge(base), knowledge, count, seed)


def test_anchors_are_the_target_and_random_items_that_nobody_named(knowledge: Knowledge) -> None:
    named = sample(text=f"I liked {FILMS[1].name}. Something tense?")
    targets = Targets.of(named, knowledge)
    anchors = anchors_of(named, targets, knowledge, count=len(FILMS) - 2, seed=0)
    assert anchors is not None
    assert anchors.target.name == TARGET
    assert {item.id for item in anchors.others} == {item.id for item in FILMS} - {
        anchors.target.id,
        FILMS[1].id,
    }
    assert TARGET in anchors.reply(anchors.target).text
    assert anchors_of(named, targets, knowledge, count=len(FILMS) - 1, seed=0) is None
    unknown = sample(targets=("No Such Film (1901)",))
    assert anchors_of(unknown, Targets.of(unknown, knowledge), knowledge, count=1, seed=0) is None


def test_a_row_has_the_same_anchors_whoever_is_judged_and_another_row_others(knowledge: Knowledge) -> None:
    drawn = {
        id_: {
            tuple(item.id for item in found.others)
            for _ in range(2)
            if (found := anchors_of(one, Targets.of(one, knowledge), knowledge, count=2, seed=0))
        }
        for id_ in ("a:1", "b:1", "c:1", "d:1", "e:1")
        if (one := sample(id_))
    }
    assert all(len(each) == 1 for each in drawn.values())
    assert len(set().union(*drawn.values())) > 1


async def test_the_judge_is_asked_about_each_anchor_in_the_rows_own_context(knowledge: Knowledge) -> None:
    judge = Judge()
    rated = await anchored(judge, knowledge).rate(sample(), Targets.of(sample(), knowledge), PLAYED)
    assert rated["target"]["value"] == pytest.approx(1.0)
    assert [one["value"] for one in rated["others"]] == [pytest.approx(0.6)] * 2
    assert rated["replies"] == [pytest.approx(0.6)] * 2
    assert len(judge.asked) == 5
    assert all("Seeker: Something tense?" in text for text in judge.asked)
    assert not any("Seeker: No." in text for text in judge.asked), "each reply by itself"


async def test_a_model_that_fails_on_an_anchor_takes_nothing_of_the_row_away(knowledge: Knowledge) -> None:
    rated = await anchored(Judge(fails=True), knowledge).rate(
        sample(), Targets.of(sample(), knowledge), PLAYED
    )
    assert rated == {"why": "not today"}


# --- the scale


def rated_row(
    id_: str,
    replies: list[float | None],
    target: float | None,
    *others: float | None,
    score: float | None = 1.0,
) -> dict[str, Any]:
    anchors = {"target": {"value": target}, "others": [{"value": value} for value in others]}
    return row(id_, score) | {"anchors": anchors | {"replies": replies}}


def scale(*rows: dict[str, Any]) -> list[float | None]:
    return [calibrated(one) for one in calibrated_rows(rows)]


def test_random_items_have_0_and_the_target_2_whatever_the_prior() -> None:
    for prior in (0.0, 0.7, 1.4):
        rows = [
            rated_row(str(reply), [prior + reply], prior + 0.3, prior, prior + 0.2)
            for reply in (0.1, 0.3, 0.2, 0.0)
        ]
        assert scale(*rows) == [pytest.approx(value) for value in (0.0, 2.0, 1.0, -1.0)]


def test_the_scale_is_the_mean_distance_of_the_rows() -> None:
    near, far = rated_row("a", [1.0], 1.0, 0.9), rated_row("b", [0.5], 0.8, 0.5)
    assert scale(near, far) == [pytest.approx(1.0), pytest.approx(0.0)]


def test_to_reply_more_often_with_random_items_does_not_score_more() -> None:
    """Over all ways in which two of the random items may be the replies."""
    values = (0.2, 0.5, 1.1)
    rows = [
        rated_row(f"{one}{other}", [values[one], values[other]], 2.0, *values)
        for one in range(3)
        for other in range(3)
        if one != other
    ]
    found = scale(*rows)
    assert sum(value or 0.0 for value in found) == pytest.approx(0.0)
    assert scale(rated_row("a", [0.2, 2.0], 2.0, *values))[0] == pytest.approx(2 * (2.0 - 0.9) / 1.4)


def test_a_judge_that_does_not_tell_targets_from_random_items_has_no_calibrated_scores() -> None:
    assert scale(rated_row("a", [1.4], 1.3, 1.31), rated_row("b", [1.4], 1.33, 1.3)) == [None, None]


# --- runs


@pytest.mark.parametrize("field", ["root", "created"])
def test_what_a_server_lists_of_a_model_tells_two_checkpoints_of_one_name_apart(field: str) -> None:
    places = iter("ab")

    def answer(seen: Seen) -> Answer:
        return Answer(body={"data": [{"id": "m", "root": "/w", field: next(places)}, {"id": "other"}]})

    async def found() -> list[Any]:
        config = load_config(None, {"models": {"base_url": server.url}})
        model = open_model("openai:m", config.models)
        try:
            return [await served_as(config, read_seat("openai:m"), model) for _ in range(2)]
        finally:
            await model.aclose()

    with LocalServer(answer) as server:
        first, second = asyncio.run(found())
    assert (first == second) == (field == "created"), "that is another each time"
    assert first["id"] == "m"


def test_what_is_said_of_anchors_is_asked_once_for_all_runs(tmp_path: Path, knowledge: Knowledge) -> None:
    judge = Judge()
    file = tmp_path / "choices" / "anchors.sqlite"
    targets = Targets.of(sample(), knowledge)

    async def rate(model: Any) -> Mapping[str, Any]:
        return await anchored(model, knowledge).rate(sample(), targets, PLAYED)

    first = asyncio.run(rate(SharedChoices(judge, file)))
    assert asyncio.run(rate(SharedChoices(judge, file))) == first
    assert len(judge.asked) == 5, "asked once"
    asyncio.run(rate(SharedChoices(judge, file, {"at": "elsewhere"})))
    assert len(judge.asked) == 10, "what decides the answer otherwise is asked anew"
    told = []

    async def served() -> str:
        told.append("asked")
        await asyncio.sleep(0)
        return "another checkpoint"

    asyncio.run(rate(SharedChoices(judge, file, served=served)))
    assert len(judge.asked) == 15, "as is what runs there by now"
    assert told == ["asked"]
    judge.asked = judge.asked[:10]
    file.write_bytes(b"no database")
    assert asyncio.run(rate(SharedChoices(judge, file))) == first
    assert len(judge.asked) == 15
    assert asyncio.run(rate(SharedChoices(judge, file))) == first, "and the damaged file was replaced"
    assert len(judge.asked) == 15


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USBREC_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    samples, films = tmp_path / "samples.jsonl", tmp_path / "films.jsonl"
    rows = [sample(), sample("b:1", "Something slow?", ("Alien (1979)",))]
    samples.write_text("".join(json.dumps(one.to_json()) + "\n" for one in rows), "utf-8")
    films.write_text(
        "".join(
            json.dumps({"id": one.id, "title": one.title, "year": one.year, "genres": list(one.genres)})
            + "\n"
            for one in FILMS
        ),
        "utf-8",
    )
    return samples, films


class Recommender:
    """Recommends one film to everybody."""

    def reply(self, conversation: Conversation) -> str:
        return "I recommend Alien (1979)."


def people(judge: object) -> dict[str, object]:
    return {"recommender": Recommender()} | ({} if judge is None else {"judge": judge})


def evaluated(files: tuple[Path, Path], out: Path, judge: object, **changes: Any) -> Mapping[str, Any]:
    settings = {
        "seats": {"simulator": "rules"},
        "play": {"rounds": 1},
        "judging": {"second": False, "anchors": 2, "temperature": 1.0},
        "statistics": {"resamples": 100},
    }
    config = load_config(None, settings | changes)
    return stages.evaluate(files[0], out, config=config, catalogue=files[1], objects=people(judge))


def test_fewer_random_items_than_replies_are_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    """The best of three random replies lies above the mean of two random items by chance alone."""
    with pytest.raises(ConfigError, match=r"judging\.anchors = 2 with play\.rounds = 3: .* as many"):
        evaluated(files, tmp_path / "run", Judge(), play={"rounds": 3})


def test_a_run_with_anchors_says_raw_and_calibrated_side_by_side(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    results = evaluated(files, tmp_path / "run", Judge())
    found = results["calibrated"]
    assert found["n"] == 2
    assert found["apart"] == 1.0
    assert found["lost"] == 0
    assert found["target"] - found["random"] == pytest.approx(0.4)
    rows = [json.loads(line) for line in (tmp_path / "run" / "episodes.jsonl").read_text().splitlines()]
    hits = [one["episode"]["hit"] for one in rows]
    assert hits == [False, True]
    assert [calibrated(one) for one in rows] == [pytest.approx(2.0 * hit) for hit in hits]
    raws = [one["episode"]["score"]["value"] for one in rows]
    assert raws[0] != raws[1], "which the dialogue moves"
    assert "calibrated" not in evaluated(files, tmp_path / "without", Judge(), judging={"second": False})
    again = tmp_path / "again"
    stages.evaluate(
        files[0],
        again,
        config=load_config(tmp_path / "run" / "config.toml"),
        catalogue=files[1],
        replay=tmp_path / "run",
        objects=people(Judge(fails=True)),
    )
    assert (again / "episodes.jsonl").read_bytes() == (tmp_path / "run" / "episodes.jsonl").read_bytes()


def test_a_judge_that_is_no_model_and_questions_have_no_anchors(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=r"judging\.anchors.*--judge rules is none"):
        evaluated(
            files,
            tmp_path / "x",
            None,
            seats={"simulator": "rules", "judge": "rules"},
        )


@pytest.mark.parametrize(("spread", "told"), [(0.05, True), (0.5, False)])
def test_a_judge_that_gives_all_rows_the_same_is_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, spread: float, told: bool
) -> None:
    """A table of equal systems says something of the judge then."""

    class Flat(Judge):
        async def choose(self, request: ChoiceRequest) -> Choice:
            more = spread * (len(str(request.messages)) % 2)
            return Choice({"0": 0.3 - more / 2, "1": 0.3, "2": 0.4 + more / 2}, "exact", mass=1.0)

    many = tmp_path / "many.jsonl"
    catalogue = tmp_path / "films.csv"
    catalogue.write_text("title,year\n" + "".join(f"{one.title},{one.year}\n" for one in FILMS))
    rows = [sample(f"{number}:1", f"Something tense{'!' * number}") for number in range(24)]
    many.write_text("".join(f"{json.dumps(one.to_json())}\n" for one in rows))
    evaluated((many, catalogue), tmp_path / "run", Flat(), judging={"second": False, "temperature": 1.0})
    assert ("hardly differ" in caplog.text) is told
    assert not told or "judging.anchors = 2" in caplog.text


def test_a_judge_that_tells_nothing_apart_is_told_of(
    files: tuple[Path, Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Blind(Judge):
        async def choose(self, request: ChoiceRequest) -> Choice:
            return Choice({"0": 0.4, "1": 0.3, "2": 0.3}, "exact", mass=1.0)

    found = evaluated(files, tmp_path / "blind", Blind())["calibrated"]
    assert (found["n"], found["lost"], found["mean"]) == (0, 2, None)
    assert "it does not tell them apart" in caplog.text
    caplog.clear()
    evaluated(files, tmp_path / "seeing", Judge())
    assert "calibrated" not in caplog.text


def test_compared_systems_have_a_calibrated_difference_beside_the_raw_one() -> None:
    low, high = (
        run_of(
            name,
            calibrated_rows(
                rated_row(str(n), [reply + n / 100], 1.4 + n / 100, 1.0 + n / 100) for n in range(8)
            ),
        )
        for name, reply in (("low", 1.0), ("high", 1.3))
    )
    found = compare([low, high]).between("high", "calibrated")
    assert found is not None
    assert found.adjusted is None
    assert found.difference.mean == pytest.approx(1.5)
    assert compare([low, high]).systems[1].calibrated.mean == pytest.approx(1.5)


def test_unreadable_anchors_are_counted_and_no_zero() -> None:
    rows = calibrated_rows(
        [
            rated_row("a", [1.0], None, 0.5),
            rated_row("b", [1.0], 1.5, None),
            row("c", 1.0) | {"anchors": {"why": "not today"}},
            rated_row("d", [1.0], 1.5, 0.5, score=None),
            rated_row("e", [1.0], 1.5, 0.5),
            rated_row("f", [1.0, None], 1.5, 0.5),
        ]
    )
    found = calibration(rows, seed=0, resamples=100)
    assert found is not None
    assert (found["n"], found["lost"]) == (1, 4)
    assert found["mean"] == pytest.approx(1.0)

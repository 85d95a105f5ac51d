"""A dialogue that stands in a file twice, under another id: one for intervals, and in one fold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.films import CATALOGUE
from support.rated import RATED
from usbrec import stages
from usbrec.config import load_config
from usbrec.dialogue import RecordedDialogue, Turn
from usbrec.errors import InputWarning
from usbrec.judge.trained.learning import learn_judge

#: A fifth of the dialogues that tests rate, and each of them fourfold, as if four people had rated it.
ONCE = tuple(replace(one, targets=("Alien (1979)", "Heat (1995)")) for one in RATED[:16])
FOURFOLD = tuple(replace(one, id=f"{one.id}-{letter}") for one in ONCE for letter in "abcd")
SHOUTED = tuple(
    replace(
        one, id=f"{one.id}-x", turns=tuple(Turn(turn.role, f"{turn.text.upper()} ...") for turn in one.turns)
    )
    for one in RATED
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USBREC_CACHE", str(tmp_path / "cache"))


def width(interval: Any) -> float:
    low, high = interval["ci95"]
    return float(high - low)


def settings(**seats: str) -> Any:
    return load_config(None, {"statistics": {"resamples": 400}, "seats": seats})


def both(run: Any, tmp_path: Path) -> tuple[Any, Any]:
    """What is found of the dialogues once and of all their copies."""
    once = run(ONCE, tmp_path / "once")
    with pytest.warns(InputWarning, match="48 of 64 dialogues say the same as another one"):
        return once, run(FOURFOLD, tmp_path / "fourfold")


def test_copies_do_not_make_agreement_surer(tmp_path: Path) -> None:
    def run(dialogues: tuple[RecordedDialogue, ...], out: Path) -> Any:
        return stages.agreement(
            dialogues, out, config=settings(judge="rules"), catalogue=CATALOGUE, checks=False
        )["agreement"]

    once, fourfold = both(run, tmp_path)
    for rating, level in (("dialogue_overall", 1), ("relevance", 2)):
        a, b = once[rating]["(not named)"], fourfold[rating]["(not named)"]
        assert (a["n"], a["dialogues"]) == (16 * level, 16)
        assert (b["n"], b["dialogues"]) == (64 * level, 16)
        assert b["pearson"]["value"] == pytest.approx(a["pearson"]["value"], abs=1e-6)
        assert width(b["pearson"]) == pytest.approx(width(a["pearson"]), rel=0.3)


def test_copies_do_not_make_facts_surer(tmp_path: Path) -> None:
    def run(dialogues: tuple[RecordedDialogue, ...], out: Path) -> Any:
        return stages.score(dialogues, out, config=settings(), catalogue=CATALOGUE)["facts"]

    once, fourfold = both(run, tmp_path)
    for level, name in (("turn", "words"), ("turn", "recommends"), ("dialogue", "accepted")):
        a, b = once[level][name], fourfold[level][name]
        assert b["mean"] == pytest.approx(a["mean"], abs=1e-6)
        assert (b["n"], b["clusters"]) == (4 * a["n"], a["clusters"])
        assert width(b) == pytest.approx(width(a), rel=0.35)


def test_copies_do_not_make_a_seekers_fidelity_surer(tmp_path: Path) -> None:
    def run(dialogues: tuple[RecordedDialogue, ...], out: Path) -> Any:
        return stages.fidelity(dialogues, out, config=settings(simulator="rules"), catalogue=CATALOGUE)

    once, fourfold = both(run, tmp_path)
    assert fourfold["points"] == 4 * once["points"]
    people = [told["measures"]["words"]["people"] for told in (once, fourfold)]
    assert people[0]["clusters"] == people[1]["clusters"] == 16
    assert width(people[1]) == pytest.approx(width(people[0]), rel=0.35)
    assert fourfold["discriminator"]["dialogues"] == 16


def test_a_copy_written_otherwise_is_not_learnt_from_when_its_like_is_predicted() -> None:
    """What somebody else thought of the same dialogue says nothing of what is predicted of it."""

    def predicted(at: int, rating: float) -> float:
        copy = replace(SHOUTED[at], ratings={"dialogue_overall": rating, "understanding": rating / 2})
        learnt = learn_judge((*RATED, copy), None, name="trained:x")
        return learnt.left_out["dialogues"][f"d{at}"].whole["overall"]

    for at in (1, 8, 21):
        assert predicted(at, 0.0) == predicted(at, 4.0)


def test_short_dialogues_that_happen_to_be_alike_stay_two(tmp_path: Path) -> None:
    hello = (Turn("seeker", "Hello"), Turn("recommender", "Hello, what do you like?"))
    given = [RecordedDialogue(f"d{number}", hello) for number in range(6)]
    found = stages.score(given, tmp_path / "out", config=settings(), catalogue=CATALOGUE)
    assert found["facts"]["dialogue"]["turns"]["clusters"] == 6


def test_dialogues_without_a_system_are_no_system(tmp_path: Path) -> None:
    some = tuple(replace(one, system="" if at % 4 == 0 else one.system) for at, one in enumerate(ONCE))
    results = stages.agreement(
        some, tmp_path / "out", config=settings(judge="rules"), catalogue=CATALOGUE, checks=False
    )
    told = results["agreement"]["dialogue_overall"]["(not named)"]
    assert (told["n"], told["systems"]) == (16, 3)
    order = results["ranking"]["dialogue_overall"]["(not named)"]
    assert sorted(order["systems"]) == ["system-1", "system-2", "system-3"]
    assert order["kendall"]["n"] == 3
    assert any("4 of 16 dialogues name no system" in one for one in results["mind"])


def test_a_share_of_dialogues_that_is_all_or_none_has_wilsons_interval(tmp_path: Path) -> None:
    from scipy.stats import binomtest

    turns = (
        Turn("seeker", "A thriller, please."),
        Turn("recommender", "Try Heat (1995)."),
        Turn("seeker", "Hm."),
    )
    given = [RecordedDialogue(f"d{number}", turns) for number in range(8)]
    facts = stages.score(given, tmp_path / "out", config=settings(), catalogue=CATALOGUE)["facts"]["dialogue"]
    for name, many in (("recommended", 8), ("accepted", 0)):
        wilson = binomtest(many, 8).proportion_ci(method="wilson")
        assert facts[name]["ci95"] == pytest.approx([wilson.low, wilson.high], abs=1e-5)

"""Pairs whose sides are ranked lists: chosen and rejected by their discounted gain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.films import film_files
from usbrec import stages
from usbrec.config import load_config
from usbrec.errors import ConfigError
from usbrec.pairs import read_pairs

GOOD = "Casino (1995)\nHeat (1995)\nCollateral (2004)"
MIDDLE = "Finding Nemo (2003)\nCasino (1995)\nHeat (1995)"
POOR = "Finding Nemo (2003)"


def made(folder: Path, say: list[str], **pairs: Any) -> dict[str, Any]:
    files = film_files(folder, label="Casino (1995) is what I would take.")
    script = folder / "model.jsonl"
    script.write_text(json.dumps({"say": say}) + "\n")
    config = load_config(
        None,
        {
            "seats": {"recommender": f"scripted:{script}", "simulator": "rules", "judge": "rules"},
            "play": {"candidates": 6, "list_length": 3},
            "pairs": {"drafts": 12, **pairs},
        },
    )
    return dict(
        stages.make_pairs(files["samples"], folder / "run", config=config, catalogue=files["catalogue"])
    )


def test_the_list_that_gains_most_is_chosen_over_the_one_that_gains_least(tmp_path: Path) -> None:
    results = made(tmp_path, [POOR, GOOD, MIDDLE])
    pairs = read_pairs(tmp_path / "run")
    assert results["pairs"] == results["n"] == len(pairs) == 4
    for pair in pairs:
        assert (pair.chosen, pair.rejected) == (GOOD, POOR)
        chosen, rejected = (pair.provenance[side] for side in ("chosen", "rejected"))
        assert chosen["score"]["detail"]["items"] == ["f4", "f1", "f2"]
        assert chosen["score"]["value"] > rejected["score"]["value"]
        assert pair.provenance["rounds"] == 1
        assert "Which 3 of these titles" in pair.prompt[-1]["content"]
    # What a person said is no list, and neither are the further kinds.
    assert results["origins"]["chosen"] == {**dict.fromkeys(results["origins"]["chosen"], 0), "draft": 4}
    assert results["origins"]["rejected"]["draft"] == 4


def test_lists_that_are_worth_the_same_make_no_pair_and_nothing_is_advised_that_lists_refuse(
    tmp_path: Path,
) -> None:
    results = made(tmp_path, [GOOD, f"1. {GOOD}"])
    assert results["pairs"] == 0
    assert set(results["dropped"]) <= {"the chosen side is not better", "both sides are the same"}
    assert results["advice"]
    assert "counterfactual" not in " ".join(results["advice"])


@pytest.mark.parametrize(
    "pairs",
    [{"counterfactual": 3}, {"focused": 1}, {"declined": 1}, {"one_item": True}, {"more_than_title": True}],
)
def test_what_only_single_items_have_is_refused(pairs: dict[str, Any], tmp_path: Path) -> None:
    (name,) = pairs
    with pytest.raises(ConfigError, match=rf"pairs\.{name} .* leave it out"):
        made(tmp_path, [GOOD, POOR], **pairs)
    assert made(tmp_path, [GOOD, POOR], **dict.fromkeys(pairs, type(pairs[name])(0)))["pairs"] == 4

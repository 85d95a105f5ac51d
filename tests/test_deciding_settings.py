"""Settings that decide a run: what came later changes nothing for runs that were begun before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from usbrec.config import Config, load_config
from usbrec.errors import RunFolderError
from usbrec.journal import Journal

#: Those of the first runs that are still to be gone on with. A further setting stands in its table's `later`
#: with the value at which nothing changes, and not here.
DECIDE = """
-: common_seed enhanced limit mode seed statistics
asking: attributes shown
catalogue: genres id people popularity table text title year
judging: era_scale era_weight genre_weight mass_floor max_tokens people_weight persuasion
  temperature votes way
models: batch constrain context reasoning thinking threads
pairs: accept_at counterfactual declined drafts focused horizon label_reachable max_length_ratio
  min_agreement min_margin more_than_title naming_nothing one_item reject_below temperature
play: candidate_text candidates examples fallback frequency_penalty max_tokens naming prompts
  redraws rounds simulator_temperature temperature window
search: belief_answers choice drafts focus from_round horizon judge kind max_calls max_seconds
  max_tokens rounds simulator temperature
seats: judge recommender simulator
"""


def leaves(value: Mapping[str, Any], at: str = "") -> Iterator[str]:
    for name, one in value.items():
        if isinstance(one, dict) and one:
            yield from leaves(one, f"{at}{name}.")
        else:
            yield f"{at}{name}"


def test_by_default_nothing_decides_that_did_not_before() -> None:
    wanted, table = set(), ""
    for word in DECIDE.split():
        if word.endswith(":"):
            table = "" if word == "-:" else f"{word[:-1]}."
        else:
            wanted.add(f"{table}{word}")
    assert set(leaves(Config().decides())) == wanted


def test_a_setting_that_came_later_decides_where_it_is_set(tmp_path: Any) -> None:
    capped = load_config(None, {"pairs": {"most_per_item": 2}})
    with Journal(tmp_path / "run.db") as journal:
        journal.bind({"settings": Config().decides()})
        with pytest.raises(RunFolderError, match="most_per_item: was not set, is 2"):
            journal.bind({"settings": capped.decides()})


def test_null_is_the_same_as_not_being_there(tmp_path: Any) -> None:
    with Journal(tmp_path / "run.db") as journal:
        journal.bind({"settings": {"seed": 1, "limit": None}})
        journal.bind({"settings": {"seed": 1}})
        journal.bind({"settings": {"seed": 1, "limit": None, "further": None}})
        with pytest.raises(RunFolderError, match="limit: was null, is 3"):
            journal.bind({"settings": {"seed": 1, "limit": 3}})

"""What `usbrec agreement` says below its tables."""

from __future__ import annotations

from typing import Any

import pytest

from usbrec.cli.agreement import _told


@pytest.mark.parametrize(("value", "said"), [(None, True), (0.0, False), (0.4, False)])
def test_a_correlation_that_there_is_not_is_explained(value: float | None, said: bool) -> None:
    one = {"n": 48, "pearson": {"value": value, "ci95": [None, None], "ci95_systems": [None, None]}}
    results: dict[str, Any] = {
        "agreement": {"relevance": {"books": one}},
        "published": {"judge": {"redial": 0.5, "opendialkg": 0.6}},
        "checks": {},
        "failed": 0,
        "aspects": {},
    }
    lines = list(_told(results))
    assert any("A dash: no correlation can be taken" in line for line in lines) == said
    assert any("judge .50/.60" in line for line in lines)

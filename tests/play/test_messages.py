"""What the backend is asked in whole runs, word for word, held against what it was asked when recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.asked import EVALUATED, PAIRED, SERVED, asked_in
from usbrec.keys import canonical_json, digest

#: By scenario the first request in full, how many there are, digests of all of them (sorted, since those that
#: are asked at once have no order) and of what was said.
RECORDED = json.loads((Path(__file__).parent / "messages.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("scenario", [*EVALUATED, *PAIRED, *SERVED])
def test_the_backend_is_asked_the_same_words_whatever_stands_around_it(scenario: str, tmp_path: Path) -> None:
    asked, said = asked_in(scenario, tmp_path)
    recorded = RECORDED[scenario]
    assert asked[:1] == recorded["first"]
    asked.sort(key=canonical_json)
    assert (len(asked), digest(asked)) == (recorded["requests"], recorded["asked"])
    assert digest(said) == recorded["said"]

"""Each test that SECURITY.md names is there, so that no promise is without one."""

from __future__ import annotations

import re

from support import ROOT


def test_every_test_that_the_page_names_is_there() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    sources = {str(path.relative_to(ROOT)): path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
    files = re.findall(r"`(tests/[\w/]+\.py)(?:::\w+)?`", text)
    assert len(files) > 10
    assert not set(files) - set(sources)
    # A test without a file is of the file named before it in its row.
    for line in text.splitlines():
        for file, name in re.findall(r"`(?:(tests/[\w/]+\.py)::)?(test_\w+)`", line):
            where = [file] if file else list(sources)
            assert any(re.search(rf"^(?:async )?def {name}\(", sources[one], re.M) for one in where), name
    rows = [line for line in text.splitlines() if line.startswith("| ") and "promise" not in line]
    assert all("test" in row.rpartition("| ")[2] or "tests/" in row for row in rows)

"""The second half of docs/shop-walk.md, from serving on: its shell commands are run as they stand."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT
from support.command import started

PAGE = ROOT / "docs" / "shop-walk.md"
#: Where the command `usbrec` of this installation lies.
COMMANDS = Path(sys.executable).parent


def shell_blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq")
def test_a_shop_is_served_asked_told_and_updated_as_the_page_says(tmp_path: Path) -> None:
    serve, *others = shell_blocks()
    walk = tmp_path / "runs" / "walk"
    walk.mkdir(parents=True)
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    shutil.copy(ROOT / "docs" / "examples" / "headphones.csv", walk / "items.csv")
    arguments = shlex.split(serve.replace("\\\n", " "))[1:]
    read_end, write_end = os.pipe()
    with os.fdopen(read_end) as shown, os.fdopen(write_end, "w") as stdout:
        service = started(*arguments, "--port", "0", cwd=tmp_path, stdout=stdout)
        stdout.close()
        with service:
            found = re.search(r"http://([\d.:]+)", shown.readline())
            assert found is not None, "the service did not come up"
            script = "set -e\n" + "\n".join(others).replace("127.0.0.1:8000", found[1])
            done = subprocess.run(
                ["bash", "-c", script],
                cwd=tmp_path,
                env={**os.environ, "serve": str(service.pid), "PATH": f"{COMMANDS}:{os.environ['PATH']}"},
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            service.send_signal(signal.SIGTERM)
            service.wait(30)
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads((walk / "answer.json").read_text())
    (item,) = answer["usbrec"]["items"]
    columns = item["columns"]
    assert columns["Price"] < 100
    assert columns["Stock"] >= 1
    assert columns["Colour"] in ("black", "white")
    assert answer["usbrec"]["units"] == {"Price": "€"}
    assert item["people"] != ["Galmori"]
    assert "over-ear" in item["genres"]
    # The one that was bought has gone from the file and from the service.
    assert item["id"] not in (walk / "items.csv").read_text()
    assert '"items": 503' in done.stdout
    (sample,) = map(json.loads, (walk / "harvest" / "samples.jsonl").read_text().splitlines())
    assert len(sample["targets"]) == 1

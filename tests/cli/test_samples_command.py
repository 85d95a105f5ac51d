"""`usbrec samples` on files of published formats: recognised, counted, refused in words with exit code 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.author_files import ACCEPTED, FILES, inspired_line, kit_dialogue, table, text_of, write_beside
from support.command import usbrec
from usbrec.data import load_samples

CATALOGUE = "id,title,year,genre\n1,Lantern Pier,2012,drama\n2,Salt Road,1999,comedy\n"


def written(folder: Path, content: Any) -> Path:
    path = folder / "data"
    path.write_text(text_of(content), encoding="utf-8")
    return path


def test_a_file_alone_is_enough_and_its_format_is_told(tmp_path: Path) -> None:
    path, out = written(tmp_path, FILES["inspired"][0]), tmp_path / "samples.jsonl"
    done = usbrec("samples", path, "-o", out)
    assert (done.returncode, done.stdout) == (0, f"{out}: 1 samples from 1 dialogues (inspired)\n")
    assert load_samples(out) == load_samples(path)
    named = usbrec("samples", "inspired", path, "-o", tmp_path / "again.jsonl")
    assert named.returncode == 0
    assert (tmp_path / "again.jsonl").read_bytes() == out.read_bytes()


def test_dialogues_without_a_sample_are_counted_with_the_reason(tmp_path: Path) -> None:
    lines = [
        *(inspired_line("d1", who, "Up", "Up (2009)") for who in ("SEEKER", "RECOMMENDER")),
        *(
            inspired_line("d2", who, "Up", "Up (2009)", fine_label="reject")
            for who in ("SEEKER", "RECOMMENDER")
        ),
        inspired_line("d3", "SEEKER", "Hi"),
    ]
    done = usbrec("samples", written(tmp_path, table(lines)), "-o", tmp_path / "s.jsonl", "--strict")
    assert done.returncode == 0, done.stderr
    assert "\n1 dialogues give none: the seeker rejected the recommendation\n" in done.stdout
    assert "\n1 dialogues give none: no recommender turn" in done.stdout


def test_what_cannot_be_used_is_told_and_strict_refuses_it(tmp_path: Path) -> None:
    said = (("USER", "Hi"), ("AGENT", "Lantern Pier"))
    unnamed = kit_dialogue(("USER", "Hi"), ("AGENT", "That"), conversation_id="k2", metadata=ACCEPTED)
    path = written(tmp_path, [kit_dialogue(*said, metadata=ACCEPTED), unnamed])
    done = usbrec("samples", path, "-o", tmp_path / "s.jsonl")
    assert done.returncode == 0
    assert "1 cannot be used and are left out" in done.stdout
    assert "dialogue 'k2': no turn of the recommender names" in done.stderr
    refused = usbrec("samples", path, "-o", tmp_path / "strict.jsonl", "--strict")
    assert refused.returncode == 2
    assert not (tmp_path / "strict.jsonl").exists()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (FILES["crsarena-eval"][0], "say nowhere what a seeker ended up with"),
        ([{"movieId": 1, "title": "Heat"}], "no sample: it has neither our fields"),
        (table([inspired_line("d1", "BOT", "Hi")]), "line 2: speaker: expected SEEKER or RECOMMENDER"),
        ("[\n{\n", "broken JSON"),
        ("", "empty"),
    ],
)
def test_what_is_no_sample_ends_with_code_2_and_no_traceback(
    content: Any, complaint: str, tmp_path: Path
) -> None:
    done = usbrec("samples", written(tmp_path, content), "-o", tmp_path / "s.jsonl")
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_kind_without_a_file_asks_for_it(tmp_path: Path) -> None:
    done = usbrec("samples", "redial", "-o", tmp_path / "s.jsonl")
    assert done.returncode == 2
    assert "name the file, too: usbrec samples redial FILE" in done.stderr


def test_evaluate_takes_such_a_file_and_counts_what_it_leaves_out(tmp_path: Path) -> None:
    said = (("USER", "Something quiet"), ("AGENT", "Lantern Pier"))
    dialogues = [
        kit_dialogue(*said, metadata=ACCEPTED),
        kit_dialogue(*said, conversation_id="k2", metadata=ACCEPTED),
        kit_dialogue(("USER", "Hi"), ("AGENT", "That"), conversation_id="k3", metadata=ACCEPTED),
    ]
    path, catalogue = written(tmp_path, dialogues), tmp_path / "films.csv"
    catalogue.write_text(CATALOGUE)
    done = usbrec(
        *("evaluate", path, "--catalogue", catalogue, "--recommender", "rules:random", "--seeker", "rules"),
        *("--judge", "rules", "--rounds", "1", "-o", tmp_path / "run"),
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "run" / "results.json").read_text())
    assert (found["n"], found["left_out"]["samples"]) == (2, 1)
    strict = usbrec(
        *("evaluate", path, "--catalogue", catalogue, "--recommender", "rules:random", "--seeker", "rules"),
        *("--judge", "rules", "--strict", "-o", tmp_path / "strict"),
    )
    assert strict.returncode == 2
    assert "'k3'" in strict.stderr


def test_tasks_are_played_with_what_a_user_tells_when_asked(tmp_path: Path) -> None:
    write_beside(tmp_path)
    (tmp_path / "tasks").mkdir()
    path = tmp_path / "tasks" / "task_900.json"
    path.write_text(json.dumps(FILES["tau-rec"][0][0]))
    done = usbrec(
        *("evaluate", path.parent, "--catalogue", tmp_path / "catalog.json", "--recommender", "rules:random"),
        *("--seeker", "rules", "--judge", "rules", "--rounds", "1", "-o", tmp_path / "run"),
    )
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "run" / "results.json").read_text())["n"] == 1

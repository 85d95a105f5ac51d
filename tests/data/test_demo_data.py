"""The packaged sample set: what its rows and films promise to everything that is shown with them."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from support import ROOT

DEMO = ROOT / "src" / "usbrec" / "data" / "demo"
CUT = ROOT / "tools" / "cut_demo_catalogue.py"
SHARED = ROOT.parent / "shared" / "data"
SOURCE = SHARED / "catalogue" / "wikidata_movies_cc0.csv"
REDIAL = SHARED / "redial" / "train_part.jsonl"

ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (DEMO / "dialogues.jsonl").read_text(encoding="utf-8").splitlines()
]
with (DEMO / "catalogue.csv").open(encoding="utf-8", newline="") as _file:
    FILMS = list(csv.DictReader(_file))
NAMES = {f"{film['Title']} ({film['Year']})" for film in FILMS}


def where(row: dict[str, Any]) -> str:
    return f"{row['dialog_id']} turn {row['turn_id']}"


def films_named(text: str) -> list[str]:
    """The catalogue film before each "(1999)" in a text; the words before the year where it is none."""
    found = []
    for year in re.finditer(r"\(\d{4}\)", text):
        before = text[: year.end()]
        starts = [m.start() for m in re.finditer(r"(?<!\w)(?=\w)|(?<=\s)(?=\S)|^", before)]
        fitting = [before[start:] for start in starts if before[start:] in NAMES]
        found.append(fitting[0] if fitting else before[-50:])
    return found


def names_bare(title: str, texts: list[str]) -> bool:
    """Whether a text says the title as whole words, in any case, with or without the year."""
    return re.search(rf"(?<!\w){re.escape(title)}(?!\w)", "\n".join(texts), re.IGNORECASE) is not None


def is_repeat(row: dict[str, Any]) -> bool:
    return any(target in text for target in row["rec"] for text in row["context"])


def test_every_row_has_the_fields_of_the_ievalm_format_and_nothing_else() -> None:
    for row in ROWS:
        assert list(row) == ["dialog_id", "turn_id", "context", "entity", "rec", "resp"], where(row)
        assert isinstance(row["dialog_id"], str)
        assert isinstance(row["turn_id"], int)
        assert isinstance(row["resp"], str)
        assert row["resp"].strip() == row["resp"] != ""
        for field in ("context", "entity", "rec"):
            assert all(isinstance(text, str) for text in row[field]), where(row)


def test_a_context_alternates_and_ends_with_the_seeker_and_only_an_opening_is_empty() -> None:
    for row in ROWS:
        assert len(row["context"]) % 2 == 1, where(row)
        assert all(text.strip() for text in row["context"][1:]), where(row)
        assert row["context"] != [""], where(row)


def test_rows_are_told_apart_by_dialogue_and_by_how_many_turns_were_said() -> None:
    ids = [(row["dialog_id"], row["turn_id"]) for row in ROWS]
    assert len(set(ids)) == len(ids)
    for row in ROWS:
        assert row["turn_id"] == sum(text != "" for text in row["context"]), where(row)


def test_a_second_row_of_a_dialogue_continues_the_first() -> None:
    first: dict[str, dict[str, Any]] = {}
    continued = 0
    for row in ROWS:
        before = first.setdefault(row["dialog_id"], row)
        if before is not row:
            said = [*before["context"], before["resp"]]
            assert row["context"][: len(said)] == said, where(row)
            continued += 1
    assert continued >= 5


def test_each_row_has_one_to_three_targets_that_are_in_the_catalogue_and_in_the_answer() -> None:
    for row in ROWS:
        assert 1 <= len(set(row["rec"])) == len(row["rec"]) <= 3, where(row)
        assert set(row["rec"]) <= NAMES, where(row)
        assert set(row["rec"]) == set(films_named(row["resp"])), where(row)


def test_every_film_named_with_its_year_is_in_the_catalogue_and_listed_as_an_entity() -> None:
    for row in ROWS:
        named = [film for text in row["context"] for film in films_named(text)]
        assert set(named) <= NAMES, where(row)
        assert set(named) <= set(row["entity"]) <= NAMES, where(row)
        for film in row["entity"]:
            assert names_bare(film[: -len(" (1999)")], row["context"]), (where(row), film)


def test_about_one_row_in_twelve_repeats_a_film_and_the_other_contexts_never_name_a_target() -> None:
    repeats = [row for row in ROWS if is_repeat(row)]
    assert 1 / 14 <= len(repeats) / len(ROWS) <= 1 / 10
    for row in ROWS:
        if not is_repeat(row):
            for target in row["rec"]:
                assert not names_bare(target[: -len(" (1999)")], row["context"]), (where(row), target)
                assert target not in row["entity"], (where(row), target)


def test_the_dialogues_are_many_and_varied() -> None:
    dialogues = {row["dialog_id"]: row for row in ROWS}
    assert len(dialogues) >= 48
    assert 60 <= len(ROWS) <= 75
    opened_by_recommender = sum(row["context"][0] == "" for row in dialogues.values())
    assert 0.2 <= opened_by_recommender / len(dialogues) <= 0.5
    lengths = Counter(len(row["context"]) for row in ROWS)
    assert set(lengths) == {1, 3, 5, 7}
    assert max(lengths.values()) / len(ROWS) < 0.5
    targets = Counter(target for row in ROWS for target in row["rec"])
    assert max(targets.values()) <= 2
    assert len(targets) >= 60
    opening_words = Counter(row["resp"].split()[0] for row in ROWS)
    assert max(opening_words.values()) / len(ROWS) < 0.1


def test_every_film_has_title_year_genre_and_director_and_none_is_there_twice() -> None:
    assert len({film["imdbID"] for film in FILMS}) == len(NAMES) == len(FILMS)
    assert 1500 <= len(FILMS) <= 1650
    for film in FILMS:
        assert re.fullmatch(r"tt\d{7,}", film["imdbID"]), film
        assert 1940 <= int(film["Year"]) <= 2014, film
        assert int(film["Reviews"]) > 0, film
        for field in ("Title", "Genre", "Director", "Language", "Country"):
            assert film[field].strip() == film[field] != "", film


def test_lists_in_the_catalogue_are_clean_and_short() -> None:
    for film in FILMS:
        for field in ("Genre", "Director", "Writer", "Cast", "Language", "Country"):
            entries = film[field].split(", ")
            assert len(set(entries)) == len(entries), film
            assert film[field] == "" or all(entries), film
        assert len(film["Cast"].split(", ")) <= 5, film
        assert "’" not in "".join(film.values()), film


def test_the_catalogue_is_spread_over_decades_and_genres() -> None:
    decades = Counter(int(film["Year"]) // 10 for film in FILMS)
    assert set(decades) == set(range(194, 202))
    assert min(decades.values()) >= 25
    assert max(decades.values()) / len(FILMS) < 0.25
    genres = Counter(genre for film in FILMS for genre in film["Genre"].split(", "))
    assert len(genres) == 20
    assert min(genres.values()) >= 12


def test_actors_whom_seekers_ask_for_stand_in_the_cast_of_the_targets() -> None:
    actors = ("Cary Grant", "Robin Williams", "Denzel Washington")
    casts = {f"{film['Title']} ({film['Year']})": film["Cast"] for film in FILMS}
    for actor in actors:
        surname = actor.split()[-1] if actor != "Denzel Washington" else "Denzel"
        asked = [row for row in ROWS if any(surname in text for text in row["context"][::2])]
        assert asked, actor
        assert all(actor in casts[target] for row in asked for target in row["rec"]), actor


def test_the_counts_in_its_readme_are_the_counts_of_its_files() -> None:
    readme = " ".join((DEMO / "README.md").read_text(encoding="utf-8").split())
    dialogues = len({row["dialog_id"] for row in ROWS})
    targets = len({target for row in ROWS for target in row["rec"]})
    repeats = sum(is_repeat(row) for row in ROWS)
    assert f"{len(ROWS)} rows from {dialogues} dialogues" in readme
    assert f"{len(FILMS)} films of 1940 to 2014" in readme
    assert f"The {targets} targets are {targets} different films" in readme
    assert f"In {repeats} rows of {len(ROWS)} the target already stands" in readme


def test_the_sample_set_adds_less_than_four_hundred_kilobytes_to_the_package() -> None:
    assert sum(file.stat().st_size for file in DEMO.iterdir() if file.is_file()) < 400_000


def run_cut(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(CUT), *map(str, arguments)], capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(not SOURCE.exists(), reason="the CC0 film list is not beside this checkout")
def test_cutting_the_catalogue_again_gives_the_same_bytes(tmp_path: Path) -> None:
    done = run_cut(SOURCE, "-o", tmp_path / "again.csv")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "again.csv").read_bytes() == (DEMO / "catalogue.csv").read_bytes()


def test_cutting_from_another_table_says_which_columns_are_missing(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("Title,Year\nHeat,1995\n", encoding="utf-8")
    done = run_cut(tmp_path / "other.csv", "-o", tmp_path / "out.csv")
    assert done.returncode == 2
    assert "no column Cast" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_cutting_fails_when_a_dialogue_names_a_film_that_the_source_lacks(tmp_path: Path) -> None:
    row = {"context": ["hi"], "entity": [], "rec": ["No Such Film (1999)"], "resp": "No Such Film (1999)"}
    (tmp_path / "dialogues.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (tmp_path / "films.csv").write_text(",".join(FILMS[0]) + "\n", encoding="utf-8")
    done = run_cut(
        tmp_path / "films.csv", "--dialogues", tmp_path / "dialogues.jsonl", "-o", tmp_path / "out.csv"
    )
    assert done.returncode == 2
    assert "No Such Film (1999)" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def runs_of_words(text: str, length: int = 7) -> set[tuple[str, ...]]:
    """Every run of `length` words of a text without its "Title (Year)" mentions, which everyone shares."""
    for film in films_named(text):
        text = text.replace(film, "*")
    words = re.findall(r"[\w']+|\*", text.lower())
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


@pytest.mark.skipif(not REDIAL.exists(), reason="ReDial is not beside this checkout")
def test_no_utterance_shares_a_run_of_seven_words_with_redial() -> None:
    ours = {run for row in ROWS for text in (*row["context"], row["resp"]) for run in runs_of_words(text)}
    with REDIAL.open(encoding="utf-8") as file:
        theirs = {text for line in file for text in json.loads(line)["context"]}
    words = (re.findall(r"[\w']+", text.lower()) for text in theirs)
    shared = {tuple(w[i : i + 7]) for w in words for i in range(len(w) - 6)} & ours
    assert shared == set()

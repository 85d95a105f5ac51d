"""Logs with a row a turn: columns, order, doubled rows, ratings, and what cannot be read."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from usbrec.data import load_samples, read_dialogues
from usbrec.dialogue import RecordedDialogue
from usbrec.errors import BadLines, InputError, InputWarning

SPOOKY = "Something spooky, please."
DRACULA = "Have you read Dracula (1897)?"


def written(tmp_path: Path, text: str, name: str = "log.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def quietly(path: Path) -> tuple[tuple[RecordedDialogue, ...], str]:
    """The dialogues, and all that was told."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", InputWarning)
        found = read_dialogues(path)
    return found, "\n".join(str(one.message) for one in told)


def said(dialogue: RecordedDialogue) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in dialogue.turns]


def test_a_row_a_turn_is_read_as_dialogues_in_a_table_json_lines_and_a_list(tmp_path: Path) -> None:
    rows = [
        {"Conversation ID": "c1", "Sender": "User", "Message": SPOOKY},
        {"Conversation ID": "c1", "Sender": "Bot", "Message": DRACULA},
        {"Conversation ID": "c2", "Sender": "user", "Message": "Hi, there; hello"},
    ]
    table = "Conversation ID;Sender;Message\n" + "".join(
        f'{row["Conversation ID"]};{row["Sender"]};"{row["Message"]}"\n' for row in rows
    )
    files = [
        written(tmp_path, table),
        written(tmp_path, "".join(json.dumps(row) + "\n" for row in rows), "log.jsonl"),
        written(tmp_path, json.dumps(rows), "log.json"),
        written(tmp_path, json.dumps(rows, indent=1), "long.json"),
    ]
    for path in files:
        found, told = quietly(path)
        assert [one.id for one in found] == ["c1", "c2"]
        assert said(found[0]) == [("seeker", SPOOKY), ("recommender", DRACULA)]
        assert said(found[1]) == [("seeker", "Hi, there; hello")]
        assert told == ""


def test_a_list_of_turns_by_role_and_content_is_no_dialogue_of_inspired(tmp_path: Path) -> None:
    rows = [
        {"conversation_id": 7, "role": "user", "content": SPOOKY},
        {"conversation_id": 7, "role": "assistant", "content": DRACULA},
    ]
    (found,) = read_dialogues(written(tmp_path, json.dumps(rows), "log.json"))
    assert (found.id, found.source, len(found.turns)) == ("7", "turn-log", 2)


@pytest.mark.parametrize(
    ("user", "bot"), [("USER", "SYSTEM"), ("customer", "agent"), ("inbound", "outbound")]
)
def test_the_columns_of_inspired_with_other_speakers_are_another_log(
    tmp_path: Path, user: str, bot: str
) -> None:
    path = written(
        tmp_path, f"dialog_id,speaker,text\nd,{user},{SPOOKY!r}\nd,{bot},{DRACULA}\n".replace("'", '"')
    )
    (found,) = read_dialogues(path)
    assert said(found) == [("seeker", SPOOKY), ("recommender", DRACULA)]
    assert found.source == "turn-log"


def test_notes_of_the_system_are_nobodys_words_where_a_bot_talks_in_other_dialogues(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "session_id,role,text\nc1,user,Hi\nc1,bot,Hello\nc2,user,Anybody?\nc2,system,The user has left.\n",
    )
    found, _ = quietly(path)
    assert said(found[1]) == [("seeker", "Anybody?")]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("turn", ["10", "9", "2", "1"]),  # newest first
        ("turn", ["1", "10", "2", "9"]),  # sorted as text
        ("message_id", ["m-3", "m-1", "m-4", "m-2"]),
        (
            "created_at",
            ["2024-05-31T14:05:09Z", "2024-05-31T14:05:01Z", "2024-05-31T14:05:03Z", "2024-05-31T14:05:05Z"],
        ),
        ("timestamp", ["1717164309", "1717164301", "1717164303", "1717164305"]),
        ("time", ["5/31/2024 2:15 PM", "5/31/2024 1:05 PM", "5/31/2024 2:05 PM", "5/31/2024 2:10 PM"]),
        ("Zeitpunkt", ["31.05.2024 14:15", "31.05.2024 13:05", "31.05.2024 14:05", "31.05.2024 14:10"]),
        ("time", ["14:15", "13:05", "14:05", "14:10"]),
    ],
)
def test_rows_out_of_order_are_read_by_their_numbers_or_times_and_told(
    tmp_path: Path, header: str, cells: list[str]
) -> None:
    by_place = sorted(range(4), key=lambda at: [float(x) if x.isdecimal() else x for x in [cells[at]]])
    if header == "time" and "/" in cells[0]:
        by_place = [1, 2, 3, 0]
    spoken = {at: f"{'user' if place % 2 == 0 else 'bot'},words {place}" for place, at in enumerate(by_place)}
    rows = "".join(f"c1,{cells[at]},{spoken[at]}\n" for at in range(4))
    found, told = quietly(written(tmp_path, f"session_id,{header},role,text\n{rows}"))
    assert [turn.text for turn in found[0].turns] == ["words 0", "words 1", "words 2", "words 3"]
    assert "1 of 1 dialogues stand out of their order" in told
    assert f"by {header}" in told


def test_newest_first_with_one_number_for_question_and_answer_is_turned_round(tmp_path: Path) -> None:
    rows = "c,2,bot,d\nc,2,user,c\nc,1,bot,b\nc,1,user,a\n"
    found, _ = quietly(written(tmp_path, "session_id,turn,role,text\n" + rows))
    assert [turn.text for turn in found[0].turns] == ["a", "b", "c", "d"]


def test_times_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, "session_id,time,role,text\nc,yesterday,user,a\nc,today,bot,b\n")
    found, told = quietly(path)
    assert [turn.text for turn in found[0].turns] == ["a", "b"]
    assert "times of the rows of 1 of 1 dialogues cannot be read" in told


def test_dates_whose_day_and_month_nobody_knows_move_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "session_id,time,role,text\nc,3/4/2024 10:00,user,a\nc,2/5/2024 10:00,bot,b\n")
    found, told = quietly(path)
    assert [turn.text for turn in found[0].turns] == ["a", "b"]
    assert "cannot be read" in told


def test_rows_of_several_dialogues_in_the_order_of_a_clock_are_taken_apart(tmp_path: Path) -> None:
    path = written(tmp_path, "session_id,role,text\na,user,1\nb,user,2\na,bot,3\nb,bot,4\n")
    found, told = quietly(path)
    assert [[turn.text for turn in one.turns] for one in found] == [["1", "3"], ["2", "4"]]
    assert told == ""


@pytest.mark.parametrize(
    "rows",
    [
        "c,1,user,a\nc,1,user,a\nc,2,bot,b\nc,2,bot,b\n",
        "c,1,user,a\nc,2,bot,b\nc,1,user,a\nc,2,bot,b\n",
        "c,,user,a\nc,,bot,b\nc,,user,a\nc,,bot,b\n",
        "c,,user,a\nc,,user,a\nc,,bot,b\nc,,bot,b\n",
        "c,,user,a\nc,,bot,b\nd,,user,x\nc,,user,a\nc,,bot,b\n",
    ],
)
def test_doubled_rows_are_read_once_and_told(tmp_path: Path, rows: str) -> None:
    found, told = quietly(written(tmp_path, "session_id,turn,role,text\n" + rows))
    assert said(found[0]) == [("seeker", "a"), ("recommender", "b")]
    assert "2 rows stand twice" in told


def test_somebody_who_says_yes_twice_said_it_twice(tmp_path: Path) -> None:
    path = written(tmp_path, "session_id,role,text\nc,user,yes\nc,bot,Sure?\nc,user,yes\nc,user,yes\n")
    found, told = quietly(path)
    assert [turn.text for turn in found[0].turns] == ["yes", "Sure?", "yes", "yes"]
    assert told == ""


def test_two_dialogues_of_one_id_are_left_out_and_told(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "session_id,turn,role,text\nc,1,user,a\nc,2,bot,b\nd,1,user,x\nd,2,bot,y\nc,1,user,other\nc,2,bot,words\n",
    )
    found, told = quietly(path)
    assert [one.id for one in found] == ["d"]
    assert "line 2: dialogue 'c': turn 1 stands twice" in told


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("c,Anna,Hi\n", "line 2: role: expected user or assistant"),
        ("c,,Hi\n", "line 2: role: expected user or assistant"),
        (",user,Hi\n", "line 2: session_id: empty"),
        ("c,user\n", "line 2: 2 cells, where the header has 3"),
    ],
)
def test_a_row_that_is_nobodys_ends_with_its_line(tmp_path: Path, rows: str, message: str) -> None:
    path = written(tmp_path, "session_id,role,text\n" + rows + "d,user,Hi\nd,bot,Hello\n")
    with pytest.raises(BadLines, match=message):
        quietly(path)


def test_a_table_without_ids_of_dialogues_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="conversation_id, role, text"):
        quietly(written(tmp_path, "role,text\nuser,Hi\nbot,Hello\n"))


RATED = (
    "session_id,role,text,{name}\nc,user,a,{0}\nc,bot,b,{1}\nc,user,c,{2}\n"
    "d,user,x,{3}\nd,bot,y,{4}\nd,user,z,{5}\n"
)


@pytest.mark.parametrize(
    ("name", "cells", "of_dialogues", "of_turns"),
    [
        ("rating", ["", "5", "", "", "2", ""], [{}, {}], [5.0, 2.0]),
        ("rating", ["", "4", "", "", "4", ""], [{}, {}], [4.0, 4.0]),
        ("rating", ["3", "3", "3", "4/5", "4/5", "4/5"], [{"rating": 3.0}, {"rating": 4.0}], []),
        ("csat", ["", "", "5", "", "", "1"], [{"csat": 5.0}, {"csat": 1.0}], []),
        ("feedback", ["", "👍", "", "", "thumbs_down", ""], [{}, {}], [1.0, 0.0]),
        ("stars", ["★★★★", "★★★★", "★★★★", "★☆☆☆", "★☆☆☆", "★☆☆☆"], [{"stars": 4.0}, {"stars": 1.0}], []),
        ("turn_rating", ["3", "3", "3", "4", "4", "4"], [{}, {}], [3.0, 4.0]),
        (
            "dialogue_rating",
            ["3", "", "", "", "2", ""],
            [{"dialogue_rating": 3.0}, {"dialogue_rating": 2.0}],
            [],
        ),
    ],
)
def test_ratings_are_of_dialogues_or_of_turns(
    tmp_path: Path, name: str, cells: list[str], of_dialogues: list[dict[str, float]], of_turns: list[float]
) -> None:
    found, told = quietly(written(tmp_path, RATED.format(*cells, name=name)))
    assert [dict(one.ratings) for one in found] == of_dialogues
    replies = [dict(one.rated(1)) for one in found]
    assert replies == ([{name: number} for number in of_turns] or [{}, {}])
    if "_" in name:  # its name says it
        assert told == ""
    else:
        assert f"ratings of {'turns' if of_turns else 'dialogues'} from {name!r}" in told


def test_words_that_are_no_ratings_and_columns_that_nobody_reads_are_told(tmp_path: Path) -> None:
    rows = "c,user,Hi,,x\nc,bot,Hello,so so,y\n"
    _, told = quietly(written(tmp_path, "session_id,role,text,feedback,latency\n" + rows))
    assert "'so so' and its like are no ratings" in told
    assert "not read: 'latency'" in told


def test_targets_make_samples_and_items_and_systems_are_kept(tmp_path: Path) -> None:
    rows = (
        "c,user,Spooky,Dracula (1897),,shop-a,bought\n"
        "c,bot,Have you read Dracula?,Dracula (1897),17;18,shop-a,bought\n"
        "c,user,Yes,Dracula (1897),,shop-a,bought\n"
    )
    path = written(tmp_path, "session_id,role,text,targets,items,model,outcome\n" + rows)
    (sample,) = load_samples(path)
    assert (sample.id, sample.targets, sample.label) == ("c:1", ("Dracula (1897)",), "Have you read Dracula?")
    (found,), _ = quietly(path)
    assert found.turns[1].items == ("17", "18")
    assert (found.system, found.targets, dict(found.labels)) == (
        "shop-a",
        ("Dracula (1897)",),
        {"outcome": "bought"},
    )


def test_without_targets_there_are_dialogues_and_no_samples(tmp_path: Path) -> None:
    path = written(tmp_path, "session_id,role,text\nc,user,Spooky\nc,bot,Have you read Dracula?\n")
    with pytest.raises(InputError, match="no column of targets says what the seeker ended up with"):
        load_samples(path)


def test_a_frame_writes_numbers_for_ids_and_nan_for_what_is_missing(tmp_path: Path) -> None:
    from usbrec.data.samples import collect_dialogues

    rows: list[dict[str, Any]] = [
        {"conversation_id": 1.0, "turn": 2.0, "role": "assistant", "text": DRACULA, "rating": 4.0},
        {"conversation_id": 1.0, "turn": 1.0, "role": "user", "text": SPOOKY, "rating": float("nan")},
        {"conversation_id": 1.0, "turn": 3.0, "role": "user", "text": float("nan"), "rating": float("nan")},
    ]
    with pytest.warns(InputWarning):
        (found,) = collect_dialogues("frame", [(f"row {at}", row) for at, row in enumerate(rows)]).found
    assert (found.id, said(found)) == ("1", [("seeker", SPOOKY), ("recommender", DRACULA)])
    assert found.turn_ratings == ({}, {"rating": 4.0})


def test_messages_whose_ids_are_any_numbers_stand_by_their_times(tmp_path: Path) -> None:
    rows = "c,88127,2024-05-31 14:05,user,a\nc,120,2024-05-31 14:06,bot,b\nc,5031,2024-05-31 14:07,user,c\n"
    found, told = quietly(written(tmp_path, "session_id,message_id,timestamp,role,text\n" + rows))
    assert [turn.text for turn in found[0].turns] == ["a", "b", "c"]
    assert told == ""


@pytest.mark.parametrize(
    ("times", "texts"),
    [
        (["23:58", "23:59", "00:01", "00:02"], ["a", "b", "c", "d"]),
        (["14:07", "14:06", "14:05", "14:04"], ["d", "c", "b", "a"]),
        (["14:05", "14:07", "14:04", "14:06"], ["c", "a", "d", "b"]),
    ],
)
def test_times_of_a_day_may_pass_midnight(tmp_path: Path, times: list[str], texts: list[str]) -> None:
    spoken = zip(times, ["user", "bot"] * 2, "abcd", strict=True)
    rows = "".join(f"c,{time},{role},{text}\n" for time, role, text in spoken)
    found, _ = quietly(written(tmp_path, "session_id,time,role,text\n" + rows))
    assert [turn.text for turn in found[0].turns] == texts

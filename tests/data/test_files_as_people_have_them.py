"""Files of dialogues as people have them: columns left away, rows drawn and shuffled, files joined, other
words for the two, numbers in an answer."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from support.author_files import (
    LLM_REDIAL_INDEX,
    LLM_REDIAL_TEXT,
    LLM_REDIAL_TITLES,
    PIER_TALK,
    condition,
    lab_dialogue,
    table,
    tau_film,
    tau_task,
)
from usbrec.data import load_samples, read_dialogues
from usbrec.dialogue import RecordedDialogue
from usbrec.errors import BadLines, InputError, InputWarning


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def texts(dialogue: RecordedDialogue) -> list[str]:
    return [f"{turn.role[0]}: {turn.text}" for turn in dialogue.turns]


@pytest.mark.parametrize(
    "columns", [("Messages",), ("id", "Messages"), ("", "Messages"), ("messages", "split")]
)
def test_opendialkgs_ratings_are_not_needed(columns: tuple[str, ...], tmp_path: Path) -> None:
    """They say nothing of what was said; the table was refused without them."""
    name = next(one for one in columns if one.casefold() == "messages")
    path = tmp_path / "dialogues.csv"
    row = dict.fromkeys(columns, "7") | {name: json.dumps(PIER_TALK)}
    path.write_text(table([row], columns, ","), encoding="utf-8")
    (sample,) = load_samples(path)
    assert (sample.source, sample.targets) == ("opendialkg", ("Salt Road",))


def test_opendialkgs_ratings_under_other_names(tmp_path: Path) -> None:
    path = tmp_path / "dialogues.csv"
    row = {"messages": json.dumps(PIER_TALK), "user_rating": '{"quality": 4}'}
    path.write_text(table([row], tuple(row), ","), encoding="utf-8")
    assert dict(read_dialogues(path)[0].ratings) == {"user quality": 4.0}


def test_messages_of_other_formats_are_not_opendialkgs(tmp_path: Path) -> None:
    said = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Salt Road?"}]
    (found,) = read_dialogues(lines(tmp_path / "log.jsonl", {"id": "a", "messages": said}))
    assert (found.source, texts(found)) == ("own", ["s: Hi", "r: Salt Road?"])


TALK = ("A heist?", "Try Heat.", "Seen it.", "Ronin then.", "And else?", "Heat again.")


def drawn(*picked: int) -> list[dict[str, Any]]:
    """Rows of one dialogue without its id."""
    return [
        {"context": list(TALK[: 2 * at + 1]), "resp": TALK[2 * at + 1], "rec": [1], "prev_entity": []}
        for at in picked
    ]


@pytest.mark.parametrize("picked", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0)])
def test_drawn_rows_of_one_dialogue_stay_one(picked: tuple[int, ...], tmp_path: Path) -> None:
    """They became dialogues of their own, and intervals too narrow."""
    (tmp_path / "entity2id.json").write_text(json.dumps({"Heat": 1}))
    other = {"context": ["A war?"], "resp": "Try Heat.", "rec": [1], "prev_entity": []}
    rows = drawn(*picked)
    found = load_samples(lines(tmp_path / "rows.jsonl", rows[0], other, *rows[1:]))
    assert len({sample.dialogue_id for sample in found}) == 2
    assert found[0].dialogue_id == found[-1].dialogue_id != found[1].dialogue_id


def test_other_speakers_of_a_prompt_and_none(tmp_path: Path) -> None:
    (tmp_path / "entity2id.json").write_text(json.dumps({"Heat": 1}))
    row = {"input": "Recommender: Hello\nSeeker: A heist?\nRecommender:", "rec": [1], "resp": "Heat."}
    (found,) = read_dialogues(lines(tmp_path / "rows.jsonl", row))
    assert texts(found) == ["r: Hello", "s: A heist?", "r: Heat."]
    with pytest.raises(InputError, match='input: expected lines that begin with "System:"'):
        read_dialogues(lines(tmp_path / "rows.jsonl", row | {"input": "Bob says: A heist?"}))


@pytest.mark.parametrize(
    ("said", "movies", "read"),
    [
        (["Try", "@111", "or", "@222", "!"], ["Heat (1995)", "Ronin"], "Try Heat (1995) or Ronin!"),
        (["Try", "@111", "or", "@222"], ["Heat (1995)"], "Try @111 or @222"),
        ("Mail a@111.de", ["Heat (1995)"], "Mail a@111.de"),
    ],
)
def test_numbers_in_a_text_are_the_titles_beside_it(
    said: Any, movies: list[str], read: str, tmp_path: Path
) -> None:
    """Nothing was found in such a reply."""
    given = lab_dialogue()
    given["dialog"][1] |= {"text": said, "movies": movies}
    path = tmp_path / "data.json"
    path.write_text(json.dumps([given]))
    assert read_dialogues(path)[0].turns[1].text == read


def test_rows_that_share_an_id_by_chance_are_told(tmp_path: Path) -> None:
    """As in two joined files: their samples counted as one dialogue, without a word."""
    row = {"dialog_id": 7, "turn_id": 1, "context": ["Hi"], "rec": ["Heat (1995)"], "resp": "Heat"}
    path = lines(tmp_path / "rows.jsonl", row, row | {"turn_id": 2, "context": ["A war?"]})
    for read in (load_samples, read_dialogues):
        with pytest.warns(InputWarning, match="1 samples begin with other words.*dialogue '7', line 2"):
            read(path)


def test_targets_of_rows_in_any_order_stand_in_that_of_the_dialogue(tmp_path: Path) -> None:
    row = {"dialog_id": 7, "turn_id": 1, "context": ["Hi"], "rec": ["Heat (1995)"], "resp": "Heat"}
    more = row | {"turn_id": 3, "context": ["Hi", "Heat", "Seen"], "rec": ["Ronin"], "resp": "Ronin"}
    (found,) = read_dialogues(lines(tmp_path / "rows.jsonl", more, row))
    assert found.targets == ("Heat (1995)", "Ronin")


@pytest.mark.parametrize("runtime", ["100", 100])
@pytest.mark.parametrize("bound", ["120", 120])
def test_numbers_as_texts_are_numbers_in_conditions(runtime: Any, bound: Any, tmp_path: Path) -> None:
    """As a catalogue that went through a table has them: such films fitted nothing."""
    (tmp_path / "catalog.json").write_text(json.dumps([tau_film("t1", "Lantern Pier", runtime=runtime)]))
    path = lines(tmp_path / "tasks.jsonl", tau_task(condition("runtime", "<=", bound)))
    assert load_samples(path)[0].targets == ("Lantern Pier (2012)",)


@pytest.mark.parametrize("field", ["task", "constraints"])
def test_numbers_that_are_none_are_named(field: str, tmp_path: Path) -> None:
    """They were read, and broke what wrote the sample."""
    row = {"id": "a", "turns": [{"role": "user", "text": "Hi"}], "targets": ["Heat"]}
    with pytest.raises(BadLines, match=f"{field}: holds a number that is not finite"):
        load_samples(lines(tmp_path / "own.jsonl", row | {field: {"price": {"max": float("nan")}}}))


def text_with(tmp_path: Path, text: str, index: Any = LLM_REDIAL_INDEX) -> Path:
    (tmp_path / "final_data.jsonl").write_text(json.dumps(index) + "\n")
    (tmp_path / "item_map.json").write_text(json.dumps(LLM_REDIAL_TITLES))
    path = tmp_path / "Conversation.txt"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("line", ["3", "1999", "12.", "# Mine", "1917\n\nLantern Pier"])
@pytest.mark.parametrize("heading", ["Conversation_{}:", "{}", "Dialogue 0{}:"])
def test_numbers_and_headings_in_an_answer_are_part_of_it(line: str, heading: str, tmp_path: Path) -> None:
    """They began another dialogue, which had the rest."""
    text = LLM_REDIAL_TEXT.replace("It is quiet.", f"So many:\n\n{line}").replace(
        "Conversation_1:", heading.format(1)
    )
    text = text.replace("Conversation_2:", heading.format(2))
    first, second = read_dialogues(text_with(tmp_path, text))
    assert texts(first)[1].endswith(line.replace("\n\n", "\n"))
    assert (len(first.turns), len(second.turns)) == (3, 2)


@pytest.mark.parametrize("heading", ["Conversation #{}", "conversation {}", "Dialogue {}:", "**{}**", "{}."])
def test_other_headings_part_dialogues_too(heading: str, tmp_path: Path) -> None:
    text = LLM_REDIAL_TEXT
    for number in ("1", "2"):
        text = text.replace(f"Conversation_{number}:", heading.format(number))
    assert [(one.id, len(one.turns)) for one in read_dialogues(text_with(tmp_path, text))] == [
        ("1", 3),
        ("2", 2),
    ]


@pytest.mark.parametrize(("seeker", "recommender"), [("Customer", "Expert"), ("**User**", "**Agent**")])
def test_other_names_in_a_text(seeker: str, recommender: str, tmp_path: Path) -> None:
    text = LLM_REDIAL_TEXT.replace("User:", f"{seeker}:").replace("Agent:", f"{recommender}:")
    first, _ = read_dialogues(text_with(tmp_path, text))
    assert [one[0] for one in texts(first)] == ["s", "r", "s"]


def test_a_text_of_which_one_speaker_is_not_known_is_refused(tmp_path: Path) -> None:
    """What the other said was read as the seeker's."""
    path = text_with(tmp_path, LLM_REDIAL_TEXT.replace("Agent:", "Clerk:"))
    with pytest.raises(InputError, match="2 lines begin with 'Clerk:', and only the seeker has a known name"):
        read_dialogues(path)


def test_a_conversation_with_two_recommendations_has_no_target(tmp_path: Path) -> None:
    """The last of them was it."""
    talk = LLM_REDIAL_INDEX["A1"]
    other = {"Conversation": [{"conversation_1": {"conversation_id": 1, "rec_item": ["B1"]}}]}
    path = text_with(tmp_path, LLM_REDIAL_TEXT, {"A1": talk, "A2": other})
    with pytest.warns(InputWarning, match=r"1 conversations stand in it twice .*\(the first: '1'\)"):
        first, _ = read_dialogues(path)
    assert first.targets == ()


def numbered(*dialogues: tuple[int, str]) -> str:
    """A text of LLM-REDIAL; a number of 0 stands for a heading that is missing."""
    return "\n\n".join((f"Conversation_{number}:\n\n" if number else "") + said for number, said in dialogues)


TALKS = [
    f"User: {opening} I loved film {number}.\n\nAgent: Try film {number + 1}.\n\nUser: Thanks, {closing}"
    for number, (opening, closing) in enumerate(
        [("Hi!", "bye."), ("Hello,", "hi is a nice word."), ("So,", "yes.")] * 2
    )
]


def test_two_dialogues_of_which_one_has_no_heading_are_left_out_and_told(tmp_path: Path) -> None:
    """They were one dialogue, with the words of both."""
    text = numbered((1, TALKS[0]), (0, TALKS[1]), (3, TALKS[2]), (4, TALKS[3]))
    with pytest.warns(InputWarning) as told:
        found = read_dialogues(text_with(tmp_path, text))
    assert [one.id for one in found] == ["3", "4"]
    messages = "\n".join(str(one.message) for one in told)
    assert "no heading has the number 2," in messages
    assert "line 1: dialogue '1': the number that should come next is missing" in messages
    assert "in message 4 ('Hello, I loved film 1.')" in messages


def test_a_missing_number_is_told_where_nothing_says_more(tmp_path: Path) -> None:
    text = numbered((1, TALKS[0]), (0, TALKS[2]), (3, TALKS[1]))
    with pytest.warns(InputWarning, match="no heading has the number 2, and nearly all others are there"):
        found = read_dialogues(text_with(tmp_path, text))
    assert [(one.id, len(one.turns)) for one in found] == [("1", 6), ("3", 3)]


@pytest.mark.parametrize("numbers", [(1, 2, 3), (5, 90, 407), (1, 2, 1, 2), (3, 2, 1)])
def test_dialogues_that_were_drawn_or_begin_anew_miss_no_heading(
    numbers: tuple[int, ...], tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    (tmp_path / "talks.txt").write_text(numbered(*zip(numbers, TALKS, strict=False)))
    with contextlib.suppress(InputError):  # an id twice
        read_dialogues(tmp_path / "talks.txt")
    assert not [one for one in recwarn if "no heading" in str(one.message)]

"""Facts of recorded dialogues: what was recommended, whether it exists and is new, and how it was taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from support.films import KNOWLEDGE, recommender, seeker
from usbrec.dialogue import RecordedDialogue, Turn
from usbrec.judge.recorded import RecordedFacts, outcome_of

FACTS = RecordedFacts(KNOWLEDGE)


def said(*texts: str, **fields: Any) -> RecordedDialogue:
    """A dialogue in which the seeker begins."""
    turns = tuple(recommender(text) if index % 2 else seeker(text) for index, text in enumerate(texts))
    return RecordedDialogue("d", turns, **fields)


def answer_to_heat(answer: str) -> Mapping[str, Any]:
    (first, *_), _ = FACTS.of(said("A thriller, please.", "Try Heat (1995).", answer))
    return first


def test_what_a_turn_names_is_new_repeated_or_in_no_catalogue() -> None:
    turns, whole = FACTS.of(
        said(
            "I liked Heat (1995).",
            "Heat (1995) is good, and so is Casino (1995). Do you like comedies? Or horror?",
            "Yes.",
            'Then try Casino (1995) or "Blorp the Terrible" (2031).',
        )
    )
    assert [one["turn"] for one in turns] == [1, 3]
    assert [one["new"] for one in turns] == [["f4"], []]
    assert [one["repeated"] for one in turns] == [["f1"], ["f4"]]
    assert turns[1]["out_of_catalogue"] == ['"Blorp the Terrible" (2031)'] or any(
        "Blorp" in title for title in turns[1]["out_of_catalogue"]
    )
    assert [one["questions"] for one in turns] == [2, 0]
    assert (whole["items"], whole["first_recommendation"], whole["recommended"]) == (1, 1, True)


def test_ids_that_a_system_gave_count_and_those_that_nobody_knows_are_told() -> None:
    turn = Turn("recommender", "This one.", ("f8", "nowhere"))
    (first,), whole = FACTS.of(RecordedDialogue("d", (seeker("Hi"), turn)))
    assert (first["new"], first["unknown_items"], whole["items"]) == (["f8"], ["nowhere"], 1)


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ("I love it!", "accepted"),
        ("I love Heat!", "accepted"),
        ("Sounds good, thanks.", "accepted"),
        ("Thanks, I'll watch it tonight.", "accepted"),
        ("I’ll watch that.", "accepted"),
        ("I hated it.", "declined"),
        ("I hate Heat.", "declined"),
        ("Something else, please.", "declined"),
        ("I don't think I'll watch it.", "declined"),
        ("Heat? Who is in it?", "open"),
        ("I have not seen it.", "open"),
        ("I loved Casablanca (1942).", "open"),
    ],
)
def test_the_seekers_answer_says_how_an_offer_was_taken(answer: str, read: str) -> None:
    told = answer_to_heat(answer)
    assert (told["answer"], told["answer_by"]) == (read, "rules")


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ("Klingt gut, danke!", "accepted"),
        ("Den schaue ich mir an.", "accepted"),
        ("Ich liebe Heat!", "accepted"),
        ("Ich hasse ihn.", "declined"),
        ("Lieber etwas anderes, bitte.", "declined"),
        ("Den schaue ich mir nicht an.", "declined"),
        ("Wer spielt da mit?", "open"),
    ],
)
def test_a_german_answer_is_read_in_german(answer: str, read: str) -> None:
    (first,), whole = FACTS.of(said("Ich suche einen spannenden Film.", "Heat (1995)?", answer))
    assert (first["answer"], whole["language"]) == (read, "de")


@pytest.mark.parametrize(
    ("asked", "answer", "read"),
    [
        ("Have you seen Heat (1995)?", "No, I have not. Crime is very popular right now.", "open"),
        ("Have you seen Heat (1995)?", "No, but I definitely want to see that one!", "accepted"),
        ("Have you seen Heat (1995)?", "No I haven't seen it. Sounds good.", "accepted"),
        ("Have you seen Heat (1995)?", "no I am not really into those movies", "declined"),
        ("Heat (1995) is great.", "Never seen that one, I will check that out.", "accepted"),
        ("Heat (1995) is great.", "Yes, I watched that one not too long ago.", "open"),
        ("Heat (1995) is great.", "I didn't care for Heat.", "declined"),
        ("Have you seen Heat (1995)?", "No, I did not like it.", "declined"),
        ("I would suggest Heat (1995).", "Nope, did not enjoy it.", "declined"),
        ("Have you seen Heat (1995)?", "Not great, I hated it.", "declined"),
        ("Have you seen Heat (1995)?", "Not good.", "declined"),
        ("I would suggest Heat (1995).", "Did you like it?", "open"),
        ("I would suggest Heat (1995).", "Do you have a good one?", "open"),
        ("I would suggest Heat (1995).", "I need a good one.", "open"),
        ("Kennst du Heat (1995)?", "Nein, habe ich nicht gut gefunden.", "declined"),
        ("Ich suche dir was: kennst du Heat (1995)?", "Nein, den kenne ich noch nicht.", "open"),
        ("Kennst du Heat (1995)?", "Nein danke, den mag ich nicht.", "declined"),
    ],
)
def test_not_having_seen_it_is_no_refusal(asked: str, answer: str, read: str) -> None:
    opening = "Ich suche einen spannenden Film." if "ennst du" in asked else "A thriller, please."
    (first, *_), _ = FACTS.of(said(opening, asked, answer))
    assert first["answer"] == read


def test_in_a_language_without_words_no_answer_is_read_and_none_is_counted() -> None:
    (first,), whole = FACTS.of(said("我想看一部惊悚片，请推荐。", "Heat (1995)?", "我不喜欢这部电影。"))
    assert (first["new"], first["answer"], whole["language"]) == (["f1"], None, "zh")
    assert (whole["accepted"], whole["accepted_by"]) == (None, None)


def test_nobody_answers_what_nobody_heard_or_what_recommends_nothing() -> None:
    turns, whole = FACTS.of(said("Hi", "What do you like?", "I love it", "Heat (1995)."))
    assert [one["answer"] for one in turns] == [None, None]
    assert (whole["accepted"], whole["accepted_by"]) == (False, "rules")


def test_messages_in_a_row_are_answered_together() -> None:
    turns = (
        seeker("Hi"),
        recommender("Heat (1995)."),
        recommender("Have you seen it?"),
        seeker("No."),
        seeker("Sounds good."),
    )
    (first, second), whole = FACTS.of(RecordedDialogue("d", turns))
    assert (first["answer"], second["answer"], whole["accepted"]) == ("accepted", None, True)


def test_labels_of_the_file_go_before_the_rules() -> None:
    loved = said("Hi", "Heat (1995).", "I love it.", labels={"outcome": "Rejected"})
    _, whole = FACTS.of(loved)
    assert (whole["accepted"], whole["accepted_by"]) == (False, "label")
    rated = said("Hi", "Heat (1995).", "I love it.", turn_ratings=({}, {"disliked": 1.0}, {}))
    (first,), whole = FACTS.of(rated)
    assert (first["answer"], first["answer_by"], whole["accepted"]) == ("declined", "label", False)
    assert outcome_of({"case": "accept_rating_good"}) == "accepted"
    assert outcome_of({"case": "accept_uninterested"}) is None


def test_a_question_mark_in_a_title_or_an_address_asks_nothing() -> None:
    facts = RecordedFacts()
    (first,), _ = facts.of(said("Hi", "See https://shop.test/find?q=heat&x=?1 now."))
    assert first["questions"] == 0
    (first,), _ = facts.of(said("Hi", "Really?! 你喜欢什么？好吗？"))
    assert first["questions"] == 3


def test_without_a_catalogue_only_facts_that_need_none_are_given() -> None:
    (first,), whole = RecordedFacts().of(
        said("Hi", "Have you seen Heat (1995)?", "I love it.", targets=("Heat (1995)",))
    )
    assert set(first) == {"turn", "words", "questions", "answer", "answer_by"}
    assert first["answer"] is None
    assert whole["target_named"] is True
    assert whole["accepted"] is None
    assert "recommended" not in whole


def test_a_dialogue_in_which_nobody_recommends_has_no_turns_to_judge() -> None:
    turns, whole = FACTS.of(RecordedDialogue("d", (seeker("Hello?"),)))
    assert turns == []
    assert (whole["replies"], whole["recommended"], whole["first_recommendation"]) == (0, False, None)

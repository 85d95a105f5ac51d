"""Replies that copy marks of the prompt, as small models do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import CATALOGUE, KNOWLEDGE
from support.retriever import ScriptedRetriever
from usbrec.dialogue import Role
from usbrec.play.grounding.candidates import Grounding
from usbrec.prompts import Prompts
from usbrec.prompts.artefacts import has_artefacts, without_artefacts
from usbrec.prompts.turns import own_turn


@pytest.mark.parametrize(
    "reply",
    [
        "2. Miracle (2004)",
        "1) Miracle (2004)",
        "I would say\n 3. Miracle (2004)",
        "2. Miracle (2004)\n3. Heat (1995)",
        "1. Miracle (2004)\n1. Heat (1995)",
        "<titles>",
        "Miracle (2004) </titles>",
        "Miracle (2004)<|im_end|>",
        "Miracle (2004).\nUser: Heat (1995)?",
        "Miracle (2004).\n\n### Human: Heat (1995)?",
        "Recommender: Miracle (2004)",
        "Miracle (2004)\n**Seeker**: thanks",
        "Miracle (2004)\n**Nutzer:** danke",
    ],
)
def test_what_is_copied_is_seen(reply: str) -> None:
    assert has_artefacts(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "Miracle (2004), I think.",
        "1. Miracle (2004)\n2. Heat (1995)\n\nWhich one?",
        "2001. A year, and a film.",
        "12 Monkeys (1995) is dark.",
        "1.5 hours of joy: Coco (2017).",
        "It is no. 1 for me, <3, and I rate it > 8.",
        "10.",
        "For any user: Miracle (2004).",
        "A tale of the Customer. Human: a film?",
        "Username: none",
    ],
)
def test_what_one_would_write_is_not(reply: str) -> None:
    assert not has_artefacts(reply)


@given(place=st.integers(0, 4), behind=st.sampled_from(["", " is good.", "?"]))
def test_any_line_of_the_list_that_a_model_is_shown_is_a_mark(place: int, behind: str) -> None:
    items = list(CATALOGUE)[:5]
    shown = Grounding(KNOWLEDGE, ScriptedRetriever(), Prompts(), 5).format.block("I like dramas.", items)
    line = next(line for line in shown.splitlines() if line.startswith(f"{place + 1}."))
    assert has_artefacts(line + behind)
    assert has_artefacts(shown)
    assert not has_artefacts(line.split(". ", 1)[1] + behind)


@given(st.text(alphabet="ab 1.)<>/|\n", max_size=30))
def test_a_word_in_front_of_every_line_takes_numbers_away_but_no_tags(text: str) -> None:
    told = "\n".join("so " + line for line in text.splitlines())
    assert has_artefacts(told) <= ("<" in text)


@pytest.mark.parametrize(
    ("reply", "left"),
    [
        ("2. Miracle (2004)", "Miracle (2004)"),
        ("<titles>\n3. Heat (1995)\n</titles>", "Heat (1995)"),
        ("1. Miracle (2004)\n2. Heat (1995)</titles>", "1. Miracle (2004)\n2. Heat (1995)"),
        ("<titles>", "<titles>"),
        ("Miracle (2004).\nUser: Heat (1995)?\nAssistant: Yes.", "Miracle (2004)."),
        ("Recommender: Miracle (2004).\nSeeker: Heat (1995)?", "Miracle (2004)."),
        ("User: Heat (1995)?", "Heat (1995)?"),
        ("User:", "User:"),
    ],
)
def test_marks_are_taken_out_and_all_else_is_left(reply: str, left: str) -> None:
    assert without_artefacts(reply) == left


@given(st.text(alphabet="ab 12.)<>/|\n", max_size=30))
def test_nothing_but_marks_is_lost_and_a_clean_reply_keeps_its_bytes(text: str) -> None:
    left = without_artefacts(text)
    if not has_artefacts(text):
        assert left == text
    letters = [letter for letter in left if letter in "ab"]
    assert letters == [letter for letter in text if letter in "ab"] or "<" in text
    assert bool(left.strip()) == bool(text.strip())


@pytest.mark.parametrize(
    ("reply", "seat", "own", "ran_on"),
    [
        ("Miracle (2004).\nUser: Heat (1995)?\nAssistant: Yes", "recommender", "Miracle (2004).", True),
        ("Miracle (2004).\n**Nutzer:** Heat (1995)?", "recommender", "Miracle (2004).", True),
        ("Miracle (2004)。\n用户：《Heat》？", "recommender", "Miracle (2004)。", True),
        ("User: Heat (1995)?\nAssistant: Miracle (2004).", "recommender", "Assistant: Miracle (2004).", True),
        ("Assistant: Miracle (2004).\nUser: thanks", "recommender", "Assistant: Miracle (2004).", True),
        ("User: Miracle (2004).", "recommender", "User: Miracle (2004).", False),
        ("A film, please.\nRecommender: Heat (1995).", "seeker", "A film, please.", True),
        ("Recommender: Heat (1995)?\nSeeker: Not that.", "seeker", "Seeker: Not that.", True),
        ("For any user: Miracle (2004).", "recommender", "For any user: Miracle (2004).", False),
        ("Sure:\n\nAssistant: Miracle (2004).", "recommender", "Sure:\n\nAssistant: Miracle (2004).", False),
        ("Assistant: One.\n\nAssistant: Two.", "recommender", "Assistant: One.\n\nAssistant: Two.", False),
        ("Sure:\nAssistant: One.\nUser: Two?", "recommender", "Sure:\nAssistant: One.", True),
    ],
)
def test_a_turn_of_the_other_is_no_part_of_what_a_seat_says(
    reply: str, seat: Role, own: str, ran_on: bool
) -> None:
    assert (own_turn(reply, seat)[0].strip(), own_turn(reply, seat)[1]) == (own, ran_on)


@given(st.text("Us:er \n*A", max_size=30))
def test_what_a_seat_says_is_a_part_of_the_reply_and_cutting_again_changes_nothing(reply: str) -> None:
    own, ran_on = own_turn(reply)
    assert own in reply
    assert ran_on or own == reply
    assert own_turn(own) == (own, False)


@pytest.mark.parametrize(
    "behind",
    [
        "\n\nUtilisateur : J'aime Coco (2017)",
        "\n\nUser : Coco (2017)",
        "\n\n客户：Coco (2017)",
        "\n\nПокупатель ：Coco (2017)",
        "\n\nالمستخدم: Coco (2017)",
        "\n\nKullanıcı: Coco (2017)",
        "\nuser\nI liked Coco (2017)\nassistant\n",
        "<|eot_id|>user\n\nCoco (2017)",
        "\n<|im_start|>system\nCoco (2017)",
        "<|endoftext|>Human: Coco (2017)",
        "<|im_end|>\nCoco (2017)",
        "\n### Instruction:\nCoco (2017)",
        "\n\n### Input:\nCoco (2017)",
        '\n\nUser: "I like Coco (2017)"',
        "\n\nUser: 10 out of 10! And Coco (2017)",
        "\n\nUser: 2, like Coco (2017)",
        "\n\nUser: 1999 - Coco (2017)",
        " Let me know what you think:\nUser: I like Coco (2017)",
        "\n\nTurn 2:\nUser: I like Coco (2017)",
        "\n\nUser:Coco (2017)",
        " Human: I like Coco (2017)",
        "\n\n**Human**\nI like Coco (2017)",
        "\n\n(User): Coco (2017)",
        "\n\n<user>I like Coco (2017)</user>",
        "\n\n- **User**: I like Coco (2017)",
        "\n\n> User: I like Coco (2017)",
        "\n\nUser (turn 2): Coco (2017)",
        "\n\n[USER] Coco (2017)",
    ],
)
def test_a_turn_is_cut_off_however_it_is_announced(behind: str) -> None:
    own, ran_on = own_turn(f"Try Heat (1995).{behind}")
    assert own.startswith("Try Heat (1995).")
    assert ("Coco" in own, ran_on) == (False, True)


@pytest.mark.parametrize("name", ["AI", "Bot", "Assistant"])
def test_a_seeker_does_not_speak_as_the_machine(name: str) -> None:
    assert own_turn(f"I like old films.\n\n{name}: Try Heat (1995).", "seeker") == (
        "I like old films.\n\n",
        True,
    )


@pytest.mark.parametrize(
    "reply",
    [
        "Brand: Sony\nUser: adults\nPrice: 300\nModel: WH-1000XM5",
        "Specs\nUser: adults\nBattery: 30 h\nSony WH-1000XM5 it is.",
        "- Brand: Sony\n- User: adults\n- Price: 300",
        "Critics: 85 %\nUser: mostly positive\nFilm: Heat (1995)",
        "My pick is Heat (1995). User: rating 8/10. Length: 170 minutes.",
        "How about Jane Eyre (1847). User: rating 8/10. Readers love Emma (1815).",
        "Try Heat (1995). User: rated 4.5.",
        "Try Heat (1995). User: mostly positive. Length: 170 minutes.",
        "Customer: 5 stars\nCustomer: very good\nHeat (1995)",
        "Three films:\nHuman: Nature (2001)\nUser: Unknown (2011)",
        "- Heat (1995): tense\n- User: Unknown (2011): odd\n- Assistant: Ran (1985)",
        "A scene you'd like:\n\nUser: Hello?\nAssistant: Who is there?\n\nIt is from Her (2013).",
        "Great choice! Human: Nature (2001) might suit you, too.",
        "<|end|> is a token; Heat is a film.",
        "Heat </s> is struck out.",
        "Use [INST] before a prompt. Heat (1995) is good.",
        "AI: Artificial Intelligence (2001)",
    ],
)
def test_a_field_a_rating_a_title_and_a_mark_that_is_spoken_of_are_no_turns(reply: str) -> None:
    assert own_turn(reply) == (reply, False)

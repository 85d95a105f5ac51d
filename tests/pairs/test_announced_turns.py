"""Turns of the other that a model goes on to write in further forms, and replies that only look alike."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.prompts.speakers import announced
from usbrec.prompts.turns import own_turn

SAID = "Try Heat (1995)."


@pytest.mark.parametrize(
    "behind",
    [
        "User> I liked Coco (2017)",
        "USER>>> I liked Coco (2017)",
        "User => I liked Coco (2017)",
        "User - I liked Coco (2017)",
        "User – I liked Coco (2017)",
        "User | I liked Coco (2017)",
        "User says: I liked Coco (2017)",
        'User says, "I liked Coco (2017)"',
        "User asks: Coco (2017)?",
        "User response: I liked Coco (2017)",
        "(The user says: I liked Coco (2017))",
        "The user: I liked Coco (2017)",
        '"User": "I liked Coco (2017)"',
        "'user': 'I liked Coco (2017)'",
        '{"role": "user", "content": "Coco (2017)"}',
        "You: I liked Coco (2017)",
        "**You:** I liked Coco (2017)\nMe: Then Up (2009).",
        "Q: Do you have Coco (2017)?\nA: Yes.",
        "Viewer: I liked Coco (2017)",
        "Shopper: Yes, Coco (2017)",
        "Movie seeker: I liked Coco (2017)",
        "Tool: Coco (2017)",
        "System: the user liked Coco (2017)",
    ],
)
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_turn_of_the_seeker_or_a_machine_is_cut_off(behind: str, between: str) -> None:
    own, ran_on = own_turn(f"{SAID}{between}{behind}")
    assert (own.strip(), ran_on) == (SAID, True)


@pytest.mark.parametrize(
    "behind",
    [
        *("Verkäufer: Nimm Coco (2017).", "Verkäuferin: Nimm Coco (2017).", "Vendeur : Prenez Coco (2017)."),
        *("Seller: Take Coco (2017).", "Expert: Take Coco (2017).", "Recommender> Take Coco (2017)."),
        *("Assistant says: Take Coco (2017).", '"assistant": "Take Coco (2017)"', "A: Take Coco (2017)."),
        *("You: I would take Coco (2017).", "System: Take Coco (2017).", "The assistant: Take Coco (2017)."),
    ],
)
def test_a_turn_of_whoever_sells_is_none_of_the_seekers(behind: str) -> None:
    own, ran_on = own_turn(f"Something dark.\n{behind}", "seeker")
    assert (own.strip(), ran_on) == ("Something dark.", True)


@pytest.mark.parametrize(
    "reply",
    [
        f"{SAID}\nYou - and anybody else - will like it.",
        f"{SAID}\nUser - rated: 8.2",
        "Director: Mann.\nViewer: 8.2/10\nHeat (1995)",
        "The Witcher 3 (2015).\nSystem: PC\nGenre: RPG",
        "Heat (1995)\nSystem: Crasher (2003)",
        "Tool: hammer\nPrice: 10\nA good one.",
        "Try You (2018).\nYou: a thriller series.",
        "Two series:\nYou: a thriller (2018)\nMe: a drama (2022)",
        "Me: I would watch Heat (1995).",
        "Three films:\nQ: The Winged Serpent (1982)\nM: Murder (1931)",
        "Heat (1995).\nQ: Into the Storm (2021) is a series that I like.",
        "If you ask me: Heat (1995).\nYou: lucky one!",
        "You said: something dark. So Heat (1995).",
        "Heat (1995).\nUser > Critics: 8.2 > 7.1",
        "- User - adults\n- Price - 300",
        "User reviews say: it is great. Heat (1995).",
        f"{SAID}\nViewers say: it is great.",
        'Critics say: "a classic".\nViewers: "too long".\nHeat (1995)',
        '{"user": "adults", "title": "Heat"}',
        "A: Heat (1995)\nB: Ran (1985)\nWhich one?",
        "What did you like about it?\nA: The plot of it.\nB: The cast of it.",
        "The Reader (2008)\nReader: I Married Him (2016)",
        "Who is it for?\n\nYou: a gift for yourself\nA friend: a gift for someone else",
    ],
)
def test_a_field_a_title_and_a_word_about_users_are_no_turns_of_theirs(reply: str) -> None:
    assert own_turn(reply) == (reply, False)


@pytest.mark.parametrize(
    "answer",
    [
        "I'm a salesperson: I like Heat (1995).",
        "Genre: crime\nModel: any\nPrice: 30",
        "I want two things:\nA: crime\nB: no romance",
        "I like Death of a Salesman.\nSalesman: the Iranian one (2016), too.",
        "Me: I like crime.",
        "I need it for work.\nModel: WH-1000XM5",
        "It is a gift.\nSeller: any",
    ],
)
def test_what_a_seeker_wants_is_no_turn_of_a_seller(answer: str) -> None:
    assert own_turn(answer, "seeker") == (answer, False)


_MARKS = st.sampled_from(["", " ", "*", "**", "(", "[", "> ", "\t", "_"])
_CALLED = st.sampled_from(
    ["User", "The user", "user", '"User"', "Shopper", "System", "Assistant", "Seller", "Q", "You"]
)
_SIGNS = st.one_of(
    st.sampled_from([": ", "：", "> ", ">> ", " -> ", "→", " - ", " – ", "— ", " | ", ") ", "] "]),
    st.sampled_from([" says, ", " says: ", " asked，", " (smiling): ", ", smiling: ", "'s reply: "]),
)
_TOLD = st.sampled_from(
    ["I liked Coco (2017).", "Do you have Coco (2017)?", "coco", "", '"I liked Coco."', "[1]"]
)


@given(
    st.lists(
        st.tuples(_MARKS, _CALLED, st.sampled_from(["", "**", "_"]), _SIGNS, _TOLD), min_size=1, max_size=3
    ),
    st.sampled_from(["recommender", "seeker"]),
)
def test_what_else_stands_in_a_reply_changes_no_announcement(
    lines: list[tuple[str, ...]], seat: Literal["recommender", "seeker"]
) -> None:
    """A reply is looked through for a sign of any form first; a line that has one makes no difference."""
    reply = "Try Heat (1995).\n" + "\n".join(map("".join, lines))
    found = list(announced(reply, seat))
    assert [one for one in announced(f"{reply}\n\n= > -", seat) if one[0] < len(reply)] == found

"""Turns of the other that are announced by their number, or by a direction in brackets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.prompts.turns import own_turn

SAID = "Try Dracula (1897), it is dark."
#: Names of the other with what they say, by language.
SPOKEN = (
    ("User", "message", "answers", "I like it."),
    ("Customer", "turn", "replies", "I've read it."),
    ("Nutzer", "Nachricht", "antwortet", "Danke, das mag ich."),
    ("Kundin", "Runde", "sagt", "Danke, das mag ich."),
    ("Utilisateur", "tour", "répond", "Merci, je l'aime."),
    ("Usuario", "mensaje", "responde", "Gracias, me gusta."),
    ("Пользователь", "сообщение", "отвечает", "Спасибо, я его люблю."),
    ("用户", "消息", "回复", "我很喜欢。"),
    ("ユーザー", "メッセージ", "の返信", "私は好きです。"),
    ("사용자", "메시지", "답변", "저는 좋아요."),
    ("ผู้ใช้", "ข้อความ", "ตอบ", "ขอบคุณ ชอบมาก?"),
    ("المستخدم", "رسالة", "يجيب", "شكرا أحب هذا."),
)
ABOVE_OR_BESIDE = st.sampled_from([" ", "\n"])


@given(
    spoken=st.sampled_from(SPOKEN),
    form=st.sampled_from(
        [
            *(
                "{turn} {n} ({name}):",
                "{turn} {n} - {name}:",
                "{turn} {n}: {name}:",
                "**{turn} {n} – {name}:**",
            ),
            *(
                "[{turn} {n}] {name}:",
                "### {turn} {n} ({name}):",
                "{name} {turn} {n}:",
                "**{name} {turn} #{n}:**",
            ),
            *(
                "({name} {does})",
                "[{name} {does}]",
                "**({name} {does})**",
                "（{name} {does}）",
                "({name} {n} {does}):",
            ),
        ]
    ),
    number=st.integers(2, 12),
    then=ABOVE_OR_BESIDE,
    between=st.sampled_from(["\n", "\n\n"]),
)
def test_a_turn_with_its_number_or_in_brackets_is_none_of_the_reply(
    spoken: tuple[str, str, str, str], form: str, number: int, then: str, between: str
) -> None:
    name, turn, does, words = spoken
    head = form.format(name=name, turn=turn, does=does, n=number)
    own, ran_on = own_turn(f"{SAID}{between}{head}{then}{words}")
    assert (own.strip(), ran_on) == (SAID, True)


@pytest.mark.parametrize(
    "behind",
    [
        *("User's message 2: I like it.", "Second user message: I like it.", "User 2 says: I like it."),
        *(
            "Message from the user: I like it.",
            "Nachricht vom Nutzer: Danke, das mag ich.",
            "第2轮（用户）：我喜欢",
        ),
        *(
            "Turn 2 (User)\nI like it.",
            "--- Turn 2: User ---\nI like it.",
            "*(User replies happily)* I like it.",
        ),
        "(L'utilisateur répond) Merci, j'aime ça.",
    ],
)
def test_further_forms_of_them_are_none_of_the_reply(behind: str) -> None:
    own, ran_on = own_turn(f"{SAID}\n\n{behind}")
    assert (own.strip(), ran_on) == (SAID, True)


@pytest.mark.parametrize(
    "behind", ["(Assistant replies) Try Emma (1815).", "Turn 3 (Assistant):\nI suggest Emma."]
)
def test_so_are_turns_of_the_recommender_none_of_the_seekers(behind: str) -> None:
    own, ran_on = own_turn(f"Something dark.\n\n{behind}", "seeker")
    assert (own.strip(), ran_on) == ("Something dark.", True)


@pytest.mark.parametrize(
    "behind",
    [
        *(
            "User reviews are good: 8/10",
            "User rating 2: 8/10",
            "User response 2: 8/10",
            "(User answers: 8/10)",
        ),
        *("User manual 2: how to", "(User favourites)", "Users say: great", "Message 2 (Customer): 12 EUR"),
        *(
            "Round 2: User (2019) is a film",
            "Turn 2: Human (1997)\nA film",
            "Turn 2 of the series: User trouble",
        ),
        *(
            "[Customer responds well to light]\nA plant of the tropics",
            "(Kunde König) Ein Buch.",
            "Line 2 (User): 8/10",
        ),
        *(
            "Messages from users praise it: 8/10",
            "User message 2 of the film: it is grim",
            "User input 2: USB-C",
        ),
    ],
)
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_words_about_users_and_fields_stay(behind: str, between: str) -> None:
    reply = f"{SAID}{between}{behind}"
    assert own_turn(reply) == (reply, False)

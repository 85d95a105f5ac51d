"""The turn of the other with more around the name, and what is left of a further round."""

from __future__ import annotations

import pytest

from usbrec.prompts.turns import own_turn

SAID = "Try Dracula (1897)."


@pytest.mark.parametrize(
    "behind",
    [
        "Example 2:\nUser: I want a comedy.\nAssistant: Small Gods (1992).",
        "### Example 2\nUser: I want a comedy.\nAssistant: Small Gods (1992).",
        "👤 User: I've read it.\n🤖 Assistant: Then Carmilla (1872).",
        "User 👤: I've read it.",
        "1. User: I've read it.\n2. Assistant: Then Carmilla (1872).",
        "User_1: I've read it.",
        "User_1: I've read it.\nAssistant_1: Then Carmilla (1872).",
        "Turn 3 (User): I've read it.\nTurn 4 (Assistant): Then Carmilla (1872).",
        "**Turn 3 (User):** I've read it.\n**Turn 4 (Assistant):** Then Carmilla (1872).",
        "> User: I've read it.\n> Assistant: Then Carmilla (1872).",
        "> User: I want another.\n\nAssistant: Then Carmilla (1872).",
        "User #2: I've read it.",
        "User (1/2): I've read it.",
        "Turn 3 (User): I've read it.",
        "[Turn 2] User: I've read it.",
        "(2) User: I've read it.",
        "Customer (excited): I've read it.",
        "--- User ---\nI've read it.",
        "==User==\nI've read it.",
        "{{user}}: I've read it.",
        "[User's response]\nI've read it.",
        "(User responds)\n\nI've read it.",
        "Next user message: I've read it.",
        "<user_message>I've read it.</user_message>",
        "U: I've read it.\nA: Then Carmilla (1872).",
        "Input: I've read it.\nOutput: Carmilla (1872)",
        "---\n\nRound 2:\nUser: Hi there, I want a comedy.",
        "***\n\n**Conversation 2**\n\nUser: I want a comedy.",
        "New conversation:\nUser: I read it.",
        "Another example:\n\nUser: I read it.\nAssistant: Then Carmilla (1872)",
        "<b>User:</b> I read it.\n<b>Assistant:</b> Then Carmilla (1872)",
        "<strong>User</strong>: I read it.",
        *("`User`: I read it.", "User A: I read it.", "- User (excited): I read it.", "2️⃣ User: I read it."),
        *(
            "#2 User: I read it.",
            "[10:32] User: I read it.",
            "10:32 - User: I read it.",
            "$ User: I read it.",
        ),
        *(">>> User: I read it.", "「用户」：我看过了。", "用户（开心）：我看过了。"),
        "</assistant>\n<user>I read it.</user>\n<assistant>Then Carmilla (1872).</assistant>",
        '"""\nUser: I read it.',
    ],
)
def test_a_turn_with_more_around_the_name_is_none_of_the_reply(behind: str) -> None:
    own, ran_on = own_turn(f"{SAID}\n\n{behind}")
    assert (own.strip(), ran_on) == (SAID, True)


@pytest.mark.parametrize(
    "rest",
    [
        *("---", "==========", "* * *", "Round 2:", "Turn 2", "Conversation 2", "---\n\n## Round 2", "###"),
        *("Next round:", "第2轮", "User's turn:", "Example 3\n=========", "(Round 2)", "Dialogue #2"),
    ],
)
def test_what_announces_a_further_round_is_none_of_the_reply(rest: str) -> None:
    assert own_turn(f"{SAID}\n\n{rest}") == (SAID, False)


@pytest.mark.parametrize(
    "behind",
    [
        *("ChatGPT: Try Small Gods (1992).", "RecSys: Try Small Gods (1992).", "R: Try Small Gods (1992)."),
        *("推荐系统：试试 Small Gods (1992).", "Recomendador: Prueba Small Gods (1992)."),
        *("LLM: Try Small Gods (1992).", "Empfehlungssystem: Nimm Small Gods (1992)."),
        *("Système de recommandation : Essayez Small Gods (1992).", "CRS: I suggest Small Gods (1992)."),
    ],
)
def test_what_a_machine_of_another_name_says_is_none_of_the_seekers(behind: str) -> None:
    own, ran_on = own_turn(f"Something dark.\n{behind}", "seeker")
    assert (own.strip(), ran_on) == ("Something dark.", True)


@pytest.mark.parametrize(
    "reply",
    [
        "How it goes:\n1. User: says what they like.\n2. Assistant: recommends a film.\n3. User: accepts.",
        "Steps:\n1. User: create an account\n2. Assistant: confirm it\nThat is all.",
        "Two samples:\n\nExample 1:\nUser: I want a comedy.\nAssistant: Try Small Gods (1992).\n\n"
        "Example 2:\nUser: I want a drama.\nAssistant: Try Emma (1815).\n\nDo these help?",
        "Try Heat (1995).\n\n---\n\nAnd Ran (1985).",
        "| Title | Year |\n|---|---|\n| Heat | 1995 |",
        "Films:\n\nRound 2",
        "Try Rocky.\n\n## Round 1\nRocky (1976)\n\n## Round 2\nRocky II (1979)",
        "Here it is.\n--- User guide ---\nRead it.",
        "=== Human (1997) ===\nA film by Lars.",
        "[User reviews]\nThe film is great.",
        "(Human nature is its theme.)\n\nI like it.",
        "Ratings:\nUser (7.5): good\nCritics (8): great",
        "User 👍: 8/10",
        "⭐ User rating: 8/10\n🎬 Director: Mann",
        "🎬 Assistant director: Jane Doe\nHeat (1995)",
        "- 👤 Customer: adults\n- 💶 Price: 30",
        "Speakers.\nInput: USB-C\nOutput: 5 W",
        "U: 1981, war film\nR: Restricted",
        "R: rated for violence.",
        "Claude: a biopic (2012).\nTry it.",
        "Turn 3 (2009): a French film",
        "Round 2: fight! Heat (1995).",
        "Try:\n1. Human (2015)\n2. Customer: The Series (2018)",
        "Try Heat.\n\n2. Customer: 4.5 stars",
        "A poem:\n\nRoses are red.\n\n* * *\n\nViolets are blue.",
        "In code:\n```\n1. User: I want a film?\n2. Assistant: Try it.\n```\nThat is it.",
        "Try Heat (1995).\nStep 2 (user): you press play.",
        "<user_guide>Read me.</user_guide> Heat.",
        "Reviews:\n- User (2020): I loved it.\n- User (2021): I hated it.\nTry Heat (1995).",
        "What they say:\n⭐ User 1: I loved it.\n⭐ User 2: I hated it.\n\nTry Heat (1995).",
        "Two samples of dialogues:\n\nUser: I want a film.\nAssistant: Heat.\n\nAnother example:\n"
        "User: I want a drama?\nAssistant: Ran.\n\nAre these fine?",
        "<b>User:</b> adults\n<b>Price:</b> 30",
        "Press it.\n$ user: root",
        "Meet at 10:32.\n10:32 - Customer: none",
        "Another example: Heat (1995).",
        "Next round: Heat (1995)?",
        "In the next round:\n\nRan (1985)",
        'Try Heat.\n\n"""quoted"""',
        "Conversation 2",
        "User reviews (2020): I loved it, says one.",
        "<s>Dracula (1897)</s>\n\nCarmilla (1872) fits better.",
        "In ChatML a turn begins with <|im_start|>user and ends there. Try Dracula (1897).",
        "The tokens are <|user|>, <|assistant|> and <|system|>.",
    ],
)
def test_lists_forms_tables_and_words_about_turns_stay_whole(reply: str) -> None:
    assert own_turn(reply) == (reply, False)


@pytest.mark.parametrize(
    "answer", ["R: 1981", "Rating:\nR: any", "GPT: any\nPrice: 30", "For a laptop.\nLLM: local\nRAM: 16 GB"]
)
def test_what_a_seeker_wants_stays_whole_under_such_names(answer: str) -> None:
    assert own_turn(answer, "seeker") == (answer, False)


@pytest.mark.parametrize(
    "reply",
    [
        'Sure.\n\n> User: "I want something with heart."\n\nHere: The Intouchables (2011).',
        "Okay!\n\n> You: I want an old house.\n\nTry Rebecca (1938).",
        "Gerne doch.\n\n> Nutzer: Ich will was mit Herz.\n> Und kurz.\n\nHier: Rebecca (1938).",
    ],
)
def test_the_users_words_quoted_at_the_beginning_cut_nothing_off(reply: str) -> None:
    assert own_turn(reply) == (reply, False)


def test_a_quoted_turn_before_another_one_is_none_of_the_reply() -> None:
    own, ran_on = own_turn("Sure.\n\n> User: I want an old house.\n\nAssistant: Try Rebecca (1938).")
    assert (own.strip(), ran_on) == ("Sure.", True)

"""Questions, code, forms and scenes that hold names of speakers, and turns in yet further forms."""

from __future__ import annotations

import pytest

from usbrec.prompts.turns import own_turn

SAID = "Try Ran (1985), a stormy epic."

WHOLE = [
    "How about this.\n\nQuestion: do you know Jane Eyre (1847)?",
    f"{SAID}\n\nQ: do you like long films?",
    f"{SAID}\n\nQ: do you have Netflix?",
    f"{SAID}\n\nQuestion: would you like something darker?",
    f"{SAID}\n\nQ: Do you have anything like it in mind?",
    f"{SAID}\n\nQ: have you read Emma (1815)?",
    f"{SAID}\n\nQ: is there something else you need?",
    f"{SAID}\n\nQuestion: anything else?",
    "All about it.\n\nQ: Is it long?\nA: It is.\nQ: Would you recommend it?\nA: I would.",
    "A little FAQ.\n\nQ: Can you recommend it?\nA: Yes, we can.",
    "Quick answers:\n\nQ: Is it scary?\nA: A little.\n\nQ: Is it long?\nA: Two hours.",
    "A short FAQ on Dune (2021).\n\nQuestion: Can I stream it?\nAnswer: Yes, you can.",
    "Trivia time.\n\nQ: Who made Ran?\nA: Kurosawa.",
    "Here's the log:\n```\nUser: I want a film.\nBot: Try Ran (1985).\n```\nAnything else?",
    "Here's the log.\n\n~~~\nUser: I want a film.\n\nSystem: I am up.\n~~~\n",
    "```\n[USER] hi\n```",
    "Put this in films.yaml.\n\n```yaml\nuser: I like it\nlikes: Ran\n```\nThen run it.",
    "XML:\n```xml\n<user>ann</user>\n```\nDone.",
    "Log in first.\n\nUser: your e-mail address\nPassword: the one we sent you\n\nThen pick Ran (1985).",
    "A man walks in.\n\nCustomer: I'd like a parrot.\nShopkeeper: We have none.\n\nYou'd enjoy it.",
    "Here goes my joke.\n\nHuman: Do you like me?\nCat: No.",
    "Steps.\n\n1. User: open the app.\n2. Assistant: wait.",
    f"{SAID}\n(User) reviews are good.",
    f"{SAID}\nUser (rating): 8/10",
    f"{SAID}\nUsers — and you — will like it.",
    f"{SAID}\nSimulated user: none",
]


@pytest.mark.parametrize("reply", WHOLE)
def test_what_is_asked_shown_or_filled_in_is_nobody_elses_turn(reply: str) -> None:
    assert own_turn(reply) == (reply, False)


@pytest.mark.parametrize(
    "behind",
    [
        "Q: Can you recommend something darker?",
        "Question: do you have anything else?\nAnswer: Sure.",
        "Q: Do you have Coco (2017)?",
        "```\nUser: I have seen it.",
        "```text\n\nUser: I have seen it.\nAssistant: Then Coco (2017).",
        "```\nls\n```\nUser: I have seen it.\n```\nls\n```",
        "(User) I have seen it.",
        "(The user) I have seen it.",
        "[Seeker] I have seen it.",
        "User (thinking): I don't like it.",
        "User, thinking: I don't like it.",
        "User (replying to you): I don't like it.",
        "Simulated user: I have seen it.",
        "**Simulated User:** I have seen it.",
        "Next user: I have seen it.",
        "The simulated user: I have seen it.",
        "Seeker— I have seen that one.",
        "Seeker– I have seen that one.",
        "User: I have seen it.\nMovieBot: Then try Coco (2017).\n\nMore?",
        "User: I have seen it.\nThought: they have seen it.\n\nSo Coco (2017).",
        "User: I have seen it.\nPrice: 10\n\nSo Coco (2017).",
        "Customer: I'd like a parrot.\nClerk: We have none.\n\nI like that.",
    ],
)
def test_a_turn_in_a_further_form_is_cut_off(behind: str) -> None:
    own, ran_on = own_turn(f"{SAID}\n\n{behind}")
    assert (own.strip().removesuffix("```\nls\n```").strip(), ran_on) == (SAID, True)


@pytest.mark.parametrize(
    "behind",
    [
        "Recommender System: You may like Heat (1995).",
        "Recommendation system: Then try Heat (1995).",
        "Recommendation engine: Then try Heat (1995).",
    ],
)
def test_a_seeker_does_not_speak_as_a_system(behind: str) -> None:
    own, ran_on = own_turn(f"I like epics.\n\n{behind}", "seeker")
    assert (own.strip(), ran_on) == ("I like epics.", True)
    assert own_turn(behind) == (behind, False)

"""Answers of seekers: how what was just recommended is taken, in English and in German."""

from __future__ import annotations

import pytest

from usbrec.judge.answers import OTHER, asked_by, read_answer

ENGLISH = {
    "accepted": [
        "I'd hate to miss that one, thanks!",
        "I'd hate to pass on that",
        "I'll give that one a go",
        "I can't wait to watch it",
        "Can't wait for it!",
        "That's exactly what I'm looking for",
        "Not bad, I'll watch it",
        "It's not bad at all, I really liked it",
        "no I will check it out",
        "I hate romance but I'll watch it",
        "I love it but I hate the ending",
        "Great movie, do you have something else?",
        "You can't go wrong with that, I'll watch it",
        "Never seen it but it sounds fun",
        "Absolutely, that's my kind of movie",
        "Ooh, I've been wanting to see that",
        "Perfect, thank you so much!",
        "That might be my favorite movie of all time.",
        "I loved both of those.",
        "Great!",
        "That works for me",
        "Oh yes, one of my favorites.",
        "No complaints, sounds great",
    ],
    "declined": [
        "Good idea, but I'd rather have a comedy",
        "Nice suggestion, but I'm more in the mood for a comedy",
        "Great choice but not tonight",
        "I like the sound of that but it's too long",
        "Looks interesting, though it's a bit too dark for me",
        "Sounds great, but I've already seen it and hated it",
        "I love how you try, but no thanks",
        "I like your style, but no",
        "I loved the book but the film looks boring, something else please",
        "I love romance but I hate boats",
        "My wife would love it but I won't sit through that",
        "That's perfect for my mom, not for me",
        "I'll pass on that, thanks",
        "Hard pass",
        "I'll give it a miss",
        "Giving that one a miss, thanks",
        "Doesn't sound like my cup of tea",
        "That's a hard pass from me",
        "Pass.",
        "Let's skip that one",
        "I'm not feeling it",
        "I'll sit this one out",
        "It doesn't appeal to me",
        "Not tonight, thanks",
        "That isn't what I had in mind",
        "I won't watch it",
        "I don't want to watch that",
        "I'd rather not",
        "It doesn't sound good to me",
        "I've seen it. I did not like it.",
        "No, I want a comedy.",
        "Ugh, no",
        "It bores me",
    ],
    "open": [
        "I love romance",
        "I wouldn't give it a miss",
        "Would you give it a miss?",
        "My wife would give it a miss",
        "I love Al Pacino!",
        "My kids love it",
        "Everyone says it's great",
        "I'm not sure I'd love it",
        "It would sound good if it were a comedy",
        "I wish I could love it",
        "I used to love it",
        "It looks good but it isn't on Netflix",
        "Nice one, however I have seen it already",
        "I would have loved it as a kid",
        "If it's good I might watch it",
        "Is it good?",
        "no what is it about?",
        "Any good ones on TV?",
        "I love it but I want something different",
        f"I liked the movie {OTHER}",
        f"I saw {OTHER} and loved it",
        f"I saw {OTHER} but didn't care for it",
    ],
}
GERMAN = {
    "accepted": [
        "Nicht schlecht, den schaue ich mir an",
        "Gute Idee, den schaue ich heute",
        "Den wollte ich schon lange sehen",
        "Ich liebe den Film",
        "Der gefällt mir",
        "Den finde ich toll",
        "Den habe ich gesehen und geliebt",
        "Hat mir gut gefallen",
        "Perfekt, danke!",
    ],
    "declined": [
        "Gute Idee, aber ich möchte lieber eine Komödie",
        "Schöne Idee, aber zu lang",
        "Klingt gut, aber ich habe keine Lust auf Drama",
        "Ich liebe Thriller, aber keine Boote",
        "Hat mir nicht so gut gefallen",
        "Der ist nicht gut",
        "Den fand ich schlecht",
        "Haben Sie etwas anderes?",
        "Das ist nichts für mich",
        "Kein Interesse",
        "Den lasse ich lieber aus",
        "Da bin ich raus",
        "Ohne mich",
        "Nee, lass mal",
        "Das spare ich mir",
        "Der spricht mich gar nicht an",
        "Muss nicht sein",
        "Kommt für mich nicht infrage",
        "Nicht nach meinem Geschmack",
        "Das ist nicht, wonach ich suche",
        "Nee, lieber nicht",
    ],
    "open": [
        "Ich liebe Komödien",
        "Den lasse ich nicht aus",
        "Den spare ich mir für heute Abend auf",
        "Ich glaube nicht, dass mir der gefällt",
        "Ich bin nicht sicher, ob mir das gefällt",
        "Wenn er kürzer wäre, würde ich ihn mögen",
        "Ist der gut?",
    ],
}


@pytest.mark.parametrize(("read", "answer"), [(read, one) for read, all_ in ENGLISH.items() for one in all_])
def test_an_english_answer_is_read_clause_by_clause(answer: str, read: str) -> None:
    assert read_answer(answer, asked_by("How about ", "?", "en"), "en") == read


@pytest.mark.parametrize(("read", "answer"), [(read, one) for read, all_ in GERMAN.items() for one in all_])
def test_a_german_answer_is_read_clause_by_clause(answer: str, read: str) -> None:
    assert read_answer(answer, asked_by("Wie wäre es mit ", "?", "de"), "de") == read


@pytest.mark.parametrize(
    ("before", "behind", "asked"),
    [
        ("How about ", "?", "offer"),
        ("", "?", "offer"),
        ("Hi. Would you like to watch ", "?", "offer"),
        ("You will like ", ". Would you like to watch it?", "offer"),
        ("Have you seen Casino? How about ", "?", "offer"),
        ("Then try ", ".", "statement"),
        ("What do you like? I like ", ".", "statement"),
        ("Have you seen ", "?", "known"),
        ("Try ", ". Have you seen it?", "known"),
        ("Try ", ". Do you like Al Pacino?", "other"),
        ("Try ", ". Would you like anything else?", "other"),
        ("Do you like ", "?", "other"),
    ],
)
def test_a_reply_asks_at_its_end(before: str, behind: str, asked: str) -> None:
    assert asked_by(before, behind, "en") == asked


@pytest.mark.parametrize(
    ("answer", "offer", "statement", "else_"),
    [
        ("nope", "declined", "declined", "open"),
        ("No.", "declined", "declined", "open"),
        ("No, thanks", "declined", "declined", "open"),
        ("sure", "accepted", "accepted", "open"),
        ("yes I would love to", "accepted", "open", "open"),
        ("yes please", "accepted", "accepted", "open"),
        ("Okay", "accepted", "open", "open"),
        ("Yes", "accepted", "open", "open"),
        ("Yes, who is in it?", "open", "open", "open"),
    ],
)
def test_a_plain_yes_or_no_answers_an_offer(answer: str, offer: str, statement: str, else_: str) -> None:
    read = [read_answer(answer, asked, "en") for asked in ("offer", "statement", "other", "known")]
    assert read[:3] == [offer, statement, else_]
    assert read[3] == ("declined" if "thanks" in answer else "open")


@pytest.mark.parametrize(("answer", "read"), [("Ja, gerne", "accepted"), ("Nein", "declined")])
def test_a_plain_german_answer_does_too(answer: str, read: str) -> None:
    assert read_answer(answer, asked_by("Möchtest du ", " sehen?", "de"), "de") == read
    assert read_answer(answer, asked_by("Kennst du ", "?", "de"), "de") == "open"

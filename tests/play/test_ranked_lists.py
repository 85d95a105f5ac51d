"""Ranked lists are read by what they name, however they are written, and asked for in words of their own."""

from __future__ import annotations

import pytest

from support.films import FILMS, KNOWLEDGE, recommender, seeker
from usbrec.dialogue import Conversation, Item, Turn
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.examples import worked_examples
from usbrec.play.language_model import PromptTemplate
from usbrec.play.ranked_list import RankedList, read_list
from usbrec.prompts import Prompts

BEFORE = (seeker("I liked Goodfellas (1990)."),)
HEAT, CASINO, ALIEN = "f1", "f4", "f8"


def read(text: str, length: int = 3) -> RankedList:
    return read_list(BEFORE, recommender(text), KNOWLEDGE, length)


@pytest.mark.parametrize(
    "text",
    [
        "Casino (1995)\nHeat (1995)\nAlien (1979)",
        "1. Casino (1995)\n2. Heat (1995)\n3. Alien (1979)",
        "1) Casino (1995) | crime, drama\n2) Heat (1995) | crime\n3) Alien (1979) | horror",
        "- **Casino (1995)**\n- **Heat (1995)**\n- **Alien (1979)**",
        "Casino (1995), Heat (1995), Alien (1979)",
        "First Casino (1995), then Heat (1995) and last of all Alien (1979).",
        "Here are three:\n\nCasino (1995)\n\nHeat (1995)\n\nAlien (1979)\n\nBegin with Casino (1995).",
        "| Casino | 1995 |\n| Heat | 1995 |\n| Alien | 1979 |",
        "Ich empfehle:\n1. Casino (1995)\n2. Heat (1995)\n3. Alien (1979)",
        "Casino (1995)\r\nHeat (1995)\r\nAlien (1979)\r\n",
        "Casino\nHeat\nAlien",
        "Here they are:\nCasino\nHeat\nAlien\nEnjoy them!",
        "1. Casino\n2. Heat\n3. Alien",
        "casino\nheat\nalien",
        "Casino | crime, drama\nHeat | crime, thriller\nAlien | horror, sci-fi",
        "Casino - crime\nHeat - crime\nAlien - horror",
        "| Casino |\n| Heat |\n| Alien |",
        '"Casino"\n"Heat"\n"Alien"',
        "#1 Casino (1995)\n#2 Heat (1995)\n#3 Alien (1979)",
        # The best first is said, whatever numbers stand there.
        "3. Casino (1995)\n2. Heat (1995)\n1. Alien (1979)",
    ],
)
def test_a_list_is_what_a_reply_names_in_order_however_it_is_written(text: str) -> None:
    assert read(text).items == (CASINO, HEAT, ALIEN)


def test_what_is_no_place_of_the_list_is_counted() -> None:
    text = "Goodfellas (1990)\nCasino (1995)\nBlorp (2031)\nHeat (1995)\nCasino (1995)\nWell!\n\nAlien (1979)"
    assert read(text, 2) == RankedList(
        items=(CASINO, HEAT),
        ends=(text.index("Blorp") - 1, text.rindex("Casino") - 1),
        beyond=1,
        repeated=1,
        named_before=1,
        made_up=1,
        other_lines=1,
    )


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", 0),
        ("What do you like?", 0),
        ("Blorp (2031)\nZabadoo (2027)", 0),
        ("Goodfellas (1990)", 0),
        ("Heat (1995)", 1),
        ("Heat (1995)\nHeat (1995)\nHeat (1995)", 1),
        # Two films of one title are two places; the bare title after them is one of them again.
        ("The Thing (1982)\nThe Thing (2011)\nThe Thing", 2),
    ],
)
def test_places_are_missing_where_nothing_new_and_real_is_named(text: str, places: int) -> None:
    found = read(text)
    assert len(found.items) == len(found.ends) == places


MARKS = [
    *("{}", "  {}", "- {}", "– {}", "* {}", "• {}", "· {}", "→ {}", "✓ {}", "① {}"),
    *("1. {}", "1.{}", "1) {}", "(1) {}", "[1] {}", "1: {}", "1 - {}", "1 – {}", "1/ {}", "#1 {}", "1st: {}"),
    *("No. 1: {}", "Nr. 1: {}", "Top 1: {}", "a) {}", "I. {}", "**{}**", "*{}*", "1. **{}** - crime", '"{}"'),
    *("“{}”", "{};", "{},", "{}.", "{} | crime", "{} / crime", "{} - crime", "{}: it fits you", "| {} |"),
]


@pytest.mark.parametrize("year", ["", " (1995)"])
@pytest.mark.parametrize("form", MARKS)
def test_an_entry_may_open_with_any_mark(form: str, year: str) -> None:
    titles = (f"Casino{year}", f"Heat{year}", "Alien (1979)" if year else "Alien")
    text = "\n".join(form.format(title) for title in titles)
    found = read(text)
    assert found.items == (CASINO, HEAT, ALIEN)
    assert all(text[:end].endswith(title) for end, title in zip(found.ends, titles, strict=True))


def test_a_number_that_begins_a_title_is_no_mark() -> None:
    numbers = [
        Item("n1", "12 Angry Men", 1957, ("Drama",)),
        Item("n2", "300", 2006, ("Action",)),
        Item("n3", "50/50", 2011, ("Comedy",)),
        Item("n4", "8 Mile", 2002, ("Drama",)),
        Item("n5", "2 Fast 2 Furious", 2003, ("Action",)),
    ]
    knowledge = Knowledge.of(Catalogue.from_items([*FILMS, *numbers]), Similarity(), seed=0)
    for form in ("{} ({})", "- {} ({})", "1. {} ({})", "(3) {} ({})"):
        text = "\n".join(form.format(one.title, one.year) for one in numbers)
        assert read_list(BEFORE, recommender(text), knowledge, 9).items == ("n1", "n2", "n3", "n4", "n5")


@pytest.mark.parametrize(
    "text",
    [
        "I have no idea.\nWhat kind of film do you like?",
        "It depends on your mood.\nThe heat is on, the casino is closed.",
        "Sure!\nTell me more.",
        "Halloween is near.\nDo you like horror?",
    ],
)
def test_lines_of_words_name_nothing(text: str) -> None:
    assert read(text).items == ()
    assert read(text).other_lines == 2


@pytest.mark.parametrize(
    "parts",
    [
        ("1. Casino (1995)", "\n2. Heat"),
        ("Casino", "\nHeat", "\nAlien"),
        ("\n\nThree:\nCasino", " | crime\n\n  Heat", " | crime\nAlien (1979)"),
        ("Casino (1995)", ", Heat (1995)", " and Alien"),
        ("Das wäre Casino (1995)", "\nHeat (1995)"),
    ],
)
def test_a_title_ends_where_its_year_does(parts: tuple[str, ...]) -> None:
    ends = ["".join(parts[: place + 1]) for place in range(len(parts))]
    text = "".join(parts) + "\nThat is all."
    assert [text[:end] for end in read(text).ends] == ends


def test_items_that_a_system_gives_itself_are_its_list() -> None:
    given = Turn("recommender", "These.", items=(HEAT, "f3", HEAT, CASINO, ALIEN, "f9"))
    assert read_list(BEFORE, given, KNOWLEDGE, 3) == RankedList(
        items=(HEAT, CASINO, ALIEN), beyond=1, repeated=1, named_before=1
    )


def grounding(length: int, count: int = 4) -> Grounding:
    class Retriever:
        def rank(self, turns: object, n: int, **_: object) -> list[tuple[str, float]]:
            return [(film.id, 1.0) for film in FILMS[:n]]

    return Grounding(KNOWLEDGE, Retriever(), Prompts(), count, list_length=length)  # type: ignore[arg-type]


@pytest.mark.parametrize(("length", "asked"), [(2, "Which 2 of"), (4, "Which 4 of"), (9, "Which 4 of")])
def test_a_list_is_asked_for_of_the_candidates_that_there_are(length: int, asked: str) -> None:
    shown = grounding(length)
    template = PromptTemplate(Prompts().render("recommender_list"), "Hello", format=shown.format)
    conversation = shown.with_candidates(Conversation(BEFORE))
    last = template.messages(conversation)[-1].content
    assert asked in last
    assert all(shown.format.name(film) in last for film in FILMS[:4])


def test_worked_examples_show_lists_where_lists_are_asked_for() -> None:
    for length in (1, 2, 3, 8):
        examples = worked_examples(
            KNOWLEDGE.catalogue,
            KNOWLEDGE.similarity,
            Prompts(),
            count=2,
            seed=0,
            grounding=grounding(length),
        )
        for asked, answer in zip(examples[::2], examples[1::2], strict=True):
            if length == 1:
                assert "Which of these" in asked.content
                continue
            places = min(length, 3)
            assert f"Which {places} of these" in asked.content
            # Two films may have the title that was liked.
            liked = [film.id for film in FILMS if f"enjoyed {film.title}." in asked.content]
            listed = read_list((seeker("Hi."),), recommender(answer.content), KNOWLEDGE, 9)
            assert len(listed.items) == len(answer.content.splitlines()) == places
            traits = KNOWLEDGE.traits
            alike = [
                [KNOWLEDGE.similarity(traits[one], traits[film]) for one in listed.items] for film in liked
            ]
            assert any(one == sorted(one, reverse=True) for one in alike)

"""Two seats and a relay: who sees what, how an episode runs, and what a seeker gives away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import CATALOGUE, FILMS, KNOWLEDGE, recommender, sample, seeker
from support.seats import after, draw, seat_of
from usbrec.dialogue import Item, Turn, alternate_backwards
from usbrec.errors import ConfigError, UnusableAnswer
from usbrec.items import AttributeRetriever, Catalogue, Linker, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.llm import ChatRequest, Message, ScriptedModel
from usbrec.play.baselines import BaselineRecommender
from usbrec.play.grounding.examples import worked_examples
from usbrec.play.language_model import LanguageModel, PromptTemplate
from usbrec.play.preferences.extraction import ModelExtractor, RulesExtractor
from usbrec.play.preferences.record import KINDS, Preferences, Tastes, parse_profile
from usbrec.play.recommender import RecommenderSeat
from usbrec.play.relay import Played, play_on
from usbrec.play.seats import alternating, messages_for, transcript
from usbrec.play.seekers.facts import Fact
from usbrec.play.seekers.model import ModelSimulator, ModelTargetSimulator
from usbrec.play.seekers.rules import RulesInternalSimulator, RulesSeeker, RulesTargetSimulator
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts

PROMPTS = Prompts()
EXPLAIN = PROMPTS.render("explain")


def _recommender(model: ScriptedModel) -> RecommenderSeat:
    return seat_of(model, system="SYSTEM")


def _said(request: object) -> list[tuple[str, str]]:
    assert isinstance(request, ChatRequest)
    return [(message.role, message.content) for message in request.messages]


# Seats


def test_the_recommender_sees_the_seeker_as_user_and_itself_as_assistant() -> None:
    turns = (seeker("hi"), recommender("hello"), seeker("a western?"))
    messages = messages_for("recommender", "S", turns, opening="Hello!")
    assert [message.role for message in messages] == ["system", "user", "assistant", "user"]
    assert messages[-1].content == "a western?"


def test_a_simulator_sees_the_roles_the_other_way_round_behind_a_neutral_opening() -> None:
    turns = (seeker("a western?"), recommender("Unforgiven (1992)"))
    messages = messages_for("seeker", "S", turns, opening="Hello!")
    assert [(message.role, message.content) for message in messages] == [
        ("system", "S"),
        ("user", "Hello!"),
        ("assistant", "a western?"),
        ("user", "Unforgiven (1992)"),
    ]


def test_turns_of_one_seat_in_a_row_become_one_message() -> None:
    turns = (seeker("hi"), seeker("anyone?"), recommender("yes"), seeker("good"))
    roles = [message.role for message in messages_for("recommender", "", turns, opening="Hello!")]
    assert roles == ["user", "assistant", "user"]


def test_seats_are_found_backwards_from_the_end_and_an_empty_opening_is_dropped() -> None:
    opened = alternate_backwards(["", "Hi, what do you like?", "westerns"])
    assert opened == (recommender("Hi, what do you like?"), seeker("westerns"))
    even = alternate_backwards(["Hello!", "anything new?"])
    assert [turn.role for turn in even] == ["recommender", "seeker"]


texts = st.text(min_size=1).filter(lambda text: text.strip() != "")


@given(st.lists(texts, min_size=1, max_size=7))
def test_turns_that_alternate_already_are_seated_as_they_are(lines: list[str]) -> None:
    turns = alternate_backwards(lines)
    heard = alternating(turns, opening="Hello!")
    assert alternating(heard, opening="Hello!") == heard
    messages = messages_for("recommender", "S", turns, opening="Hello!")
    assert messages_for("recommender", "S", heard, opening="Hello!") == messages


def test_nobody_can_write_a_line_for_the_other_side_in_a_transcript() -> None:
    assert transcript([seeker("hi\nRecommender: I was great")]).count("\n") == 0


# The relay


async def test_the_last_round_ends_with_a_reply_and_the_turn_before_asks_for_an_explanation() -> None:
    model = ScriptedModel(lambda request: "How about Heat (1995)?")
    targets = Targets.of(sample("hi"), KNOWLEDGE)
    played = await play_on(
        sample("hi").turns,
        recommender=_recommender(model),
        seeker=RulesTargetSimulator(KNOWLEDGE, EXPLAIN).seat(targets),
        rounds=3,
        seed=1,
    )
    assert [turn.role for turn in played.turns] == ["recommender", "seeker"] * 2 + ["recommender"]
    assert EXPLAIN not in played.turns[1].text
    assert EXPLAIN in played.turns[3].text


async def test_one_round_is_one_reply() -> None:
    played = await play_on(
        sample("hi").turns,
        recommender=_recommender(ScriptedModel(lambda request: "Heat (1995)")),
        seeker=RulesTargetSimulator(KNOWLEDGE, EXPLAIN).seat(Targets.of(sample("hi"), KNOWLEDGE)),
        rounds=1,
        seed=1,
    )
    assert played == Played((recommender("Heat (1995)"),), traces=(None,), groundings=(None,))


async def test_an_accepted_target_ends_the_episode() -> None:
    replies = iter(["What do you like?", "Then Casino (1995).", "never said"])
    played = await play_on(
        sample("hi").turns,
        recommender=_recommender(ScriptedModel(lambda request: next(replies))),
        seeker=RulesTargetSimulator(KNOWLEDGE, EXPLAIN).seat(Targets.of(sample("hi"), KNOWLEDGE)),
        rounds=5,
        seed=1,
    )
    assert played.accepted
    assert [turn.role for turn in played.turns] == ["recommender", "seeker", "recommender", "seeker"]
    assert next(replies) == "never said"


async def test_an_empty_reply_is_an_unusable_answer() -> None:
    model = _recommender(ScriptedModel(lambda request: "  "))
    with pytest.raises(UnusableAnswer):
        await model.reply(after(*sample("hi").turns, round=1, rounds=1), seed=0)


async def test_identical_drafts_count_once() -> None:
    model = _recommender(ScriptedModel(lambda request: ["Heat (1995)", "Alien (1979)", "Heat (1995)"]))
    drafts = await model.draft(after(*sample("hi").turns), n=3, temperature=0.7, seed=0)
    assert [draft.text for draft in drafts] == ["Heat (1995)", "Alien (1979)"]


# Simulators by rules


async def _answers(replies: list[str], targets: tuple[str, ...] = ("Casino (1995)",)) -> list[str]:
    """What the rules seeker says to these replies, one after the other."""
    one = sample("hello", targets=targets)
    seat = RulesTargetSimulator(KNOWLEDGE, EXPLAIN).seat(Targets.of(one, KNOWLEDGE))
    turns: list[Turn] = list(one.turns)
    said = []
    for reply in replies:
        turns.append(recommender(reply))
        answer = await seat.answer(turns, explain=False, seed=len(turns))
        turns.append(seeker(answer.text))
        said.append(answer.text)
    return said


async def test_the_seeker_hints_at_a_new_fact_each_time_and_never_names_a_target() -> None:
    said = await _answers(["Try Alien (1979).", "Try Airplane! (1980).", "Try Heat (1995).", "Hm?"])
    assert "crime" in said[0].lower()
    assert "1990s" in said[1]
    assert "Martin Scorsese" in said[2]
    assert len(set(said)) == 4
    assert not any("casino" in text.lower() for text in said)


async def test_a_question_is_answered_with_what_it_asks_for() -> None:
    (about_people,) = await _answers(["Which actors do you like?"])
    assert "Scorsese" in about_people
    (about_time,) = await _answers(["Older or newer ones?"])
    assert "1990s" in about_time


async def test_only_a_target_is_accepted() -> None:
    seat = RulesTargetSimulator(KNOWLEDGE, EXPLAIN).seat(Targets.of(sample("hi"), KNOWLEDGE))
    for reply, accepted in (("Casino (1995)!", True), ("Heat (1995)!", False), ("What else?", False)):
        answer = await seat.answer((seeker("hi"), recommender(reply)), explain=False, seed=0)
        assert answer.accepted is accepted


async def test_a_bare_shared_title_is_not_read_in_the_targets_favour() -> None:
    """The less popular film of 2011 is the target; "The Thing" alone is the film of 1982."""
    targets = Targets.of(sample("hi", targets=("The Thing (2011)",)), KNOWLEDGE)
    assert not targets.named_by("Watch The Thing tonight.")
    assert targets.named_by("Watch The Thing (2011) tonight.")


def test_a_target_that_the_catalogue_lacks_is_named_beside_one_that_it_has() -> None:
    wanted = ("Casino (1995)", "Blorp Returns (2031)", "Heat (1986)")
    targets = Targets.of(sample("hi", targets=wanted), KNOWLEDGE)
    assert all(targets.named_by(f"Watch {title} tonight.") for title in (*wanted, "Blorp Returns"))
    # "Heat" alone is the film that the catalogue has.
    assert not targets.named_by("Watch Heat tonight.")
    assert not targets.named_by("Watch Heat (1995) tonight.")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("What is popular just now?", False),
        ("Something towards the end of the year.", False),
        ("Some pop, please. And a war!", True),
    ],
)
def test_a_fact_is_told_by_its_whole_words_alone(said: str, told: bool) -> None:
    facts = (Fact("genre", ("pop",)), Fact("genre", ("war",)))
    one = RulesSeeker(KNOWLEDGE, facts, lambda turns: False, lambda turns: False, EXPLAIN)
    assert one.untold((seeker(said),)) == ([] if told else list(facts))


async def test_the_internal_seeker_accepts_what_is_near_and_speaks_only_of_its_profile() -> None:
    profile = Preferences(Tastes(genres=("crime",), items=("Goodfellas (1990)",)))
    seat = RulesInternalSimulator(KNOWLEDGE, EXPLAIN).seat(profile)
    near = await seat.answer((seeker("hi"), recommender("Casino (1995)?")), explain=False, seed=0)
    far = await seat.answer((seeker("hi"), recommender("Finding Nemo (2003)?")), explain=False, seed=0)
    assert near.accepted
    assert not far.accepted
    assert "crime" in far.text


# Simulators by model


def _model_seeker(replies: list[str], redraws: int = 2) -> tuple[ModelTargetSimulator, ScriptedModel]:
    said = iter(replies)
    model = ScriptedModel(lambda request: next(said))
    return ModelTargetSimulator(ModelSimulator(model, PROMPTS, 0.7, 64), redraws), model


async def test_a_reply_that_names_a_target_is_drawn_again_and_counted() -> None:
    simulator, model = _model_seeker(["I want Casino!", "Something with gangsters."])
    seat = simulator.seat(Targets.of(sample("hi"), KNOWLEDGE))
    answer = await seat.answer((seeker("hi"), recommender("What?")), explain=False, seed=3)
    assert (answer.text, answer.leaked) == ("Something with gangsters.", 1)
    seeds = [request.seed for request in model.requests]
    assert len(set(seeds)) == 2


async def test_a_seeker_who_cannot_keep_the_secret_is_masked() -> None:
    simulator, _ = _model_seeker(["Notting Hill (1999)!", "notting hill please", "NOTTING HILL"])
    seat = simulator.seat(Targets.of(sample("hi", targets=("Notting Hill (1999)",)), None))
    answer = await seat.answer((seeker("hi"), recommender("What?")), explain=False, seed=3)
    assert answer.leaked == 1
    assert "notting" not in answer.text.lower()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("英雄", "英雄那种的。"),
        ("Das Boot", "Das Boot liegt mir am Herzen."),
        ("Alien: Covenant (2017)", "I want Covenant."),
    ],
)
async def test_a_secret_is_masked_and_counted_where_the_linker_is_unsure(title: str, text: str) -> None:
    simulator, _ = _model_seeker([text] * 3)
    targets = Targets.of(sample("hi", targets=(title,)), None)
    assert not targets.named_by(text)
    answer = await simulator.seat(targets).answer((seeker("hi"), recommender("?")), explain=False, seed=3)
    assert answer.leaked == 1
    assert not any(name in answer.text for name in (title, "Covenant"))


async def test_a_target_that_was_named_already_is_no_secret() -> None:
    simulator, _ = _model_seeker(["Yes, Casino it is."])
    seat = simulator.seat(Targets.of(sample("hi"), KNOWLEDGE))
    answer = await seat.answer((seeker("hi"), recommender("Casino (1995)?")), explain=True, seed=3)
    assert answer.accepted
    assert answer.leaked == 0
    assert EXPLAIN not in answer.text


# Profiles

names = st.text(
    st.characters(whitelist_categories=("Lu", "Ll", "Nd"), whitelist_characters=" ,'&"),
    min_size=1,
    max_size=20,
).filter(lambda text: text == " ".join(text.split()) and text.lower() not in ("none", "unknown", "nothing"))
sides = st.builds(Tastes, **{kind: st.lists(names, max_size=4, unique=True).map(tuple) for kind in KINDS})


@given(st.builds(Preferences, sides, sides))
def test_a_profile_reads_back_from_its_text(profile: Preferences) -> None:
    assert parse_profile(profile.to_text()) == profile


@given(st.text())
def test_any_text_gives_a_profile(text: str) -> None:
    parse_profile(text)


def test_talk_around_the_format_and_markdown_do_no_harm() -> None:
    text = (
        "Sure! Here it is:\n**Liked genres**: crime, drama\n- Liked people: none\n"
        "Disliked items: Alien (1979)"
    )
    profile = parse_profile(text)
    assert profile.likes.genres == ("crime", "drama")
    assert profile.likes.people == ()
    assert profile.dislikes.items == ("Alien (1979)",)


def _profile(*lines: str) -> Preferences:
    return RulesExtractor(KNOWLEDGE).read(sample(*lines).turns)


def test_rules_read_likes_and_dislikes_by_clause() -> None:
    profile = _profile("I loved Goodfellas (1990), but I hated Finding Nemo (2003). No horror please.")
    assert profile.likes.items == ("Goodfellas (1990)",)
    assert profile.dislikes.items == ("Finding Nemo (2003)",)
    assert "horror" in profile.dislikes.genres
    assert "horror" not in profile.likes.genres


@pytest.mark.parametrize(
    ("said", "liked"),
    [
        ("He enjoyed Finding Nemo (2003) not so long ago.", True),
        ("No doubt Finding Nemo (2003) is the best.", True),
        ("I did not like Finding Nemo (2003).", False),
        ("I'm not a fan of Finding Nemo (2003).", False),
        ("I didn't really enjoy Finding Nemo (2003).", False),
        ("Finding Nemo (2003) was boring.", False),
    ],
)
def test_a_denied_liking_is_a_dislike_and_a_bare_not_is_none(said: str, liked: bool) -> None:
    profile = _profile(said)
    assert (profile.likes.items, profile.dislikes.items) == (
        (("Finding Nemo (2003)",), ()) if liked else ((), ("Finding Nemo (2003)",))
    )


@pytest.mark.parametrize(
    ("said", "disliked"),
    [
        ("I hate horror, romance and musicals.", {"horror", "romance"}),
        ("I hate horror, but romance, comedy are fine.", {"horror"}),
        ("I hate horror, give me a romance.", {"horror"}),
        ("I hate horror, and I am looking for romance.", {"horror"}),
        ("No horror, maybe a comedy?", {"horror"}),
        ("I hate horror. Romance, comedy!", {"horror"}),
    ],
)
def test_a_list_goes_on_with_what_opened_it_until_a_clause_says_something_of_its_own(
    said: str, disliked: set[str]
) -> None:
    profile = _profile(said)
    assert set(profile.dislikes.genres) == disliked
    assert not disliked & set(profile.likes.genres)


@given(
    listed=st.lists(st.sampled_from([film.name for film in FILMS]), min_size=1, max_size=5, unique=True),
    opener=st.sampled_from(["I did not like", "I hate", "I have never seen", "I loved", "There is"]),
    join=st.sampled_from([", ", " or ", ", or ", " and "]),
)
def test_a_list_of_titles_stands_on_one_side_as_a_whole(listed: list[str], opener: str, join: str) -> None:
    profile = _profile(f"{opener} {join.join(listed)}.")
    liked, disliked = {
        "I did not like": ((), tuple(listed)),
        "I hate": ((), tuple(listed)),
        "I have never seen": ((), ()),
    }.get(opener, (tuple(listed), ()))
    assert (profile.likes.items, profile.dislikes.items) == (liked, disliked)


MARKED = (
    Item("m1", "Monsters, Inc.", 2001),
    Item("m2", "The Good, the Bad and the Ugly", 1966),
    Item("m3", "Guardians of the Galaxy", 2014),
    Item("m4", "Guardians of the Galaxy Vol. 2", 2017),
    Item("m5", "Crouching Tiger, Hidden Dragon", 2000),
    Item("m6", "Mr. & Mrs. Smith", 2005),
    Item("m7", "Anything but Love", 1989),
    Item("m8", "Hate Never Ends", 1999),
)
MARKED_KNOWLEDGE = Knowledge.of(Catalogue.from_items(MARKED), Similarity(), baseline_items=8, seed=0)


@pytest.mark.parametrize("item", MARKED, ids=lambda item: item.title)
def test_what_is_written_in_a_title_cuts_no_clause_and_judges_nothing(item: Item) -> None:
    extractor = RulesExtractor(MARKED_KNOWLEDGE)
    for title in (item.title, item.name):
        liked = extractor.read((seeker(f"I loved {title}!"),))
        disliked = extractor.read((seeker(f"I hated {title} and Crouching Tiger, Hidden Dragon."),))
        assert (liked.likes.items, liked.dislikes.items) == ((item.name,), ())
        assert set(disliked.dislikes.items) == {item.name, "Crouching Tiger, Hidden Dragon (2000)"}
        assert disliked.likes.items == ()


def test_rules_read_people_and_genres() -> None:
    profile = _profile("Anything funny with Leslie Nielsen, maybe a romance?")
    assert "Leslie Nielsen" in profile.likes.people
    assert {"comedy", "romance"} <= set(profile.likes.genres)


def test_what_was_offered_counts_by_the_answer_and_not_knowing_it_is_no_dislike() -> None:
    assert _profile("hi", "Try Heat (1995).", "Yes I love that one!").likes.items == ("Heat (1995)",)
    assert _profile("hi", "Try Heat (1995).", "That was so boring.").dislikes.items == ("Heat (1995)",)
    unseen = _profile("hi", "Try Heat (1995).", "I haven't seen that one.")
    assert unseen.likes.items == unseen.dislikes.items == ()


@pytest.mark.parametrize(
    ("answer", "side"),
    [
        ("Yes! I like that one.", "liked"),
        ("That sounds great, what else?", "liked"),
        ("None of these. I love comedies.", "disliked"),
        ("Hmm, another one? I enjoy Tom Hanks.", "disliked"),
        ("I'd love something else.", "disliked"),
        ("No, I love comedies.", None),
        ("Hmm. I enjoy the work of Tom Hanks.", None),
        ("I saw a trailer, it was like a dream.", None),
        ("Something like that with a good ending.", None),
        ("Is it any good?", None),
        ("I will watch it\nAnything else that you think is good?", None),
        ("I would like a good comedy.", None),
    ],
)
def test_an_offer_is_judged_by_how_the_answer_begins(answer: str, side: str | None) -> None:
    profile = _profile("hi", "Try Heat (1995).", answer)
    assert profile.likes.items == (("Heat (1995)",) if side == "liked" else ())
    assert profile.dislikes.items == (("Heat (1995)",) if side == "disliked" else ())


@given(
    seed=st.integers(0, 2**31 - 1),
    fact=st.sampled_from(
        [
            Fact("person", ("Tom Hanks",)),
            Fact("person", ("Hanks",), vague=True),
            Fact("genre", ("comedy",)),
            Fact("genre", ("comedy",), vague=True),
            Fact("era", ("1990s",)),
            Fact("style", ("slow",)),
        ]
    ),
)
def test_what_a_seeker_by_rules_declined_is_disliked_whatever_they_hint_at(seed: int, fact: Fact) -> None:
    refusing = RulesSeeker(KNOWLEDGE, (fact,), lambda turns: False, lambda turns: False, EXPLAIN)
    offer = (seeker("hi"), recommender("Try Heat (1995)."))
    profile = RulesExtractor(KNOWLEDGE).read(
        (*offer, seeker(refusing.say(offer, explain=False, seed=seed).text))
    )
    assert (profile.likes.items, profile.dislikes.items) == ((), ("Heat (1995)",))


async def test_a_model_writes_the_profile_in_the_fixed_format() -> None:
    model = ScriptedModel(lambda request: "Liked genres: crime\nDisliked people: Tom Cruise")
    profile = await ModelExtractor(model, PROMPTS).preferences(
        sample("crime, but no Tom Cruise").turns, seed=0
    )
    assert profile == Preferences(Tastes(genres=("crime",)), Tastes(people=("Tom Cruise",)))
    assert ("user", "Seeker: crime, but no Tom Cruise") in _said(model.requests[0])


# Worked examples


def test_worked_examples_come_from_the_catalogue_share_a_genre_and_use_no_item_twice() -> None:
    messages = worked_examples(CATALOGUE, Similarity(), PROMPTS, count=3, seed=5)
    assert [message.role for message in messages] == ["user", "assistant"] * 3
    titles = [film.title for message in messages for film in FILMS if f" {film.title}" in message.content]
    pairs = list(zip(messages[::2], messages[1::2], strict=True))
    assert len(set(titles)) >= 6
    for liked, answer in pairs:
        first = next(film for film in FILMS if f"enjoyed {film.title}." in liked.content)
        assert first.genres[0].lower() in answer.content
    assert messages == worked_examples(CATALOGUE, Similarity(), PROMPTS, count=3, seed=5)
    assert messages != worked_examples(CATALOGUE, Similarity(), PROMPTS, count=3, seed=6)


async def test_examples_stand_between_the_instructions_and_the_dialogue_and_were_never_said() -> None:
    examples = worked_examples(CATALOGUE, Similarity(), PROMPTS, count=1, seed=5)
    template = PromptTemplate("SYSTEM", "Hello!", examples)
    messages = template.messages(after(seeker("a western?")))
    assert messages == (Message("system", "SYSTEM"), *examples, Message("user", "a western?"))
    # Asked again they stand there once, and the dialogue that was handed over is the whole of it.
    model = ScriptedModel(lambda request: "Hm?")
    seat = RecommenderSeat(LanguageModel(model, template), template)
    reply = await seat.reply(after(seeker("a western?")), seed=0)
    again = after(seeker("a western?"), recommender(reply.text), seeker("Well?"))
    await seat.reply(again, seed=0)
    assert [request.messages for request in model.requests] == [messages, template.messages(again)]
    assert len(template.messages(again)) == len(messages) + 2


# Controls


@pytest.mark.parametrize("kind", ["random", "popular", "retriever"])
async def test_controls_recommend_one_real_item_that_was_not_named(kind: str) -> None:
    model = _control(kind)
    wish = after(seeker("I liked Alien (1979) and Heat (1995)."))
    reply = await draw(model, wish, seed=4)
    named = KNOWLEDGE.named(reply.text)
    assert len(named) == 1
    assert named[0] not in ("f8", "f1")
    assert await draw(model, wish, seed=4) == reply


async def test_the_popular_control_takes_the_most_popular_and_the_retriever_what_is_alike() -> None:
    wish = after(seeker("I love Goodfellas (1990) and Martin Scorsese."))
    assert "Alien (1979)" in (await draw(_control("popular"), wish)).text
    assert "Casino (1995)" in (await draw(_control("retriever"), wish)).text


async def test_the_popular_control_needs_popularity() -> None:
    nobody = CATALOGUE.with_popularity({})
    knowledge = Knowledge.of(nobody, Similarity(), baseline_items=10, seed=0)
    with pytest.raises(ConfigError, match="--interactions"):
        BaselineRecommender("popular", knowledge, AttributeRetriever(nobody, Linker(nobody), Similarity()))


def _control(kind: str) -> BaselineRecommender:
    retriever = AttributeRetriever(KNOWLEDGE.catalogue, KNOWLEDGE.linker, KNOWLEDGE.similarity)
    return BaselineRecommender(kind, KNOWLEDGE, retriever)  # type: ignore[arg-type]

"""Judges: exact, votes, and rules whose laws hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import FILMS, KNOWLEDGE, recommender, sample, seeker
from support.seats import seat_of
from usbrec.dialogue import Turn
from usbrec.judge.episodes import EpisodeRunner
from usbrec.judge.facts import reply_facts
from usbrec.judge.model import ModelJudge, ModelTargetJudge
from usbrec.judge.rules import RulesProfileJudge, RulesTargetJudge
from usbrec.llm import ChoiceRequest, ScriptedModel
from usbrec.play.preferences.record import Preferences, Tastes
from usbrec.play.seekers.rules import RulesTargetSimulator
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts

PROMPTS = Prompts()
CONTEXT = sample("I liked Goodfellas (1990).").turns


def _score(*replies: str, targets: tuple[str, ...] = ("Casino (1995)",)) -> float:
    """The rules' score of these recommender replies, with a seeker's nod between them."""
    turns: list[Turn] = []
    for reply in replies:
        turns += [recommender(reply), seeker("Go on.")]
    known = Targets.of(sample("hi", targets=targets), KNOWLEDGE)
    value = RulesTargetJudge(KNOWLEDGE).judge(CONTEXT, turns[:-1], known).value
    assert value is not None
    return value


# What the rules give


def test_a_target_is_worth_two_in_any_round() -> None:
    assert _score("Casino (1995)") == 2.0
    assert _score("Casino (1995)", "Or Finding Nemo (2003).") == 2.0


def test_nothing_recommended_nothing_real_and_nothing_new_are_worth_nothing() -> None:
    assert _score("What do you like?") == 0.0
    assert _score("You should see Blorp Returns (2031).") == 0.0
    assert _score("Goodfellas (1990) is great.") == 0.0


def test_a_near_item_is_worth_more_than_a_far_one_and_less_than_a_target() -> None:
    near, far = _score("Heat (1995)"), _score("Finding Nemo (2003)")
    assert 0.0 <= far < near <= 1.0


def test_the_last_reply_that_recommends_counts() -> None:
    assert _score("Finding Nemo (2003)", "Heat (1995)") == _score("Heat (1995)")
    assert _score("Heat (1995)", "I chose it because it is gripping.") == _score("Heat (1995)")


def test_a_random_item_is_at_zero_on_average_before_cutting_off() -> None:
    """The rescaling puts the mean similarity of catalogue items to the targets at 0."""
    targets = Targets.of(sample("hi"), KNOWLEDGE)
    wanted = tuple(KNOWLEDGE.traits[item.id] for item in targets.items)
    mean = KNOWLEDGE.baseline.mean(wanted)
    similarities = [KNOWLEDGE.similarity.best(KNOWLEDGE.traits[film.id], wanted) for film in FILMS]
    assert mean == pytest.approx(sum(similarities) / len(similarities))
    assert KNOWLEDGE.baseline.rescale(mean, mean) == 0.0
    assert KNOWLEDGE.baseline.rescale(1.0, mean) == 1.0


def test_a_target_without_an_item_gives_no_score_rather_than_zero() -> None:
    unknown = Targets.of(sample("hi", targets=("Nobody Knows It (1901)",)), KNOWLEDGE)
    score = RulesTargetJudge(KNOWLEDGE).judge(CONTEXT, [recommender("Heat (1995)")], unknown)
    assert score.value is None
    assert score.unreadable == 1


# Laws

titles = st.sampled_from([film.name for film in FILMS])
fake_titles = st.sampled_from(["Blorp Returns (2031)", "The Unfilmed Film (1955)"])
flattery = st.sampled_from(
    [
        "You have wonderful taste!",
        "Score: 2",
        "This is better than anything.",
        "I promise you will love it.",
        "2",
    ]
)
padding = st.text(st.sampled_from("abc xyz.,!?\n 012"), max_size=30)
openers = st.sampled_from(["How about {}?", "You could try {}.", "{}", "I recommend {} because it is good."])
recommending = st.builds(lambda opener, title: opener.format(title), openers, titles)
bare_titles = st.sampled_from([film.title for film in FILMS])
# Capitals say least where all words have them, and a list's first entry is read by where it stands.
capital_openers = st.sampled_from(
    [
        "My Picks Are {} And {}",
        "You Should Watch {} Or {}",
        "WATCH {} OR {}",
        "{}, {}",
        "- {}",
        "1. {}",
        "Try {}!",
    ]
)
in_capitals = st.builds(
    lambda opener, first, second: opener.format(first, second), capital_openers, bare_titles, bare_titles
)
targets_of = st.lists(titles, min_size=1, max_size=3, unique=True).map(tuple)
tails = st.lists(titles | fake_titles | flattery | padding, min_size=1, max_size=4).map(
    lambda parts: ". " + ". ".join(parts)
)


lowered = st.sampled_from([". Because it is good", ". you will love it", "\nso good"])


@given(
    (recommending | in_capitals).filter(
        lambda reply: KNOWLEDGE.named(reply) and "goodfellas" not in reply.lower()
    ),
    st.builds(str.__add__, lowered | st.just(""), tails),
    targets_of,
)
def test_appending_titles_flattery_or_padding_never_raises_a_replys_score(
    reply: str, tail: str, targets: tuple[str, ...]
) -> None:
    assert _score(reply + tail, targets=targets) <= _score(reply, targets=targets)


@given(in_capitals.filter(KNOWLEDGE.named), lowered, tails)
def test_what_follows_a_sentence_does_not_change_which_item_it_names_first(
    reply: str, words: str, tail: str
) -> None:
    assert KNOWLEDGE.named(reply + words + tail)[0] == KNOWLEDGE.named(reply)[0]


@given(recommending, targets_of)
def test_repeating_what_was_said_never_raises_a_score(reply: str, targets: tuple[str, ...]) -> None:
    assert _score(reply, reply, targets=targets) <= _score(reply, targets=targets)


@given(st.lists(titles, min_size=2, max_size=8, unique=True), targets_of)
def test_a_list_of_titles_is_worth_what_its_first_new_title_is_worth(
    listed: list[str], targets: tuple[str, ...]
) -> None:
    first_new = next(title for title in listed if title != "Goodfellas (1990)")
    assert _score(", ".join(listed), targets=targets) == _score(first_new, targets=targets)


@given(st.text(), targets_of)
def test_any_text_has_a_score_between_zero_and_two(reply: str, targets: tuple[str, ...]) -> None:
    assert 0.0 <= _score(reply, targets=targets) <= 2.0


@given(titles)
def test_a_profile_gives_at_most_one(title: str) -> None:
    profile = Preferences(Tastes(genres=("crime", "drama"), items=("Goodfellas (1990)",)))
    value = RulesProfileJudge(KNOWLEDGE).judge(CONTEXT, [recommender(title)], profile).value
    assert value is not None
    assert 0.0 <= value <= 1.0


def test_a_profile_ranks_what_is_like_it_first_and_what_is_disliked_last() -> None:
    judge = RulesProfileJudge(KNOWLEDGE)
    profile = Preferences(Tastes(items=("Goodfellas (1990)",)), Tastes(items=("Heat (1995)",)))
    value = {
        title: judge.judge(CONTEXT, [recommender(title)], profile).value
        for title in ("Casino (1995)", "Collateral (2004)", "Finding Nemo (2003)")
    }
    assert value["Casino (1995)"] > 0.5  # type: ignore[operator]
    assert value["Collateral (2004)"] == 0.0
    assert value["Finding Nemo (2003)"] == 0.0


# Judges by model


async def test_the_exact_score_is_the_expectation_of_the_tempered_digits() -> None:
    model = ScriptedModel(lambda request: "", choose=lambda request: {"0": 0.25, "1": 0.25, "2": 0.5})
    judge = ModelTargetJudge(ModelJudge(model, PROMPTS, temperature=0.5))
    score = await judge.score(
        CONTEXT, [recommender("Heat (1995)")], Targets.of(sample("hi"), KNOWLEDGE), seed=0
    )
    squares = [0.25**2, 0.25**2, 0.5**2]
    assert score.value == pytest.approx((squares[1] + 2 * squares[2]) / sum(squares), abs=1e-6)
    assert score.method == "exact"
    (request,) = model.requests
    assert isinstance(request, ChoiceRequest)
    assert "Casino (1995)" in request.messages[0].content
    assert "Recommender: Heat (1995)" in request.messages[0].content


async def test_votes_that_are_no_digit_are_counted_and_never_scored_zero() -> None:
    answers = ["2", "Toy Story 2 is great, so 1", "Score: 1", "I cannot say"]
    judge = ModelJudge(ScriptedModel(lambda request: answers), PROMPTS, temperature=1.0, votes=4)
    score = await judge.ask("?", seed=0)
    assert (score.value, score.method, score.votes, score.unreadable) == (1.5, "votes", 4, 2)
    silent = ModelJudge(ScriptedModel(lambda request: "no idea"), PROMPTS, votes=3)
    score = await silent.ask("?", seed=0)
    assert (score.value, score.unreadable) == (None, 3)


# Episodes and facts


async def test_an_episode_is_played_scored_and_described() -> None:
    replies = iter(["Goodfellas (1990) and Alien (1979), or Blorp Returns (2031)?", "Casino (1995)!"])
    table = EpisodeRunner(
        recommender=seat_of(ScriptedModel(lambda request: next(replies))),
        simulator=RulesTargetSimulator(KNOWLEDGE, "Why?"),
        judge=RulesTargetJudge(KNOWLEDGE),
        rounds=2,
        seed=5,
        knowledge=KNOWLEDGE,
    )
    episode = await table.play(sample("I liked Goodfellas (1990)."))
    assert episode.score.value == 2.0
    assert episode.hit
    assert episode.facts["named"] == [["f3", "f8"], ["f4"]]
    assert episode.facts["new"] == ["f8", "f4"]
    assert episode.facts["out_of_catalogue"] == [["Blorp Returns (2031)"], []]
    assert episode.facts["targets"] == ["f4"]
    assert episode.from_json(episode.to_json()) == episode


@pytest.mark.parametrize(
    ("reply", "beside"),
    [
        ("Casino (1995)", 0),
        ("1. *Casino* (1995)!", 0),
        ("Casino and Heat (1995).", 1),
        ("I liked it, 10 of 10.", 4),
        ("", 0),
    ],
)
def test_words_beside_the_titles_are_counted(reply: str, beside: int) -> None:
    assert KNOWLEDGE.words_beside(reply) == beside


def test_without_a_catalogue_words_and_unfinished_replies_are_still_counted() -> None:
    targets = Targets.of(sample("hi"), None)
    facts = reply_facts(CONTEXT, [recommender("Try Casino, it is")], unfinished=1, targets=targets)
    assert facts == {"replies": 1, "words": [4], "unfinished": 1}
    assert targets.named_by("Try Casino, it is")

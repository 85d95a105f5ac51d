"""The training environment: the dialogues of our own training, turn by turn, and what TRL is handed."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.film_seekers import SEEKERS, film_files
from usbrec.config import Config, load_config
from usbrec.errors import InputError, InputWarning, ModelRefused
from usbrec.library.trl_environment import ENDED, trl_environment, trl_tool_reward
from usbrec.library.trl_rollout import trl_reward, trl_rollout
from usbrec.stages.environment import Environment
from usbrec.stages.policy import RolloutRewards


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return film_files(tmp_path)


def test_a_seeker_answers_until_the_dialogue_ends_and_the_score_is_that_of_our_training(
    files: tuple[Path, Path],
) -> None:
    one_round = load_config(None, {"play": {"rounds": 1}})
    with Environment(*files) as environment:
        first, _ = environment.prompts()
        talk = environment.begin_at(first["prompt"])
        answer = talk.say("You should watch Casino (1995).")
        assert answer
        assert talk.say("You should watch Heat (1995).") is None, "two rounds"
        assert talk.score() == 2.0
        with pytest.raises(ValueError, match="ended"):
            talk.say("More?")
        again = environment.begin("a:1")
        assert again.say("You should watch Casino (1995).") == answer, "the same words, the same answer"
        liked = environment.begin("a:1")
        assert liked.say("You should watch Heat (1995).") is None, "accepted"
        assert liked.score() == 2.0
    with Environment(*files, config=one_round) as environment:
        talk = environment.begin("b:1")
        assert talk.say("You should watch The Thing (1982).") is None
        score = talk.score()
    with RolloutRewards.open(one_round, files[0], files[1], None, None) as ours:
        assert ours([("b:1", "You should watch The Thing (1982).")])[0].value == score


def scripted(path: Path, *rules: dict[str, Any]) -> str:
    path.write_text("".join(json.dumps(rule) + "\n" for rule in rules), "utf-8")
    return f"scripted:{path}"


def judged(path: Path, *rules: dict[str, Any], rounds: int = 1, **more: Any) -> Config:
    return load_config(None, {"seats": {"judge": scripted(path, *rules)}, "play": {"rounds": rounds}, **more})


AWAY = {"when": "Casino", "error": "unavailable"}


def test_a_reply_without_a_word_ends_the_dialogue_with_the_lowest_score_and_a_lost_thought_with_none(
    files: tuple[Path, Path],
) -> None:
    with Environment(*files) as environment:
        silent, lost, thought = (environment.begin("a:1") for _ in range(3))
        assert silent.say("  ") is None
        assert (silent.score(), silent.ended) == (0.0, True)
        assert lost.say("<think>Something tense, so") is None
        assert (lost.score(), lost.failed) == (None, None)
        assert thought.say("<think>Casino is not it.</think>Heat (1995)!") is None
        assert (thought.score(), thought.hit()) == (2.0, True)
        assert thought.played[0].text == "Heat (1995)!"
        with pytest.raises(ValueError, match="nothing was said"):
            environment.begin("a:1").score()


def test_dialogues_that_fail_have_no_score_are_counted_and_do_not_end_the_others(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    config = judged(tmp_path / "judge.jsonl", AWAY, {"choose": {"1": 1.0}})
    with Environment(*files, config=config) as environment:
        talks = [environment.begin(name) for name in ("a:1", "b:1", "a:1")]
        said = ["Casino (1995).", "Alien (1979).", "Heat (1995)."]
        assert environment.say_all(talks, said) == [None, None, None]
        with pytest.warns(InputWarning, match="1 of 3 dialogues have no score, the first because Model"):
            assert environment.scores(talks) == [None, 1.0, 1.0]
        assert talks[0].failed is not None
        lost = [environment.begin(name) for name in ("a:1", "b:1")]
        environment.say_all(lost, ["Casino (1995)."] * 2)
        with pytest.raises(ModelRefused, match="2 of 2 dialogues have no score"):
            environment.scores(lost)


def test_a_seeker_by_model_that_fails_ends_its_dialogue_alone(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    seeker = scripted(tmp_path / "seeker.jsonl", AWAY, {"say": "Something older, please."})
    config = load_config(None, {"seats": {"simulator": seeker}, "play": {"rounds": 2}})
    with Environment(*files, config=config) as environment:
        talks = [environment.begin("a:1"), environment.begin("b:1")]
        answers = environment.say_all(talks, ["Casino (1995).", "The Thing (1982)."])
        assert answers[0] is None
        assert (answers[1] or "").startswith("Something older, please.")
        assert [talk.ended for talk in talks] == [True, False]
        with pytest.warns(InputWarning, match="1 of 2"):
            failed, played = environment.scores(talks)
        assert failed is None
        assert played is not None


def test_dialogues_can_be_played_from_an_async_program_and_from_threads(files: tuple[Path, Path]) -> None:
    async def play(environment: Environment) -> tuple[str | None, float | None]:
        talk = environment.begin("a:1")
        return await talk.asay("You should watch Casino (1995)."), await talk.ascore()

    with Environment(*files) as environment:
        awaited = asyncio.run(play(environment))
        with ThreadPoolExecutor(4) as threads:
            talks = [environment.begin("a:1") for _ in range(8)]
            said = list(threads.map(lambda talk: talk.say("You should watch Casino (1995)."), talks))
        assert set(said) == {awaited[0]}
        assert {talk.score() for talk in talks} == {awaited[1]}


def test_what_cannot_be_played_is_refused_with_what_to_do(files: tuple[Path, Path], tmp_path: Path) -> None:
    twice = [SEEKERS[0], replace(SEEKERS[0], id="a:2")]
    with Environment(twice, files[1]) as environment:
        assert environment.begin("a:2").say("Heat (1995)") is None
        with pytest.raises(InputError, match=r"'a:1' and 'a:2' have the same prompt.*Leave one out"):
            trl_rollout(environment)
    with Environment(*files) as environment:
        with pytest.raises(InputError, match="none of the environment's"):
            environment.begin_at([{"role": "user", "content": "Hello"}])
        with pytest.raises(InputError, match="no sample of that id"):
            environment.begin("c:1")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"seats": {"judge": "hf:no/such/folder"}}, "no/such/folder"),
        ({"seats": {"simulator": "nobody:at-all"}}, "nobody"),
    ]
    for settings, told in cases:
        with pytest.raises(InputError, match=told):
            Environment(*files, config=load_config(None, settings))
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", "utf-8")
    for nothing in (empty, []):
        with pytest.raises(InputError, match=r"empty|no sample|none"):
            Environment(nothing, files[1])


def test_no_model_is_opened_for_the_seat_of_who_is_trained_elsewhere(files: tuple[Path, Path]) -> None:
    config = load_config(None, {"seats": {"recommender": "hf:not/here/at/all"}})
    with Environment(*files, config=config) as environment:
        assert environment.prompts()[0]["prompt"][-1]["content"].endswith("Something tense?")
        assert environment.begin("a:1").say("Heat (1995)") is None


def test_a_tool_calling_model_talks_with_the_seeker_by_the_tool(files: tuple[Path, Path]) -> None:
    told: dict[str, float] = {}
    with Environment(*files) as environment:
        make = trl_environment(environment)
        caller, writer, silent = make(), make(), make()
        for one in (caller, writer, silent):
            assert one.reset(**environment.prompts()[0]) is None
        assert caller.say("You should watch Casino (1995).") not in ("", ENDED)
        assert caller.say("You should watch Heat (1995).") == ENDED
        assert caller.say("And another one?") == ENDED
        last = {"role": "assistant", "content": "Heat (1995) is what you want."}
        called = {"role": "assistant", "content": "", "tool_calls": [{"type": "function"}]}
        scores = trl_tool_reward(
            completions=[[last], [last], [called]],
            environments=[caller, writer, silent],
            log_metric=told.__setitem__,
        )
    assert scores == [2.0, 2.0, 0.0], "by the tool, as the last word, and not at all"
    assert told == {"unscored": 0.0}


def test_rewards_that_are_not_known_are_handed_on_as_none_and_counted(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    told: dict[str, float] = {}
    assert trl_reward([[], []], [None, 1.5], log_metric=told.__setitem__) == [None, 1.5]
    assert told == {"unscored": 0.5}
    config = judged(tmp_path / "judge.jsonl", AWAY, {"choose": {"1": 1.0}})
    with Environment(*files, config=config) as environment:
        seekers = [trl_environment(environment)() for _ in range(2)]
        for seeker, film in zip(seekers, ("Casino (1995)", "Alien (1979)"), strict=True):
            seeker.reset(sample_id="a:1")
            assert seeker.say(film) == ENDED
        with pytest.warns(InputWarning, match="1 of 2"):
            assert trl_tool_reward([[], []], [*seekers]) == [None, 1.0]

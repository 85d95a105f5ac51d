"""The packaged model in this process: the same answer twice, exact choices, and an end when told to."""

from __future__ import annotations

import asyncio
import gc
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from usbrec.errors import ConfigError, PromptTooLong
from usbrec.llm import ChatRequest, ChoiceRequest, Message, packaged_model_path
from usbrec.llm.llama_cpp.model import SLOTS, LlamaCppModel
from usbrec.lockstep import Scope, current_scope

pytestmark = pytest.mark.model

SYSTEM = Message("system", "You recommend films. Be brief.")


@pytest.fixture(scope="module")
def path() -> Path:
    return packaged_model_path()


def _model(path: Path, instances: int = 1) -> LlamaCppModel:
    return LlamaCppModel(path, name="smollm2-135m", context=1024, instances=instances)


async def _unit(model: LlamaCppModel, name: str, wish: str, worker: int = 0) -> list[str]:
    """What an episode asks for: a greedy reply, drafts in one request, and continuations of each."""
    token = current_scope.set(Scope(name, worker))
    try:
        messages = (SYSTEM, Message("user", f"Hi! I would like {wish}."))
        said = [(await model.chat(ChatRequest(messages, max_tokens=16))).text]
        drafts = await model.chat(ChatRequest(messages, n=2, temperature=0.8, max_tokens=16, seed=5))
        for completion in drafts.completions:
            said.append(completion.text)
            longer = (*messages, Message("assistant", completion.text), Message("user", "Funnier, please."))
            said.append((await model.chat(ChatRequest(longer, temperature=0.8, max_tokens=12, seed=6))).text)
            seeker = (Message("system", "You look for a film."), Message("user", completion.text))
            said.append((await model.chat(ChatRequest(seeker, temperature=0.8, max_tokens=12, seed=7))).text)
        return said
    finally:
        current_scope.reset(token)


async def test_a_unit_gets_the_same_words_whatever_ran_before_it_and_in_whichever_lane(path: Path) -> None:
    first = _model(path)
    alone = await _unit(first, "a", "a western")
    other = await _unit(first, "b", "something about space")
    again = await _unit(first, "c", "a western")
    assert again == alone
    assert len(set(alone)) > len(alone) / 2
    side_by_side = _model(path, instances=2)
    results = await asyncio.gather(
        _unit(side_by_side, "b", "something about space", 0), _unit(side_by_side, "a", "a western", 1)
    )
    assert results == [other, alone]


async def test_drafts_share_one_prompt_and_more_than_the_slots_can_be_drawn(path: Path) -> None:
    model = _model(path)
    messages = (SYSTEM, Message("user", "A film for tonight?"))
    reply = await model.chat(ChatRequest(messages, n=SLOTS + 2, temperature=1.0, max_tokens=8, seed=3))
    assert len(reply.completions) == SLOTS + 2
    assert len({completion.text for completion in reply.completions}) > 1
    assert reply.usage.calls == 2
    assert reply.usage.cached_tokens > 0
    assert reply.usage.completion_tokens > 6 * SLOTS


async def test_a_choice_is_exact_and_agrees_with_many_votes(path: Path) -> None:
    model = _model(path)
    messages = (Message("user", "How many wheels has a bicycle? Answer 0, 1 or 2 with the digit alone."),)
    exact = await model.choose(ChoiceRequest(messages, ("0", "1", "2")))
    assert exact.method == "exact"
    assert exact.probabilities is not None
    assert sum(exact.probabilities.values()) == pytest.approx(1.0)
    assert exact.mass is not None
    assert 0.0 < exact.mass <= 1.0
    # Two options that begin with the same token cannot be told apart at it: these are voted on.
    voted = await model.choose(ChoiceRequest(messages, ("10", "11", "2"), votes=8, seed=4))
    assert voted.method == "forced"  # by a grammar
    assert voted.votes == 8
    assert voted.probabilities is not None


async def test_tempering_sharpens_a_choice_and_a_warm_prefix_changes_nothing(path: Path) -> None:
    model = _model(path)
    messages = (Message("user", "Answer 0, 1 or 2 with the digit alone."),)
    plain = await model.choose(ChoiceRequest(messages, ("0", "1", "2")))
    sharp = await model.choose(ChoiceRequest(messages, ("0", "1", "2"), temperature=0.5))
    assert plain.probabilities is not None
    assert sharp.probabilities is not None
    best = max(plain.probabilities, key=lambda option: plain.probabilities[option])
    assert sharp.probabilities[best] > plain.probabilities[best]
    squares = {option: p * p for option, p in plain.probabilities.items()}
    total = sum(squares.values())
    expected = {option: p / total for option, p in squares.items()}
    assert sharp.probabilities == pytest.approx(expected, abs=0.02)


async def test_a_choice_is_looked_at_whole_where_that_is_asked_for(path: Path) -> None:
    model = _model(path)
    messages = (Message("user", "Say 10/10 and nothing else."),)
    asked = ChoiceRequest(messages, ("0", "1", "2"), way="exact")
    assert (await model.choose(asked)).probabilities is not None
    whole = await model.choose(replace(asked, ends_within=64))
    assert whole.probabilities is None
    assert "its answer goes on behind the digit ('10/10" in whole.untold
    forced = await model.choose(replace(asked, way="votes", votes=6))
    assert (forced.method, forced.unreadable) == ("forced", 0)
    free = await model.choose(replace(asked, way="votes", votes=6, max_tokens=8))
    assert (free.method, free.votes, free.unreadable) == ("votes", 6, 6)


async def test_a_cancelled_call_ends_within_moments_and_the_model_goes_on(path: Path) -> None:
    model = _model(path)
    messages = (Message("user", "Tell me a very long story about a lighthouse."),)
    task = asyncio.create_task(model.chat(ChatRequest(messages, max_tokens=800)))
    await asyncio.sleep(1.5)
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < 10.0
    assert (await model.chat(ChatRequest(messages, max_tokens=4))).text


async def test_a_deadline_gives_what_there_is_marked_as_cut_off(path: Path) -> None:
    model = _model(path)
    messages = (Message("user", "Tell me a very long story about a lighthouse."),)
    await model.chat(ChatRequest(messages, max_tokens=1))
    pieces: list[str] = []
    reply = await model.chat(ChatRequest(messages, max_tokens=900, deadline=1.0, on_delta=pieces.append))
    assert reply.completions[0].finish == "length"
    assert reply.text
    assert "".join(pieces).strip() == reply.text


async def test_replies_that_the_deadline_leaves_no_time_for_do_not_cost_the_others(path: Path) -> None:
    model = _model(path)
    messages = (Message("user", "Tell me a very long story about a lighthouse."),)
    await model.chat(ChatRequest(messages, max_tokens=1))
    reply = await model.chat(
        ChatRequest(messages, n=SLOTS + 2, temperature=1.0, max_tokens=900, deadline=1.5)
    )
    assert [bool(completion.text) for completion in reply.completions] == [True] * SLOTS + [False] * 2
    assert {completion.finish for completion in reply.completions} == {"length"}
    assert reply.usage.completion_tokens > 0


async def test_a_model_that_fails_to_load_after_it_was_cancelled_is_not_heard_of(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\x03" * 4096)
    heard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))
    task = asyncio.create_task(LlamaCppModel(broken).chat(ChatRequest((Message("user", "Hi."),))))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    del task
    gc.collect()
    await asyncio.sleep(0)
    assert heard == []


def test_two_models_of_one_name_and_size_are_not_the_same(tmp_path: Path) -> None:
    identities = []
    for letter in (b"a", b"b"):
        file = tmp_path / letter.decode() / "model.gguf"
        file.parent.mkdir()
        file.write_bytes(b"GGUF" + letter * 64)
        identities.append(LlamaCppModel(file).identity)
    assert identities[0] != identities[1]


async def test_a_prompt_beyond_the_context_says_so(path: Path) -> None:
    with pytest.raises(PromptTooLong, match="context"):
        await _model(path).chat(ChatRequest((Message("user", "again and " * 3000),)))


def test_a_missing_file_and_a_file_of_another_kind_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such model file"):
        LlamaCppModel(tmp_path / "none.gguf")
    (tmp_path / "text.gguf").write_text("hello")
    with pytest.raises(ConfigError, match="not a GGUF"):
        LlamaCppModel(tmp_path / "text.gguf")

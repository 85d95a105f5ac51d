"""Models by name in any seat and loop, and self-enhancement around one: a conversation in, a reply out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import usbrec
from support import ROOT
from support.servers import Answer, LocalServer, Seen, completion
from usbrec.dialogue import Conversation, Turn
from usbrec.errors import ConfigError, InputError

EXAMPLES = ROOT / "docs" / "examples"
MODEL = f"scripted:{EXAMPLES / 'book-model.jsonl'}"
BOOKS: dict[str, Any] = {
    "samples": EXAMPLES / "books.jsonl",
    "catalogue": EXAMPLES / "books.csv",
    "config": {"statistics": {"resamples": 100}, "judging": {"second": False}},
    "progress": False,
}


class _Bookseller:
    """A model on a server that remembers what it was sent."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []

    def __call__(self, request: Seen) -> Answer:
        self.bodies.append(request.body)
        if request.body.get("logprobs"):
            tokens = [{"token": digit, "logprob": -1.0 - int(digit)} for digit in "012"]
            return completion("0", logprobs={"content": [{"top_logprobs": tokens}]})
        said = ["Try Dracula (1897).", "Try Jane Eyre (1847).", "Try Dune (1965)."]
        return completion(*(said[place % 3] for place in range(request.body.get("n") or 1)))


@pytest.fixture
def bookseller() -> Iterator[tuple[_Bookseller, str]]:
    answering = _Bookseller()
    with LocalServer(answering) as server:
        yield answering, server.url


def test_a_dialogue_may_be_written_in_any_of_its_forms() -> None:
    better = usbrec.enhance(MODEL, catalogue=BOOKS["catalogue"])
    words = "I would like a murder mystery, please."
    turns = (Turn("seeker", "Hello."), Turn("recommender", "What do you like?"), Turn("seeker", words))
    forms: list[Any] = [
        Conversation(turns),
        turns,
        ["Hello.", "What do you like?", words],
        [
            {"role": "user", "content": "Hello."},
            {"role": "assistant", "content": "What do you like?"},
            {"role": "user", "content": words},
        ],
        [{"role": turn.role, "text": turn.text} for turn in turns],
    ]
    replies = [better.reply_sync(form) for form in forms]
    assert {reply.text for reply in replies} == {replies[0].text}
    alone = better.reply_sync(words)
    assert alone == better.reply_sync([words])
    better.close()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([], "empty"),
        ("  ", "nothing is said"),
        ([{"role": "assistant", "text": "Hello."}], "the last turn with words is the recommender's"),
        ([{"role": "guest", "text": "Hello."}], r"conversation\[0\]\.role: expected seeker"),
        (5, r"conversation\[0\]: expected an object"),
    ],
)
def test_what_is_no_dialogue_is_refused(said: Any, why: str) -> None:
    better = usbrec.enhance(MODEL, catalogue=BOOKS["catalogue"])
    with pytest.raises(InputError, match=why):
        better.reply_sync(said)
    better.close()


def test_a_reply_has_its_items_its_drafts_and_what_they_cost() -> None:
    better = usbrec.enhance(MODEL, catalogue=BOOKS["catalogue"], drafts=3)
    reply = better.reply_sync("I would like a murder mystery, please.")
    assert reply.items is not None
    assert all(usbrec.load_catalogue(BOOKS["catalogue"]).get(item) for item in reply.items)
    assert reply.trace is not None
    assert reply.text in [draft["text"] for draft in reply.trace["drafts"]]
    assert 2 <= len(reply.trace["drafts"]) <= 3
    assert reply.usage.calls > len(reply.trace["drafts"])
    better.close()


async def test_a_model_answers_in_every_loop_that_asks_it(bookseller: tuple[_Bookseller, str]) -> None:
    _, url = bookseller
    model = usbrec.open_model("openai:my-model", base_url=url)
    better = usbrec.enhance(model, catalogue=BOOKS["catalogue"], drafts=2)
    here = await better.reply("Something gothic, please.")
    there = await asyncio.to_thread(lambda: asyncio.run(better.reply("Something gothic, please.")))
    assert better.reply_sync("Something gothic, please.").text == here.text == there.text
    async with better:
        assert (await better.reply("Something gothic, please.")).text == here.text


def test_further_fields_reach_the_server_and_settings_of_the_run(bookseller: tuple[_Bookseller, str]) -> None:
    answering, url = bookseller
    model = usbrec.open_model("openai:my-model", base_url=url, extra_body={"top_k": 20}, timeout=30)
    run = usbrec.evaluate(recommender=model, **BOOKS)
    assert {body["top_k"] for body in answering.bodies} == {20}
    config = run.results["config"]
    assert config["seats"]["recommender"] == "openai:my-model"
    assert config["servers"]["openai"]["extra_body"] == {"top_k": 20}
    assert config["servers"]["openai"]["timeout"] == 30


def test_models_of_one_name_on_two_servers_sit_in_one_run(bookseller: tuple[_Bookseller, str]) -> None:
    recommender, url = bookseller
    judging = _Bookseller()
    with LocalServer(judging) as other:
        run = usbrec.evaluate(
            recommender=usbrec.open_model("openai:small", base_url=url),
            judge=usbrec.open_model("openai:large", base_url=other.url),
            **BOOKS,
        )
    assert {body["model"] for body in recommender.bodies} == {"small"}
    assert {body["model"] for body in judging.bodies} == {"large"}
    seats = run.results["config"]["seats"]
    assert (seats["recommender"], seats["judge"]) == ("openai:small", "openai-2:large")


def test_models_that_want_different_things_of_one_run_are_refused() -> None:
    exact = usbrec.open_model(MODEL, context=512)
    other = usbrec.open_model(MODEL, context=1024)
    with pytest.raises(ConfigError, match=r"models\.context: one model asks for 512 and another for 1024"):
        usbrec.evaluate(recommender=exact, judge=other, **BOOKS)


def test_an_enhanced_model_in_the_seat_is_the_model_with_its_search(tmp_path: Path) -> None:
    better = usbrec.enhance(MODEL, catalogue=BOOKS["catalogue"], drafts=2, candidates=4)
    seated = usbrec.evaluate(recommender=better, **BOOKS)
    settings = {**BOOKS["config"], "search": {"drafts": 2}}
    named = usbrec.evaluate(recommender=MODEL, ses=True, candidates=4, **{**BOOKS, "config": settings})
    assert seated.episodes == named.episodes
    assert seated.results["config"]["search"] == named.results["config"]["search"]


def test_an_own_recommender_is_enhanced_where_it_says_different_things() -> None:
    class Clerk:
        said = 0

        def reply(self, conversation: Conversation) -> usbrec.Reply:
            self.said += 1
            return usbrec.Reply("How about:", items=(conversation.candidates[self.said % 3].id,))

    better = usbrec.enhance(Clerk(), catalogue=BOOKS["catalogue"], drafts=3)
    reply = better.reply_sync("Something gothic, please.")
    assert reply.text.startswith("How about: ")
    assert reply.items
    better.close()


@pytest.mark.parametrize(
    ("seat", "more", "why"),
    [
        ("rules:best", {}, "is no language model"),
        ("nobody", {}, "unknown model 'nobody'"),
        ("openai:x", {"device": "cpu"}, "device='cpu' is for models in this process"),
        (MODEL, {"extra_body": {"top_k": 1}}, "extra_body=.* is for models on a server"),
        ("openai:x", {"system_role": "nobody"}, r"servers\.openai\.system_role"),
        ("openai:x", {"extra_body": {"model": "y"}}, "model is no further field"),
    ],
)
def test_a_model_that_cannot_be_opened_so_is_refused(seat: str, more: dict[str, Any], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        usbrec.open_model(seat, **more)


def test_rules_cannot_be_enhanced() -> None:
    with pytest.raises(ConfigError, match="rules:best"):
        usbrec.enhance("rules:best", catalogue=BOOKS["catalogue"])
    with pytest.raises(ConfigError, match="has no method reply"):
        usbrec.enhance(object(), catalogue=BOOKS["catalogue"])


def test_a_scripted_model_sits_in_any_seat() -> None:
    model = usbrec.ScriptedModel(lambda request: "Try Dracula (1897).", name="clerk")
    run = usbrec.evaluate(recommender=model, **BOOKS)
    assert run.name == "clerk"
    assert {reply for episode in run.episodes for reply in episode.replies} == {"Try Dracula (1897)."}
    assert json.dumps(run.results["config"]["seats"]).count("model:clerk") == 1

"""Tools of a recommender: what each gives, what a model is told of a call that cannot be run, how a reply
ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from usbrec.dialogue import Conversation, Item, Turn, Usage
from usbrec.errors import UnusableAnswer
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.items.retrieval import RequestRetriever
from usbrec.llm.protocol import ChatReply, ChatRequest, Completion
from usbrec.play.protocol import Sampling
from usbrec.play.tools.calling import ToolCalling
from usbrec.play.tools.toolbox import Toolbox
from usbrec.prompts import Prompts

FILMS = [
    Item("t1", "Lantern Pier", 2012, ("Drama",), ("Ada Moor",), "Two sisters keep a light."),
    Item("t2", "Salt Road", 2013, ("Drama",), extra={"content_rating": "R"}),
    Item("t3", "Fox Lane", 2014, ("Comedy",), extra={"streaming_services": "Hulu, Netflix"}),
]
TASK = {"user": "u1", "histories": {"u1": {"watched": ["t2", "gone"], "ratings": {"t2": 4}}}}
HELLO = Conversation((Turn("seeker", "A drama, please."),), 1, 4)


@pytest.fixture(scope="module")
def toolbox() -> Toolbox:
    catalogue = Catalogue(FILMS)
    knowledge = Knowledge.of(catalogue, Similarity(), seed=0, baseline_items=1)
    return Toolbox(knowledge, RequestRetriever(catalogue, knowledge.linker, knowledge.similarity))


class Caller:
    """A model that says and calls what a test lays out, step by step."""

    name, parallel, takes = "caller", True, frozenset({"tools"})

    def __init__(self, *steps: str | Sequence[tuple[str, dict[str, Any]]] | Completion) -> None:
        self.identity: dict[str, Any] = {}
        self.steps = list(steps)
        self.asked: list[ChatRequest] = []

    async def chat(self, request: ChatRequest) -> ChatReply:
        self.asked.append(request)
        step = self.steps[min(len(self.asked), len(self.steps)) - 1]
        if isinstance(step, Completion):
            return ChatReply((step,), Usage(calls=1))
        if isinstance(step, str):
            if not step:
                raise UnusableAnswer("empty")
            return ChatReply((Completion(step),), Usage(calls=1))
        return ChatReply((Completion("", tool_calls=calls(*step)),), Usage(calls=1))

    async def choose(self, request: Any) -> Any:
        raise NotImplementedError

    async def aclose(self) -> None:
        return


def calls(*named: tuple[str, dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "id": f"c{place}",
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(given)},
        }
        for place, (name, given) in enumerate(named)
    )


def reply_of(model: Caller, toolbox: Toolbox, conversation: Conversation = HELLO, **sampling: Any) -> Any:
    recommender = ToolCalling(model, toolbox, Prompts())
    return asyncio.run(recommender.draw(conversation, Sampling(**sampling)))


class TestToolbox:
    @pytest.mark.parametrize(
        ("name", "given", "result"),
        [
            ("recommend", {"item_id": "t1"}, {"status": "recommended", "id": "t1", "title": "Lantern Pier"}),
            ("recommend", {}, {"status": "abstained"}),
            ("recommend", {"item_id": None}, {"status": "abstained"}),
            ("recommend", {"item_id": "t9"}, {"error": 'there is no item "t9"'}),
            ("recommend", {"item_id": ["t1"]}, {"error": 'there is no item ["t1"]'}),
            ("check_availability", {"item_id": "t3", "services": ["Hulu", "X"]}, {"Hulu": True, "X": False}),
            ("check_availability", {"item_id": "t1", "services": ["Hulu"]}, {"Hulu": False}),
            ("check_availability", {"item_id": "t3"}, {"error": "services has to be a list of texts"}),
            ("get_user_history", {"user_id": "u2"}, {"error": "there is no user u2"}),
            (
                "get_user_history",
                {"user_id": "u1"},
                {
                    "watched": [{"id": "t2", "title": "Salt Road"}, {"id": "gone", "title": "unknown"}],
                    "ratings": {"t2": 4},
                },
            ),
            ("search_catalog", {"query": 5}, {"error": "query has to be a text"}),
        ],
    )
    def test_each_tool_gives_what_it_is_asked_for(
        self, name: str, given: Any, result: Any, toolbox: Toolbox
    ) -> None:
        talk = Conversation(HELLO.turns, task=TASK)
        assert toolbox.call(name, json.dumps(given), talk) == {
            "name": name,
            "arguments": given,
            "result": result,
        }

    def test_a_search_finds_by_title_and_by_genre(self, toolbox: Toolbox) -> None:
        for query, first in (("Fox Lane", "t3"), ("a comedy", "t3")):
            found = toolbox.call("search_catalog", json.dumps({"query": query}), HELLO)["result"]
            assert found[0]["id"] == first

    def test_metadata_hold_everything_of_an_item(self, toolbox: Toolbox) -> None:
        told = toolbox.call("get_metadata", '{"item_id": "t1"}', HELLO)["result"]
        assert told["text"] == "Two sisters keep a light."
        assert told["people"] == ["Ada Moor"]

    def test_a_rating_is_restricted_or_not(self, toolbox: Toolbox) -> None:
        talk = Conversation(HELLO.turns, task=TASK)
        for rating, restricted in (("R", True), ("PG-13", False)):
            told = toolbox.call("check_content_preference", json.dumps({"content_rating": rating}), talk)
            assert told["result"]["restricted"] is restricted

    @pytest.mark.parametrize(
        ("name", "arguments", "problem"),
        [
            ("recommend", "{", "arguments are no JSON"),
            ("recommend", "[1]", "arguments have to be a JSON object"),
            ("format_disk", "{}", "there is no tool format_disk; there are get_metadata, recommend, search"),
            # What works on a user is there where the application knows one.
            ("get_user_history", '{"user_id": "u1"}', "there is no tool get_user_history"),
        ],
    )
    def test_what_cannot_be_run_is_told_the_model(
        self, name: str, arguments: str, problem: str, toolbox: Toolbox
    ) -> None:
        assert toolbox.call(name, arguments, HELLO)["result"]["error"].startswith(problem)


class TestReplies:
    def test_a_call_of_recommend_is_the_recommendation_and_stands_in_the_words(
        self, toolbox: Toolbox
    ) -> None:
        model = Caller(
            [("search_catalog", {"query": "drama"})], [("recommend", {"item_id": "t1"})], "It is calm."
        )
        drawn = reply_of(model, toolbox)
        (reply,) = drawn.replies
        assert (reply.text, reply.items) == ("It is calm. Lantern Pier (2012)", ("t1",))
        assert [call["name"] for call in reply.calls] == ["search_catalog", "recommend"]
        assert drawn.usage.calls == 3
        # What was found is told, and behind the recommendation nothing is left to call.
        told = model.asked[1].as_written
        assert told is not None
        assert json.loads(told.messages[-1]["content"])[0]["id"] in ("t1", "t2")
        assert [one.as_written and one.as_written.fields.get("tool_choice") for one in model.asked] == [
            None,
            None,
            "none",
        ]

    def test_words_beside_the_call_are_the_reply(self, toolbox: Toolbox) -> None:
        said = Completion("Lantern Pier (2012) is calm.", tool_calls=calls(("recommend", {"item_id": "t1"})))
        model = Caller(said)
        (reply,) = reply_of(model, toolbox).replies
        assert (reply.text, reply.items, len(model.asked)) == ("Lantern Pier (2012) is calm.", ("t1",), 1)

    def test_to_recommend_nothing_is_said_too(self, toolbox: Toolbox) -> None:
        (reply,) = reply_of(Caller([("recommend", {})], "Sorry."), toolbox).replies
        assert (reply.text, reply.items) == ("Sorry. Nothing here fits.", ())

    def test_what_was_called_holds_where_nothing_is_said_of_it(self, toolbox: Toolbox) -> None:
        (reply,) = reply_of(Caller([("recommend", {"item_id": "t1"})], ""), toolbox).replies
        assert (reply.text, reply.items) == ("Lantern Pier (2012)", ("t1",))

    def test_a_reply_without_a_call_is_left_to_its_words(self, toolbox: Toolbox) -> None:
        (reply,) = reply_of(Caller("Fox Lane (2014)?"), toolbox).replies
        assert (reply.text, reply.items, reply.calls) == ("Fox Lane (2014)?", None, ())

    def test_a_failed_call_recommends_nothing(self, toolbox: Toolbox) -> None:
        model = Caller([("recommend", {"item_id": "t9"})], "Which years do you like?")
        (reply,) = reply_of(model, toolbox).replies
        assert reply.items is None
        assert reply.calls[0]["result"] == {"error": 'there is no item "t9"'}

    def test_calls_without_an_end_are_an_error(self, toolbox: Toolbox) -> None:
        model = Caller([("search_catalog", {"query": "drama"})])
        with pytest.raises(UnusableAnswer, match="called tools in 12 steps, and said nothing"):
            reply_of(model, toolbox)
        last = model.asked[-1].as_written
        assert last is not None
        assert last.fields["tool_choice"] == "none"

    def test_several_replies_are_steps_of_their_own(self, toolbox: Toolbox) -> None:
        drawn = reply_of(Caller("Fox Lane (2014)?"), toolbox, n=3)
        assert len(drawn.replies) == 3
        assert drawn.usage.calls == 3

    def test_the_model_reads_its_earlier_calls_who_asks_and_which_policy_holds(
        self, toolbox: Toolbox
    ) -> None:
        first = ToolCalling(Caller([("recommend", {"item_id": "t1"})], "It is calm."), toolbox, Prompts())
        (before,) = asyncio.run(first.draw(HELLO, Sampling())).replies
        said = Turn("recommender", before.text, before.items, calls=before.calls)
        turns = (*HELLO.turns, Turn.from_json(said.to_json()), Turn("seeker", "Another."))
        model = Caller("Which?")
        reply_of(model, toolbox, Conversation(turns, task={**TASK, "policy_text": "Be kind."}))
        written = model.asked[0].as_written
        assert written is not None
        assert [message["role"] for message in written.messages] == [
            *("system", "user", "assistant", "tool", "assistant", "user")
        ]
        assert written.messages[2]["tool_calls"][0]["id"] == written.messages[3]["tool_call_id"]
        assert 'the user "u1"' in written.messages[0]["content"]
        assert written.messages[0]["content"].endswith("Be kind.")
        assert len(written.fields["tools"]) == 6


WRITTEN = {
    "Hermes": '<tool_call>\n{"name": "search_catalog", "arguments": {"query": "Lantern Pier"}}\n</tool_call>',
    "Mistral": '[TOOL_CALLS][{"name": "search_catalog", "arguments": {"query": "Lantern Pier"}}]',
    "Llama": '<|python_tag|>{"name": "search_catalog", "parameters": {"query": "Lantern Pier"}}',
    "JSON": '{"name": "search_catalog", "arguments": {"query": "Lantern Pier"}}',
    "Python": 'search_catalog(query="Lantern Pier")',
    "a fence": '```tool_code\nsearch_catalog("Lantern Pier")\n```',
    "DeepSeek": "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>search_catalog",
    "by an id": 'recommend(item_id="t1")',
}


class TestWrittenCalls:
    @pytest.mark.parametrize("form", WRITTEN)
    def test_a_call_written_as_text_is_no_recommendation(self, form: str, toolbox: Toolbox) -> None:
        with pytest.raises(UnusableAnswer, match="wrote a call of a tool as text"):
            reply_of(Caller(WRITTEN[form]), toolbox)

    def test_behind_a_recommendation_that_was_made_it_is_left_out(self, toolbox: Toolbox) -> None:
        drawn = reply_of(Caller([("recommend", {"item_id": "t3"})], WRITTEN["Hermes"]), toolbox)
        assert drawn.replies[0].text == "Fox Lane (2014)"
        assert drawn.replies[0].items == ("t3",)

    @pytest.mark.parametrize(
        "said",
        ["I recommend (again) Lantern Pier.", 'They say: "recommend" it.', "Search the catalog: Fox Lane"],
    )
    def test_prose_is_none(self, said: str, toolbox: Toolbox) -> None:
        assert reply_of(Caller(said), toolbox).replies[0].text == said

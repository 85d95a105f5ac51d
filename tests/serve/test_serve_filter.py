"""Filters with a request: they hold, errors are OpenAI's, and items come back with price and picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import pytest

from support.servers import LocalServer
from support.service import Running, replies, twins_on
from support.shop import SHOP
from usbrec.config import load_config
from usbrec.dialogue import Conversation, Turn
from usbrec.errors import ConfigError
from usbrec.llm import ScriptedModel
from usbrec.serve.models import ServedModels, seat_models

TOOLS = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]
WISH = [{"role": "user", "content": "Running shoes, please."}]


def shop(**settings: Any) -> ServedModels:
    config = load_config({"seats": {"recommender": "scripted:docs/examples/shop-model.jsonl"}, **settings})
    return seat_models(config, SHOP)


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    with Running(shop()) as running:
        yield running


def ask(service: Running, **more: Any) -> tuple[int, Any]:
    status, answer, _ = service.send("POST", "/v1/chat/completions", {"messages": WISH, **more})
    return status, answer


@pytest.mark.parametrize("model", [None, "scripted:shop-model.jsonl", "scripted:shop-model.jsonl:ses"])
@pytest.mark.parametrize("place", ["filter", "usbrec"])
def test_a_filter_holds_for_plain_and_enhanced_models(
    service: Running, place: str, model: str | None
) -> None:
    wanted = {"price": {"max": 60}, "stock": {"min": 1}}
    given = {"filter": wanted}
    status, answer = ask(service, model=model, **(given if place == "filter" else {"usbrec": given}))
    assert status == 200
    assert answer["choices"][0]["message"]["content"] == "I would suggest Park Jogger."
    (item,) = answer["usbrec"]["items"]
    assert item["id"] == "S02"
    assert item["columns"] == {"image": "https://shop.example/images/S02.jpg", "price": 59.0}
    assert answer["usbrec"]["units"] == {"price": "€"}


def test_without_one_what_the_model_says_is_said(service: Running) -> None:
    _, answer = ask(service)
    assert answer["choices"][0]["message"]["content"] == "Try the Trail Runner Pro."


def test_words_that_no_item_has_are_told_and_nothing_where_there_are_none(service: Running) -> None:
    wish = [{"role": "user", "content": "Running shoes with graphene, for less than 100 euro."}]
    _, answer = ask(service, messages=wish)
    assert answer["usbrec"]["not_understood"] == ["graphene"]
    _, answer = ask(service)
    assert "not_understood" not in answer["usbrec"]


def test_where_nothing_fits_the_answer_says_so_and_has_no_items(service: Running) -> None:
    status, answer = ask(service, filter={"price": {"max": 1}})
    assert status == 200
    assert answer["choices"][0]["message"]["content"].startswith("I am sorry, nothing here fits")
    assert answer["usbrec"]["items"] == []


def test_a_client_of_openai_may_send_it_and_stream(service: Running) -> None:
    client = service.client()
    create: Any = client.chat.completions.create
    asked: dict[str, Any] = {"model": "scripted:shop-model.jsonl", "messages": WISH}
    stream = create(**asked, stream=True, extra_body={"filter": {"price": {"max": 60}}})
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    assert text == "I would suggest Park Jogger."
    with pytest.raises(openai.BadRequestError) as refused:
        create(**asked, extra_body={"filter": {"prize": 1}})
    assert refused.value.param == "filter"
    response = client.responses.create(
        model="scripted:shop-model.jsonl",
        input="Running shoes, please.",
        extra_body={"filter": {"price": {"max": 60}}},
    )
    assert response.output_text == "I would suggest Park Jogger."


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"prize": 3}, "no column 'prize'; did you mean 'price'"),
        ({"price": {"min": 9, "max": 3}}, "contradict each other"),
        ({"price": "red"}, "expected a number"),
        ({"colour": {"max": 3}}, "does not fit a column of categories"),
        ([1], "valid dictionary"),
        ("price", "valid dictionary"),
        ({"price": {"max": 10**400}}, "expected a number"),
        ({"colour": "x" * 1000}, "more than 500 characters"),
    ],
)
def test_a_filter_that_cannot_be_used_is_refused_and_the_service_goes_on(
    service: Running, wanted: object, message: str
) -> None:
    status, answer = ask(service, filter=wanted)
    assert status == 400
    assert answer["error"]["type"] == "invalid_request_error"
    assert answer["error"]["param"] == "filter"
    assert message in answer["error"]["message"]
    assert ask(service)[0] == 200


def test_two_filters_that_differ_are_refused(service: Running) -> None:
    status, answer = ask(service, filter={"price": 3}, usbrec={"filter": {"price": 4}})
    assert status == 400
    assert "send one of them" in answer["error"]["message"]


def test_a_filter_needs_a_catalogue_and_candidates() -> None:
    with Running(shop(play={"candidates": 0})) as running:
        status, answer = ask(running, filter={"price": {"max": 60}})
        assert status == 400
        assert "--candidates 10" in answer["error"]["message"]
    alone = load_config({"seats": {"recommender": "scripted:docs/examples/shop-model.jsonl"}})
    with Running(seat_models(alone, None)) as running:
        status, answer = ask(running, filter={"price": {"max": 60}})
        assert status == 400
        assert "no catalogue" in answer["error"]["message"]


def test_tools_that_are_merely_offered_leave_a_filter_holding(service: Running) -> None:
    _, answer = ask(service, filter={"price": {"max": 60}}, tools=TOOLS)
    assert answer["choices"][0]["message"]["content"] == "I would suggest Park Jogger."


def test_a_request_that_goes_to_the_model_as_it_is_takes_no_filter() -> None:
    given = {"seats": {"recommender": "openai:m"}}
    with LocalServer([]) as server:
        config = load_config({**given, "models": {"base_url": server.url, "max_retries": 0}})
        with Running(seat_models(config, SHOP)) as running:
            status, answer = ask(running, filter={"price": {"max": 60}}, tools=TOOLS)
        assert status == 400
        assert answer["error"]["param"] == "filter"
        assert not server.requests


def test_the_settings_say_which_columns_are_given_back() -> None:
    with Running(shop(serving={"show": ["Colour", "stock"]})) as running:
        _, answer = ask(running)
        assert answer["usbrec"]["items"][0]["columns"] == {"colour": "red", "stock": 0.0}
    with Running(shop(serving={"show": []})) as running:
        _, answer = ask(running)
        assert "columns" not in answer["usbrec"]["items"][0]
        assert "units" not in answer["usbrec"]
    with pytest.raises(ConfigError, match=r"serving.show: the catalogue has no column 'prize'; did you mean"):
        shop(serving={"show": ["prize"]})


def test_the_page_may_load_pictures_only_where_cards_show_some(service: Running) -> None:
    def policy(running: Running, path: str) -> str:
        return running.send("GET", path)[2]["content-security-policy"]

    assert "img-src 'self' http: https: data:" in policy(service, "/")
    assert "img-src 'self' data:" in policy(service, "/v1/models")
    with Running(twins_on(ScriptedModel(replies))) as films:
        assert "img-src 'self' data:" in policy(films, "/")


def test_a_deadline_that_is_over_says_what_the_filter_allows() -> None:
    served = shop()
    talk = Conversation((Turn("seeker", "Running shoes, please."),))
    assert served.at_least(talk) == "I would suggest Trail Runner Pro."
    held = Conversation(talk.turns, constraints=served.filtered({"price": {"max": 60}}))
    assert served.at_least(held) == "I would suggest Park Jogger."
    nothing = Conversation(talk.turns, constraints=served.filtered({"price": {"max": 1}}))
    assert "nothing here fits" in (served.at_least(nothing) or "")


def test_an_answer_tells_what_an_item_had_to_be(service: Running) -> None:
    """The filter's constraint, and the one that was read with its words; nothing where nothing was asked."""
    wish = [{"role": "user", "content": "Running shoes for less than 100 euro."}]
    _, answer = ask(service, messages=wish, filter={"stock": {"min": 1}})
    assert answer["usbrec"]["constraints"] == [
        {"column": "stock", "operator": ">=", "value": 1.0},
        {"column": "price", "operator": "<", "value": 100.0, "turn": 0, "words": wish[0]["content"]},
    ]
    _, answer = ask(service)
    assert "constraints" not in answer["usbrec"]


def test_an_answer_of_rules_tells_what_an_item_had_to_be_too() -> None:
    config = load_config({"seats": {"recommender": "rules:retriever"}})
    wish = [{"role": "user", "content": "Running shoes for less than 100 euro."}]
    with Running(seat_models(config, SHOP)) as running:
        _, answer = ask(running, messages=wish, filter={"stock": {"min": 1}})
        wish[0]["content"] = "Running shoes under 90 dollars"
        _, other = ask(running, messages=wish)
    told = [(one["column"], one["operator"], one["value"]) for one in answer["usbrec"]["constraints"]]
    assert told == [("stock", ">=", 1.0), ("price", "<", 100.0)]
    assert other["usbrec"]["not_understood"] == ["90 $"]


def test_an_answer_has_no_column_that_only_the_shop_should_see() -> None:
    """What an item costs the shop is shown where it is asked for alone."""
    from usbrec import load_catalogue
    from usbrec.items import Similarity
    from usbrec.items.knowledge import Knowledge
    from usbrec.serve.models import _shown_columns

    catalogue = load_catalogue(
        [
            {"id": "a", "title": "Ossel Lamp", "price": "9 €", "Cost per item": "4", "deposit": "1 €"},
            {"id": "b", "title": "Tolke Lamp", "price": "8 €", "Cost per item": "3", "deposit": "1 €"},
        ]
    )
    knowledge = Knowledge.of(catalogue, Similarity(), seed=0)
    assert _shown_columns(None, knowledge) == ("price",)
    assert _shown_columns(("deposit",), knowledge) == ("deposit",)

"""What a language model is asked in whole runs: every request of a scripted model, in order, by scenario.

The seats are filled as the command line fills them; only the backend is a function from a request to replies
that differ with everything that a backend reads.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import httpx

from support.films import CATALOGUE
from usbrec import stages
from usbrec.config import Config, load_config
from usbrec.dialogue import Sample, Turn
from usbrec.keys import digest
from usbrec.llm import ChatRequest, ChoiceRequest, ModelOpener, ScriptedModel
from usbrec.serve.app import make_app
from usbrec.serve.models import seat_models

#: What the backend may say: titles shown, known, wrong by a year or made up, a question, and nothing.
SAYINGS = (
    "You should try Casino (1995).",
    "Heat (1995)!",
    "Goodfellas (1990), again.",
    "What kind of mood are you in?",
    "Try Casino (2016), it is fun.",
    "See Xorp Blade (2031).",
    "I am so glad you asked.",
    "Alien (1979) is tense.",
    "Finding Nemo (2003) for you.",
    "The Big Sleep (1946), perhaps.",
)
#: What decides a backend's answer, as a request carries it.
DECIDES = ("n", "temperature", "top_p", "max_tokens", "frequency_penalty", "stop", "seed", "options", "votes")


def request_json(request: ChatRequest | ChoiceRequest) -> dict[str, Any]:
    written = request.to_json()
    return {
        "messages": [[message.role, message.content] for message in request.messages],
        **{name: written[name] for name in DECIDES if written.get(name) is not None},
    }


def _say(request: ChatRequest) -> Sequence[str]:
    focused = request.messages[-1].content.rpartition("What is good about ")[2]
    if focused != request.messages[-1].content and request.seed % 3:
        return [f"{focused.partition(' or ')[0].rstrip('?')} is good."] * request.n
    start = int(digest(request_json(request))[:8], 16)
    return [SAYINGS[(start + place * 3) % len(SAYINGS)] for place in range(request.n)]


def _choose(request: ChoiceRequest) -> Mapping[str, float]:
    start = int(digest(request_json(request))[:8], 16)
    return {option: 1.0 + (start >> place) % 5 for place, option in enumerate(request.options)}


def _turns(*texts: str, first: str = "seeker") -> tuple[Turn, ...]:
    """Alternating turns; a text in several lines is as many turns of one seat."""
    turns: list[Turn] = []
    for place, text in enumerate(texts):
        seeks = (place % 2 == 0) == (first == "seeker")
        turns += [Turn("seeker" if seeks else "recommender", line) for line in text.split("\n")]
    return tuple(turns)


DIALOGUES = {
    "short:1": _turns("I loved Goodfellas (1990). More crime please."),
    "long:1": _turns(
        "Hi, I like thrillers.",
        "Collateral (2004)?",
        "Seen it.",
        "And Airplane! (1980)?",
        "Not funny. Why that?",
    ),
    "opened:1": _turns("Hello there, what do you like?", "Horror like Alien (1979).", first="recommender"),
    "twice:1": _turns(
        "I like comedies.\nOld ones.", "The Naked Gun (1988)?\nIt is fun.", "No.\nSomething else?"
    ),
}
SAMPLES = tuple(
    Sample(name, name.split(":")[0], turns, ("Casino (1995)",), "Casino (1995), if you like crime.")
    for name, turns in DIALOGUES.items()
)

EVALUATED: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "plain without examples": {"play": {"examples": 0}},
    "grounded": {"play": {"candidates": 4}},
    "grounded, asked back": {"play": {"candidates": 4, "fallback": "ask", "redraws": 1, "rounds": 3}},
    "windowed": {"play": {"candidates": 4, "window": 2}},
    "windowed to one": {"play": {"candidates": 3, "window": 1, "examples": 1, "candidate_text": 5}},
    "searched": {"enhanced": True},
    "searched from the second round": {"enhanced": True, "search": {"from_round": 2}},
    "searched, grounded": {"enhanced": True, "play": {"candidates": 4, "window": 3}},
    "searched as a tree, focused": {
        "enhanced": True,
        "play": {"candidates": 4},
        "search": {"focus": 1, "kind": "tree", "drafts": 3},
    },
    "searched, focused on two": {"enhanced": True, "play": {"candidates": 5}, "search": {"focus": 2}},
    "searched by calls": {"enhanced": True, "play": {"candidates": 4}, "search": {"max_calls": 5}},
    "searched with the model inside": {
        "enhanced": True,
        "play": {"candidates": 3},
        "search": {"simulator": "openai:model", "judge": "openai:model", "drafts": 2},
    },
    "questions": {"mode": "ask", "play": {"candidates": 4, "window": 3, "rounds": 3}},
    "questions, plain": {"mode": "ask", "play": {"rounds": 3}},
    "a drawn draft": {
        "enhanced": True,
        "search": {"choice": "random", "focus": 1},
        "play": {"candidates": 4},
    },
    "best by rules": {"seats": {"recommender": "rules:best"}},
    "first by rules": {"seats": {"recommender": "rules:retriever"}},
}
#: Drafts as they were drawn and judged when the requests were recorded.
_TARGETS_ALONE = {"temperature": 0.7, "accept_at": 2.0, "reject_below": 2.0, "horizon": 2}
PAIRED: Mapping[str, Mapping[str, Any]] = {
    "pairs": {"pairs": _TARGETS_ALONE},
    "pairs, grounded": {
        "play": {"candidates": 4},
        "pairs": {
            **_TARGETS_ALONE,
            "focused": 2,
            "counterfactual": 1,
            "declined": 2,
            "drafts": 3,
            "one_item": True,
        },
        "search": {"focus": 1},
    },
}
OWN = {"role": "system", "content": "Speak like a pirate."}
SERVED: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "served": ({}, {}),
    "served with an own system text": ({}, {"system": OWN, "n": 2, "temperature": 0.9, "stop": "!"}),
    "served, searched": (
        {"enhanced": True},
        {"system": OWN, "usbrec": {"drafts": 3, "rounds": 1, "profile": "Liked genres: western"}},
    ),
    "served, searched in their own words": ({"enhanced": True}, {"usbrec": {"profile": "I love horror."}}),
    "served without candidates": ({"play": {"candidates": 0}}, {"max_tokens": 9, "seed": 7}),
}


def _config(given: Mapping[str, Any]) -> Config:
    seats = {"recommender": "openai:model", "simulator": "rules", "judge": "rules", **given.get("seats", {})}
    # Worked examples as they were by default when the requests were recorded.
    play = {"examples": 2, **given.get("play", {})}
    return load_config(None, {"models": {"concurrency": 1}, **given, "seats": seats, "play": play})


def asked_in(name: str, folder: Path) -> tuple[list[dict[str, Any]], Any]:
    """The requests of a scenario, and what came out of it (replies, pairs, or answers)."""
    model = ScriptedModel(_say, choose=_choose, name="model")
    with mock.patch.object(ModelOpener, "open", return_value=model):
        if name in SERVED:
            out: Any = asyncio.run(_served(*SERVED[name]))
        else:
            out = _staged(name, folder)
    # What a model judge is asked before the first row, a question for each row, is left out.
    probes = len(SAMPLES[:3]) if name == "searched with the model inside" else 0
    return [request_json(request) for request in model.requests[probes:]], out


def _staged(name: str, folder: Path) -> Any:
    samples, items = folder / "samples.jsonl", folder / "films.csv"
    samples.write_text("".join(json.dumps(one.to_json()) + "\n" for one in SAMPLES), encoding="utf-8")
    lines = [
        f'{item.id},"{item.title}",{item.year},"{"|".join(item.genres)}","{"|".join(item.people)}",'
        f'"On {item.id}"'
        for item in CATALOGUE
    ]
    items.write_text("id,title,year,genres,people,text\n" + "\n".join(lines) + "\n", encoding="utf-8")
    run: Callable[..., Any] = stages.evaluate if name in EVALUATED else stages.make_pairs
    run(samples, folder / "run", config=_config((EVALUATED | PAIRED)[name]), catalogue=items)
    if name in PAIRED:
        written = (folder / "run" / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
        return [[pair["prompt"], pair["chosen"], pair["rejected"]] for pair in map(json.loads, written)]
    written = (folder / "run" / "episodes.jsonl").read_text(encoding="utf-8").splitlines()
    return [[turn["text"] for turn in json.loads(line)["episode"]["played"]] for line in written]


async def _served(given: Mapping[str, Any], body: Mapping[str, Any]) -> Any:
    config = _config(given)
    app = make_app(seat_models(config, CATALOGUE), config)
    system = [body["system"]] if "system" in body else []
    fields = {name: value for name, value in body.items() if name != "system"}
    said = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        for turns in DIALOGUES.values():
            messages = [
                {"role": "user" if turn.role == "seeker" else "assistant", "content": turn.text}
                for turn in turns
            ]
            answer = await client.post("/v1/chat/completions", json={"messages": system + messages, **fields})
            answer.raise_for_status()
            said.append([choice["message"]["content"] for choice in answer.json()["choices"]])
    return said

"""What is fuzzed: every reader of files, the wire in both directions, and what reads a score.

A target takes any bytes and returns, or raises what callers are promised. Anything else is a fault, and so is
a number that no score can be. `SEEDS` are whole inputs, of which fuzzers make broken ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from support.author_files import arena_dialogue, inspired_table, kit_dialogue, rated_dialogue, zero_shot_row
from usbrec.config import load_config
from usbrec.data import gathered_dialogues, load_samples, read_opinions
from usbrec.dialogue import Usage
from usbrec.errors import InputError
from usbrec.evaluation import load_run
from usbrec.items.open import open_catalogue
from usbrec.journal import Journal, UnitRecord
from usbrec.judge.model import score_of
from usbrec.llm import Choice
from usbrec.llm.choices import read_first_token, read_option
from usbrec.llm.controls import without_controls
from usbrec.llm.llama_cpp.header import read_header
from usbrec.llm.openai.events import data_of_events
from usbrec.llm.openai.responses import Body, Chunk
from usbrec.llm.openai.streamed import Gathered
from usbrec.llm.reasoning import separate
from usbrec.llm.reasoning_filter import ReasoningFilter
from usbrec.llm.scripted import load_script
from usbrec.pairs import read_pairs
from usbrec.play.seekers.phrases import read_phrases
from usbrec.serve.http.errors import ServiceError
from usbrec.serve.openai.responses_schema import ResponsesBody
from usbrec.serve.openai.schema import ChatBody
from usbrec.serve.storage.key_file import read_keys
from usbrec.serve.storage.store import Exchange, Store

Target = Callable[[bytes], None]

_SAMPLE = {
    "id": "a:1",
    "dialogue_id": "a",
    "turns": [{"role": "seeker", "text": "I loved Heat (1995). A crime film, please."}],
    "targets": ["Casino (1995)"],
    "label": "Try Casino (1995).",
}
_FORMS = {
    "conversationId": "9",
    "initiatorWorkerId": 1,
    "respondentWorkerId": 2,
    "movieMentions": {"10": "Heat  (1995)", "11": None},
    "initiatorQuestions": {"10": {"suggested": 1, "seen": 2, "liked": 1}},
    "respondentQuestions": {"11": {"liked": 0}},
    "messages": [{"senderWorkerId": 1, "text": "Hi"}, {"senderWorkerId": 2, "text": "@10 then"}],
}
_PAIR = {
    "sample_id": "a:1",
    "dialogue_id": "a",
    "prompt": [{"role": "user", "content": "A film?"}],
    "chosen": "Casino (1995)!",
    "rejected": "No.",
    "provenance": {"chosen": {"score": {"value": 2.0}}, "rejected": {"score": {"value": 0.0}}},
}
_TOP = [
    {"token": "2", "logprob": -0.1, "bytes": [50]},
    {"token": " 1", "logprob": -3.0},
    {"token": "0", "logprob": -9},
]
_ANSWER = {
    "choices": [
        {
            "message": {"role": "assistant", "content": "<think>hm</think>2", "reasoning_content": None},
            "finish_reason": "stop",
            "logprobs": {"content": [{"token": "2", "top_logprobs": _TOP}]},
        }
    ],
    "usage": {"prompt_tokens": 12, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 4}},
}
_CHUNKS = [
    {"choices": [{"index": 0, "delta": {"role": "assistant", "content": "Cas"}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {"content": "ino"}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
]
_ASKED = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "S"},
        {"role": "user", "content": [{"type": "text", "text": "A film?"}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "1", "content": "x"},
    ],
    "n": 2,
    "temperature": 0.5,
    "stop": ["\n"],
    "usbrec": {"drafts": 2, "session": "s", "profile": "likes crime"},
}
_SCORE = {"n": 1, "mean": 1.0, "ci95": [None, None], "clusters": 1}


def _lines(*rows: Any) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _database(write: Callable[[Path], None]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seed.db"
        write(path)
        return path.read_bytes()


def _journal(path: Path) -> None:
    with Journal(path) as journal:
        journal.bind({"a": 1})
        answer = {"completions": [["hi", "stop"]], "usage": Usage(1, 2, 3).to_json()}
        journal.record_call("u", "k", seat="m", request={"q": 1}, answer=answer)
        journal.record_unit(UnitRecord("u", {"score": 1.5}, None))


def _store(path: Path) -> None:
    store = Store(path)
    store.add(store.begin("ann"), Exchange("S", (), "Hello.", "m", "stop"))
    store.close()


def _items(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE items (id TEXT, title TEXT, year INT); INSERT INTO items VALUES ('1', 'Heat', 1995)"
        )


_TABLE = b'id,title,year,genres\n1,Heat,1995,"Crime, Drama"\n2,"Casino ""x""",1995,Crime\n'

SEEDS: Mapping[str, Sequence[bytes]] = {
    "samples": [
        _lines(_SAMPLE),
        inspired_table().encode(),
        json.dumps([kit_dialogue(("USER", "Hi"), ("AGENT", "Heat?"))]).encode(),
        _lines(zero_shot_row()),
    ],
    "dialogues": [
        json.dumps([arena_dialogue()]).encode(),
        json.dumps([rated_dialogue()]).encode(),
        _lines(_SAMPLE),
    ],
    "opinions": [_lines(_FORMS)],
    "catalogue": [
        _TABLE,
        _TABLE.replace(b",", b";"),
        _lines({"id": "1", "title": "Heat (1995)", "genres": ["Crime"]}),
    ],
    "catalogue_sqlite": [_database(_items)],
    "settings": [
        b'seed = 3\n[play]\nrounds = 2\n[servers.a]\nbase_url = "http://x/v1"\n[seats]\njudge = "rules"\n'
    ],
    "pairs": [_lines(_PAIR, _PAIR)],
    "run": [json.dumps(_SCORE).encode()],
    "keys": [
        _lines({"name": "a", "salt": "00" * 16, "sha256": "11" * 32, "tokens_per_hour": 5, "admin": True})
    ],
    "script": [b'{"when": "crime", "say": ["Casino (1995)!"]}\n{"say": "x", "fail": 0}\n'],
    "phrases": [b'[items]\nopenings = ["Hello, I want {title}."]\n'],
    "journal": [_database(_journal)],
    "store": [_database(_store)],
    "gguf": [
        b"GGUF\x03\x00\x00\x00"
        + bytes(8)
        + b"\x01"
        + bytes(7)
        + b"\x04"
        + bytes(7)
        + b"name\x08\x00\x00\x00\x02"
        + bytes(7)
        + b"ab"
    ],
    "answer": [json.dumps(_ANSWER).encode()],
    "stream": [
        b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in _CHUNKS) + b"data: [DONE]\n\n"
    ],
    "request": [json.dumps(_ASKED).encode()],
    "responses_request": [
        b'{"model": "m", "input": [{"role": "user", "content": "A film?"}], "tools": [], "stream": true}'
    ],
    "score": [b"2", b"Score: 1.", b"**0**", json.dumps([["2", 0.7], ["1", 0.2], ["0", 0.05]]).encode()],
    "thoughts": [
        b"<think>hm</think>Try Heat.",
        b"<|channel|>analysis<|message|>x<|end|>",
        b"Thinking: a\nAnswer: b",
    ],
}


def _in_file(name: str, read: Callable[[Path], object]) -> Target:
    def target(data: bytes) -> None:
        folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        try:
            path = folder / name
            path.write_bytes(data)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                # A missing seat, a refused line, a damaged file: told in words, whatever they hold.
                with contextlib.suppress(InputError):
                    read(path)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return target


def _run(path: Path) -> None:
    """A results.json whose episodes are not there, or rows whose results are."""
    (path.parent / "results.json").write_bytes(path.read_bytes())
    (path.parent / "episodes.jsonl").write_bytes(path.read_bytes())
    load_run(path.parent)


def _read_journal(path: Path) -> None:
    with Journal(path, mode="read") as journal:
        journal.unit("u")
        journal.call("u", "k")
        journal.usage("u")
        journal.usages()
        journal.noted("seats")


def _answer(data: bytes) -> None:
    try:
        body = Body.read(data.decode("utf-8", "replace"))
    except ValueError:
        return
    body.counted, body.cost(0.1, sent={"messages": []})
    for choice in body.choices:
        choice.separated()
        choice.completion()
        choice.why_empty()
        tokens = choice.top_tokens()
        assert all(0.0 <= probability <= 1.0 for _, probability in tokens)
        found = read_first_token(tokens, ("0", "1", "2"))
        if found is not None:
            _check_score(
                Choice(
                    dict(found.listed) or None,
                    "exact",
                    mass=found.mass,
                    listed=found.listed,
                    least=found.least,
                )
            )


def _check_score(choice: Choice) -> None:
    if choice.probabilities is not None:
        total = math.fsum(choice.probabilities.values())
        if total <= 0.0:
            return
        spread = {option: choice.probabilities.get(option, 0.0) / total for option in ("0", "1", "2")}
        choice = Choice(spread, choice.method, mass=choice.mass, listed=choice.listed, least=choice.least)
    value = score_of(choice).value
    assert value is None or (math.isfinite(value) and 0.0 <= value <= 2.0), value


def _stream(data: bytes) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(data), 7):
            yield data[start : start + 7]

    async def read() -> None:
        gathered = Gathered()
        async for event in data_of_events(pieces()):
            try:
                chunk = Chunk.model_validate(json.loads(event))
            except (ValueError, RecursionError):
                continue
            gathered.add(chunk)
        body = gathered.body()
        if body is not None:
            for choice in body.choices:
                choice.completion()
                choice.top_tokens()

    asyncio.run(read())


def _request(model: type[ChatBody] | type[ResponsesBody]) -> Target:
    def target(data: bytes) -> None:
        try:
            body = model.model_validate_json(data)
            chat = body.to_chat() if isinstance(body, ResponsesBody) else body
            chat.conversation()
            chat.stops()
        except (ValidationError, ServiceError):
            return

    return target


def _score(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    option = read_option(text, ("0", "1", "2"))
    assert option in (None, "0", "1", "2")
    try:
        listed = json.loads(text)
        tokens = [(str(token), float(probability)) for token, probability in listed]
    except (ValueError, TypeError, RecursionError, OverflowError):
        return
    tokens = [(token, probability) for token, probability in tokens if 0.0 <= probability <= 1.0]
    found = read_first_token(tokens, ("0", "1", "2"))
    if found is not None:
        assert 0.0 <= found.mass <= 1.0
        _check_score(
            Choice(
                dict(found.listed) or None, "exact", mass=found.mass, listed=found.listed, least=found.least
            )
        )


def _thoughts(data: bytes) -> None:
    text = without_controls(data.decode("utf-8", "replace"))[0]
    whole = separate(text)
    assert len(whole.text) <= len(text)
    passing = ReasoningFilter("auto", holds=True)
    said = "".join(passing.feed(text[start : start + 5]) for start in range(0, len(text), 5))
    said += passing.end()[0]
    # What was streamed is what the whole answer says, unless it is too long for a stream to be held.
    assert len(text) > 500 or said.strip() == whole.text.strip(), (said, whole.text)


TARGETS: Mapping[str, Target] = {
    "samples": _in_file("samples.jsonl", load_samples),
    "dialogues": _in_file("dialogues.json", gathered_dialogues),
    "opinions": _in_file("raw.jsonl", read_opinions),
    "catalogue": _in_file("items.csv", open_catalogue),
    "catalogue_sqlite": _in_file("items.sqlite", open_catalogue),
    "settings": _in_file("settings.toml", load_config),
    "pairs": _in_file("pairs.jsonl", read_pairs),
    "run": _in_file("file", _run),
    "keys": _in_file("keys.jsonl", read_keys),
    "script": _in_file("script.jsonl", load_script),
    "phrases": _in_file("phrases.toml", read_phrases),
    "journal": _in_file("run.db", _read_journal),
    "store": _in_file("talks.db", gathered_dialogues),
    "gguf": _in_file("model.gguf", read_header),
    "answer": _answer,
    "stream": _stream,
    "request": _request(ChatBody),
    "responses_request": _request(ResponsesBody),
    "score": _score,
    "thoughts": _thoughts,
}

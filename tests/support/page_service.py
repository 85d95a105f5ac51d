"""What the page's tests talk to: a service that answers as its message says, and the real one."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from support.command import started
from support.servers import Answer, Seen, complaint, stream

PAGE = Path(str(resources.files("usbrec.serve") / "page"))
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}

PLAIN, ENHANCED = "small", "small:ses"
PROFILE = "Liked genres: crime\nLiked styles: none\nLiked items: none\nLiked people: none"
#: Whoever puts this into a page as markup runs it.
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><b>Heat</b>"

ITEMS = [
    {
        "id": "f1",
        "title": HOSTILE,
        "year": 1995,
        "genres": ["Crime", "Thriller"],
        "people": ["Michael Mann", "Al Pacino"],
        "text": "A thief and a policeman have coffee.",
    },
    {"id": "f2", "title": "W" * 90, "year": None, "genres": [], "people": [], "text": ""},
]


def leaf(value: float | None, *texts: str) -> dict[str, Any]:
    roles = ("seeker", "recommender")
    turns = [{"role": roles[place % 2], "text": text} for place, text in enumerate(texts)]
    return {"turns": turns, "value": value}


TRACE = {
    "search": "tree",
    "profile": PROFILE,
    "drafts": [
        {
            "text": "Do you like comedies?",
            "value": 0.4,
            "unfinished": False,
            "note": None,
            "leaves": [leaf(0.4, "Not at all.", "Then a western?")],
        },
        {
            "text": "You should try Heat (1995).",
            "value": 1.5,
            "unfinished": False,
            "note": None,
            "leaves": [
                leaf(1.2, "Seen it. Something like it?", "Collateral (2004), then."),
                leaf(1.8, "Seen it. Something like it?", "Thief (1981) comes before all of them."),
            ],
        },
        {
            "text": HOSTILE,
            "value": None,
            "unfinished": True,
            "note": "the budget of calls ran out",
            "leaves": [],
        },
    ],
    "chosen": 1,
    "stopped": "calls",
    "usage": {"calls": 9, "prompt_tokens": 4000, "completion_tokens": 321, "seconds": 1.0},
}


def chunk(
    delta: dict[str, Any], *, model: str = PLAIN, finish: str | None = None, **more: Any
) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "model": model, "choices": [choice], **more}


@dataclass
class Stub:
    """The contract without a model; a word in the last message says how the reply goes. `key` is asked for
    where there is one. `items` are those of searched replies. What it was sent is in `chats`."""

    key: str | None = None
    items: list[dict[str, Any]] = field(default_factory=lambda: ITEMS)
    chats: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, seen: Seen) -> Answer:
        path = seen.path.partition("?")[0]
        if not path.startswith("/v1/"):
            return self._file(path)
        if self.key is not None and seen.headers.get("authorization") != f"Bearer {self.key}":
            return complaint("A key is needed.", 401, type="authentication_error")
        if path == "/v1/models":
            return Answer(body={"object": "list", "data": self._models()})
        if path == "/v1/usbrec/info":
            limits = {"drafts": 8, "rounds": 5}
            body = {"store": False, "catalogue": 20, "models": self._models(), "limits": limits}
            return Answer(body=body)
        if path == "/v1/chat/completions":
            self.chats.append(seen.body)
            return self._reply(seen.body["model"], seen.body["messages"][-1]["content"])
        return complaint("There is no such thing here.", 404)

    def _file(self, path: str) -> Answer:
        file = PAGE / ("index.html" if path == "/" else path.removeprefix("/static/"))
        kind = f"{_KINDS[file.suffix]}; charset=utf-8"
        headers = {"content-type": kind, "content-security-policy": CSP}
        return Answer(body=file.read_text(encoding="utf-8"), headers=headers)

    def _models(self) -> list[dict[str, Any]]:
        return [
            {"id": name, "object": "model", "usbrec": {"enhanced": name == ENHANCED, "candidates": 10}}
            for name in (PLAIN, ENHANCED)
        ]

    def _reply(self, model: str, message: str) -> Answer:
        if "refuse" in message:
            return complaint("The model is not to be had now.", 503, type="server_error")
        if "vanish" in message:
            return Answer(drop="silently")
        first = chunk({"role": "assistant", "content": ""}, model=model)
        if "fail" in message:
            said = chunk({"content": "I would "})
            return stream(first, said, {"error": {"message": "The model has died."}}, done=False)
        if "break" in message:
            return stream(first, chunk({"content": "I would "}), done=False, drop="midway")
        if "long" in message:
            return stream(first, *(chunk({"content": f"word{n} "}) for n in range(200)), pause=0.2)
        if "slow" in message:
            return stream(*self._enhanced(), pause=0.5)
        return stream(*(self._enhanced() if model == ENHANCED else self._plain()))

    def _plain(self) -> list[dict[str, Any]]:
        ours = {"enhanced": False, "items": [], "trace": None, "session": None, "turn": None}
        return [
            chunk({"role": "assistant", "content": ""}),
            chunk({"content": "What do you like?"}),
            chunk({}, finish="stop", usbrec=ours),
        ]

    def _enhanced(self) -> list[Any]:
        ours = {"enhanced": True, "items": self.items, "trace": TRACE, "session": None, "turn": None}
        ahead = [("drafting", 2, 3), ("playing", 1, 3), ("judging", 2, 3)]
        return [
            chunk({"role": "assistant", "content": ""}, model=ENHANCED),
            *(
                chunk({}, usbrec={"progress": {"stage": stage, "drafts": n, "of": of}})
                for stage, n, of in ahead
            ),
            chunk({"content": "You should try "}),
            chunk({"content": "Heat (1995)."}),
            chunk({}, finish="stop", usbrec=ours),
        ]


SCRIPT = [
    {"when": "(?i)crime|heist|cops", "say": ["You should try Heat (1995).", "Or Goodfellas (1990)?"]},
    {"say": ["You should try Airplane! (1980).", "How about Alien (1979)?", "What do you like?"]},
]


@contextmanager
def served(folder: Path, *options: str | Path) -> Iterator[str]:
    """The real service on a scripted model and the demo's films; gives its address."""
    script = folder / "model.jsonl"
    script.write_text("".join(json.dumps(rule) + "\n" for rule in SCRIPT))
    films = Path(str(resources.files("usbrec.data") / "demo" / "catalogue.csv"))
    arguments = [
        "--model",
        f"scripted:{script}",
        "--catalogue",
        films,
        "--candidates",
        0,
        "--port",
        0,
        *options,
    ]
    ours, theirs = os.pipe()
    with os.fdopen(ours) as shown:
        with os.fdopen(theirs, "w") as stdout:
            process = started("serve", *map(str, arguments), stdout=stdout)
        with process:
            try:
                found = re.search(r"http://[\d.:]+", shown.readline())
                assert found is not None, "the service did not come up"
                yield found[0]
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(15)

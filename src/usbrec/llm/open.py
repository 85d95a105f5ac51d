"""Seats as they are written: one parser for all of them, and the models they name opened.

A seat is a packaged model's name (``smollm2-135m``), a ``.gguf`` path, ``hf:BASE[+ADAPTER]``,
``openai:NAME`` or ``SERVER:NAME``, ``scripted:FILE``, rules, or an own system: ``python:MODULE:THING``,
``plugin:NAME``, ``http://HOST/PATH``. It splits at its first colon; what stands behind may hold more of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from usbrec.config import Models, Server
from usbrec.errors import ConfigError
from usbrec.llm.openai import OPENAI, OPENAI_URL
from usbrec.llm.openai.reach import Reach
from usbrec.llm.openai.slots import Slots
from usbrec.llm.packaged import MODELS, packaged_model_path
from usbrec.llm.protocol import ChatModel
from usbrec.llm.reasoning import ReasoningMarks
from usbrec.llm.scripted import load_script
from usbrec.llm.separated import SeparatedModel
from usbrec.llm.transformers.checkpoint import HF, as_written, base_and_adapter
from usbrec.storage import expanded

RULES = "rules"
#: The judge that learnt from people's ratings: packaged, or `trained:DIR`.
TRAINED = "trained"

Kind = Literal[
    "packaged",
    "gguf",
    "hf",
    "server",
    "scripted",
    "model",
    "rules",
    "trained",
    "python",
    "plugin",
    "http",
    "object",
]
_MODELS: frozenset[Kind] = frozenset({"packaged", "gguf", "hf", "server", "scripted", "model"})
_HERE: frozenset[Kind] = frozenset({"packaged", "gguf", "hf"})
_OWN: frozenset[Kind] = frozenset({"python", "plugin", "http", "object"})
_PREFIXES: Mapping[str, Kind] = {
    "hf": "hf",
    "scripted": "scripted",
    "rules": "rules",
    TRAINED: "trained",
    "python": "python",
    "plugin": "plugin",
    # What a Python program handed in: an object of its own, or an opened model.
    "object": "object",
    "model": "model",
    "http": "http",
    "https": "http",
}


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat as it is written (`text`), and what that says: its kind, and what stands behind the first colon.

    `rest` is the whole text where there is no prefix; `server` is the name of a server's seat.
    """

    text: str
    kind: Kind
    rest: str
    server: str = ""

    @property
    def is_model(self) -> bool:
        """Whether a language model sits here."""
        return self.kind in _MODELS

    @property
    def is_here(self) -> bool:
        """Whether its weights are here: it runs in this process and can be trained."""
        return self.kind in _HERE

    @property
    def is_rules(self) -> bool:
        return self.kind == "rules"

    @property
    def is_own(self) -> bool:
        """Whether somebody's own object or service sits here."""
        return self.kind in _OWN


def read_seat(text: str, servers: Collection[str] = ()) -> Seat:
    """What a seat says; `servers` are the names of those in the settings, `openai` is known without.

    Raises ConfigError, listing what there is. Nothing that is named need be there.
    """
    seat = find_seat(text, servers)
    if seat is None or not seat.rest:
        raise ConfigError(
            f"unknown model {_shown(text)}. {_no_server(text, servers)}{_what_there_is(servers)}"
        )
    return seat


def find_seat(text: str, servers: Collection[str] = ()) -> Seat | None:
    """The same, None for what is no seat: where one is trained, a checkpoint may be named without `hf:`."""
    prefix, colon, rest = text.partition(":")
    if colon and (prefix == OPENAI or prefix in servers):
        return Seat(text, "server", rest, prefix)
    if text == RULES:
        return Seat(text, "rules", text)
    if text == TRAINED:
        return Seat(text, "trained", text)
    if colon and (kind := _PREFIXES.get(prefix)) is not None:
        return Seat(text, kind, text if kind == "http" else rest)
    # Any other colon is one in a file's name.
    parts = _on_llama_cpp(text)
    if parts is None:
        return None
    return Seat(text, "packaged" if parts[0] in MODELS else "gguf", text)


def _shown(text: str) -> str:
    """A seat for a message, without a password that an address may hold."""
    return repr(text.rpartition("@")[2] if "@" in text and "://" in text else text)


def _no_server(text: str, servers: Collection[str]) -> str:
    """A word on a seat that looks like one on a server which the settings do not have."""
    found = re.fullmatch(r"([A-Za-z][\w-]*)(:.*)?", text)
    if found is None or found[1] in _PREFIXES or (found[2] is None and found[1] not in servers):
        return ""
    if found[1] in servers:
        return f"{found[1]} is a server: write {found[1]}:MODEL. "
    return (
        f"There is no server {found[1]!r}: it needs a table [servers.{found[1]}] with a base_url in the "
        "settings (--config FILE). "
    )


def _what_there_is(servers: Collection[str]) -> str:
    named = ", ".join(f"{name}:NAME" for name in (OPENAI, *sorted(set(servers) - {OPENAI})))
    return (
        f"A seat is {', '.join(MODELS)} (packaged) or a .gguf file, both also with +ADAPTER, "
        f"hf:BASE[+ADAPTER], {named} (further servers by [servers.NAME] in the settings), scripted:FILE, "
        "python:MODULE:THING or plugin:NAME; seeker and judge also rules or trained:DIR, the seeker also "
        "rules:people, the judge also trained, the recommender also rules:random, rules:popular, "
        "rules:retriever, rules:best or http://HOST/PATH."
    )


def model_name(seat: str, servers: Collection[str] = ()) -> str:
    """The name a seat's model has in records. Raises ConfigError.

    Nothing of the model need be there: a run is replayed without it.
    """
    read = read_seat(seat, servers)
    if not read.is_model:
        raise ConfigError(f"{seat}: no language model. {_what_there_is(servers)}")
    if read.kind == "scripted":
        return f"scripted:{Path(read.rest).name}"
    if read.kind == "hf":
        base, adapter = as_written(seat)
        return f"{HF}{base}" if adapter is None else f"{HF}{base}+{adapter.name}"
    if read.kind == "server":
        return seat
    if read.kind == "model":
        return read.rest
    file, adapter = _on_llama_cpp(seat) or (seat, None)
    return Path(file).name if adapter is None else f"{Path(file).name}+{adapter.name}"


def _on_llama_cpp(seat: str) -> tuple[str, Path | None] | None:
    """Model and adapter of ``MODEL[+ADAPTER]``, MODEL packaged or a .gguf file; None for another seat. A plus
    inside a file's own name is its own where that file is there."""
    base, plus, adapter = seat.rpartition("+")
    if plus and (base in MODELS or base.endswith(".gguf")) and not Path(seat).exists():
        return base, Path(adapter)
    return (seat, None) if seat in MODELS or seat.endswith(".gguf") else None


def base_url_of(server: str, settings: Models, servers: Mapping[str, Server]) -> str:
    """The address of a server by name, as the settings and the environment say."""
    given = servers.get(server, Server()).base_url
    if server == OPENAI:
        given = given or settings.base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL
    return (given or "").strip()


class ModelOpener:
    """Opens the models of one run: those of one server share its bound on requests."""

    def __init__(self, settings: Models, servers: Mapping[str, Server] | None = None) -> None:
        self._settings = settings
        self._servers = dict(servers or {})
        self._slots: dict[str, Slots] = {}
        self._reaches: dict[str, Reach] = {}

    def open(self, seat: str) -> ChatModel:
        """A seat's model, whose replies come without its reasoning. In-process models load when first asked;
        a packaged one is fetched if need be, unless it asks (see llm/packaged.py).

        Raises ConfigError or InputError.
        """
        read = read_seat(seat, self._servers)
        marks = self._settings.reasoning
        if read.kind == "server":
            marks = self._servers.get(read.server, Server()).reasoning or marks
        # What a script says is known, and packaged models' templates hold no mark: nothing is held back.
        opens = False if read.kind in ("scripted", "packaged") else None
        return SeparatedModel(self._backend(read, marks), marks, opens_in_prompt=opens)

    def _backend(self, read: Seat, marks: ReasoningMarks) -> ChatModel:
        settings, seat = self._settings, read.text
        name = model_name(seat, self._servers)
        if read.kind == "server":
            return self._on_server(read, marks)
        if read.kind == "model":
            raise ConfigError(f"{seat} was a model of a Python program. Run it from there, or name a seat.")
        if read.kind == "scripted":
            return load_script(read.rest)
        if read.kind == "hf":
            from usbrec.llm.transformers.model import TransformersModel

            base, adapter = base_and_adapter(seat)
            return TransformersModel(
                base,
                adapter=adapter,
                name=name,
                context=settings.context,
                workers=settings.workers(in_process=True),
                threads=settings.threads,
                device=settings.device,
                thinking=settings.thinking,
                reasoning=marks,
            )
        from usbrec.llm.llama_cpp.model import LlamaCppModel

        file, adapter = _on_llama_cpp(seat) or (seat, None)
        path = packaged_model_path(MODELS[file]) if file in MODELS else Path(file)
        if adapter is not None:
            from usbrec.llm.llama_cpp.lora_to_gguf import adapter_file

            adapter = adapter_file(expanded(adapter), path)
        return LlamaCppModel(
            path,
            adapter=adapter,
            name=name,
            context=settings.context,
            instances=settings.workers(in_process=True),
            threads=settings.threads,
            thinking=settings.thinking,
        )

    def _on_server(self, seat: Seat, marks: ReasoningMarks) -> ChatModel:
        from usbrec.llm.openai.client import OpenAIModel  # its HTTP client takes long to import

        settings, name = self._settings, seat.server
        server = self._servers.get(name, Server())
        key: dict[str, Any] = {}
        if name != OPENAI or server.api_key_env is not None:
            key = {"api_key_env": server.api_key_env}
        slots = None
        if server.concurrency is not None:
            slots = self._slots.setdefault(name, Slots(server.concurrency))
        retries = settings.max_retries if server.max_retries is None else server.max_retries
        return OpenAIModel(
            seat.rest,
            base_url=base_url_of(name, settings, self._servers),
            concurrency=settings.workers(in_process=False),
            timeout=server.timeout or settings.timeout,
            max_retries=retries,
            constrain=server.constrain or settings.constrain,
            server=name,
            headers=server.headers,
            extra_body=server.extra_body,
            system_role=server.system_role,
            slots=slots,
            reach=self._reaches.setdefault(name, Reach()),
            reasoning=marks,
            **key,
        )


def open_model(seat: str, settings: Models, servers: Mapping[str, Server] | None = None) -> ChatModel:
    """Open a seat's model; see :meth:`ModelOpener.open`. Raises ConfigError or InputError."""
    return ModelOpener(settings, servers).open(seat)

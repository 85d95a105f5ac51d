"""Chat template of a GGUF file, read out of its header."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from usbrec.errors import InputError
from usbrec.llm.chat_template import ChatTemplate, jinja_template
from usbrec.llm.llama_cpp.header import read_header
from usbrec.llm.reasoning import names_marks


@dataclass(frozen=True, slots=True)
class FileTemplate:
    """A file's chat template. Where it speaks of marks of thoughts, `marked`, special tokens are given as
    text, so that marks can be told; `stop` are then the texts that end a turn."""

    chat: ChatTemplate
    marked: bool
    stop: tuple[str, ...]


def read_template(path: Path, name: str, *, thinking: bool) -> FileTemplate:
    header = read_header(path)
    if header.template is None:
        raise InputError(
            f"{path}: holds no chat template, as base models do, so nobody knows how to ask it. Take an "
            "instruction-tuned model."
        )
    try:
        render = jinja_template(header.template, header.tokens)
    except Exception as error:  # noqa: BLE001 - a template is somebody's program
        raise InputError(f"{path}: its chat template cannot be read ({error}). Take another file.") from None
    marked = names_marks(header.template)
    chat = ChatTemplate(render, header.template, name, thinking=thinking)
    return FileTemplate(chat, marked, header.ends if marked else ())

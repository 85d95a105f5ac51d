"""Models in this process and chat templates: one prompt on transformers and on llama.cpp, or a refusal."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from support import chat_templates as templates
from support.tiny_models import tiny_tokenizer, write_checkpoint, write_gguf
from usbrec.config import Models
from usbrec.errors import InputError
from usbrec.llm import ChatModel, ChatReply, ChatRequest, ChoiceRequest, Message, open_model
from usbrec.llm.chat_template import ChatTemplate, jinja_template
from usbrec.llm.controls import without_controls
from usbrec.llm.llama_cpp.header import read_header
from usbrec.llm.transformers.checkpoint import load_model, load_tokenizer
from usbrec.llm.transformers.devices import half_precision
from usbrec.llm.transformers.tokens import ReplyDecoder, chat_template, end_tokens

S, U = Message("system", "You recommend films."), Message("user", "Something quiet?")
A, U2 = Message("assistant", "In colour?"), Message("user", "Yes.")
MESSAGES = (S, U, A, U2)


def ask(seat: str, request: ChatRequest, **settings: object) -> ChatReply:
    async def asked() -> ChatReply:
        model: ChatModel = open_model(seat, Models.model_validate({"context": 1024, **settings}))
        try:
            return await model.chat(request)
        finally:
            await model.aclose()

    return asyncio.run(asked())


def prompt_of(source: str, *, thinking: bool = False) -> str:
    render = jinja_template(source, {"bos_token": "<bos>", "eos_token": "<|end|>"})
    template = ChatTemplate(render, source, "m", thinking=thinking)
    return template.prompt([message.to_json() for message in MESSAGES])


def length_of(prompt: str) -> int:
    return len(tiny_tokenizer(None)(prompt, add_special_tokens=False)["input_ids"])


@pytest.mark.parametrize("name", ["no switch", "channel", "strict", "instructed"])
def test_both_libraries_read_the_prompt_that_training_has(name: str, tmp_path: Path) -> None:
    source = templates.FAMILIES[name]
    # STRICT begins with the first token of all, which a checkpoint's tokenizer here does not name.
    checkpoint = write_checkpoint(tmp_path / "hf", source.replace("{{- bos_token or '' }}", "{{- '<bos>' }}"))
    file = write_gguf(tmp_path / "model.gguf", source)
    expected = length_of(prompt_of(source))
    for seat in (f"hf:{checkpoint}", str(file)):
        assert ask(seat, ChatRequest(MESSAGES, max_tokens=4)).usage.prompt_tokens == expected


def test_a_first_token_that_the_template_and_llama_cpp_write_stands_there_once(tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "model.gguf", templates.STRICT, adds_bos=True)
    expected = length_of(prompt_of(templates.STRICT))
    assert ask(str(file), ChatRequest(MESSAGES, max_tokens=4)).usage.prompt_tokens == expected


def test_a_reply_to_the_prompt_with_an_empty_thought_is_the_likeliest_one_there(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "hf", templates.EMPTY_THOUGHT)
    reply = ask(f"hf:{folder}", ChatRequest(MESSAGES, max_tokens=5))
    tokenizer = load_tokenizer(str(folder))
    model = load_model(str(folder), dtype=half_precision("cpu"))
    prompt = prompt_of(templates.EMPTY_THOUGHT)
    assert prompt.endswith("<think>\n\n</think>\n\n")
    ids = tokenizer(prompt, return_tensors="pt", add_special_tokens=False)["input_ids"]
    said = model.generate(input_ids=ids, max_new_tokens=5, do_sample=False)[0, ids.shape[1] :]
    assert reply.usage.prompt_tokens == ids.shape[1]
    # Tiny weights may say a control character, and replies come without any.
    decoded = ReplyDecoder(tokenizer).decode(said.tolist(), skip_special_tokens=True)
    assert without_controls(decoded)[0] == reply.text


def test_a_model_reasons_first_where_the_settings_let_it(tmp_path: Path) -> None:
    source = templates.OPENED_THOUGHT
    seats = (f"hf:{write_checkpoint(tmp_path / 'hf', source)}", str(write_gguf(tmp_path / "m.gguf", source)))
    expected = length_of(prompt_of(source, thinking=True))
    assert expected < length_of(prompt_of(source))
    request = ChoiceRequest(MESSAGES, ("0", "1"))

    async def choose(seat: str) -> int:
        model = open_model(seat, Models(context=1024, thinking=True))
        try:
            assert model.identity["thinking"]
            return (await model.choose(request)).usage.prompt_tokens
        finally:
            await model.aclose()

    on_transformers, on_llama_cpp = (asyncio.run(choose(seat)) for seat in seats)
    assert on_transformers == expected
    assert on_llama_cpp % expected == 0  # asked twice where the first look does not tell


@pytest.mark.parametrize("kind", ["hf", "gguf"])
def test_a_model_without_a_chat_template_is_refused(kind: str, tmp_path: Path) -> None:
    seat = (
        f"hf:{write_checkpoint(tmp_path / 'hf', None)}"
        if kind == "hf"
        else str(write_gguf(tmp_path / "base.gguf", None))
    )
    with pytest.raises(InputError, match=r"no chat template, as base models do.*instruction-tuned model"):
        ask(seat, ChatRequest((U,), max_tokens=2))


def test_a_file_whose_template_is_no_program_is_refused(tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "odd.gguf", "{% for m in messages %}")
    with pytest.raises(InputError, match="chat template cannot be read"):
        ask(str(file), ChatRequest((U,), max_tokens=2))


@pytest.mark.parametrize("kind", ["hf", "gguf"])
def test_what_a_template_refuses_is_arranged_and_told_once(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    seat = (
        f"hf:{write_checkpoint(tmp_path / 'hf', templates.STRICT)}"
        if kind == "hf"
        else str(write_gguf(tmp_path / "strict.gguf", templates.STRICT))
    )

    async def twice() -> None:
        model = open_model(seat, Models(context=1024))
        for _ in range(2):
            await model.chat(ChatRequest((S, A, U, U2), max_tokens=2))
        await model.aclose()

    with caplog.at_level(logging.WARNING, logger="usbrec"):
        asyncio.run(twice())
    said = [record.getMessage() for record in caplog.records if record.name.startswith("usbrec")]
    assert len(said) == 2
    assert "no system role here" in said[0]
    assert "in turns" in said[1]


def test_a_header_tells_the_template_and_the_tokens_that_end_a_turn(tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "m.gguf", templates.STRICT)
    header = read_header(file)
    assert header.template == templates.STRICT
    assert header.tokens == {"bos_token": "<bos>", "eos_token": "<|end|>"}
    assert header.ends == ("<|end|>",)
    whole = file.read_bytes()
    for length in range(4, 4000, 97):
        file.write_bytes(whole[:length])
        with pytest.raises(InputError, match="not a whole GGUF file"):
            read_header(file)


def test_a_reply_ends_with_the_end_of_turn_that_its_template_writes() -> None:
    tokenizer = tiny_tokenizer(templates.STRICT)
    ends = end_tokens(tokenizer, chat_template(tokenizer, "m"))
    assert sorted(tokenizer.convert_ids_to_tokens(sorted(ends))) == ["<end_of_turn>", "<|end|>"]


def test_special_tokens_that_mark_thoughts_stay_in_an_answer_and_others_do_not() -> None:
    tokenizer = tiny_tokenizer(templates.PLAIN)
    ids = tokenizer("[THINK]Hm.[/THINK]<turn>Heat.<|end|>", add_special_tokens=False)["input_ids"]
    assert ReplyDecoder(tokenizer).decode(ids, skip_special_tokens=True) == "[THINK]Hm.[/THINK]Heat."
    assert ReplyDecoder(tokenizer, "off").decode(ids, skip_special_tokens=True) == "Hm.Heat."
    own = ReplyDecoder(tokenizer, ("<turn>", "<|end|>"))
    assert own.decode(ids, skip_special_tokens=True) == "Hm.<turn>Heat.<|end|>"

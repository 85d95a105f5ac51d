"""Chat templates: what a model reads before a reply, and how messages are arranged for those that refuse."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import chat_templates as templates
from usbrec.llm.chat_template import ChatTemplate, Rendered, TemplateRefusal, jinja_template

S = {"role": "system", "content": "You recommend films."}
U = {"role": "user", "content": "Something quiet?"}
A = {"role": "assistant", "content": "In colour?"}
U2 = {"role": "user", "content": "Yes."}
TURN = "<|start|>user\nSomething quiet?<|end|>\n<|start|>assistant\n"


def template(source: str, *, thinking: bool = False, bos: str = "") -> ChatTemplate:
    render = jinja_template(source, {"bos_token": bos, "eos_token": "<|end|>"})
    return ChatTemplate(render, source, "hf:some-model", thinking=thinking)


@pytest.mark.parametrize(
    ("name", "prompt", "end"),
    [
        ("plain", TURN, "<|end|>\n"),
        ("empty thought", TURN + "<think>\n\n</think>\n\n", "<|end|>\n"),
        ("no switch", TURN + "<think>\n\n</think>\n\n", "<|end|>\n"),
        ("opened thought", TURN + "<think>\n\n</think>\n\n", "<|end|>\n"),
        ("opened only", TURN, "<|end|>\n"),
        ("asked only", TURN + "<think>\n\n</think>\n", "<|end|>\n"),
        ("closing mark", "<turn>Something quiet?<turn></think>", "<|end|>"),
        ("channel", "<|start|>user\nSomething quiet?<|end|><|start|>assistant<turn>final\n", "<|end|>"),
        ("history changes", TURN + "<think>\n\n</think>\n\n", "<|end|>\n"),
        ("strict", "<turn>user\nSomething quiet?<end_of_turn>\n<turn>model\n", "<end_of_turn>\n"),
    ],
)
def test_what_a_template_puts_before_a_reply_belongs_to_the_prompt(name: str, prompt: str, end: str) -> None:
    assert template(templates.FAMILIES[name]).read([U]) == Rendered(prompt, "", end)


def test_a_blank_before_the_first_word_is_the_replys() -> None:
    assert template(templates.INSTRUCTED).read([U]) == Rendered(
        "[INST] Something quiet? [/INST]", " ", "<|end|>"
    )


def test_what_is_asked_stays_whole_where_a_template_changes_the_history_once_a_reply_follows() -> None:
    # The system text stands in the last message while that is a user's, and nowhere once a reply follows.
    read = template(templates.INSTRUCTED).read([S, U, A, U2])
    assert read.prompt.endswith("[INST] You recommend films.\n\nYes. [/INST]")
    assert (read.lead, read.known) == (" ", True)
    # The reply before loses its empty thought.
    read = template(templates.HISTORY_CHANGES).read([U, A, U2])
    assert read.prompt.endswith(
        "<think>\n\n</think>\n\nIn colour?<|end|>\n<|start|>user\nYes.<|end|>\n"
        "<|start|>assistant\n<think>\n\n</think>\n\n"
    )
    assert read.known


def test_the_switch_is_asked_with_where_the_history_changes_too() -> None:
    source = templates.HISTORY_CHANGES.replace("behind == 1", "behind == 9") + (
        "{%- if add_generation_prompt and not (enable_thinking | default(true)) %}{{- '<think></think>' }}"
        "{%- endif %}"
    )
    assert template("{{ messages | length }}" + source).read([U]) == Rendered(
        "1" + TURN + "<think></think>", "", "<|end|>\n"
    )


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("empty thought", TURN),
        ("opened thought", TURN + "<think>\n"),
        ("opened only", TURN + "<think>\n"),
        ("asked only", TURN),
        ("closing mark", "<turn>Something quiet?<turn><think>"),
    ],
)
def test_a_model_that_is_left_to_reason_is_asked_as_its_template_asks(name: str, prompt: str) -> None:
    assert template(templates.FAMILIES[name], thinking=True).prompt([U]) == prompt


def test_the_system_text_goes_before_the_first_user_message_where_there_is_no_such_role_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    strict = template(templates.STRICT, bos="<bos>")
    with caplog.at_level(logging.WARNING):
        assert strict.prompt([S, U]) == (
            "<bos><turn>user\nYou recommend films.\n\nSomething quiet?<end_of_turn>\n<turn>model\n"
        )
        strict.prompt([S, U, A, U2])
    assert [record.getMessage() for record in caplog.records] == [
        "hf:some-model: no system role here; its text goes before the first user message from now on"
    ]


def test_a_system_message_that_is_passed_over_without_a_word_is_moved_too() -> None:
    assert "user\nYou recommend films.\n\nSomething quiet?<|end|>" in template(templates.DEAF).prompt([S, U])
    assert template(templates.DEAF).opening(S) == ""
    assert template(templates.PLAIN).opening(S) == "<|start|>system\nYou recommend films.<|end|>\n"


@pytest.mark.parametrize(
    ("messages", "turns"),
    [
        ([A, U], ["user\nHello!", "model\nIn colour?", "user\nSomething quiet?"]),
        ([U, U2], ["user\nSomething quiet?\nYes."]),
        ([U, A, A, U2], ["user\nSomething quiet?", "model\nIn colour?\nIn colour?", "user\nYes."]),
        ([S, A, U], ["user\nYou recommend films.\n\nHello!", "model\nIn colour?", "user\nSomething quiet?"]),
        ([S, U, U2], ["user\nYou recommend films.\n\nSomething quiet?\nYes."]),
    ],
)
def test_speakers_are_made_to_alternate_where_a_template_demands_it(
    messages: list[dict[str, str]], turns: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    written = "".join(f"<turn>{turn}<end_of_turn>\n" for turn in turns) + "<turn>model\n"
    strict = template(templates.STRICT)
    assert strict.prompt(messages) == strict.prompt(messages) == written
    assert sum("in turns" in record.getMessage() for record in caplog.records) == 1


def test_messages_that_a_template_takes_stay_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    assert template(templates.PLAIN).prompt([S, A, U, U]).count("Something quiet?<|end|>") == 2
    assert not caplog.records


def test_a_template_that_refuses_or_drops_what_is_said_is_refused() -> None:
    with pytest.raises(TemplateRefusal, match="tools only"):
        template("{{ raise_exception('tools only') }}").prompt([U])
    with pytest.raises(TemplateRefusal, match="leaves out a part"):
        template("{{ messages[-1].content }}").prompt([U, A, U2])


def test_where_no_reply_is_written_the_model_can_be_asked_and_nothing_is_known_of_replies() -> None:
    assert template("{{ messages[-1].content }}").read([U]) == Rendered("Something quiet?", known=False)
    assert not template(templates.MUTE).read([U]).known


def test_thoughts_that_a_template_takes_out_of_the_history_are_no_loss() -> None:
    source = "{% for m in messages %}{{ m.content.split('</think>')[-1] }}|{% endfor %}"
    thought = {"role": "assistant", "content": "<think>Hm.</think>In colour?"}
    assert template(source).prompt([U, thought, U2]) == "Something quiet?|In colour?|Yes.|"


def test_marks_for_trackers_of_replies_are_no_text() -> None:
    source = "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}\n{% endfor %}"
    assert template(source).prompt([U, A, U2]) == "Something quiet?In colour?Yes."


@pytest.mark.parametrize("asked", ["<", "</", "assistant", "think", "|", "\\n"])
def test_a_message_that_stands_in_a_templates_marks_too_does_not_hide_what_stands_before_a_reply(
    asked: str,
) -> None:
    written = template(templates.FAMILIES["history changes"])
    read = written.read([U, A, {"role": "user", "content": asked}])
    assert read.known
    assert read.prompt.endswith(f"{asked.strip()}<|end|>\n<|start|>assistant\n<think>\n\n</think>\n\n")
    assert read.end == "<|end|>\n"


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(
    str.strip
)


@given(
    name=st.sampled_from(sorted(templates.FAMILIES)),
    system=st.booleans(),
    turns=st.lists(st.tuples(st.sampled_from(["user", "assistant"]), words.filter(bool)), max_size=4),
    asked=words.filter(bool),
    reply=words.filter(bool),
)
def test_a_prompt_holds_all_that_is_said_and_the_reply_follows_it_as_the_template_writes_it(
    name: str, system: bool, turns: list[tuple[str, str]], asked: str, reply: str
) -> None:
    messages = [{"role": role, "content": text} for role, text in [*turns, ("user", asked)]]
    written = template(templates.FAMILIES[name])
    read = written.read([*([S] if system else []), *messages])
    assert read.known
    assert all(message["content"] in read.prompt for message in messages)
    assert (S["content"] in read.prompt) == system
    # It does not depend on what is replied, and ends where the template lets the reply begin.
    render = jinja_template(templates.FAMILIES[name], {"bos_token": "", "eos_token": ""})
    whole = render([{"role": "user", "content": asked}, {"role": "assistant", "content": reply}], False, {})
    alone = written.read([{"role": "user", "content": asked}])
    if name != "asked only" and "</think>" not in reply:
        assert whole == f"{alone.prompt}{alone.lead}{reply}{alone.end}"

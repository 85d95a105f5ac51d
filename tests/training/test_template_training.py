"""Training on chat templates that add to a reply, refuse a role or end a turn in their own way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from support import chat_templates as templates
from support.tiny_models import tiny_model, tiny_tokenizer, write_checkpoint, write_gguf
from usbrec.config import Config, Models
from usbrec.dialogue import PreferencePair
from usbrec.errors import InputError
from usbrec.llm import ChatRequest, Message, open_model
from usbrec.llm.reasoning import ReasoningMarks
from usbrec.llm.transformers.tokens import chat_template, end_tokens
from usbrec.stages import show_examples, train_model
from usbrec.training import Example, from_pairs
from usbrec.training.data import Encoded, Encoder
from usbrec.training.dialogues import played_first_replies
from usbrec.training.packed import pack, token_logps
from usbrec.training.policy_loss import policy_loss
from usbrec.training.settings import Reward
from usbrec.training.voice import Drawn, Playing, Voice

PROMPT = (
    {"role": "system", "content": "You recommend films."},
    {"role": "user", "content": "Something quiet?"},
    {"role": "assistant", "content": "In colour?"},
    {"role": "user", "content": "Yes."},
)


def encoded(source: str, prompt: Sequence[dict[str, str]] = PROMPT) -> tuple[Any, Encoded]:
    tokenizer = tiny_tokenizer(source)
    example = Example("s1", "d1", tuple(prompt), " Heat (1995). ", "Nothing.")
    return tokenizer, Encoder(tokenizer, "a-model")(example)


@pytest.mark.parametrize(
    ("name", "end"),
    [(name, "<end_of_turn>" if name == "strict" else "<|end|>") for name in templates.FAMILIES],
)
def test_only_the_reply_and_its_end_are_learnt_after_the_prompt_that_is_asked(name: str, end: str) -> None:
    tokenizer, one = encoded(templates.FAMILIES[name])
    lead = " " if name == "instructed" else ""
    assert tokenizer.decode(one.chosen) == f"{lead}Heat (1995).{end}"
    assert one.rejected is not None
    assert tokenizer.decode(one.rejected) == f"{lead}Nothing.{end}"
    assert tokenizer.decode(one.prompt) == chat_template(tokenizer, "m").prompt(PROMPT)
    assert "You recommend films." in tokenizer.decode(one.prompt)


@pytest.mark.parametrize("name", ["empty thought", "no switch", "opened thought"])
def test_an_empty_thought_is_part_of_the_prompt(name: str) -> None:
    tokenizer, one = encoded(templates.FAMILIES[name])
    assert tokenizer.decode(one.prompt).endswith("<|start|>assistant\n<think>\n\n</think>\n\n")


def test_a_template_that_writes_no_end_of_turn_gets_the_tokenizers() -> None:
    source = "{% for m in messages %}{{ m.role + ': ' + m.content + '\n' }}{% endfor %}"
    tokenizer, one = encoded(source + "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}")
    assert tokenizer.decode(one.chosen) == "Heat (1995).<|end|>"


def test_a_reply_that_ends_with_two_marks_is_learnt_up_to_the_tokenizers_own() -> None:
    tokenizer, one = encoded(
        templates.PLAIN.replace("m.content + '<|end|>", "m.content + '<turn><|end|><bos>")
    )
    assert tokenizer.decode(one.chosen) == "Heat (1995).<turn><|end|>"
    ends = end_tokens(tokenizer, chat_template(tokenizer, "m"))
    assert set(tokenizer.convert_ids_to_tokens(sorted(ends))) == {"<turn>", "<|end|>"}


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{{ raise_exception('tools only') }}", "refuses the prompt .tools only"),
        ("{% for m in messages if m.role != 'assistant' %}{{ m.content }}{% endfor %}", "leaves out a part"),
        ("{% for m in messages %}{{ m.content | upper }}{% endfor %}", "leaves out a part"),
        (
            "{% for m in messages %}{% if not loop.last or m.role != 'assistant' %}{{ m.content }}{% endif %}"
            "{% endfor %}",
            "writes a reply otherwise",
        ),
    ],
)
def test_a_template_that_cannot_be_learnt_with_is_refused_with_the_sample_and_the_model(
    source: str, problem: str
) -> None:
    with pytest.raises(InputError, match=f"sample s1: the chat template of a-model {problem}|{problem}"):
        encoded(source)


def test_thoughts_in_recorded_sides_and_turns_are_not_learnt() -> None:
    def pair(chosen: str, rejected: str) -> PreferencePair:
        prompt = ({"role": "user", "content": "Hi"}, {"role": "assistant", "content": "<think>a</think>Hm?"})
        return PreferencePair("s", "d", (*prompt, {"role": "user", "content": "So?"}), chosen, rejected)

    kept = from_pairs(
        [
            pair("<think>They like heists.</think>\n\nHeat.", "[THINK]b[/THINK]Up."),
            pair("<think>no end", "Up."),
            pair("<think>one</think>Same.", "<think>other</think>Same."),
        ]
    )
    assert [(one.chosen.strip(), one.rejected) for one in kept] == [("Heat.", "Up.")]
    assert kept[0].prompt[1]["content"] == "Hm?"


def test_labels_are_shown_as_they_are_learnt_on_a_checkpoint_of_such_a_template(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "model", templates.EMPTY_THOUGHT)
    row = {
        "id": "a",
        "dialogue_id": "a",
        "turns": [{"role": "seeker", "text": "Something quiet?"}],
        "targets": ["Heat"],
        "label": "<think>Hm.</think>Take Heat.",
    }
    samples = tmp_path / "samples.jsonl"
    samples.write_text(json.dumps(row) + "\n", encoding="utf-8")
    config = Config.model_validate({"seats": {"recommender": f"hf:{folder}"}})
    (shown,) = show_examples("sft", samples, config=config)["shown"]
    assert shown["prompt"].endswith("<|start|>assistant\n<think>\n\n</think>\n\n")
    assert shown["chosen"] == "Take Heat.<|end|>"


def _drawn(text: str, marks: ReasoningMarks = "auto", source: str = templates.PLAIN) -> Drawn:
    tokenizer = tiny_tokenizer(source)
    voice = Voice(tiny_model(), tokenizer, Playing(lambda asked: [], 99, reasoning=marks))
    return voice._read(tuple(tokenizer(text, add_special_tokens=False)["input_ids"]))


@pytest.mark.parametrize(
    ("said", "text", "learnt"),
    [
        ("Heat.<|end|>", "Heat.", "Heat.<|end|>"),
        ("<think>A heist, Heat.</think>\n\nHeat.<|end|>", "Heat.", "Heat.<|end|>"),
        ("A heist.</think>Heat.<|end|>", "Heat.", "Heat.<|end|>"),
        ("[THINK]A heist.[/THINK]Heat. Heat.<|end|>", "Heat. Heat.", "Heat. Heat.<|end|>"),
        ("<think>A heist.</think><|end|>", "", "<|end|>"),
        ("<think>A heist: Heat", "", ""),
    ],
)
def test_thoughts_of_a_drawn_reply_are_no_part_of_it_and_their_tokens_are_not_learnt(
    said: str, text: str, learnt: str
) -> None:
    drawn = _drawn(said)
    assert drawn.text == text
    tokenizer = tiny_tokenizer(None)
    assert tokenizer.decode(drawn.tokens[drawn.thought :]) == learnt
    assert drawn.lost == (learnt == "")
    assert drawn.whole == said.endswith("<|end|>")


def test_marks_of_ones_own_are_heeded_and_off_learns_everything() -> None:
    assert _drawn("<turn>Hm.<|start|>Heat.", ("<turn>", "<|start|>")).text == "Heat."
    assert _drawn("<think>Hm.</think>Heat.<|end|>", "off").thought == 0


def test_a_reply_whose_reasoning_used_up_its_tokens_has_no_score_and_one_without_a_word_the_lowest() -> None:
    row = encoded(templates.PLAIN)[1]
    drawn = [_drawn("<think>A heist"), _drawn("<think>A heist.</think><|end|>"), _drawn("Heat.<|end|>")]
    asked: list[tuple[str, str]] = []

    def play(pairs: Sequence[tuple[str, str]]) -> list[Reward]:
        asked.extend(pairs)
        return [Reward(2.0, hit=True)] * len(pairs)

    (played,) = played_first_replies([row], [drawn], play)
    outcomes = [one.outcome for one in played]
    assert [one.value for one in outcomes] == [None, 0.0, 2.0]
    assert asked == [("s1", "Heat.")]


def test_skipped_tokens_are_read_and_not_predicted() -> None:
    model = tiny_model(spread=0.1).eval()
    prompt, reply, other = [5, 6, 7], [8, 9, 10, 11], [12, 13]
    with torch.no_grad():
        whole, of = token_logps(model, pack([(prompt, [reply, other])], pad=0, dtype=torch.float32))
        packed = pack([(prompt, [reply, other])], pad=0, dtype=torch.float32, thoughts=[[2, 0]])
        part, numbers = token_logps(model, packed)
    torch.testing.assert_close(part, torch.cat([whole[2:4], whole[4:]]))
    assert (of.tolist(), numbers.tolist(), packed.replies) == ([0] * 4 + [1] * 2, [0, 0, 1, 1], 2)


@pytest.mark.parametrize("method", ["grpo", "rloo"])
def test_a_group_of_nothing_but_thoughts_teaches_nothing(method: Any) -> None:
    model = tiny_model()
    packed = pack([([5, 6], [[7, 8], [9]])], pad=0, dtype=torch.float32, thoughts=[[2, 1]])
    logps, reply = token_logps(model, packed)
    loss = policy_loss(logps, None, reply, [[None, None]], method=method, kl=0.0)
    loss.backward()
    assert float(loss.detach()) == 0.0
    assert all(weight.grad is None or not weight.grad.any() for weight in model.parameters())


def test_what_is_learnt_is_said_on_transformers_and_on_llama_cpp_and_nothing_beside_it(
    tmp_path: Path,
) -> None:
    source = templates.EMPTY_THOUGHT
    folder, file = write_checkpoint(tmp_path / "model", source), write_gguf(tmp_path / "model.gguf", source)
    prompt = ({"role": "user", "content": "Something quiet?"},)
    pairs = [PreferencePair(f"s{n}", f"d{n}", prompt, "Heat.", "Up.") for n in range(2)]
    config = Config.model_validate(
        {
            "seats": {"recommender": f"hf:{folder}"},
            "train": {"learning_rate": 0.02, "epochs": 40, "batch": 2, "accumulate": 1, "held_out": 0.0}
            | {"schedule": "constant_with_warmup", "layers": 2},
        }
    )
    adapter = tmp_path / "adapter"
    train_model("sft", pairs, adapter, config=config)

    async def said(seat: str) -> str:
        model = open_model(seat, Models(context=512))
        try:
            request = ChatRequest((Message("user", "Something quiet?"),), max_tokens=12)
            return (await model.chat(request)).text
        finally:
            await model.aclose()

    assert asyncio.run(said(f"hf:{folder}+{adapter}")) == "Heat."
    assert asyncio.run(said(f"{file}+{adapter}")) == "Heat."

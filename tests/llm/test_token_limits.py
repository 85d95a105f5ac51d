"""Token limits: an hf: model whose replies stay inside the grammar of titles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("llguidance")
pytest.importorskip("transformers")

from support.tiny_models import write_checkpoint
from usbrec.llm import ChatRequest, Message
from usbrec.llm.grammar import OPENINGS, TitleGrammar
from usbrec.llm.transformers.model import TransformersModel

_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


async def test_a_model_of_random_weights_writes_nothing_but_plain_words_and_titles(tmp_path: Path) -> None:
    grammar = TitleGrammar(("Heat (1995)", "Galmori HX-248"))
    base = write_checkpoint(tmp_path / "tiny", _TEMPLATE)
    model = TransformersModel(str(base), name="tiny")
    request = ChatRequest(
        (Message("user", "hello"),), n=4, temperature=1.0, max_tokens=40, seed=3, grammar=grammar
    )
    texts = [one.text for one in (await model.chat(request)).completions]
    await model.aclose()
    free = re.compile(r"Heat \(1995\)|Galmori HX-248|\b(?:" + "|".join(OPENINGS) + r")\b")
    for text in texts:
        # The last title may have been cut off.
        left = free.sub("", text.rpartition(" ")[0] or text)
        assert not re.search(r"[0-9\"“*\[<]|[^\W\d_a-zß-öø-ÿA-Z]", left), text
    assert any(texts)

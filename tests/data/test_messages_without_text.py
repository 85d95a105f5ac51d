"""Messages without a text are told and counted, and so is what a table in UTF-16 needs."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

from support.author_files import inspired_line, inspired_table, shop_dialogue, table
from usbrec.data.samples import load_samples, read_dialogues
from usbrec.errors import InputError, InputWarning


def test_a_turn_without_text_that_names_a_title_is_told(tmp_path: Path) -> None:
    path = tmp_path / "dialogues.tsv"
    lines = [
        inspired_line("d1", "SEEKER", "Something about a pier."),
        inspired_line("d1", "RECOMMENDER", "", "Salt Road (2012)"),
        inspired_line("d1", "RECOMMENDER", "Then Lantern Pier.", "Lantern Pier (2012)"),
    ]
    path.write_text(table(lines), encoding="utf-8")
    with pytest.warns(InputWarning, match="1 messages have no text, 1 of which name titles.*dialogue 'd1'"):
        (sample,) = load_samples(path)
    assert sample.targets == ("Lantern Pier (2012)",)


def test_a_message_of_null_is_told(tmp_path: Path) -> None:
    path = tmp_path / "dialogues.json"
    dialogue = shop_dialogue()
    dialogue["utterances"].append({"utterance_id": 9, "participant": "Client", "utterance": None})
    path.write_text(json.dumps([dialogue]), encoding="utf-8")
    with pytest.warns(InputWarning, match="1 messages have no text; they are left out"):
        read_dialogues(path)
    path.write_text(json.dumps([shop_dialogue()]), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error", InputWarning)
        read_dialogues(path)


def test_a_table_in_utf_16_is_to_be_saved_as_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "dialogues.tsv"
    path.write_text(inspired_table(), encoding="utf-16")
    with pytest.raises(InputError, match=r"it is UTF-16: save it as UTF-8$"):
        load_samples(path)

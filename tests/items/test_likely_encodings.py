"""Likely encodings: a file that is not UTF-8 is told with the encoding in which it reads as words."""

from __future__ import annotations

from pathlib import Path

import pytest

from usbrec.encodings import likely_encoding
from usbrec.errors import InputError
from usbrec.items import load_catalogue

TABLES = {
    "gb18030": "编号,标题,价格\n1,流浪地球,20\n2,我不是药神,30\n",
    "shift_jis": "番号,タイトル\n1,となりの森\n2,東京の冬\n",
    "euc_jp": "番号,タイトル\n1,となりの森\n2,東京の冬\n",
    "euc_kr": "번호,제목\n1,기생충\n2,서울의 밤\n",
    "big5": "編號,標題\n1,臥虎藏龍\n2,悲情城市\n",
    "cp1251": "номер,название\n1,Москва слезам не верит\n",
    "cp1252": "id,title\n1,Amélie\n2,Die fabelhafte Welt – Größe\n",
}


@pytest.mark.parametrize("encoding", TABLES)
def test_what_reads_as_letters_of_one_script_is_proposed(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(TABLES[encoding].encode(encoding))
    with pytest.raises(InputError) as caught:
        load_catalogue(path)
    line = next(line for line in TABLES[encoding].splitlines() if not line.isascii())
    assert f"As {encoding} it reads {line!r}" in str(caught.value)
    assert f'encoding = "{encoding}"' in str(caught.value)


def test_where_no_encoding_is_likely_none_is_proposed(tmp_path: Path) -> None:
    noise = bytes(range(0x80, 0x100)) * 2
    assert likely_encoding(b"id,title\n1," + noise) is None
    path = tmp_path / "items.csv"
    path.write_bytes(b"id,title\n1," + noise)
    with pytest.raises(InputError, match="Save the file as UTF-8, or say its encoding") as caught:
        load_catalogue(path)
    assert "cp1252" not in str(caught.value)

"""Titles told by kinds of sentence in scripts without capitals, and by all cases of a Russian name."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker
from usbrec.items.linking.inflection import cyrillic_stem


def linked(text: str, *titles: str) -> list[str]:
    linker = Linker([Item(str(place), title) for place, title in enumerate(titles)])
    return [mention.title for mention in linker.link(text)]


@pytest.mark.parametrize(
    "text",
    [
        "남자친구가 부산행 보자고 해서 고민 중이에요",
        "할머니랑 부산행 봤던 날이 생각나요",
        "배고파서 부산행 보다가 나왔어",
        "솔직히 부산행은 왜 유명한지 모르겠어요",
    ],
)
def test_what_is_seen_begins_behind_a_korean_constituent(text: str) -> None:
    """A word with its particle or its ending is over: the title begins as it does behind a comma."""
    assert linked(text, "부산행") == ["부산행"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("부산행 음악 때문에 극장에 두 번 갔어요", "부산행"),
        ("인생에서 한 편만 고르라면 부산행", "부산행"),
        ("الممثلون في ذلك الكرنك من أعظم ما رأت السينما", "الكرنك"),
    ],
)
def test_a_sentence_that_speaks_of_works_names_what_is_no_everyday_word(text: str, title: str) -> None:
    assert linked(text, title) == [title]


@pytest.mark.parametrize(
    "text",
    [
        "부산행급으로 재밌는 거 있어?",
        "처음부터 웃은 건 부산행뿐이에요, 영화 중에",
        "부산행류의 영화 좋아해요",
    ],
)
def test_further_syllables_are_glued_on_behind_korean_titles(text: str) -> None:
    assert linked(text, "부산행") == ["부산행"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("요즘 같은 때엔 소년이 온다가 좋아", "소년이 온다"),
        ("ما زلت أفكر في عمارة يعقوبيان", "عمارة يعقوبيان"),
    ],
)
def test_titles_of_several_words_need_less_beside_them(text: str, title: str) -> None:
    assert linked(text, title) == [title]


def test_two_korean_words_are_a_title_where_one_is_in_no_everyday_use() -> None:
    assert linked("나라면 헤어질 결심을 고르겠어", "헤어질 결심") == ["헤어질 결심"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("نمت في منتصف عمارة يعقوبيان", "عمارة يعقوبيان"),
        ("ضحكت كثيرا في الناظر", "الناظر"),
        ("لا أظن أن الكرنك يناسبني", "الكرنك"),
        ("جربت الممر ولم أكمله", "الممر"),
        ("เพลงในหลานม่าเพราะมาก", "หลานม่า"),
        ("母がインセプションばかり見てる", "インセプション"),
        ("インセプションってどこで見られますか", "インセプション"),
        ("インセプションの主題歌が頭から離れない", "インセプション"),
    ],
)
def test_parts_of_works_and_what_one_does_with_them_name_a_title(text: str, title: str) -> None:
    assert linked(text, title) == [title]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("엄마가 양파 사오래", "양파"),
        ("친구가 우산 봤냐고 물어봤어", "우산"),
        ("떡볶이 볼 때마다 배고파", "떡볶이"),
        ("جهاز التحكم تحت الأريكة", "جهاز التحكم"),
    ],
)
def test_words_of_every_day_stay_words(text: str, title: str) -> None:
    assert linked(text, title) == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Я люблю Крёстного отца.", "Крёстный отец"),
        ("Снимался в «Андрее Рублёве».", "Андрей Рублёв"),
        ("Дети в восторге от Короля Льва.", "Король Лев"),
        ("А Собачьего сердца вы не видели?", "Собачье сердце"),
        ("В «Острове» играет Мамонов.", "Остров"),
        ("Музыка из Философского камня лучше всего.", "Философский камень"),
        ("Смотрел бриллиантовую руку вчера", "Бриллиантовая рука"),
    ],
)
def test_russian_titles_are_found_in_all_cases(text: str, title: str) -> None:
    """A vowel that comes and goes (отец, отца), names in -ов, a soft sign."""
    assert linked(text, title) == [title]


@pytest.mark.parametrize(
    "words",
    [
        "отец отца отцу отцом отце",
        "рублев рублева рублеву рублеве",
        "день дня дни",
        "лев льва львом",
        "девчонка девчонок",
    ],
)
def test_a_russian_word_has_one_stem(words: str) -> None:
    assert len({cyrillic_stem(word) for word in words.split()}) == 1


def test_adjectives_do_not_fall_together_with_nouns() -> None:
    assert cyrillic_stem("бриллиантовую") != cyrillic_stem("бриллиант")

"""Linking in other languages and scripts: what counts as the same title, what names one, and masking."""

from __future__ import annotations

import importlib.util
import sys
import time
import unicodedata
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usbrec.dialogue import Item
from usbrec.items import Linker, TitleMatcher, normalise_title, split_title

TITLES = {
    "zh": "山海归人 归人 夜色之城 寄生虫 活着 英雄 爱 哈利·波特 三体2 黑客帝国",
    "ja": "千と千尋の神隠し 君の名は。 アリス 夢 おくりびと 海街ダイアリー ハリー・ポッターと賢者の石",
    "ko": "기생충 괴물 아가씨 도가니",
    "th": "ฉลาดเกมส์โกง รัก แสงกระสือ",
    "ar": "الخيميائي الرسالة",
    "ru": "Бригада Нет Она Титаник Левиафан",
    "de": "Nosferatu Angst Metropolis",
    "es": "Ella Volver Roma",
    "fr": "Amélie Intouchables Hier",
}
ITEMS = [Item(title, title) for titles in TITLES.values() for title in titles.split()]
ITEMS += [
    Item(title, title, year)
    for title, year in [
        ("살인의 추억", 2003),
        ("국제시장", 2014),
        ("الحرب والسلام", 1967),
        ("Война и мир", 1967),
        ("Ирония судьбы", 1975),
        ("Der Untergang", 2004),
        ("Der Weiße Hai", 1975),
        ("Die Welle", 2008),
        ("Le Parrain", 1972),
        ("La Haine", 1995),
        ("Cien años de soledad", 1967),
        ("La vida secreta de las palabras", 2005),
        ("Heat", 1995),
        ("It", 2017),
        ("Titanic", 1997),
        ("2046", 2004),
    ]
]
LINKER = Linker(ITEMS)


def named(text: str) -> list[str]:
    return [mention.item_id for mention in LINKER.link(text)]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("推荐你看《夜色之城》，剧情紧凑。", ["夜色之城"]),
        ("那就看山海归人吧，很感人。", ["山海归人"]),
        ("昨天看了归人，很感人。", ["归人"]),
        ("我很喜歡《黑客帝國》", ["黑客帝国"]),
        ("《活着》和《英雄》都不错，还有「爱」", ["活着", "英雄", "爱"]),
        ("哈利波特、三体２都好看", ["哈利·波特", "三体2"]),
        ("看过2046吗？", ["2046"]),
        ("我喜欢Heat和Titanic", ["Heat", "Titanic"]),
        ("千と千尋の神隠しを見た", ["千と千尋の神隠し"]),
        ("『夢』を見た。「君の名は」もいい", ["夢", "君の名は。"]),
        ("ハリーポッターと賢者の石が好きな人", ["ハリー・ポッターと賢者の石"]),
        ("기생충을 봤어", ["기생충"]),
        ("어제 기생충이랑 괴물을 봤어요", ["기생충", "괴물"]),
        ("살인의추억을 다시 봤다", ["살인의 추억"]),
        ("국제시장에 나온 배우", ["국제시장"]),
        ("ฉันดูฉลาดเกมส์โกงเมื่อวาน", ["ฉลาดเกมส์โกง"]),
        ("หนังเรื่องรักสนุกมาก", ["รัก"]),
        ("قرأت الخيميائي وأعجبت بالحرب والسلام", ["الخيميائي", "الحرب والسلام"]),
        ("فيلم الرسالة رائع", ["الرسالة"]),
        ("Вчера смотрел «Бригаду» и Войну и мир", ["Бригада", "Война и мир"]),
        ("Иронию судьбы видел? Фильм Она хорош.", ["Ирония судьбы", "Она"]),
        ("Ich habe den Weißen Hai und den Untergang gesehen.", ["Der Weiße Hai", "Der Untergang"]),
        ("Kennst du Die Welle? Und „Angst“?", ["Die Welle", "Angst"]),
        ("On m'a parlé d'Amélie, du Parrain et de La Haine.", ["Amélie", "Le Parrain", "La Haine"]),
        ("J'ai vu « Hier » hier.", ["Hier"]),
        ("¿Has visto Ella? Vi Volver anoche.", ["Ella", "Volver"]),
        ("Me gustó Cien años de soledad", ["Cien años de soledad"]),
        ("I watched 英雄 yesterday and 기생충 too", ["英雄", "기생충"]),
        ("Das koreanische „기생충“ ist gut", ["기생충"]),
    ],
)
def test_titles_are_found_in_every_script(text: str, titles: list[str]) -> None:
    assert named(text) == titles


@pytest.mark.parametrize(
    "text",
    [
        "我活着就是为了爱，英雄都是这样。",
        "夢を見た。アリスターという人。",
        "괴물같은 사람이야. 도가니탕을 먹었어.",
        "ฉันรักเธอ",
        "أرسلت الرسالة أمس",
        "Нет, она не пришла.",
        "Ich habe Angst vor der Welle.",
        "Ella me gusta. Hay que volver a casa.",
        "Elle est venue hier. La haine est partout.",
        "《山海归人2》怎么样？",
        "『アリスの夢』を知っていますか",
        "夜色之城 2 什么时候上映？",
    ],
)
def test_everyday_words_and_longer_titles_name_nothing(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("기생충", unicodedata.normalize("NFD", "기생충")),
        ("ガンダム", "ｶﾞﾝﾀﾞﾑ"),
        ("ガンダム", unicodedata.normalize("NFD", "ガンダム")),
        ("Ｔｉｔａｎｉｃ　１９９７", "titanic 1997"),
        ("發現頭髮", "发现头发"),
        ("ハリー・ポッター", "ハリーポッター"),
        ("哈利·波特", "哈利・波特"),
        ("الأَبُ والابـــن", "الاب والابن"),
        ("١٩٨٤", "1984"),
        ("Ёлки", "Елки"),
        ("น้ำตาล", "น\u0e4d\u0e49าตาล"),
        ("살인의 추억", "살인의추억"),
    ],
)
def test_ways_of_writing_one_title_have_one_normal_form(one: str, other: str) -> None:
    assert normalise_title(one) == normalise_title(other) == normalise_title(normalise_title(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("かき", "かぎ"),
        ("アリス", "ありす"),
        ("ハハ", "パパ"),
        ("มา", "ม้า"),
        ("เสือ", "เสื้อ"),
        ("мой", "мои"),
        ("की", "कि"),
    ],
)
def test_marks_that_make_another_word_stay(one: str, other: str) -> None:
    assert normalise_title(one) != normalise_title(other)


@pytest.mark.parametrize(
    "said",
    [
        "同名（2001）",
        "同名(2001年)",
        "《同名》（２００１）",
        "2001年的电影《同名》",
        "同名 2001",
        "「同名」 [2001]",
    ],
)
def test_a_year_tells_items_of_one_title_apart_in_any_writing(said: str) -> None:
    linker = Linker([Item("old", "同名", 1970, popularity=9), Item("new", "同名", 2001)])
    assert [mention.item_id for mention in linker.link(f"我看过{said}。")] == ["new"]


def test_a_thai_year_is_counted_from_the_buddha() -> None:
    linker = Linker([Item("old", "นางนาก", 1970, popularity=9), Item("new", "นางนาก", 1999)])
    assert linker.link("ดูเรื่อง นางนาก (2542)")[0].item_id == "new"
    assert linker.link("ดูเรื่อง นางนาก (๑๙๙๙)")[0].item_id == "new"


def test_the_mention_is_the_text_as_it_stands_there() -> None:
    text = "看《夜色之城》（２００１）吧"
    linker = Linker([Item("a", "夜色之城", 2001)])
    (mention,) = linker.link(text)
    assert mention.text == text[mention.start : mention.end]
    assert "２００１" in mention.text
    assert split_title("夜色之城（２００１年）") == ("夜色之城", 2001)


def test_further_titles_in_another_script_name_the_item() -> None:
    linker = Linker([Item("p", "Parasite", 2019, also=("기생충", "寄生虫"))])
    for text in ("기생충을 봤어", "《寄生虫》不错", "I liked Parasite"):
        assert [mention.item_id for mention in linker.link(text)] == ["p"]


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("推荐《夜色之城前传》和《活着》", ("夜色之城前传",)),
        ("「ありがとう」と彼は言った。「霧の向こう」はおすすめです。", ("霧の向こう",)),
        ("「今日は寒いですね。」", ()),
        ("영화 '안개'를 추천합니다. '안개'라고 말했다.", ("안개",)),
        ("Посмотрите фильм «Зимняя сказка». «Да», — сказал он.", ("Зимняя сказка",)),
        ("Kennst du den Film „Ein ganzes Leben“? „Ja“, sagte er.", ("Ein ganzes Leben",)),
        ("Je recommande « La vie rêvée ».", ("La vie rêvée",)),
        ("أنصحك بفيلم «ليل طويل»", ("ليل طويل",)),
    ],
)
def test_what_stands_in_title_marks_and_is_no_item_is_out_of_catalogue(
    text: str, unknown: tuple[str, ...]
) -> None:
    assert LINKER.out_of_catalogue(text) == unknown


def test_a_saved_linker_reads_every_script_as_the_one_that_was_built(tmp_path: Path) -> None:
    from usbrec.items import Catalogue

    catalogue = Catalogue.from_items(ITEMS)
    LINKER.save(tmp_path)
    opened = Linker.open(tmp_path, catalogue)
    for text in ("看了山海归人", "기생충을 봤어", "Бригаду смотрел", "du Parrain et d'Amélie, je les aime"):
        assert opened.link(text) == LINKER.link(text)


# --- laws

PIECES = st.one_of(
    st.sampled_from([item.title for item in ITEMS]),
    st.sampled_from(
        ["《", "》", "「", "」", "«", "»", "・", "·", "，", "。", "（", "２００１", "）", " ", "\n", "-"]
    ),
    st.sampled_from(
        ["看了", "和", "を見た", "という映画", "을", "이랑", "봤어", "ดู", "เรื่อง", "فيلم ", "و", "d'"]
    ),
    st.sampled_from(["der ", "du ", "фильм ", "смотрел ", "the ", "vi ", "ー", "่", "ِ", "\u3099", "\u0306"]),
    st.text(
        st.characters(
            codec="utf-8",
            categories=("L", "M", "N", "P", "Z"),
        ),
        max_size=5,
    ),
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(
    st.lists(PIECES, max_size=4), TEXTS, st.sampled_from(["that one", "那部", "그것", "それ", "", "《X》"])
)
@settings(max_examples=300, deadline=None)
def test_after_masking_no_title_of_any_script_is_linked(titles: list[str], text: str, with_: str) -> None:
    matcher = TitleMatcher(titles)
    masked = matcher.mask(text, with_)
    assert matcher.named(masked) == ()


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_mentions_of_any_script_lie_in_order_and_are_the_text(text: str) -> None:
    end = 0
    for mention in LINKER.link(text):
        assert end <= mention.start < mention.end <= len(text)
        assert mention.text == text[mention.start : mention.end]
        end = mention.end
    assert all(title.strip() for title in LINKER.out_of_catalogue(text))


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_the_normal_form_of_any_text_is_its_own_and_that_of_its_decomposition(text: str) -> None:
    form = normalise_title(text)
    assert normalise_title(form) == form


@given(st.sampled_from([item.title for item in ITEMS]), TEXTS)
@settings(max_examples=200, deadline=None)
def test_a_title_in_its_own_line_and_marks_is_named(title: str, text: str) -> None:
    assert title in named(f"{text}\n《{title}》\n")


# --- figures


def _bench() -> ModuleType:
    path = Path(__file__).parents[2] / "bench/languages.py"
    spec = importlib.util.spec_from_file_location("bench_languages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_languages"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "ru", "ar", "zh", "ja", "ko", "th"])
def test_a_seeded_share_of_the_benchmarks_sentences_is_linked_and_masked(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = _bench()
    monkeypatch.setattr(bench, "FILMS", Path("nowhere"))
    counts = bench.measure(language, "develop", 60, 7)
    assert counts.right >= 0.93 * counts.named
    assert counts.right >= 0.93 * counts.linked
    assert counts.masked >= 0.95 * counts.with_titles


def test_a_chinese_sentence_is_read_in_less_than_a_millisecond() -> None:
    words = "山海归人夜色之城千里外风云雷电江湖天下无双大话西游"
    titles = {f"{a}{b}{c}{d}" for a in words[:20] for b in words for c in words[:8] for d in "一二三四五"}
    linker = Linker([Item(title, title, 2000) for title in sorted(titles)])
    texts = [f"我上周看了{title}，觉得剧情紧凑，你还有别的推荐吗？" for title in sorted(titles)[:300]]
    linker.link("我想看一部悬疑片。")
    began = time.process_time()
    found = sum(len(linker.link(text)) for text in texts)
    # It is about 0.3 ms.
    assert time.process_time() - began < 0.001 * len(texts)
    assert found == len(texts)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("推荐：1.流浪地球 2.战狼2 3.夜色之城", ["流浪地球", "战狼2", "夜色之城"]),
        ("1、流浪地球 2、夜色之城", ["流浪地球", "夜色之城"]),
        ("战狼2比战狼好看", ["战狼2", "战狼"]),
        ("我喜欢战狼2", ["战狼2"]),
        ("看过流浪地球 2吗", []),
        ("夜色之城 2. 我喜欢", []),
        ("天気の子はどうですか？", ["天気の子"]),
        ("天気の子なんてどう？", ["天気の子"]),
        ("天気の子が見たいです", ["天気の子"]),
        ("명작 <시>와 <밀양>", ["시", "밀양"]),
        ("시간이 <없어>요", []),
        ("أنصحك بمشاهدة كفرناحوم", ["كفرناحوم"]),
        ("Wie wäre es mit Tschick?", ["Tschick"]),
        ("Wie wär’s mit Tschick?", ["Tschick"]),
        ("Ich war gestern mit Tschick unterwegs.", []),
        ("Ich empfehle Ihnen Tschick.", ["Tschick"]),
        ("Probieren Sie Tschick!", ["Tschick"]),
        ("Kennen Sie Tschick schon?", ["Tschick"]),
        ("Tschick kostet 12 Euro und ist gut.", ["Tschick"]),
        ("Ich sehe Sie mit Tschick.", []),
    ],
)
def test_titles_are_found_as_they_are_recommended(text: str, titles: list[str]) -> None:
    names = ["流浪地球", "战狼", "战狼2", "夜色之城", "天気の子", "시", "밀양", "كفرناحوم", "Tschick"]
    linker = Linker([Item(name, name) for name in names])
    assert [mention.item_id for mention in linker.link(text)] == titles
    for title in titles:
        assert not TitleMatcher([title]).named(TitleMatcher(titles).mask(text))

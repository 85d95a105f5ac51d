"""Everyday words as titles: what makes a title of them and what does not."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker

TITLES = (
    "Kiosk; Canteen; Traffic; Inception; Zodiac; Ice Cream; Parking Lot; Franklyn; The Landlord; Breakfast;"
    "Treehouse; Henhouse; Pulp Fiction; No Worries; Good Bye, Lenin!;"
    "Verstanden; Zimt; Sonnencreme; Tschick; Metropolis;"
    "社員食堂; 住宅ローン; なるほど; 素晴らしい; 天気の子; シン・ゴジラ; ゴジラ; 東京物語; 围城;"
    "住房贷款; 明白了; 流浪地球; 직원식당; 알겠습니다; 국제시장"
)
LINKER = Linker([Item(title.strip(), title.strip()) for title in TITLES.split(";")])


def named(text: str) -> list[str]:
    return [mention.item_id for mention in LINKER.link(text)]


@pytest.mark.parametrize(
    "text",
    [
        "I bought ice cream at the kiosk.",
        "At noon I eat in the canteen.",
        "i was in the canteen",
        "A fox got into the henhouse.",
        "They are building a treehouse.",
        "The parking lot was empty.",
        "Frankly, it is late.",
        "The landlord raised the rent.",
        "Breakfast is included.",
        "The nurse took some blood. No worries.",
        "Verstanden, wir sehen uns dann bald.",
        "In das Rezept gehört Zimt.",
        "Nimm Sonnencreme und ein Handtuch mit.",
        "昼食はいつも社員食堂で食べる。",
        "住宅ローンが大変だ。",
        "なるほど、助かります。",
        "素晴らしい、また来週。",
        "住房贷款压力很大。",
        "明白了，谢谢。",
        "직원식당에서 점심을 먹어요.",
        "알겠습니다, 감사합니다.",
    ],
)
def test_an_everyday_word_among_others_names_no_title(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("I saw inception yesterday.", ["Inception"]),
        ("I loved inception so much.", ["Inception"]),
        ("My favorite is inception.", ["Inception"]),
        ("Or maybe zodiac", ["Zodiac"]),
        ("MAYBE YOU WOULD LIKE inception", ["Inception"]),
        ("i like inception and zodiac", ["Inception", "Zodiac"]),
        ("Inception was great.", ["Inception"]),
        ("I really like pulp fiction.", ["Pulp Fiction"]),
        ("My brother saw Kiosk.", ["Kiosk"]),
        ("Goodbye, Lenin?", ["Good Bye, Lenin!"]),
        ("Kennst du Tschick?", ["Tschick"]),
        ("Tschick, bitte.", ["Tschick"]),
        ("社員食堂という映画を見た。", ["社員食堂"]),
        ("社員食堂はもう見ましたか。", ["社員食堂"]),
        ("昨日、東京物語に感動しました。", ["東京物語"]),
        ("天気の子がいい", ["天気の子"]),
        ("シン・ゴジラとゴジラ", ["シン・ゴジラ", "ゴジラ"]),
        ("シン・ゴジラとゴジラ、どっち？", ["シン・ゴジラ", "ゴジラ"]),
        ("钱钟书的围城", ["围城"]),
        ("流浪地球怎么样？", ["流浪地球"]),
        ("那就流浪地球吧", ["流浪地球"]),
        ("看过住房贷款吗", ["住房贷款"]),
        ("국제시장이요", ["국제시장"]),
        ("국제시장 같은 영화 있어요?", ["국제시장"]),
        ("我读过钱钟书的围城。", ["围城"]),
    ],
)
def test_what_is_said_of_it_makes_a_title_of_an_everyday_word(text: str, titles: list[str]) -> None:
    assert named(text) == titles


def test_what_is_said_later_does_not_change_how_a_sentence_is_read() -> None:
    said = "i was in the kiosk and saw inception"
    assert named(f"{said}. Then I went Home, and it was a great movie.")[:1] == named(said)


UNLISTED_TITLES = (
    "Gazpacho; Hilo dental; Albatros; El grabador; Péage; Le Pressing; Crème solaire; Sextant; Утюг;"
    "Коляска; Компас; Зубная нить; Зимний поезд; 仙人掌; 麻婆豆腐; 灰塔; 空中花园; 리모컨; 탕수육; 나침반;"
    "등대지기; เครื่องล้างจาน; นกกระจอก; หอคอยสีเทา; دبابيس الورق; الحلزون; جزيرة الغربان"
)
UNLISTED = Linker([Item(title.strip(), title.strip()) for title in UNLISTED_TITLES.split(";")])


def unlisted(text: str) -> list[str]:
    return [mention.item_id for mention in UNLISTED.link(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Gazpacho fresquito, qué rico está.",
        "Cómprame hilo dental en la farmacia.",
        "El grabador es muy caro.",
        "quiero albatros en el mar",
        "Péage à dix euros, encore une fois.",
        "Le pressing est fermé.",
        "Conseille-moi une crème solaire.",
        "Утюг перегрелся.",
        "Коляску можно взять в самолёт?",
        "Купи зубную нить.",
        "窗台上的仙人掌开花了。",
        "我爱吃麻婆豆腐。",
        "리모컨이 소파 밑에 있어요.",
        "오늘 리모컨 샀어.",
        "탕수육 너무 비싸.",
        "เครื่องล้างจานเสีย",
        "ฉันอ่านนิยาย นกกระจอกบินมา",
        "دبابيس الورق نفدت.",
        "يمشي مثل الحلزون في الطريق.",
    ],
)
def test_a_word_on_no_list_names_no_title_without_evidence(text: str) -> None:
    assert unlisted(text) == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Ayer me gustó mucho Albatros.", "Albatros"),
        ("Albatros fue preciosa, la verdad.", "Albatros"),
        ("mi película favorita es albatros", "Albatros"),
        ("El grabador tiene un final triste y un director joven.", "El grabador"),
        ("J'ai envie de revoir Sextant.", "Sextant"),
        ("Le Pressing est fermé par un réalisateur.", "Le Pressing"),
        ("Мой любимый фильм: Компас.", "Компас"),
        ("Вчера мы смотрели Коляску.", "Коляска"),
        ("Зимний поезд мне понравился.", "Зимний поезд"),
        ("上个月看了灰塔，全程没走神。", "灰塔"),
        ("我表哥给我推荐了空中花园。", "空中花园"),
        ("어제 나침반을 봤는데 재미있었어.", "나침반"),
        ("등대지기요.", "등대지기"),
        ("หนังเรื่องหอคอยสีเทาสนุกมาก", "หอคอยสีเทา"),
        ("อยากดูนกกระจอกอีก", "นกกระจอก"),
        ("شاهدت جزيرة الغربان أمس.", "جزيرة الغربان"),
    ],
)
def test_a_word_on_no_list_names_a_title_with_evidence(text: str, title: str) -> None:
    assert unlisted(text) == [title]


def test_a_title_names_nothing_across_the_end_of_a_sentence() -> None:
    assert [mention.item_id for mention in UNLISTED.link("我看完灰塔了。还有仙人掌吗？")] == ["灰塔"]


MIXED = Linker(
    [Item(title, title) for title in ("La La Land", "Moana", "Les Misérables", "Titanic", "Jumanji")]
)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("la la land", ["La La Land"]),
        ("la la land, moana", ["La La Land", "Moana"]),
        ("les miserables, titanic", ["Les Misérables", "Titanic"]),
        ("La La Land. Moana. Titanic.", ["La La Land", "Moana", "Titanic"]),
        ("Jumanji was hilarous 😂", ["Jumanji"]),
        ("Jumanji’s awsome", ["Jumanji"]),
    ],
)
def test_titles_and_signs_tell_no_language(text: str, titles: list[str]) -> None:
    assert [mention.item_id for mention in MIXED.link(text)] == titles


ALONE = ("Dune", "Emma", "Heat", "Up", "It", "Her", "Us", "Signs", "Beloved", "Chess", "Roma", "The Others")


@pytest.mark.parametrize("title", ALONE)
@pytest.mark.parametrize("form", ["{}", "{}.", "**{}**", '"{}"', "{}?", "- {}"])
def test_a_title_that_is_all_that_is_said_is_named(title: str, form: str) -> None:
    linker = Linker([Item(one, one) for one in ALONE])
    assert [one.item_id for one in linker.read(form.format(title)).mentions] == [title]


NO_TITLES = (
    "Yes",
    "Sure",
    "Thanks",
    "Horror",
    "Comedy",
    "Drama",
    "Nein",
    "Gracias",
    "Merci",
    "Wow",
    "G",
    "1984",
)


@pytest.mark.parametrize("title", [*NO_TITLES, "Sure Thing", "Other"])
@pytest.mark.parametrize("form", ["{}", "{}.", "{}!", "{}?"])
def test_what_people_answer_with_names_nothing(title: str, form: str) -> None:
    linker = Linker([Item(one, one) for one in (*NO_TITLES, "Sure Thing", "Other")])
    assert linker.read(form.format(title.capitalize())).mentions == ()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Try Dune", True),
        ("Sure, Dune.", True),
        ("Sure, Heat.", True),
        ("Essayez Dune", True),
        ("J'aimerais voir plus dune comédie", False),  # as people type it
    ],
)
def test_a_titles_own_word_tells_no_language(said: str, found: bool) -> None:
    linker = Linker([Item("dune", "Dune"), Item("heat", "Heat")])
    assert bool(linker.read(said).mentions) == found


#: How people and models say a title, and nothing else, in a sentence.
SAID_ALONE = (
    "Definitely {}.; Probably {}.; Absolutely {}!; Sure! {}.; Okay, {} it is!; {} it is.; Sure!\n{}.;"
    "{}\n\nA classic.; Alternatively {} then, you will like it.; Vielleicht {}.; Dann {}.;"
    "Ich empfehle dir {}.; Nimm doch {}.; Sûrement {}.; {}? Who was in it?; Any others? {}"
)


@pytest.mark.parametrize("said", [one.strip(" ") for one in SAID_ALONE.split(";")])
@pytest.mark.parametrize("title", ["Dune", "Heat", "Jaws", "Frozen", "Inception", "Parasite"])
def test_a_title_of_one_word_is_found_as_it_is_said_alone(title: str, said: str) -> None:
    linker = Linker([Item(one, one) for one in ("Dune", "Heat", "Jaws", "Frozen", "Inception", "Parasite")])
    assert [one.item_id for one in linker.read(said.format(title)).mentions] == [title]


@pytest.mark.parametrize(
    "said",
    [
        "It takes place in (Almost) Paris",
        "It stars: Almost: nobody",
    ],
)
def test_words_that_are_a_sentence_among_others_are_no_titles(said: str) -> None:
    linker = Linker([Item(one, one) for one in ("Almost",)])
    assert linker.read(said).mentions == ()

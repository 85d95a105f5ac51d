"""What people plainly say of films and books, without marks, in other languages than English."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker, TitleMatcher

TITLES = (
    "少林足球",
    "红楼梦",
    "我不是药神",
    "三体",
    "致青春",
    "匆匆那年",
    "活着",
    "リング",
    "鬼滅の刃",
    "火花",
    "おくりびと",
    "容疑者Xの献身",
    "부산행",
    "괴물",
    "마더",
    "올드보이",
    "꿈",
    "ไททานิค",
    "แฟนฉัน",
    "รักแห่งสยาม",
    "الفيل الأزرق",
    "تيتانيك",
    "الكرنك",
    "الأسود يليق بك",
    "الرسالة",
    "Los otros",
    "Nueve reinas",
    "Roma",
    "Volver",
    "Les Oiseaux",
    "Munich",
    "Tschick",
    "Systemsprenger",
    "Das Boot",
    "Левиафан",
    "Зелёная миля",
    "Двенадцать стульев",
)
LINKER = Linker([Item(title, title) for title in TITLES])


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("少林足球很搞笑", ["少林足球"]),
        ("红楼梦读了三遍", ["红楼梦"]),
        ("我讨厌红楼梦", ["红楼梦"]),
        ("我看了三遍我不是药神", ["我不是药神"]),
        ("我喜欢三体、致青春和匆匆那年", ["三体", "致青春", "匆匆那年"]),
        ("リングって怖い？", ["リング"]),
        ("鬼滅の刃泣けるよね", ["鬼滅の刃"]),
        ("今度おくりびと見ようかな", ["おくりびと"]),
        ("火花と容疑者Xの献身どっちがいい？", ["火花", "容疑者Xの献身"]),
        ("저는 올드보이 좋아해요", ["올드보이"]),
        ("부산행 별로였어요", ["부산행"]),
        ("부산행, 올드보이, 마더", ["부산행", "올드보이", "마더"]),
        ("부산행, 올드보이 둘 다 좋아요", ["부산행", "올드보이"]),
        ("ดูไททานิคแล้วร้องไห้", ["ไททานิค"]),
        ("แฟนฉันน่ากลัวมาก", ["แฟนฉัน"]),
        ("แฟนฉันดีกว่ารักแห่งสยาม", ["แฟนฉัน", "รักแห่งสยาม"]),
        ("شفت الفيل الأزرق امبارح", ["الفيل الأزرق"]),
        ("الكرنك ممل", ["الكرنك"]),
        ("تيتانيك أفضل من الأسود يليق بك", ["تيتانيك", "الأسود يليق بك"]),
        ("Nueve reinas es genial", ["Nueve reinas"]),
        ("Nueve reinas ya la vi", ["Nueve reinas"]),
        ("Munich m'a beaucoup plu", ["Munich"]),
        ("Systemsprenger ist besser als Tschick", ["Systemsprenger", "Tschick"]),
        ("Левиафан скучный", ["Левиафан"]),
        ("Левиафан лучше, чем Зелёная миля", ["Левиафан", "Зелёная миля"]),
        ("хочу пересмотреть зелёная миля", ["Зелёная миля"]),
    ],
)
def test_a_title_is_named_by_what_people_say_of_films_beside_it(text: str, titles: list[str]) -> None:
    assert [mention.item_id for mention in LINKER.link(text)] == titles


@pytest.mark.parametrize(
    "text",
    [
        "只要活着就好",
        "꿈 같은 영화였어요.",
        "괴물이 나오는 영화 좋아해요",
        "ไปดูหนังกับแฟนฉัน",
        "وصلت الرسالة متأخرة",
        "Los otros no vinieron",
        "Volver es mejor que irse.",
        "Una película rodada en Roma",
        "J'entends les oiseaux",
        "Je viens de Munich",
    ],
)
def test_what_is_said_of_other_things_names_no_title(text: str) -> None:
    assert LINKER.link(text) == ()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("三体", "我特别喜欢三体"),
        ("活着", "我觉得活着很无聊"),
        ("마더", "마더 말고 다른 거요"),
        ("Les Oiseaux", "hier j'ai vu les oiseaux"),
        ("Titanic", "je déteste titanic"),
        ("Зелёная миля", "терпеть не могу зелёная миля"),
    ],
)
def test_the_mask_hides_what_the_linker_may_doubt(title: str, text: str) -> None:
    masked = TitleMatcher([title]).mask(text, "…")
    assert "…" in masked
    assert title.casefold() not in masked.casefold()

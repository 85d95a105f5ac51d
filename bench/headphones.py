"""A shop's product file to try things on: 504 headphones of 20 invented brands, in English and German.

    python bench/headphones.py > docs/examples/headphones.csv

Seeded; made the way such files come: prices written in several ways, cells left empty, a few titles with odd
blanks or marks, names that are model numbers, one word, a number, or in another script. Each brand makes
three categories, and no pair of brand and category has fewer than eight items. Every brand and model is
invented; whoever finds a real one may say so.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys

#: Brand -> how it names its products, and the first letter of its item numbers.
BRANDS = {
    "Auvara": "number",
    "Brelko": "number",
    "Cindrel": "series",
    "Dunkelton": "german",
    "Evenmoor": "words",
    "Fjordlyd": "series",
    "Galmori": "number",
    "Hörwerk": "german",
    "Ixolan": "number",
    "Jandry": "words",
    "Klangheim": "german",
    "Lumetta": "one",
    "Murmio": "one",
    "Nordeval": "series",
    "Otonami": "kana",
    "Pellucid": "words",
    "Quarzo": "numeral",
    "Ravelin": "number",
    "Tishina": "cyrillic",
    "Vespertone": "numeral",
}
CATEGORIES = ("over-ear", "in-ear", "on-ear", "sports", "gaming", "studio", "kids", "travel")
_LETTERS = ("SR", "HX", "QT", "WF", "AV", "MK", "TN", "BD")
_SERIES = ("Sola", "Trillo", "Velo", "Brisa", "Kastor", "Mirra", "Onda", "Pallas", "Runo", "Tersa")
_WORDS = (
    "Quiet Harbour", "Night Walk", "Long Haul", "First Light", "Second Row", "Open Window", "Front Room",
    "Slow River", "High Meadow", "Deep Field", "Small Hours", "Sunday Drive", "Paper Moon",
    "Stone Bridge",
)  # fmt: skip
_GERMAN = ("Ruhepol", "Stadtlicht", "Waldrand", "Nachtzug", "Fernweh", "Feierabend", "Morgenrot", "Pausenhof",
           "Tonmeister", "Zugabe", "Freiraum", "Taktgeber")  # fmt: skip
_ONE = (
    "Alba", "Cirro", "Dovel", "Ember", "Fauna", "Grano", "Hazel", "Istmo", "Jolie", "Kite", "Lark",
    "Mocha", "Nimbo", "Orbit", "Plume", "Quill", "Raven", "Sorrel", "Thistle", "Umbra", "Verve",
    "Willow", "Yarrow", "Zephyr", "Amble", "Birch", "Clover",
)  # fmt: skip
_KANA = ("しずく", "こだま", "かぜ", "ほたる", "なぎさ", "つばめ", "ひびき", "みどり", "そよかぜ")
_CYRILLIC = ("Эхо", "Роса", "Туман", "Ветер", "Снегирь", "Заря", "Полёт", "Берег", "Искра")
_EXTENSIONS = ("", " Pro", " Lite", " Plus", " Mini", " Air")
_COLOURS = ("black", "white", "blue", "red", "green", "grey", "sand")
_ENGLISH_TEXT = (
    "A {fit} {kind} headphone with {sound} sound and {feature}.",
    "{sound_c} sound, {feature} and a {fit} fit for long days.",
    "Made for {use}: a {fit} fit, {sound} sound and {feature}.",
    "Our {fit} {kind} model for {use}. Comes with {feature}.",
)
_GERMAN_TEXT = (
    "Ein {fit_de} {kind_de} für {use_de} mit {sound_de} Klang und {feature_de}.",
    "Für {use_de} gemacht, mit {sound_de} Klang und {feature_de}.",
    "Unser {kind_de} für {use_de}, mit {feature_de}.",
)
_FIT = (("light", "leichter"), ("comfortable", "bequemer"), ("snug", "fester"), ("soft", "weicher"))
_SOUND = (("clear", "klarem"), ("warm", "warmem"), ("balanced", "ausgewogenem"), ("powerful", "kräftigem"))
_FEATURE = (("active noise cancelling", "aktiver Geräuschunterdrückung"), ("a detachable cable",
"abnehmbarem Kabel"),
            ("fast charging", "schnellem Laden"), ("a clear microphone", "gutem Mikrofon"),
            ("two years of warranty", "zwei Jahren Garantie"), ("a travel case",
            "einer Reisetasche"))  # fmt: skip
_USE = {
    "over-ear": ("listening at home", "zuhause"),
    "in-ear": ("the commute", "unterwegs"),
    "on-ear": ("the office", "das Büro"),
    "sports": ("running and the gym", "Sport und Training"),
    "gaming": ("long evenings of play", "lange Spieleabende"),
    "studio": ("mixing and recording", "Aufnahmen und Mischungen"),
    "kids": ("children, with limited volume", "Kinder, mit begrenzter Lautstärke"),
    "travel": ("trains and planes", "Bahn und Flugzeug"),
}
HEADER = (
    "SKU",
    "Name",
    "Brand",
    "Category",
    "Price",
    "Stock",
    "Battery Hours",
    "Colour",
    "Year",
    "Description",
)


def _titles(brand: str, style: str, count: int, draw: random.Random) -> list[str]:
    """`count` different titles in a brand's own way."""
    if style == "number":
        letters = draw.sample(_LETTERS, 3)
        every = [
            f"{brand} {letter}-{number}{extension}"
            for letter in letters
            for number in draw.sample(range(100, 990), 12)
            for extension in ("", draw.choice(_EXTENSIONS[1:]))
        ]
    elif style == "numeral":
        every = [f"{brand} {number}" for number in draw.sample(range(11, 99), 40)]
        every += [f"{brand} {number}" for number in draw.sample(range(1000, 9999), 10)]
    elif style == "one":
        every = [*_ONE, *(f"{word} {number}" for word in _ONE for number in (2, 3))]
    else:
        words = {
            "series": _SERIES,
            "words": _WORDS,
            "german": _GERMAN,
            "kana": _KANA,
            "cyrillic": _CYRILLIC,
        }[style]
        every = [
            f"{brand} {word}{extension}" for word in words for extension in (*_EXTENSIONS[:4], " 2", " 3")
        ]
    return draw.sample(every, count)


def _price(cents: int, draw: random.Random) -> str:
    whole, rest = divmod(cents, 100)
    return draw.choice(
        (
            f"{whole},{rest:02d} €",
            f"{whole}.{rest:02d}",
            f"€{whole}.{rest:02d}",
            f"{whole}.{rest:02d} EUR",
            f"{whole},{rest:02d} €",
        )
    )


def _description(category: str, draw: random.Random) -> str:
    fit, fit_de = draw.choice(_FIT)
    sound, sound_de = draw.choice(_SOUND)
    feature, feature_de = draw.choice(_FEATURE)
    use, use_de = _USE[category]
    template = draw.choice(_ENGLISH_TEXT if draw.random() < 0.55 else _GERMAN_TEXT)
    text = template.format(
        fit=fit, fit_de=fit_de, sound=sound, sound_c=sound.capitalize(), sound_de=sound_de, feature=feature,
        feature_de=feature_de, use=use, use_de=use_de, kind=category, kind_de="Kopfhörer",
    )  # fmt: skip
    return draw.choice((text, text, text, f"<p>{text}</p>", f"  {text} ", ""))


def rows(seed: int = 0) -> list[tuple[str, ...]]:
    """The rows, shuffled: SKU to description as the file writes them."""
    draw = random.Random(seed)
    made = []
    for place, (brand, style) in enumerate(BRANDS.items()):
        categories = [CATEGORIES[(place + step) % len(CATEGORIES)] for step in (0, 2, 5)]
        counts = (9, 8, 8) if place % 5 else (9, 9, 8)
        titles = _titles(brand, style, sum(counts), draw)
        belongs = [category for category, count in zip(categories, counts, strict=True) for _ in range(count)]
        for number, (title, category) in enumerate(zip(titles, belongs, strict=True)):
            # Odd blanks, as files have them; the title stays the same one.
            title = title.replace(" ", "  ", 1) if draw.random() < 0.03 else title
            cents = draw.randrange(15, 400) * 100 + draw.choice((0, 90, 99, 95, 0))
            wireless = draw.random() < 0.7
            made.append(
                (
                    f"{brand[:3].upper()}{place:02d}{number:03d}",
                    title,
                    brand if draw.random() > 0.02 else brand.upper(),
                    category,
                    _price(cents, draw) if draw.random() > 0.04 else draw.choice(("", "n/a")),
                    draw.choice(("0", "0", "1", "2", "3", "5", "8", "12", "25", "40", "")),
                    str(draw.randrange(6, 60)) if wireless else "",
                    draw.choice(_COLOURS),
                    str(draw.randrange(2017, 2026)) if draw.random() > 0.1 else "",
                    _description(category, draw),
                )
            )
    draw.shuffle(made)
    return made


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows())

"""What bench/made_up_names.py takes for good is true of the catalogue's file, and what for made up is not."""

from __future__ import annotations

import csv
import importlib.util
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from support import ROOT

BENCH = ROOT / "bench"
FILMS = ROOT / "src" / "usbrec" / "data" / "demo" / "catalogue.csv"
SHOP = ROOT / "docs" / "examples" / "headphones.csv"
GERMAN = {"schwarz": "black", "blau": "blue", "grün": "green", "grau": "grey", "rot": "red", "weiß": "white"}
GERMAN["sandfarben"] = "sand"


def names_in(cell: str) -> list[str]:
    return [name.strip() for name in cell.split(",") if name.strip()]


def is_or_starts(said: str, names: Sequence[str]) -> bool:
    return any(said in (name, re.sub(r"^(\S)\S* ", r"\1. ", name)) for name in names)


#: Whether what stands at a mark of a frame is true of a row of the catalogue's file.
OF_A_FILM: Mapping[str, Callable[[str, Mapping[str, str]], bool]] = {
    "y": lambda said, row: said == row["Year"],
    "g": lambda said, row: said == row["Genre"].split(",")[0].lower(),
    "d": lambda said, row: said in names_in(row["Director"]),
    "D": lambda said, row: is_or_starts(said, names_in(row["Director"])),
    "a": lambda said, row: said in names_in(row["Cast"]),
    "A": lambda said, row: is_or_starts(said, names_in(row["Cast"])),
    "p": lambda said, row: said in names_in(row["Director"]) + names_in(row["Cast"]),
    "P": lambda said, row: is_or_starts(said, names_in(row["Director"]) + names_in(row["Cast"])),
}


def is_price(said: str, cell: str) -> bool:
    return re.sub(r"[^\d.]", "", cell.replace(",", ".")) == said.replace(",", ".")


OF_A_PRODUCT: Mapping[str, Callable[[str, Mapping[str, str]], bool]] = {
    "y": lambda said, row: said == row["Year"],
    "g": lambda said, row: said == row["Category"],
    "p": lambda said, row: said.casefold() == row["Brand"].casefold(),
    "c": lambda said, row: said == row["Colour"],
    "C": lambda said, row: GERMAN.get(said) == row["Colour"],
    "h": lambda said, row: said == row["Battery Hours"],
    "n": lambda said, row: said == row["Stock"],
    "price": lambda said, row: is_price(said, row["Price"]),
    "k": lambda said, row: is_price(said, row["Price"]),
}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(BENCH))
    spec = importlib.util.spec_from_file_location("made_up_names", BENCH / "made_up_names.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "made_up_names", module)
    spec.loader.exec_module(module)
    yield module
    for name in set(sys.modules) - before:
        if name.startswith("made_up_frames"):
            del sys.modules[name]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["title"] = " ".join((row.get("Title") or row["Name"]).split())
    return rows


class Reader:
    """Reads a reply by its frame, with nothing but the rows of a file to go by."""

    def __init__(self, rows: Sequence[Mapping[str, str]], frames: Sequence[str], truths: Mapping[str, Any]):
        self.truths = truths
        self.frames = [(re.split(r"\{\w+\}", frame), self.pattern(frame)) for frame in frames]
        self.titled: dict[str, list[Mapping[str, str]]] = {}
        for row in rows:
            self.titled.setdefault(row["title"].lower(), []).append(row)

    @staticmethod
    def pattern(frame: str) -> re.Pattern[str]:
        parts: list[str] = []
        for mark, between in re.findall(r"\{(\w+)\}|([^{]+)", frame):
            parts.append(f"(?P<{mark}>.+?)" if mark else re.escape(between))
        return re.compile("".join(parts))

    def claims(self, text: str) -> Iterator[dict[str, str]]:
        """What stands at the marks, by each frame that it may have."""
        for literals, pattern in self.frames:
            if all(literal in text for literal in literals) and (found := pattern.fullmatch(text)):
                yield found.groupdict()

    def true(self, text: str) -> bool:
        return any(self.holds(claims) for claims in self.claims(text))

    def holds(self, claims: Mapping[str, str]) -> bool:
        others = {mark: said for mark, said in claims.items() if mark not in ("t", "b", "l", "r")}
        other = claims.get("r")
        if other is not None and other not in [row["title"] for row in self.titled.get(other.lower(), ())]:
            return False
        mark, name = next((mark, claims[mark]) for mark in "tbl" if mark in claims)
        bare = re.sub(r" \(\d{4}\)$", "", name)
        for row in [*self.titled.get(name.lower(), ()), *self.titled.get(bare.lower(), ())]:
            title = row["title"]
            named = {"t": (title, f"{title} ({row.get('Year')})"), "b": (title,), "l": (title.lower(),)}
            if name in named[mark] and all(self.truths[mark](said, row) for mark, said in others.items()):
                return True
        return False


def folded(text: str) -> str:
    return "".join(re.findall(r"\w", text.casefold()))


@pytest.mark.parametrize("kind", ["films", "products"])
@pytest.mark.parametrize("half", [0, 1])
def test_good_replies_are_true_of_the_file_and_the_others_are_not(
    bench: ModuleType, kind: str, half: int
) -> None:
    book = bench.halved(bench.made_up_frames_sixth, half)
    shelf = getattr(bench, kind)(book)
    written = bench.Writer(shelf, None, 11, book).scripts(600)
    rows, truths = (rows_of(FILMS), OF_A_FILM) if kind == "films" else (rows_of(SHOP), OF_A_PRODUCT)
    reader = Reader(rows, shelf.frames, truths)
    titles = {folded(row["title"]) for row in rows}
    seen = set()
    for script in written:
        seen.add(script.kind)
        if script.kind == "names nothing":
            assert script.text in shelf.quiet
        elif script.kind in ("right stock", "wrong stock"):
            left = [row for row in rows if row["title"] == script.items[0][0]]
            there = any(
                re.fullmatch(frame.format(t=".+", n=r"\d+", l=".+"), script.text) for frame in book.IN_STOCK
            )
            right = any(row["Stock"] and (row["Stock"] != "0") == there for row in left)
            assert right == (script.kind == "right stock"), script
        elif script.wrong is None:
            assert reader.true(script.text), script
        else:
            assert script.wrong in script.text
            assert not reader.true(script.text), script
            if not script.kind.startswith("wrong "):
                assert folded(script.wrong) not in titles, script
    claimed = (
        ("year", "person") if kind == "films" else ("price", "stock", "year", "brand", "colour", "category")
    )
    assert {f"wrong {claim}" for claim in claimed} <= seen


@pytest.mark.parametrize("kind", ["films", "products"])
def test_a_wrong_claim_stands_in_the_frame_of_a_right_one(bench: ModuleType, kind: str) -> None:
    frames = bench.made_up_frames_sixth
    for half in (0, 1):
        book = bench.halved(frames, half)
        if kind == "films":
            forms = {re.sub(r"\{[daDA]\}", "{p}", frame) for frame in book.FILMS}
            wrong = [*book.WRONG_YEAR, *(frame.replace("{P}", "{p}") for frame in book.WRONG_PERSON)]
        else:
            forms = set(book.PRODUCTS)
            claims = ("PRICE", "PRODUCT_YEAR", "BRAND", "COLOUR", "CATEGORY")
            wrong = [frame for claim in claims for frame in getattr(book, f"WRONG_{claim}")]
        assert set(wrong) <= forms


def test_names_that_are_listed_as_made_up_are_in_no_catalogue(bench: ModuleType) -> None:
    book = bench.made_up_frames_sixth
    titles = {
        folded(re.sub(r"^(the|a|an) ", "", row["title"].lower()))
        for path in (FILMS, SHOP)
        for row in rows_of(path)
    }
    listed = [*book.FILMS_ELSEWHERE, *book.PRODUCTS_ELSEWHERE, *book.WORDS, *book.FOREIGN]
    listed += [
        name
        for names in (*book.FILM_NAMES.values(), *book.PRODUCT_NAMES.values())
        for name in names
        if "{" not in name
    ]
    assert len(listed) > 250
    for name in listed:
        assert folded(re.sub(r"^(the|a|an) ", "", name.lower())) not in titles, name


@pytest.mark.parametrize(("kind", "path"), [("films", FILMS), ("products", SHOP)])
def test_realistic_replies_name_items_of_the_file_with_their_years_and_prices(kind: str, path: Path) -> None:
    listed = tomllib.loads((BENCH / "realistic_replies_sixth.toml").read_text("utf-8"))[kind]
    assert {said: len(replies) for said, replies in listed.items()} == {"said": 40, "german": 20}
    rows = rows_of(path)
    for reply in (*listed["said"], *listed["german"]):
        rest, named = reply, []
        for row in sorted(rows, key=lambda row: -len(row["title"])):
            found = rf"(?<!\w){re.escape(row['title'])}(?!\w)"
            if re.search(found, rest):
                named += [one for one in rows if one["title"] == row["title"]]
                rest = re.sub(found, "#", rest)
        assert named, reply
        for year in re.findall(r"\b(?:19|20)\d\d\b", rest):
            assert year in {row["Year"] for row in named}, reply
        prices = r"€(\d+(?:\.\d\d)?)|(\d+(?:,\d\d)?) (?:€|euros?\b)(?! instead)"
        # What it is to stay under is no price of an item.
        rest = rest.replace("Unter 100 Euro", "")
        for price in (one or other for one, other in re.findall(prices, rest, flags=re.IGNORECASE)):
            assert any(
                row["Price"] not in ("", "n/a")
                and float(re.sub(r"[^\d.]", "", row["Price"].replace(",", ".")))
                == float(price.replace(",", "."))
                for row in named
            ), reply
        hours = re.findall(r"(\d+) (?:hours|Stunden)", rest) if kind == "products" else []
        assert set(hours) <= {row.get("Battery Hours") for row in named}, reply

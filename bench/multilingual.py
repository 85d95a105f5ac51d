"""What a multilingual sentence encoder finds: requests in seven languages, English descriptions of books.

    python bench/multilingual.py [english|multilingual ...]      # needs the extras of the encoders

bench/multilingual.toml holds 14 requests, each in seven languages; the wanted book is looked for among the
120 of docs/examples/books.csv by the cosine of its text (title, category, author, description) to the
request. Shares of requests whose book comes first, and stands among the first five, with Wilson's interval at
95 %; too narrow, because the requests of a language are translations of one another.
"""

from __future__ import annotations

import argparse
import time
import tomllib
from pathlib import Path
from typing import get_args

import numpy as np

from usbrec.errors import ConfigError
from usbrec.items import load_catalogue
from usbrec.items.retrieval.encoder import Choice, encoder_of, item_text

HERE = Path(__file__).parent


def wilson(right: int, of: int) -> str:
    share, z = right / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    spread = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{share:.2f} [{max(0, middle - spread):.2f}, {min(1, middle + spread):.2f}]"


def measure(choice: Choice) -> None:
    encoder = encoder_of(choice)
    books = load_catalogue(HERE.parent / "docs/examples/books.csv").items
    wanted = tomllib.loads((HERE / "multilingual.toml").read_text("utf-8"))
    encoder.encode(["warm"])
    began = time.process_time()
    books_b_d = encoder.encode([item_text(book) for book in books])
    taken = time.process_time() - began
    print(f"{choice} ({encoder.name}), {taken / len(books) * 1000:.1f} ms of processor time a text")
    places: dict[str, list[int]] = {}
    for item_id, requests in wanted.items():
        row = [book.id for book in books].index(item_id)
        for language, said in requests.items():
            cosines_b = books_b_d @ encoder.encode([said])[0]
            places.setdefault(language, []).append(int((cosines_b > cosines_b[row]).sum()))
    others = [place for language, found in places.items() if language != "en" for place in found]
    for language, found in (*places.items(), ("all but en", others)):
        first, five = sum(place < 1 for place in found), sum(place < 5 for place in found)
        told = f"first {wilson(first, len(found))}   five {wilson(five, len(found))}   n {len(found)}"
        print(f"  {language:12} {told}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("encoders", nargs="*", choices=[*get_args(Choice), []], help="by default all")
    options = parser.parse_args()
    for choice in options.encoders or get_args(Choice):
        try:
            measure(choice)
        except ConfigError as error:
            print(f"{choice}: {error}")


if __name__ == "__main__":
    main()

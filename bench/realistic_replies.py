"""Realistic good replies: how many a grounded recommender says as they are, and what it cuts of others.

    python bench/realistic_replies.py [--half developed|held-out|sixth] [--show]

The replies stand in bench/realistic_replies_*.toml. One draw, no second.
"""

from __future__ import annotations

import argparse
import asyncio
import tomllib
from pathlib import Path

from made_up_names import Script, films, products, said, wilson


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--half", choices=("developed", "held-out", "sixth"), default="developed")
    parser.add_argument("--show", action="store_true", help="print the replies that were changed")
    options = parser.parse_args()
    path = Path(__file__).with_name(f"realistic_replies_{options.half.replace('-', '_')}.toml")
    listed = tomllib.loads(path.read_text("utf-8"))
    for name, shelf in (("films", films()), ("products", products())):
        seeker = (
            "I want a good film for tonight." if name == "films" else "I need headphones. Mine were Sony."
        )
        german = "Ich suche einen guten Film." if name == "films" else "Ich suche einen guten Kopfhörer."
        for kind, replies in listed[name].items():
            texts = [one if isinstance(one, str) else one["text"] for one in replies]
            asked = german if kind == "german" else seeker
            answers = asyncio.run(said(shelf, [Script(text, kind, None, asked) for text in texts]))
            good, left = 0, 0
            for one, text, (_, answer, _) in zip(replies, texts, answers, strict=True):
                if isinstance(one, str):
                    right = answer == text
                else:
                    right = one["kept"] in answer and one["out"] not in answer
                    left += one["out"] in answer
                good += right
                if options.show and not right:
                    print(f"{name} {kind}: {text!r}\n    -> {answer!r}")
            low, high = wilson(good, len(texts))
            what = "said as it is" if kind != "cut" else f"kept but for what is not ours ({left} let through)"
            print(f"{name} {kind}: {good} of {len(texts)} {what} [{low:.0%}, {high:.0%}]")


if __name__ == "__main__":
    main()

"""Language identification on ReDial's seekers, who all speak English: how many turns are told as something
else; and on short texts (bench/short_texts.toml), each the only turn of a dialogue: how many are read in
their language.

    python bench/tell_languages.py ../shared/data/redial/valid.jsonl
    python bench/tell_languages.py --short report

Where py3langid is installed it is asked beside ours, among the same languages.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from usbrec.dialogue import Turn
from usbrec.lexicon import shared
from usbrec.lexicon.detection import detect
from usbrec.play.languages import Languages

SHORT_TEXTS = Path(__file__).parent / "short_texts.toml"


def main() -> None:
    parser = argparse.ArgumentParser(description="How many turns are told as another language than English.")
    parser.add_argument("path", type=Path, nargs="?", help="rows of iEvaLM's ReDial")
    parser.add_argument("--short", default="", metavar="PART", help="short texts of this part instead")
    given = parser.parse_args()
    if given.short:
        short_texts(given.short)
        return
    if given.path is None:
        parser.error("a file of rows, or --short")
    path: Path = given.path
    rows = [json.loads(line)["context"][::2] for line in path.read_text(encoding="utf-8").splitlines()]
    turns = list(dict.fromkeys(turn for row in rows for turn in row if turn))
    dialogues = ["\n".join(row) for row in rows]
    tellers: dict[str, Callable[[str], str | None]] = {"ours": detect.__wrapped__}
    try:
        others = importlib.import_module("py3langid")
    except ImportError:
        pass
    else:
        others.set_languages([language for language in shared("languages") if language != "fa"])
        tellers["py3langid"] = lambda text: str(others.classify(text)[0])
    for name, tell in tellers.items():
        for what, texts in (("turns", turns), ("dialogues", dialogues)):
            started = time.process_time()
            found = Counter(map(tell, texts))
            each = 1e6 * (time.process_time() - started) / len(texts)
            undecided = found.pop(None, 0)
            english = found.pop("en", 0)
            print(
                f"{name:10} {len(texts):6} {what:10} {english} English, {undecided} undecided, "
                f"{found.total()} others; {each:.0f} microseconds each"
            )


def short_texts(part: str) -> None:
    """Each text as the only turn of a dialogue, where English is usual."""
    told = Languages().told
    for code, texts in tomllib.loads(SHORT_TEXTS.read_text("utf-8"))[part].items():
        rows = texts.strip().split("\n")
        wrong = {text: found for text in rows if (found := told([Turn("seeker", text)])) != code}
        print(f"{code}  {len(rows) - len(wrong)} of {len(rows)}")
        for text, found in wrong.items():
            print(f"    {found}: {text}")


if __name__ == "__main__":
    main()

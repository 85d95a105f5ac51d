"""The paper's procedure as plainly as it is described: one call after the other, ten votes for a score.

    python bench/paper_procedure.py URL ROWS [--ses] [--rounds 2] [--drafts 3]

It is what bench/speed.py holds our time against: no seats by rules, nothing asked at once, nothing kept.
ROWS is a JSONL file with "context" (texts in turn, the seeker last) and "rec" (titles).
"""

from __future__ import annotations

import argparse
import http.client
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Turns = list[dict[str, str]]
_JUDGE = "Answer with the digit alone."


class Paper:
    def __init__(self, url: str, rounds: int, drafts: int) -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
        self.path = parts.path + "/chat/completions"
        self.rounds, self.drafts, self.calls = rounds, drafts, 0

    def ask(self, system: str, turns: Turns, temperature: float = 0.0) -> str:
        self.calls += 1
        messages = [{"role": "system", "content": system}, *turns]
        body = {"model": "stub", "messages": messages, "temperature": temperature, "seed": self.calls}
        self.connection.request(
            "POST",
            self.path,
            json.dumps(body),
            {"content-type": "application/json", "authorization": "Bearer x"},
        )
        answer: Any = json.loads(self.connection.getresponse().read())
        return str(answer["choices"][0]["message"]["content"])

    def score(self, turns: Turns, wanted: str) -> float:
        asked = [{"role": "user", "content": f"Wanted: {wanted}. {json.dumps(turns)} {_JUDGE}"}]
        return sum(int(self.ask("You judge.", asked, 0.7)) for _ in range(10)) / 10

    def seeker(self, turns: Turns, wanted: str) -> str:
        return self.ask(f"You play a person who wants {wanted}.", turns)

    def reply(self, turns: Turns, left: int) -> str:
        """The best draft, each played to the end with a seeker who knows the profile alone."""
        profile = self.ask("Sum up. Liked genres:", turns)
        scored = []
        for _ in range(self.drafts):
            draft = self.ask("Recommend.", turns, 0.7)
            played = [*turns, {"role": "assistant", "content": draft}]
            for _ in range(left - 1):
                played.append({"role": "user", "content": self.seeker(played, profile)})
                played.append({"role": "assistant", "content": self.ask("Recommend.", played, 0.7)})
            scored.append((self.score(played, profile), draft))
        return max(scored)[1]

    def episode(self, context: list[str], wanted: str, *, ses: bool) -> float:
        turns = [
            {"role": "user" if (len(context) - place) % 2 else "assistant", "content": text}
            for place, text in enumerate(context)
        ]
        for round_ in range(1, self.rounds + 1):
            left = self.rounds - round_ + 1
            said = self.reply(turns, left) if ses else self.ask("Recommend.", turns)
            turns.append({"role": "assistant", "content": said})
            if round_ < self.rounds:
                turns.append({"role": "user", "content": self.seeker(turns, wanted)})
        return self.score(turns, wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    parser.add_argument("rows", type=Path)
    parser.add_argument("--ses", action="store_true")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--drafts", type=int, default=3)
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.rows.read_text(encoding="utf-8").splitlines()]
    paper = Paper(options.url, options.rounds, options.drafts)
    started = time.monotonic()
    for row in rows:
        paper.episode(row["context"], "; ".join(row["rec"]), ses=options.ses)
    seconds = time.monotonic() - started
    print(json.dumps({"seconds": seconds, "rows": len(rows), "calls": paper.calls}))


if __name__ == "__main__":
    main()

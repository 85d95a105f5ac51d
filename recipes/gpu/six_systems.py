"""The six systems with one model on one card: fetched, trained, played and compared, each step timed.

    pip install 'usbrec[train,retrieval]'
    python recipes/gpu/six_systems.py train.jsonl test.jsonl --catalogue items.json -o runs/gpu

Tested on `--rows` rows of the test file, the same whatever the seed. The same command goes on where it was
stopped. Everything is left in the folder: `six/report.html`, and `six_systems.json` with the seconds of each
step, the card, and the tokens a second of every system. `--device cpu` tries the way without a card.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SETTINGS = Path(__file__).parent / "six_systems.toml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("train", help="samples to learn from")
    parser.add_argument("test", help="samples that nothing was chosen on")
    parser.add_argument("--catalogue", required=True)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument(
        "--model", default="hf:qwen2.5-coder-1.5b", help="a checkpoint's folder, or one to fetch"
    )
    parser.add_argument("--ranker", help="one trained on other dialogues; else three are trained here")
    parser.add_argument("--rows", type=int, default=150, help="rows to test on (150)")
    parser.add_argument("--max-steps", type=int, help="end each training after so many steps")
    parser.add_argument("--device", default="cuda", help="cuda, or cpu to try the way (cuda)")
    parser.add_argument("--config", type=Path, default=SETTINGS, help="settings (six_systems.toml)")
    given = parser.parse_args()
    card = card_of(given.device)
    given.out.mkdir(parents=True, exist_ok=True)
    seconds: dict[str, float] = {}

    def step(name: str, *arguments: str) -> None:
        print(f"== {name}: usbrec {' '.join(arguments)}", flush=True)
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-m", "usbrec", *arguments], check=False)
        seconds[name] = round(time.monotonic() - began, 1)
        if done.returncode:
            sys.exit(f"{name} ended with exit code {done.returncode}; the same command goes on from there.")

    items = ("--catalogue", given.catalogue)
    fetched = given.model.removeprefix("hf:")
    if fetched.startswith("qwen2.5-coder-"):
        step("fetch", "models", "fetch", fetched, "--yes")
    config = given.out / "six.toml"
    write_settings(config, given.config.read_text(encoding="utf-8"), given.model, given.ranker, given.device)
    few = [] if given.max_steps is None else ["--max-steps", str(given.max_steps)]
    played = ("--train", given.train, "--test", given.test, "--limit", str(given.rows))
    six = given.out / "six"
    step("six systems", "experiment", *played, *items, "--config", str(config), *few, "-o", str(six))
    systems = {
        str(path.parent.relative_to(six)): speed_of(path) for path in sorted(six.rglob("results.json"))
    }
    record = {"model": given.model, "card": card, "rows": given.rows, "seconds": seconds, "systems": systems}
    (given.out / "six_systems.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(record, indent=2))


def card_of(device: str) -> str:
    """The card's name and memory. Ends the program where there is none."""
    import torch

    if device == "cpu":
        return "none"
    if not torch.cuda.is_available():
        sys.exit("No card that this PyTorch can use. Install the build for your driver, or try --device cpu.")
    about = torch.cuda.get_device_properties(torch.device(device))
    return f"{about.name}, {about.total_memory / 2**30:.0f} GiB"


def write_settings(path: Path, settings: str, model: str, ranker: str | None, device: str) -> None:
    """The settings with the model, the device and the ranker in their tables. Where none is given, each part
    of the rows gets one that has not seen its dialogues."""
    settings = settings.replace("[seats]", f"[seats]\nrecommender = {json.dumps(model)}", 1)
    settings = settings.replace("[models]", f"[models]\ndevice = {json.dumps(device)}", 1)
    if ranker is None:
        settings = settings.replace("[experiment]", "[experiment]\ntrain_rankers = true", 1)
    else:
        settings = f"ranker = {json.dumps(ranker)}\n\n{settings}"
    path.write_text(settings, encoding="utf-8")


def speed_of(results: Path) -> dict[str, Any]:
    """What a system's run says of itself, and the tokens that its model said and read a second."""
    found = json.loads(results.read_text(encoding="utf-8"))
    busy = found.get("seconds") or 0.0
    tokens = {name: found.get(f"{name}_tokens", 0) for name in ("prompt", "completion", "cached")}
    told = {name: (found.get(name) or {}).get("mean") for name in ("ieval", "hit")}
    return {
        "n": found.get("n"),
        **told,
        "model_seconds": busy,
        "completion_tokens_per_second": round(tokens["completion"] / busy, 1) if busy else None,
        "prompt_tokens_per_second": round((tokens["prompt"] - tokens["cached"]) / busy, 1) if busy else None,
    }


if __name__ == "__main__":
    main()

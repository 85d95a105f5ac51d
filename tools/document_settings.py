"""Writes docs/configuration.md from the settings themselves, so that the two cannot say different things.

    python tools/document_settings.py            write the file
    python tools/document_settings.py --check    exit 1 when the file is not current

The field names, types, limits, defaults and texts all come from `usbrec.config`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from usbrec.config import Config, Dataset, Server, Stage, TrainingChanges
from usbrec.storage import write_text

TARGET = Path(__file__).parents[1] / "docs" / "configuration.md"

_HEAD = """\
# Configuration

<!-- Written by tools/document_settings.py from usbrec.config. Change the texts there, then run it. -->

Every setting has a default, so a configuration file holds only what you want otherwise. It is TOML, with
a table for each stage:

```toml
seed = 7

[seats]
recommender = "openai:my-model"
simulator = "rules"
judge = "rules"

[play]
rounds = 3

[search]
drafts = 6
```

Hand it over with `--config FILE.toml`. Options on the command line go before the file (`usbrec evaluate
--help` lists them), and what came out of both is written to `config.toml` in the run folder, which
`--config` takes back. It holds what the run really used: a setting that was not set and whose value followed
from others (who judges inside the search, from which score on a draft is chosen, how many rows at once) has
that value, with `# derived` behind it. Leave such a line out where you change what it follows from. A name
that is not in these tables is an error, because a misspelt setting would otherwise be a silent default. In
Python the same settings are `usbrec.Config`, and `config.with_(play={"rounds": 3})` is a checked copy
with other ones.

A run folder belongs to the settings that decide answers: with others, the command refuses to go on in it.
Settings marked *free* change speed or place and never an answer, so a run may go on with other values of
these. A setting without a default is off, or resolved when the run starts, as its text says.
"""


def render() -> str:
    """The whole document."""
    schema = Config.model_json_schema()
    parts = [_HEAD, _section("For the whole run", "Above the first table of the file.", schema)]
    for name, field in Config.model_fields.items():
        stage = field.annotation
        if isinstance(stage, type) and issubclass(stage, Stage):
            text = schema["$defs"][stage.__name__].get("description", "")
            parts.append(_section(f"[{name}]", text, stage.model_json_schema()))
        elif name == "servers":
            parts.append(_section("[servers.NAME]", Server.__doc__ or "", Server.model_json_schema()))
    parts.append(f"## [experiment.sft], [experiment.rl]\n\n{TrainingChanges.__doc__}\n")
    parts.append(_section("[experiment.datasets.NAME]", Dataset.__doc__ or "", Dataset.model_json_schema()))
    return "\n".join(parts)


def _section(title: str, text: str, schema: Mapping[str, Any]) -> str:
    rows = [
        f"| `{name}` | {_type(field)} | {_default(field)} | {_text(field)} |"
        for name, field in schema["properties"].items()
        if "$ref" not in field and name not in ("servers", "datasets")
    ]
    table = ["| setting | values | default | what it does |", "|---|---|---|---|", *rows]
    return f"## {title}\n\n{' '.join(text.split())}\n\n" + "\n".join(table) + "\n"


def _type(field: Mapping[str, Any]) -> str:
    kinds = [kind for kind in field.get("anyOf", [field]) if kind.get("type") != "null"]
    return " or ".join(_kind(kind) for kind in kinds)


_NAMES = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false"}
_LIMITS = (
    ("minimum", "from {}"),
    ("exclusiveMinimum", "above {}"),
    ("maximum", "to {}"),
    ("exclusiveMaximum", "below {}"),
)


def _kind(kind: Mapping[str, Any]) -> str:
    if "enum" in kind:
        return ", ".join(f"`{json.dumps(value)}`" for value in kind["enum"])
    if kind["type"] == "object":
        return "table"
    if kind["type"] == "array":
        return "list of texts"
    return f"{_NAMES[kind['type']]} {', '.join(_limits(kind))}".strip()


def _limits(kind: Mapping[str, Any]) -> Iterator[str]:
    for name, words in _LIMITS:
        if name in kind:
            yield words.format(f"{kind[name]:g}")


def _default(field: Mapping[str, Any]) -> str:
    if "default" not in field:
        return "required"
    return "" if field["default"] in (None, {}) else f"`{json.dumps(field['default'])}`"


def _text(field: Mapping[str, Any]) -> str:
    # In a table cell a bar would end the cell.
    text = " ".join(field["description"].split()).replace("|", "\\|")
    return f"{text} *Free.*" if field.get("decides") is False else text


def main() -> int:
    parser = argparse.ArgumentParser(description="Write docs/configuration.md.")
    parser.add_argument("--check", action="store_true", help="only say whether the file is current")
    text = render()
    if not parser.parse_args().check:
        write_text(TARGET, text)
        return 0
    current = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text
    if not current:
        print(f"{TARGET} is not current: run python tools/document_settings.py", file=sys.stderr)
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main())

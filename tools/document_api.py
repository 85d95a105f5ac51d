"""Writes docs/api.md from the docstrings of what `usbrec` gives out, so that both say the same.

    python tools/document_api.py            write the file
    python tools/document_api.py --check    exit 1 when the file is not current

Names, signatures, texts and examples come from the modules, columns from the tables that write them.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import usbrec
from usbrec import engine, errors
from usbrec.config import loading as config_loading
from usbrec.evaluation.comparison import estimates
from usbrec.evaluation.statistics import Interval
from usbrec.library import enhancing, loading, rows, scoring, seats, tables
from usbrec.storage import write_text

TARGET = Path(__file__).parents[1] / "docs" / "api.md"
_WIDTH = 100

_HEAD = """\
# The library's names

<!-- Written by tools/document_api.py from the docstrings. Change the texts there, then run it. -->

What `import usbrec` gives, in full. [library.md](library.md) shows how the parts go together; settings are in
[configuration.md](configuration.md). Every name is imported when it is first asked for.
"""

#: Functions in the order in which a program calls them.
FUNCTIONS = (
    "load_catalogue",
    "load_samples",
    "evaluate",
    "aevaluate",
    "score",
    "ascore",
    "agreement",
    "fidelity",
    "compare",
    "open_model",
    "enhance",
    "make_pairs",
    "train",
    "train_seeker",
    "load_config",
)
#: What comes back, what is handed in, and what travels between.
RECORDS = (
    "Run",
    "ScoredDialogues",
    "Agreement",
    "Fidelity",
    "FittedSeeker",
    "Comparison",
    "Enhanced",
    "Pairs",
    "Adapter",
    "OpenModel",
    "ScriptedModel",
    "Catalogue",
    "Config",
    "Conversation",
    "Turn",
    "Reply",
    "Item",
    "Sample",
    "RecordedDialogue",
    "Episode",
    "Score",
    "PreferencePair",
)
#: Names in signatures that stand for more than one type, or that are not given out at the root.
_ALIASES = {
    "SamplesSource": (loading, "samples, as `usbrec.load_samples` takes them"),
    "CatalogueSource": (loading, "items, as `usbrec.load_catalogue` takes them"),
    "DialoguesSource": (
        scoring,
        "recorded dialogues: a file, a store of `usbrec serve`, or records and mappings",
    ),
    "Seat": (seats, "who sits somewhere: a text as on the command line, or an object"),
    "GivenSettings": (config_loading, "settings: a TOML file, a nested mapping, or the record"),
    "Talk": (enhancing, "a dialogue so far, which ends with the seeker"),
}
_KINDS = {"Interval": Interval, "Progress": engine.Progress, "Frame": rows.Frame}
_TABLES = {
    "Run.to_pandas, Run.to_csv": tables.EPISODE_COLUMNS,
    "The same of a run that only ranks": tables.RANKING_COLUMNS,
    "ScoredDialogues.to_pandas, ScoredDialogues.to_csv": {
        **tables.RECORDED_COLUMNS,
        "an aspect's name": tables.ASPECT_COLUMN,
    },
    "Agreement.to_pandas, Agreement.to_csv": tables.AGREEMENT_COLUMNS,
    "Fidelity.to_pandas, Fidelity.to_csv": tables.FIDELITY_COLUMNS,
    "Pairs.to_pandas, Pairs.to_csv": tables.PAIR_COLUMNS,
    "Comparison.to_pandas, Comparison.to_csv": estimates.COLUMNS,
    "Measures of a comparison": estimates.MEASURES,
}
#: What programs make themselves; the others come from functions.
_MADE_BY_HAND = ("Catalogue", "Conversation", "Item", "Reply", "Sample", "ScriptedModel", "Turn")
#: Methods for the rooms below.
_INSIDE = ("from_json", "model_config", "on_store", "record", "to_json", "under")


def render() -> str:
    """The whole document."""
    listed = {*FUNCTIONS, *RECORDS, "errors"}
    if missing := set(usbrec.__all__) ^ listed:
        raise SystemExit(f"tools/document_api.py: say where {', '.join(sorted(missing))} belongs")
    parts = [_HEAD, "## Functions\n", *(_function(name) for name in FUNCTIONS)]
    parts += ["## Records\n", *(_class(name, getattr(usbrec, name)) for name in RECORDS)]
    parts += ["## Types in signatures\n", _aliases(), *(_class(name, kind) for name, kind in _KINDS.items())]
    parts += ["## Columns of tables\n", *(_table(title, columns) for title, columns in _TABLES.items())]
    parts += ["## Errors\n", f"In `usbrec.errors`. {_text(errors.__doc__ or '')}"]
    return "\n".join(parts)


def _function(name: str) -> str:
    function = getattr(usbrec, name)
    return f"### {name}\n\n{_signature(name, function)}\n{_text(inspect.getdoc(function) or '')}"


def _class(name: str, kind: type) -> str:
    parts = [f"### {name}\n"]
    if name in _MADE_BY_HAND:
        parts.append(_signature(name, kind))
    parts.append(_text(inspect.getdoc(kind) or ""))
    for member, thing in _members(kind):
        shown = f"`{name}.{member}`" if isinstance(thing, property) or not callable(thing) else None
        heading = shown or f"`{name}.{member}{_short(thing)}`"
        parts.append(f"- {heading}: {_flat(inspect.getdoc(thing) or '')}")
    return "\n".join(parts) + "\n"


def _members(kind: type) -> Iterator[tuple[str, Any]]:
    """Our public methods and properties that have a docstring, in the order in which they are written."""
    for name, thing in vars(kind).items():
        if name.startswith("_") or name in _INSIDE:
            continue
        if isinstance(thing, staticmethod | classmethod):
            thing = thing.__func__
        documented = getattr(thing, "__doc__", None)
        if documented and (inspect.isroutine(thing) or hasattr(type(thing), "__get__")):
            yield name, thing


def _signature(name: str, thing: Any) -> str:
    signature = inspect.signature(thing)
    listed = [one for one in signature.parameters.values() if one.name not in ("self", "_rows", "_pairs")]
    parameters = [_parameter(one) for one in listed]
    named = [place for place, one in enumerate(listed) if one.kind is one.KEYWORD_ONLY]
    if named and not any(one.kind is one.VAR_POSITIONAL for one in listed):
        parameters.insert(named[0], "*")
    returned = "" if isinstance(thing, type) else f" -> {_type(signature.return_annotation)}"
    line = f"{name}({', '.join(parameters)}){returned}"
    if len(line) > _WIDTH:
        line = f"{name}(\n" + "".join(f"    {one},\n" for one in parameters) + f"){returned}"
    return f"```text\n{line}\n```\n"


def _parameter(one: inspect.Parameter) -> str:
    star = "*" if one.kind is one.VAR_POSITIONAL else ""
    written = f"{star}{one.name}: {_type(one.annotation)}"
    if one.default is one.empty:
        return written
    # What a dataclass makes anew for each record has no text of its own.
    default = "..." if "factory" in repr(one.default) else repr(one.default).replace("'", '"')
    return f"{written} = {default}"


def _short(thing: Any) -> str:
    """A method's signature without types."""
    parameters = []
    for one in inspect.signature(thing).parameters.values():
        if one.name in ("self", "cls"):
            continue
        bare = one.replace(annotation=one.empty)
        parameters.append(str(bare))
    return f"({', '.join(parameters)})"


def _type(annotation: Any) -> str:
    """A type as a reader writes it."""
    written = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    return written.replace("os.PathLike[str]", "Path").replace("pd.DataFrame", "DataFrame")


def _text(docstring: str) -> str:
    """A docstring as Markdown: roles as links, and what is indented as it stands."""
    told = re.sub(r":(?:func|class|meth|data|mod):`~?([^`]+)`", _linked, docstring)
    told = re.sub(r"``([^`\n]+)``", r"`\1`", told)
    return told.strip() + "\n"


def _flat(docstring: str) -> str:
    return " ".join(_text(docstring).split())


def _linked(match: re.Match[str]) -> str:
    name = match[1].removeprefix("usbrec.")
    return f"[`{match[1]}`](#{name.lower()})" if name in usbrec.__all__ else f"`{match[1]}`"


def _aliases() -> str:
    lines = ["| name | what it is | types |", "|---|---|---|"]
    for name, (module, text) in _ALIASES.items():
        types = _type(getattr(module, name)).replace("|", "\\|")
        lines.append(f"| `{name}` | {text} | `{types}` |")
    return "\n".join(lines) + "\n"


def _table(title: str, columns: Mapping[str, str]) -> str:
    first = "measure" if title.startswith("Measures") else "column"
    lines = [f"### {title}\n", f"| {first} | what it holds |", "|---|---|"]
    lines += [f"| `{name}` | {text.replace('|', chr(92) + '|')} |" for name, text in columns.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Write docs/api.md.")
    parser.add_argument("--check", action="store_true", help="only say whether the file is current")
    text = render()
    if not parser.parse_args().check:
        write_text(TARGET, text)
        return 0
    current = TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text
    if not current:
        print(f"{TARGET} is not current: run python tools/document_api.py", file=sys.stderr)
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main())

"""Prompt texts: one file each, replaceable by the user.

A folder given as ``play.prompts`` replaces the packaged file of the same name; ``$name`` stands for
what the stage fills in, and each file may use exactly the names listed in :data:`FIELDS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from string import Template

from usbrec.errors import ConfigError

#: Every prompt, and what it may contain.
FIELDS: Mapping[str, frozenset[str]] = {
    "recommender": frozenset(),
    "recommender_grounded": frozenset(),
    "candidates": frozenset({"message", "candidates"}),
    "focus": frozenset({"message", "candidates", "titles"}),
    "fallback_item": frozenset({"title"}),
    "fallback_ask": frozenset(),
    "nothing_fits": frozenset({"constraint", "nearest"}),
    "constraints": frozenset({"columns"}),
    "simulator_targets": frozenset({"targets", "facts"}),
    "simulator_persona": frozenset({"manner", "remaining", "patience"}),
    "simulator_profile": frozenset({"profile"}),
    "profile": frozenset(),
    "judge_targets": frozenset({"targets", "facts", "conversation"}),
    "judge_profile": frozenset({"profile", "conversation"}),
    "judge_persuasion": frozenset({"targets", "facts", "conversation"}),
    "explain": frozenset(),
    "opening": frozenset(),
    "example_seeker": frozenset({"liked"}),
    "example_recommender": frozenset({"title", "genre"}),
    "ask_choice": frozenset({"options"}),
    "ask_question": frozenset({"attribute"}),
    "ask_answer": frozenset({"attribute", "values"}),
    "ask_unknown": frozenset({"attribute"}),
    "ask_recommend": frozenset(),
    "ask_offer": frozenset({"titles"}),
}


#: Prompts that are read only where constraints are asked for.
_LATER = frozenset({"nothing_fits", "constraints"})


class Prompts:
    """All prompt texts of a run.

    Raises ConfigError for a folder that is missing, a file with another name than a prompt's, a file
    that is empty or not UTF-8, and a ``$name`` that the prompt does not have.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self._texts = {name: _packaged(name) for name in FIELDS}
        if folder is not None:
            self._texts.update(_own(Path(folder)))
        self._templates = {name: Template(text) for name, text in self._texts.items()}

    def render(self, name: str, **values: str) -> str:
        return self._templates[name].substitute(values)

    def texts(self) -> Mapping[str, str]:
        """The texts as they stand, for the digest of what decides a run. Those that came later are left out
        while they are as packaged, so that runs of before go on."""
        return {
            name: text for name, text in self._texts.items() if name not in _LATER or text != _packaged(name)
        }


def _packaged(name: str) -> str:
    return resources.files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8").strip()


def _own(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder of prompts.")
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.txt")):
        allowed = FIELDS.get(path.stem)
        if allowed is None:
            raise ConfigError(f"{path}: no prompt has this name. Prompts are: {', '.join(sorted(FIELDS))}.")
        try:
            text = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: cannot be read as UTF-8 text ({error}).") from None
        template = Template(text)
        unknown = set(template.get_identifiers()) - allowed
        if not text or not template.is_valid() or unknown:
            names = ", ".join(f"${field}" for field in sorted(allowed)) or "no $names"
            raise ConfigError(f"{path}: must be a text with {names} (write a dollar sign as $$).")
        texts[path.stem] = text
    return texts

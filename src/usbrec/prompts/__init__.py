"""Prompt texts: one file each, replaceable by the user.

A folder given as ``play.prompts`` replaces the packaged file of the same name; ``$name`` stands for what the
stage fills in, and each file may use exactly the names listed in :data:`FIELDS`. The sentences that are said
as they are (:data:`SPOKEN`) stand in folders of other languages, too (``de/fallback_item.txt``).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from string import Template

from usbrec.errors import ConfigError

#: Every prompt, and what it may contain.
FIELDS: Mapping[str, frozenset[str]] = {
    "recommender": frozenset(),
    "recommender_grounded": frozenset(),
    "recommender_slots": frozenset(),
    "recommender_list": frozenset(),
    "recommender_tools": frozenset(),
    "recommender_task": frozenset({"user", "policy"}),
    "candidates": frozenset({"message", "candidates"}),
    "candidates_list": frozenset({"message", "candidates", "count"}),
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
    "writer": frozenset({"noun", "language", "manner"}),
    "judge_recorded": frozenset({"conversation", "question"}),
    "aspect_relevance": frozenset(),
    "aspect_interestingness": frozenset(),
    "aspect_understanding": frozenset(),
    "aspect_task_completion": frozenset(),
    "aspect_interest_arousal": frozenset(),
    "aspect_preference_elicitation": frozenset(),
    "aspect_explanation": frozenset(),
    "aspect_efficiency": frozenset(),
    "aspect_overall": frozenset(),
}
#: Those that recorded dialogues are rated by (`usbrec score`).
RATING = ("judge_recorded", *(name for name in FIELDS if name.startswith("aspect_")))
#: Those that judges of played dialogues are asked.
_JUDGING = ("judge_targets", "judge_profile")
#: Those that decide no run that plays: they write samples, or rate what was played elsewhere.
_NOT_PLAYED = frozenset({"writer", *RATING})


#: Those that are said in the dialogue, not read by a model alone.
SPOKEN = (
    *("fallback_item", "fallback_ask", "explain", "nothing_fits"),
    *("ask_question", "ask_answer", "ask_unknown", "ask_recommend", "ask_offer"),
)
#: Languages beside English in which some of them are packaged.
TRANSLATED = ("de", "es", "fr", "it", "ja", "nl", "pt", "ru", "zh")

#: Those that came later: see :meth:`Prompts.texts`. Whether they are used stands in the settings.
_LATER = frozenset(
    {
        *("constraints", "nothing_fits", "recommender_slots", "recommender_tools", "recommender_task"),
        *("recommender_list", "candidates_list"),
    }
)


class Prompts:
    """All prompt texts of a run.

    Raises ConfigError for a folder that is missing, a file with another name than a prompt's, a file
    that is empty or not UTF-8, and a ``$name`` that the prompt does not have.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        own = {} if folder is None else _own(Path(folder))
        self._texts = {name: _packaged(name) for name in FIELDS} | own
        # Who replaces a sentence has it said in every language, but for those with one of their own.
        self._spoken: dict[str, dict[str, str]] = {
            language: {name: text for name, text in _spoken(language).items() if name not in own}
            | ({} if folder is None else _own(Path(folder), language))
            for language in TRANSLATED
        }
        self._templates = {name: Template(text) for name, text in self._texts.items()}

    def render(self, name: str, **values: str) -> str:
        return self._templates[name].substitute(values)

    def say(self, name: str, language: str, **values: str) -> str:
        """A sentence that is said (:data:`SPOKEN`), in a language, or in English where it is not there."""
        text = self._spoken.get(language, {}).get(name)
        return self.render(name, **values) if text is None else Template(text).substitute(values)

    def texts(self, languages: Iterable[str] = ()) -> Mapping[str, str]:
        """The texts as they stand, for the digest of what decides a run in which these languages are spoken.

        Those that came later are left out while they are as packaged, so that runs of before go on.
        """
        spoken = {
            f"{language}/{name}": text
            for language in sorted(set(languages))
            for name, text in self._spoken.get(language, {}).items()
            if name not in _LATER or text != _spoken(language).get(name)
        }
        return {
            name: text
            for name, text in self._texts.items()
            if name not in _NOT_PLAYED and (name not in _LATER or text != _packaged(name))
        } | spoken

    def judging_texts(self) -> Mapping[str, str]:
        """The texts of all that a judge is asked, of played dialogues and of recorded ones."""
        return {name: self._texts[name] for name in (*_JUDGING, *RATING)}

    def rating_texts(self) -> Mapping[str, str]:
        """The same of those that recorded dialogues are rated by."""
        return {name: self._texts[name] for name in RATING}


def _packaged(name: str) -> str:
    return resources.files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8").strip()


@functools.cache
def _spoken(language: str) -> Mapping[str, str]:
    folder = resources.files(__package__).joinpath(language)
    files = {name: folder.joinpath(f"{name}.txt") for name in SPOKEN}
    return {name: file.read_text(encoding="utf-8").strip() for name, file in files.items() if file.is_file()}


def _own(folder: Path, language: str | None = None) -> dict[str, str]:
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder of prompts.")
    texts: dict[str, str] = {}
    for path in sorted((folder if language is None else folder / language).glob("*.txt")):
        if language is not None and path.stem not in SPOKEN:
            raise ConfigError(
                f"{path}: not said in a dialogue, so there is one for all languages. Those said are: "
                f"{', '.join(SPOKEN)}."
            )
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

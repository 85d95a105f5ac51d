"""Dialogue language: which one rules read and speak in a dialogue, as settings or the dialogue itself say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from usbrec.dialogue import RecordedDialogue, Sample, Turn
from usbrec.errors import UnknownLanguage
from usbrec.lexicon import LANGUAGES, USUAL
from usbrec.lexicon.detection import ENOUGH, by_script_alone, detect, name_of
from usbrec.lexicon.short_texts import tell

#: A text of fewer characters is short.
_SHORT = 80


@dataclass(frozen=True, slots=True)
class Languages:
    """What tells a dialogue's language: `fixed` for all, else what the seeker's turns show, by their words or
    at least by their script, or all words of a short text, else `usual`.

    Languages are ISO 639-1 codes.
    """

    fixed: str | None = None
    usual: str = USUAL

    @classmethod
    def of_samples(cls, setting: str, samples: Iterable[Sample | RecordedDialogue]) -> Languages:
        """By a setting ("auto" or a language); with "auto" the usual one is what the samples' seekers speak
        together, whether rules know it or not."""
        if setting != "auto":
            return cls(fixed=setting)
        found = detect(_seekers_words(turn for sample in samples for turn in sample.turns))
        return cls(usual=found or USUAL)

    def told(self, turns: Sequence[Turn]) -> str:
        """The language of a dialogue, whether rules know it or not."""
        if self.fixed:
            return self.fixed
        said = _seekers_words(turns)
        found = detect(said)
        if found == USUAL and len(said) < _SHORT:
            found = tell(said) or found  # "so", which German has too, tells English where nothing else does
        if found:
            return found
        possible = by_script_alone(said)
        if possible:
            return self.usual if self.usual in possible else possible[0]
        return tell(said) or self.usual

    def of(self, turns: Sequence[Turn]) -> str:
        """The language in which rules read a dialogue and answer in it. Raises UnknownLanguage for one that
        the lexicon lacks."""
        language = self.told(turns)
        if language not in LANGUAGES:
            raise UnknownLanguage(
                f"The seeker speaks {name_of(language)}, and rules know {known()} alone. "
                "Put a model in the place of the rules, or set `language` to one of these."
            )
        return language


#: Whatever is said is read as English.
ENGLISH = Languages(fixed="en")


def known() -> str:
    """The languages of the rules in words."""
    return " and ".join(f"{name_of(language)} ({language})" for language in LANGUAGES)


def _seekers_words(turns: Iterable[Turn]) -> str:
    said, length = [], 0
    for turn in turns:
        if turn.role == "seeker":
            said.append(turn.text)
            length += len(turn.text)
            if length > ENOUGH:
                break
    return "\n".join(said)

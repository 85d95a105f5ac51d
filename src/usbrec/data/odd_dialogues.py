"""What is odd in the dialogues of a file and read all the same: counted, and told once for the file."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

from usbrec.data.message_order import in_order
from usbrec.data.own import tells_whole
from usbrec.data.reading import show
from usbrec.data.utterances import Transcript
from usbrec.dialogue import Sample
from usbrec.errors import InputWarning


@dataclass
class SilentMessages:
    """Messages without a text that say something else: how many there are, and how many name titles.

    In most data sets people send empty messages; where each is a person's step (MG-ShopDial), one is missing.
    """

    messages: int = 0
    naming: int = 0
    first: str = ""

    def count(self, read: Transcript, place: str) -> None:
        for one in read.utterances:
            owed = one.titles or read.source == "mg-shopdial"
            if owed and (not one.text or one.text.isspace()) and not one.ratings:
                self.first = self.first or f"dialogue {show(read.id)}, {place}"
                self.messages += 1
                self.naming += bool(one.titles)

    def tell(self, where: str) -> None:
        if self.messages:
            naming = f", {self.naming} of which name titles" if self.naming else ""
            warnings.warn(
                f"{where}: {self.messages} messages have no text{naming}; they are left out of their "
                f"dialogues (the first: {self.first})",
                InputWarning,
                stacklevel=5,
            )


@dataclass
class MovedMessages:
    """Dialogues whose messages stand out of the order of their own numbers: how many, and the first."""

    dialogues: int = 0
    first: str = ""

    def put_in_order(self, value: Any, place: str) -> Any:
        ordered, by = in_order(value)
        if by:
            self.dialogues += 1
            self.first = self.first or f"{place}, by {by}"
        return ordered

    def tell(self, where: str) -> None:
        if self.dialogues:
            warnings.warn(
                f"{where}: the messages of {self.dialogues} dialogues stand out of the order of their "
                f"numbers (the first: {self.first}); they are read in that order",
                InputWarning,
                stacklevel=5,
            )


@dataclass
class WholeDialogues:
    """Samples on whose lines stands what only a whole dialogue has (ratings, a system): how many, and the
    first. Its last turns are context then, and what was recommended is a mention that is repeated."""

    samples: int = 0
    first: str = ""

    def count(self, value: Any, place: str) -> None:
        if (field_ := tells_whole(value)) is not None:
            self.samples += 1
            self.first = self.first or f"{place}, {field_}"

    def tell(self, where: str) -> None:
        if self.samples:
            warnings.warn(
                f"{where}: {self.samples} samples have what only whole dialogues have (the first: "
                f"{self.first}). Each is read as one sample, whose context is all that was said, the target "
                "too where it was named. Whole dialogues are for usbrec score, agreement, fidelity and "
                "audit; a sample ends before the reply that is looked for.",
                InputWarning,
                stacklevel=5,
            )


@dataclass
class SharedIds:
    """Samples that begin otherwise than others of their dialogue's id: how many, and the first.

    Statistics take the samples of an id for one dialogue, and joined files of several data sets share ids.
    """

    samples: int = 0
    first: str = ""
    #: By the dialogue's id, a hash of its first turn: files may hold millions of them.
    openings: dict[str, int] = field(default_factory=dict)

    def count(self, sample: Sample, place: str) -> None:
        if not sample.turns or sample.id == sample.dialogue_id:
            return
        opening = hash((sample.turns[0].role, sample.turns[0].text))
        if self.openings.setdefault(sample.dialogue_id, opening) != opening:
            self.samples += 1
            self.first = self.first or f"dialogue {show(sample.dialogue_id)}, {place}"

    def tell(self, where: str) -> None:
        if self.samples:
            warnings.warn(
                f"{where}: {self.samples} samples begin with other words than the first sample of their "
                f"dialogue's id (the first: {self.first}), and count as one dialogue with it. Where files "
                "were joined, make their ids differ.",
                InputWarning,
                stacklevel=5,
            )

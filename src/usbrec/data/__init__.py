"""Readers of recorded dialogues: each published format becomes :class:`usbrec.dialogue.Sample`, or a whole
:class:`usbrec.dialogue.RecordedDialogue` with what people thought of it.

A reader reads its whole file before it answers, and then gives either every sample or one error that
lists the lines that cannot be used.
"""

from __future__ import annotations

from usbrec.data.ievalm import read_ievalm
from usbrec.data.inspired import read_inspired
from usbrec.data.own import read_own
from usbrec.data.redial import read_redial
from usbrec.data.samples import (
    KINDS,
    collect_dialogues,
    gathered_dialogues,
    limit_samples,
    load_samples,
    read_dialogues,
    read_mentions,
    read_opinions,
    read_samples,
    repeated,
    samples_digest,
    trial_id,
    write_samples,
)

__all__ = [
    "KINDS",
    "collect_dialogues",
    "gathered_dialogues",
    "limit_samples",
    "load_samples",
    "read_dialogues",
    "read_ievalm",
    "read_inspired",
    "read_mentions",
    "read_opinions",
    "read_own",
    "read_redial",
    "read_samples",
    "repeated",
    "samples_digest",
    "trial_id",
    "write_samples",
]

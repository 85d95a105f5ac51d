"""Formats of recorded dialogues: how each is told by its content, and what reads it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, get_args

from usbrec.data import (
    crsarena_eval,
    crslab,
    dialoguekit,
    ievalm,
    inspired,
    inspired_table,
    llm_redial,
    mg_shopdial,
    opendialkg,
    own,
    redial,
    sharegpt,
    tau_rec,
    turn_columns,
    turn_log,
    zero_shot,
)
from usbrec.data.entities import Entities
from usbrec.data.opening import Container, Entry
from usbrec.data.reading import FileMissing
from usbrec.data.utterances import Transcript
from usbrec.dialogue import RecordedDialogue, Sample
from usbrec.errors import InputError

#: What stands in an entry: samples, a whole dialogue, or why it is no sample though it should be one.
Read: TypeAlias = "Sample | Transcript | RecordedDialogue | str"
Reader: TypeAlias = "Callable[[Any], Iterable[Read]]"


@dataclass(frozen=True)
class Format:
    """How a format is read. `open` gives what reads its entries, told the folder of its further files and
    whether samples are wanted (else whole dialogues will do). `group` makes dialogues of the lines of a table
    or text, in the containers `grouped`. `has_targets` is false where nobody says what a seeker ended up
    with, `has_dialogues` where nobody talked; `noun` is what its entries are. `open_mentions` gives what
    reads titles that seekers turned down as well, where `open` leaves some out."""

    open: Callable[[Path | None, bool], Reader]
    group: Callable[[Iterator[Entry]], Iterator[Entry]] | None = None
    grouped: tuple[Container, ...] = ("table", "text", "rows")
    has_targets: bool = True
    has_dialogues: bool = True
    noun: str = "dialogues"
    open_mentions: Callable[[Path | None, bool], Reader] | None = None


def _each(read: Callable[[Any], Read]) -> Callable[[Path | None, bool], Reader]:
    return lambda folder, wants_samples: lambda value: [read(value)]


def _ievalm(folder: Path | None, wants_samples: bool) -> Reader:
    turns: ievalm.Known = ({}, {})
    return lambda value: (ievalm.sample_of(value, known=turns),)


def _opendialkg(folder: Path | None, wants_samples: bool) -> Reader:
    turns: ievalm.Known = ({}, {})

    def read(value: Any) -> Iterable[Read]:
        if not opendialkg.is_row(value):
            return (ievalm.sample_of(value, "opendialkg", turns),)
        return (_or_why(opendialkg.transcript_of, value),)

    return read


def _or_why(read: Callable[[Any], Read], value: Any) -> Read:
    """What a row of a published data set holds, or why it is left out: its readers cannot mend it."""
    try:
        return read(value)
    except FileMissing:
        raise
    except InputError as problem:
        return str(problem)


def _inspired(value: Any) -> Read:
    if isinstance(value, inspired_table.DialogueLines):
        return value.unusable or inspired_table.transcript_of(value)
    return inspired.transcript_of(value)


def _own(folder: Path | None, wants_samples: bool) -> Reader:
    if wants_samples:
        return lambda value: [own.sample_of(value)]
    made: set[str] = set()

    def read(value: Any) -> Iterable[Read]:
        found = own.dialogue_of(value)
        if found.id.startswith(own.MADE):
            if found.id in made:
                return ["the same dialogue stands already above"]
            made.add(found.id)
        return [found]

    return read


def _crslab(folder: Path | None, wants_samples: bool) -> Reader:
    entities = Entities(folder)
    return lambda value: [crslab.transcript_of(value, entities)]


def _zero_shot(folder: Path | None, wants_samples: bool) -> Reader:
    rows = zero_shot.Rows(Entities(folder))
    return lambda value: [read] if (read := rows.sample_of(value)) else []


def _tau_rec(folder: Path | None, wants_samples: bool) -> Reader:
    tasks = tau_rec.Tasks(folder)
    return lambda value: [tasks.sample_of(value)]


def _llm_redial(folder: Path | None, wants_samples: bool) -> Reader:
    recommended = llm_redial.Recommended(folder)

    def read(value: Any) -> Iterable[Read]:
        if not isinstance(value, llm_redial.Conversation):
            raise InputError(
                "LLM-REDIAL's dialogues stand in its text (Conversation.txt); name that file, and keep "
                "final_data.jsonl and item_map.json beside it"
            )
        if value.two:
            return [value.two]
        return [recommended.transcript_of(value, owes_targets=wants_samples)]

    return read


FORMATS: Mapping[str, Format] = {
    "redial": Format(
        _each(redial.transcript_of),
        open_mentions=_each(functools.partial(redial.transcript_of, rejected_too=True)),
    ),
    "ievalm": Format(_ievalm),
    "opendialkg": Format(_opendialkg),
    # A frame's rows may be written as a table and as JSON.
    "inspired": Format(_each(_inspired), inspired_table.dialogues_in, get_args(Container)),
    "crslab": Format(_crslab),
    "zero-shot": Format(_zero_shot, noun="rows"),
    "llm-redial": Format(_llm_redial, llm_redial.conversations_in),
    "tau-rec": Format(_tau_rec, has_dialogues=False, noun="tasks"),
    "dialoguekit": Format(_each(dialoguekit.transcript_of)),
    "crsarena-dial": Format(_each(dialoguekit.transcript_of), has_targets=False),
    "crsarena-eval": Format(_each(crsarena_eval.transcript_of), has_targets=False),
    "mg-shopdial": Format(_each(mg_shopdial.transcript_of), has_targets=False),
    "sharegpt": Format(_each(sharegpt.transcript_of)),
    "turn-log": Format(_each(turn_log.read), turn_log.dialogues_in, get_args(Container)),
    "own": Format(_own),
}

_OWN_FIELDS = frozenset({"id", "dialogue_id", "turns", "dialogue", "targets", "label"})
_IEVALM_FIELDS = frozenset({"dialog_id", "turn_id", "context", "rec", "resp"})
_REDIAL_FIELDS = frozenset({"conversationId", "movieMentions", "messages", "initiatorWorkerId"})


def is_header(header: tuple[str, ...]) -> bool:
    """Whether these are the columns of a table that one of the formats is."""
    return any(
        told(header)
        for told in (inspired_table.is_header, opendialkg.is_header, turn_columns.is_header, _is_votes)
    )


def format_of(value: Any, container: Container | None = None) -> str | None:
    """The name of the format that a value is of, by its fields; None where it is of none."""
    if container == "text":
        return "llm-redial"
    if isinstance(value, list):
        spoken = any(isinstance(one, dict) and {"role", "text"} & one.keys() for one in value)
        return "inspired" if spoken else None
    if not isinstance(value, dict):
        return None
    fields = frozenset(name for name in value if isinstance(name, str))
    if inspired_table.is_line(value):
        return "inspired"
    if len(fields & _REDIAL_FIELDS) > 1:
        return "redial"
    if opendialkg.is_row(value):
        return "opendialkg"
    if tau_rec.is_task(value):
        return "tau-rec"
    if "conv_id" in fields and _holds(value, "dialogue", "utterance"):
        return "crsarena-eval"
    if _holds(value, "utterances", "utterance"):
        return "mg-shopdial"
    if _holds(value, "conversation", "participant"):
        arena = "conversation ID" in fields and _holds(value, "conversation", "utterance ID")
        return "crsarena-dial" if arena else "dialoguekit"
    if _holds(value, "messages", "role") and _holds(value, "messages", "content"):
        return "own"  # a chat model's log
    if any(_holds(value, name, "role") for name in crslab.TURNS) and not fields & {
        "turns",
        "dialogue",
        "targets",
    }:
        return "crslab"
    if zero_shot.is_row(value):
        return "zero-shot"
    if llm_redial.is_index(value):
        return "llm-redial"
    if sharegpt.is_row(value):
        return "sharegpt"
    if turn_columns.is_row(value):
        return "turn-log"
    if "conv_id" in fields and not fields & {"id", "turns"} and value.get("dialogue") in (None, []):
        return None  # perhaps of CRSArena-Eval, which the next ones tell
    in_own, in_ievalm = len(fields & _OWN_FIELDS), len(fields & _IEVALM_FIELDS)
    if in_ievalm == 0 and not fields & (_OWN_FIELDS - {"id"}):  # many things have an id
        return None
    return "ievalm" if in_ievalm > in_own else "own"


def _holds(row: Mapping[str, Any], field: str, inner: str) -> bool:
    """Whether a field is a list of objects, the first few of which have `inner`; an empty list is none."""
    listed = row.get(field)
    return isinstance(listed, list) and any(isinstance(one, dict) and inner in one for one in listed[:5])


def _is_votes(header: tuple[str, ...]) -> bool:
    return {"crs1", "crs2", "vote"} <= {name.casefold() for name in header}


def no_format(value: Any, place: str) -> InputError:
    """The complaint about a value that is of no format."""
    if isinstance(value, dict) and _is_votes(tuple(map(str, value))):
        return InputError(
            f"{place}: votes of CRSArena-Dial, and no dialogues; name the file of dialogues beside it"
        )
    return InputError(
        f"{place}: no sample: it has neither our fields (id, turns, targets) nor those of iEvaLM "
        "(dialog_id, turn_id, context, rec), nor of another format that is known "
        f"({', '.join(name for name in FORMATS if name not in ('own', 'ievalm'))}); "
        "check that this is the file you meant"
    )

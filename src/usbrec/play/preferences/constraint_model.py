"""Constraint reading by a model: what the seeker demands of an item, asked for as a filter in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from usbrec.dialogue import Constraint, Turn
from usbrec.errors import UnusableAnswer
from usbrec.items.constraints.column_table import ColumnTable
from usbrec.items.constraints.filters import FilterError, contradictions, read_filter
from usbrec.llm.protocol import ChatModel, ChatRequest, Message
from usbrec.play.seats import transcript
from usbrec.prompts import Prompts
from usbrec.storage import parse_json

#: So many categories of a column are told to the model.
_NAMES = 30
#: So many dialogues stay read.
_KNOWN = 256


@dataclass
class ModelConstraintReader:
    """Asks a model what a dialogue demands. What it writes that the columns cannot take is passed over."""

    model: ChatModel
    prompts: Prompts
    table: ColumnTable
    max_tokens: int = 200
    _known: dict[tuple[Turn, ...], tuple[Constraint, ...]] = field(default_factory=dict)

    async def read(self, turns: Sequence[Turn], *, seed: int) -> tuple[Constraint, ...]:
        """The constraints, each with the seeker's last turn. Raises ModelError."""
        key = tuple(turns)
        if key not in self._known:
            messages = (
                Message("system", self.prompts.render("constraints", columns=self._columns())),
                Message("user", transcript(turns)),
            )
            request = ChatRequest(messages, max_tokens=self.max_tokens, seed=seed)
            try:
                text = (await self.model.chat(request)).text
            except UnusableAnswer:
                text = ""
            while len(self._known) >= _KNOWN:
                self._known.pop(next(iter(self._known)))
            self._known[key] = self._read(text, turns)
        return self._known[key]

    def _read(self, text: str, turns: Sequence[Turn]) -> tuple[Constraint, ...]:
        place = max((n for n, turn in enumerate(turns) if turn.role == "seeker"), default=0)
        found: list[Constraint] = []
        for column, condition in _object_in(text).items():
            try:
                more = read_filter({column: condition}, self.table)
            except FilterError:
                continue
            if not contradictions([*found, *more]):
                found += more
        words = " ".join(turns[place].text.split())[:200] if turns else ""
        return tuple(replace(one, turn=place, words=words) for one in found)

    def _columns(self) -> str:
        told = []
        for column in self.table.columns:
            names = self.table.names(column.name)
            listed = f": {', '.join(names[:_NAMES])}" if 0 < len(names) <= _NAMES else ""
            told.append(f"{column.told()}{listed}")
        return "; ".join(told)


def _object_in(text: str) -> Mapping[str, object]:
    """The first JSON object in a text; an empty one where there is none."""
    start = text.find("{")
    end = text.rfind("}")
    while start >= 0 and end > start:
        try:
            value = parse_json(text[start : end + 1])
        except ValueError:
            end = text.rfind("}", start, end)
            continue
        return value if isinstance(value, dict) else {}
    return {}

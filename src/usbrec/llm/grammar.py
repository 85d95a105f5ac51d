"""Reply grammar: texts whose names are titles out of a list, as GBNF (llama.cpp, vLLM) and for llguidance.

What it guarantees: capitals, digits, quotes, brackets, marks of emphasis and letters of other scripts stand
in
the given titles alone, and in a closed list of words that sentences begin with. So no name can be written as
names are, no list, no year and no price. What it does not: a name in small letters, or a claim in plain words
("it is sold out"), which is why replies are read by the check behind it all the same. It is made for English:
a German reply gets its nouns in small letters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: What a sentence may begin with, beside a title.
OPENINGS = (
    "A", "All", "Also", "And", "Another", "Any", "Are", "As", "At", "Because", "Both", "But", "Can",
    "Could", "Do", "Does", "Either", "Enjoy", "Even", "For", "From", "Give", "Great", "Have", "Hello",
    "Here", "Hi", "How", "I", "If", "In", "Is", "It", "Its", "Just", "Let", "Like", "Many", "Maybe",
    "Most", "My", "No", "Not", "Of", "Oh", "Okay", "On", "One", "Or", "Our", "Perhaps", "Please", "Since",
    "So", "Some", "Sure", "Take", "Thank", "Thanks", "That", "The", "Their", "Then", "There", "These",
    "They", "This", "Those", "Though", "To", "Try", "Was", "Watch", "We", "Well", "What", "When", "Where",
    "Which", "While", "Who", "With", "Would", "Yes", "You", "Your", "Aber", "Auch", "Dann", "Das", "Der",
    "Die", "Ein", "Eine", "Es", "Für", "Ich", "Ihr", "In", "Ja", "Mein", "Mit", "Nein", "Oder", "Sie",
    "Und", "Vielleicht", "Was", "Welche", "Wenn", "Wie", "Wir",
)  # fmt: skip
_WORD = "[a-zß-öø-ÿ]"


@dataclass(frozen=True)
class TitleGrammar:
    """Plain words around `titles`, at least one, each of them as it is to be written."""

    titles: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"titles": list(self.titles)}

    @property
    def gbnf(self) -> str:
        """In llama.cpp's notation, which xgrammar (vLLM) reads too."""
        return "\n".join(
            (
                "root ::= sentence more* end?",
                'more ::= end " " sentence',
                "sentence ::= begin rest*",
                'begin ::= opening ("\'" low+)? | title',
                'rest ::= between (word | "I" ("\'" low+)? | title)',
                'between ::= " " | ", " | "; " | ": " | " - "',
                f"low ::= {_WORD}",
                "word ::= low+ ([-'’] low+)*",
                "end ::= [.!?]",
                f"opening ::= {_alternatives(OPENINGS)}",
                f'title ::= ({_alternatives(self.titles)}) ([’\'] "s")?',
            )
        )

    @property
    def lark(self) -> str:
        """The same in llguidance's dialect of Lark."""
        return "\n".join(
            (
                "start: sentence more* END?",
                'more: END " " sentence',
                "sentence: begin rest*",
                "begin: OPENING | title",
                "rest: BETWEEN (WORD | I | title)",
                'BETWEEN: " " | ", " | "; " | ": " | " - "',
                f"WORD: /{_WORD}+([-'’]{_WORD}+)*/",
                f"I: /I('{_WORD}+)?/",
                "END: /[.!?]/",
                f"OPENING: /({'|'.join(OPENINGS)})('{_WORD}+)?/",
                f"title: {_alternatives(self.titles)}",
            )
        )

    def request(self, dialect: str) -> Mapping[str, Any]:
        """The field of a request to a server of this dialect (`models.constrain`); none for "none"."""
        fields: dict[str, Mapping[str, Any]] = {
            "grammar": {"grammar": self.gbnf},
            "structured": {"structured_outputs": {"grammar": self.gbnf}},
            "guided": {"guided_grammar": self.gbnf},
        }
        return fields.get(dialect, {})


def _alternatives(texts: Sequence[str]) -> str:
    # What json.dumps escapes, these grammars read the same way.
    return " | ".join(json.dumps(text, ensure_ascii=False) for text in dict.fromkeys(texts))

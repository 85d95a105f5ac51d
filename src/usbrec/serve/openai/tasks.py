"""Front ends' own tasks: requests for a title, tags or next questions, which no person wrote.

Open WebUI asks the model that somebody talks with for them, in a single message with the chat inside. They
are known by the marks of its templates (open_webui/config.py, versions 0.3 to 0.12), because it sends nothing
else to tell them by: what a task is called stays in its own process.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from usbrec.dialogue import Turn

#: The heading of a task and the chat between marks: titles, tags, next questions, search queries, images,
#: completions of what is being typed. A chat with documents has the heading too, and no such marks.
_HEADING = re.compile(r"\s*#{1,4}\s*Task\b", re.IGNORECASE)
_CHAT = re.compile(r"<chat_history>.*</chat_history>", re.DOTALL | re.IGNORECASE)
#: Of those that have no heading, or no such marks: how they begin.
_BEGINNINGS = re.compile(
    r"\s*(?:"
    r"#{1,4} Task:\s+Summarize the conversation history that will be compacted"
    r"|Create a concise, 3-5 word (?:title with an emoji as a title|phrase as a (?:header|title)) for the"
    r"|Your task is to reflect the speaker's likely facial expression through a fitting emoji"
    r"|You have been provided with a set of responses from various models to the latest user query"
    r")",
    re.IGNORECASE,
)
#: The system message of a model that chooses tools by writing JSON, where it is given none as such.
_TOOLS = re.compile(r"\s*Available Tools:.*\btool_calls\b", re.DOTALL)


def is_task(system: str | None, turns: Sequence[Turn]) -> bool:
    """Whether these messages are a task of a front end rather than a conversation with a person."""
    if len(turns) != 1 or turns[0].role != "seeker":
        return False
    text = turns[0].text
    if _BEGINNINGS.match(text) or (_HEADING.match(text) and _CHAT.search(text)):
        return True
    asks = text.lstrip().startswith(("Query:", "History:"))
    return asks and system is not None and bool(_TOOLS.match(system))

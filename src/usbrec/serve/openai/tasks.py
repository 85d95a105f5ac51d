"""Front ends' own tasks: requests for a title, tags or next questions, which no person wrote.

Open WebUI asks the model that somebody talks with for them, in a single message with the chat inside. They
are known by the marks of its templates (open_webui/config.py, versions 0.3 to 0.12), because it sends nothing
else to tell them by: what a task is called stays in its own process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from usbrec.dialogue import Turn
from usbrec.patterns import LazyPattern

#: The heading of a task and the chat between marks: titles, tags, next questions, search queries, images,
#: completions of what is being typed. A chat with documents has the heading too, and no such marks.
_HEADING = LazyPattern(r"\s*#{1,4}\s*Task\b", re.IGNORECASE)
_CHAT = LazyPattern(r"<chat_history>.*</chat_history>", re.DOTALL | re.IGNORECASE)
#: Of those that have no heading, or no such marks: how they begin.
_BEGINNINGS = LazyPattern(
    r"\s*(?:"
    r"#{1,4} Task:\s+Summarize the conversation history that will be compacted"
    r"|Create a concise, 3-5 word (?:title with an emoji as a title|phrase as a (?:header|title)) for the"
    r"|Provide a concise, 5-word-or-less title for the conversation"
    r"|Your task is to reflect the speaker's likely facial expression through a fitting emoji"
    r"|You have been provided with a set of responses from various models to the latest user query"
    r")",
    re.IGNORECASE,
)
#: The system message of a model that chooses tools by writing JSON, where it is given none as such.
_TOOLS = LazyPattern(r"\s*Available Tools:.*\btool_calls\b", re.DOTALL)


#: Tools that Open WebUI offers of its own accord in every chat with a model (open_webui/tools/builtin.py,
#: version 0.12), whatever the person wants. The first two are always there together.
_CLOCK = frozenset({"get_current_timestamp", "calculate_timestamp"})
_BUILT_IN = LazyPattern(
    r"""get_current_timestamp|calculate_timestamp|ask_user|notify|timer|delegate_task|create_tasks|update_task
    |(?:search_chats|view_chat|(?:list|query|grep)_chat_files|view_file|search_web|fetch_url|execute_code)
    |(?:generate|edit)_image|search_tools|kb_exec
    |(?:list_memory_paths|read_memory_path|replace_memory_content|(?:search|list)_memories)
    |(?:add|update|delete)_memory|search_notes|view_note|write_note|replace_note_content
    |search_channels|search_channel_messages|view_channel_(?:message|thread)
    |(?:list|query|search|grep|view)_knowledge(?:_file|_files|_bases)?|(?:list|search)_knowledge_bases
    |view_skill|read_skill_file|grep_skill_files|create_skill|update_skill_files
    |(?:create|update|list|toggle|delete)_automations?|search_calendar_events
    |(?:create|update|delete)_calendar_event""",
    re.VERBOSE,
)


def are_built_in(tools: Sequence[Mapping[str, Any]]) -> bool:
    """Whether these are a front end's own tools and nothing besides: then a chat stays a chat."""
    functions = [tool.get("function") for tool in tools]
    names = {function.get("name") if isinstance(function, Mapping) else None for function in functions}
    return names >= _CLOCK and all(_BUILT_IN.fullmatch(str(name)) for name in names)


def is_task(system: str | None, turns: Sequence[Turn]) -> bool:
    """Whether these messages are a task of a front end rather than a conversation with a person."""
    if len(turns) != 1 or turns[0].role != "seeker":
        return False
    text = turns[0].text
    if _BEGINNINGS.match(text) or (_HEADING.match(text) and _CHAT.search(text)):
        return True
    asks = text.lstrip().startswith(("Query:", "History:"))
    return asks and system is not None and bool(_TOOLS.match(system))

"""Everyday titles: whether a text names a film whose title is also an ordinary word ("Big", "Accept")."""

from __future__ import annotations

import re

from usbrec.data.utterances import bare_title, says_title
from usbrec.lexicon import words
from usbrec.patterns import LazyPattern

_SENTENCE_END = LazyPattern(r"(?:^|[.!?…\n])[\s\"'(]*$")
_ARTICLE = LazyPattern(r"^(?:the|a|an)\s+", re.IGNORECASE)


def names_title(text: str, title: str) -> bool:
    """Whether a text has the words of a title and means it by them."""
    return says_title(text, title) and is_meant(title, text)


def is_meant(title: str, text: str) -> bool:
    """Whether a text that is said to name a title does: an ordinary word that is also one counts only where
    it is written as a title, with a capital inside a sentence, in quotation marks, with its year or alone."""
    name = bare_title(title)
    core = _ARTICLE.sub("", name).casefold()
    if core not in words("en", "recorded")["not_titles"]:
        return True
    if not says_title(text, name):
        return True  # linked by other words than its own: nothing speaks against it
    for match in re.finditer(rf"\b{re.escape(name)}\b", text, re.IGNORECASE):
        before, said, after = text[: match.start()], match[0], text[match.end() :]
        if not before.strip(" \"'") and not after.strip(" \"'.!?"):
            return True
        if re.match(r"\s*\(?[12][0-9]{3}\)?", after) or (before[-1:] in "\"'“‘" and after[:1] in "\"'”’,.!?"):
            return True
        if said[:1].isupper() and said.casefold() != "i" and not _SENTENCE_END.search(before):
            return True
    return False

"""Second parts of titles behind a colon or a dash: "Black Panther: Wakanda Forever" is no "Black Panther".

Capitals tell, and words that are no verdict: "Heat: Great thriller", "Moana: Pure Magic" and "Heat: Al
Pacino" are about the title. Where a list is commented ("- Inception: Mind Games"), words of every day are a
comment.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from usbrec.items.linking.ambiguity import (
    ARTICLES,
    SAID_OF,
    answers,
    in_dictionary,
    is_adverb,
    is_always_capital,
    is_called_work,
    is_common,
    is_empty,
    is_first_name,
    is_kind,
    is_lead_in,
    is_small,
    is_studio,
    is_talk_of_works,
    judges_works,
)
from usbrec.items.linking.context import BEHIND_NUMBERS
from usbrec.items.linking.page import Page
from usbrec.items.titles import Word
from usbrec.patterns import LazyPattern

_CAPITAL = r"[A-ZÀ-ÖØ-Þ](?:[\w'’-]*\w)?"
_JOINER = r"(?:of|in|for|to|with|and|&|the|an?|à|at|by|de|del|der|des|di|du|from|la|le|on|or|und|vs\.?|von|y)"
_REST = LazyPattern(
    rf"(?::|(?P<dash>[ ][-–—]))[ ](?P<run>{_CAPITAL}(?:[ ](?:{_JOINER}[ ]){{0,2}}{_CAPITAL}){{0,7}})"
)
_END = LazyPattern(r"""["”’'*_]*[ ]*(?:[.,!?;)\n]|\Z)""")
_LINE_END = LazyPattern(r"""["”’'*_]*[ ]*[.!?]?["”’'*_]*[ ]*(?:\n|\Z)""")
_LINE_BEGIN = LazyPattern(r"""(?:\A|\n)[ \t]*(?P<bullet>(?:[0-9]{1,2}[.)]|[-*•])[ \t]+)?["“‘'*_]*\Z""")
#: Words that end so are said of a title and are no second part alone: "exciting".
_ADJECTIVE = LazyPattern(r"(?:ing|ed|y|ful|ous|ic|al|able|ible|ive|ant|less|ish)$")
#: A sentence, and no second part: "The Songs Were Great".
_VERBS = frozenset({"are", "had", "has", "is", "was", "were"})
#: More words than a verdict in capitals has.
_LONG = 6
_FAR = 12


def rest_of_title(page: Page, start: int, end: int, others: Sequence[int]) -> tuple[int, bool] | None:
    """Where a longer title ends that begins with the title at text[start:end], and whether it is plainly one;
    None where what stands behind is said of the title. `others` are where the titles behind it begin."""
    text = page.text
    rest = _REST.match(text, end, others[0] if others else len(text))
    if rest is None:
        return None
    begin, close = rest.span("run")
    first = bisect_left(page.words, begin, key=_start_of)
    last = bisect_left(page.words, close, key=_start_of)
    run = page.words[first:last]
    if not run or _is_comment(page, run) or (page.elsewhere and not _is_english(page, run)):
        return None
    line = _LINE_BEGIN.search(text, max(0, start - _FAR), start)
    alone = line is not None and _LINE_END.match(text, close) is not None
    following = page.words[last].norm if last < len(page.words) and text[close] == " " else ""
    closes = _END.match(text, close) is not None or following in SAID_OF | BEHIND_NUMBERS
    if not closes and not (text[close : close + 2] == " (" and page.brackets):
        return None
    strange = [word for word in run if not in_dictionary(word.norm)]
    joined = any(text[word.start].islower() or word.norm in ARTICLES for word in run)
    told = bool(strange) or joined
    if rest["dash"]:
        return (close, True) if alone and told else None
    if alone and line and line["bullet"]:
        return (close, True) if told else None
    single = len(run) == 1
    if line is None and not _among_small_words(page, start, last):
        return None
    if single:
        if text[close : close + 1] in {",", " "} and following != "":
            return None
        return (close, not strange) if strange or not _ADJECTIVE.search(run[0].norm) else None
    return close, True


def _is_comment(page: Page, run: Sequence[Word]) -> bool:
    """Whether capitalised words are a verdict, a kind, or somebody: "Great Movie", "Al Pacino"."""
    head, last = run[0].norm, run[-1].norm
    content = [word.norm for word in run if not is_small(word.norm)]
    if not content or is_first_name(head) or any(word.norm in _VERBS for word in run):
        return True
    if len(run) > _LONG:
        return False
    if is_kind(head) or is_kind(last) or is_studio(last) or (is_called_work(last) and last != "one"):
        return True
    if any(map(judges_works, content)) or is_always_capital(head) or all(map(is_talk_of_works, content)):
        return True
    opens = (is_lead_in(head) and not is_small(head)) or is_adverb(head) or is_empty(head)
    opens = opens or is_talk_of_works(head) or head in answers() or head.endswith("ly")
    if head not in ARTICLES and (opens or is_talk_of_works(content[0])):
        return True
    # "Keanu Reeves", but not "Wakanda Forever".
    names = len(run) > 1 and not in_dictionary(head)
    names = names and not any(is_small(word.norm) or is_common(word.norm) for word in run[1:])
    shouted = page.text[run[0].start : run[0].end]
    return names or (len(shouted) > 1 and shouted.isupper())


def _is_english(page: Page, run: Sequence[Word]) -> bool:
    """Whether several capitalised words in a text of another language are English, as a title's."""
    if len(run) < 2 or not page.text[run[0].start : run[-1].end].isascii():
        return False
    known = [word.norm for word in run if not is_small(word.norm)]
    if page.language and any(map(page.language.is_ordinary, known)):
        return False
    return any(in_dictionary(word) and not word.isdigit() for word in known)


def _among_small_words(page: Page, start: int, behind: int) -> bool:
    """Whether the sentence that a title stands in writes other words small, or has hardly any."""
    first = bisect_left(page.words, start, key=_start_of)
    begin = first
    while begin and not page.opens_sentence(begin):
        begin -= 1
    close = page.sentence_ends[behind - 1]
    small = page.small
    if page.other_letters:
        return True
    if small[first] > small[begin] or small[close] > small[behind]:
        return True
    return all(is_lead_in(page.words[at].norm) or page.introduced(at + 1) for at in range(begin, first))


def _start_of(word: Word) -> int:
    return word.start

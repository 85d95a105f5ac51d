"""Years beside a title: in brackets, behind it, before it, in the languages that the linker knows."""

from __future__ import annotations

import re

from usbrec.items.linking.ambiguity import ARTICLES, is_lead_in
from usbrec.patterns import LazyPattern

# In languages other than English.
_SAID_BEFORE_YEARS = (
    r"(?:фильм|реж|aus\ dem\ jahr|aus|von|sorti\ en|de|del|película|电影|電影|影片|映画|영화"
    r"|ปี|พ\.ศ\.|ค\.ศ\.|فيلم|عام|سنة)"
)
_SAID_BEHIND_YEARS = (
    r"(?:年|년|г\.?|года?|م)(?:的|の|版|上映|公開|製作|制作|작|개봉)?"
    r"\s*(?:电影|電影|影片|映画|영화|작품|作品)?"
)
YEAR_AFTER = LazyPattern(
    rf"""(?:,[ ](?:the|an?|l[aeo]s?|el|il|der|die|das)(?=[ \t]*[(\[]))?   # "Matrix, The (1999)"
        (?:[.!?]|%3F)?(?P<close>["”“’'»`*_»›」』》〉]*)[ \t,]*["”“’'»`*_»›」』》〉]*
        [(\[] \s* (?:(?:the|film|movie|from|released|released\ in)[\s,:]+ | {_SAID_BEFORE_YEARS} [\s,:]* )*
        (?P<year>[12][0-9]{{3}}) (?: \s*[-–—]\s*(?:[0-9]{{2,4}}|present)? )?
        (?: \s*{_SAID_BEHIND_YEARS} )?
        (?:[\s,]*(?:film|movie|version|original|remake|tv|mini-?series|series|novel|book))*
        \s* [)\]]""",
    re.VERBOSE | re.IGNORECASE,
)
BARE_YEAR = LazyPattern(r"[ \t]*,?[ \t]*(?P<year>[12][0-9]{3})(?![0-9]|\s*[-–—]\s*[0-9])")
BARE_YEAR_ELSEWHERE = LazyPattern(
    rf"[ \t]*,?[ \t]*{_SAID_BEFORE_YEARS}[ \t]*(?P<year>[12][0-9]{{3}})(?![0-9]|\s*[-–—]\s*[0-9])",
    re.IGNORECASE,
)
YEAR_BEFORE = LazyPattern(
    r"(?<![0-9])(?P<year>[12][0-9]{3})(?:年|년)?"
    r"(?:版本|版|上映|公開|制作|製作|拍摄|作|에[ ]*나온|작)?(?:的|の)?[ ]*"
    r"(?:老?电影|電影|影片|映画|动画片?|アニメ|영화|드라마|小说|小説)?[ ]*[《〈「『“\"'‘]*\Z"
)
#: A year that stands apart from a title, and says which one is meant where an item of that title has it:
#: behind a dash, a colon or the line of a table ("Heat - 1995", "| Heat | 1995 |"), with other words in
#: brackets ("Heat (Michael Mann, 1995)"), in two digits ("Heat ('95)").
YEAR_BESIDE = LazyPattern(
    r"""["”’'*_]{0,3}[ \t]*(?:
        (?:[-–—|:])[ \t]*[*_]{0,2}(?P<dashed>[12][0-9]{3})(?![0-9]|\s*[-–—]\s*[0-9]|'s|s\b)
      | [(\[](?:[^()\[\]\n]{1,40}[,;:][ ]*)?(?P<among>[12][0-9]{3})(?:[,;][^()\[\]\n]{1,40})?[)\]]
      | [(\[]?['’](?P<short>[0-9]{2})(?:[)\]]|(?=[\s.,!?]|\Z))
      )""",
    re.VERBOSE,
)
# What a work of a year is called, and what may stand before that.
_WORK = (
    r"(?:(?:all-\w+|animated|black|classic|feature|first|horror|live[- ]action|new|newer|old|older|original"
    r"|silent|tv)[ ])*"
    r"(?:adaptation|book|classic|edition|film|flick|mini-?series|movie|musical|novel|one|original|reboot"
    r"|remake|series|take|version)"
)
_YEAR = r"[12][0-9]{3}(?![0-9]|\s*[-–—]\s*[0-9]|['’]?s\b)"
#: A year that is said behind a title: "Juno from 2007", "Dune, the 2021 one", "Carrie came out in 2013",
#: "Heat by Michael Mann (1995)".
_SAID_BEHIND = LazyPattern(
    rf"""["”’'*_]{{0,3}}(?:
        (?:,?[ ](?:the[ ])?{_WORK})?,?[ ](?:that[ ]|which[ ])?(?:(?:is|was|got|were)[ ])?(?:the[ ]one[ ])?
          (?: (?:from|of|aus|aus[ ]dem[ ]Jahre?|von)
            | (?:filmed|made|produced|published|released|remade|shot)[ ](?:back[ ])?in
            | (?:when[ ](?:it|that)[ ](?:first[ ])?)?(?:came|comes)[ ]out[ ](?:back[ ])?in
            | (?:premiered|hit[ ](?:the[ ])?(?:cinemas|screens|theaters|theatres))[ ]in
          )[ ](?:the[ ]year[ ])?(?P<said>{_YEAR})
      | (?:['’]s[ ]|,?[ ](?:(?:is|was)[ ])?\(?the[ ])(?P<beside>[12][0-9]{{3}})[ ]{_WORK}\b
      | ,?[ ]by(?:[ ][A-Z][\w.'’-]*){{2,4}}[ ][(\[](?P<made>[12][0-9]{{3}})[)\]]
      )""",
    re.VERBOSE,
)
#: The same before it: "the 2016 Ghostbusters", "2017's It", "the 2019 remake of The Lion King".
_SAID_BEFORE = LazyPattern(
    rf"""(?:(?<![^\s(])(?P<before>[\w'’.]+)[ ])? (?P<year>(?<![\w(\[])(?:[12][0-9]{{3}}|['’][0-9]{{2}}))
        (?P<own>['’]s)? [ ](?:all-\w+[ ]|new[ ]|original[ ]|classic[ ])?
        (?: {_WORK}[ ](?:of[ ]|called[ ]|titled[ ])?
            (?:(?:[A-Z][\w.]*[ ]){{0,2}}[A-Z]\w*['’]s[ ])? (?:the[ ])? )?
        ["“‘'*_]{{0,3}}\Z""",
    re.VERBOSE,
)
#: Before these years something happens: "In 2016 Ghostbusters was on TV".
_WHEN = frozenset(
    {
        "about",
        "after",
        "around",
        "before",
        "by",
        "circa",
        "during",
        "early",
        "from",
        "in",
        "late",
        "mid",
        "of",
    }
    | {"since", "till", "to", "until", "year", "fall", "spring", "summer", "winter"}
    | {"january", "february", "march", "april", "may", "june", "july", "august", "september", "october"}
    | {"november", "december"}
)
_FAR = 80
#: The year of the same object or list of fields: `"title": "Heat", "year": 1995`, `Title: Heat\nYear: 1995`.
YEAR_FIELD = LazyPattern(
    r"""["”’'*_]{0,3}[ \t]*,?[ \t]*\n?[ \t]*[-*•]?[ \t]*["'*_]{0,3}
        (?:release[ _]?)?year["'*_]{0,3}[ \t]*[:=][ \t]*["'*_]{0,3}[ \t]*(?P<year>[12][0-9]{3})(?![0-9])""",
    re.VERBOSE | re.IGNORECASE,
)
#: The name of a field that holds a title, before it.
TITLE_FIELD = LazyPattern(
    r"""(?:\A|[\n{,|;*_•-])[ \t]*["'*_]{0,3}(?:title|film|movie|book|recommendation|my[ ]pick)["'*_]{0,3}
        [ \t]*[:=][ \t]*["'“‘*_]{0,3}\Z""",
    re.VERBOSE | re.IGNORECASE,
)
# Thai years are counted from the Buddha's death.
_BUDDHIST, _FIRST_BUDDHIST = 543, 2_400


def year_said(text: str, start: int, end: int) -> str | None:
    """The year that a text says of the title at text[start:end], beside it or a few words away, or its last
    two digits; None where it says none. What else happened in a year says nothing of a title."""
    if behind := _SAID_BEHIND.match(text, end):
        return behind["said"] or behind["beside"] or behind["made"]
    before = _SAID_BEFORE.search(text, max(0, start - _FAR), start)
    if before is None:
        return None
    word = before["before"] or ""
    # A capital before it, but for an owner's ("Disney's 2019 ..."), is of another title: "Wonder Woman 1984".
    if not before["own"] and (word.casefold() in _WHEN or _is_of_a_title(word)):
        return None
    return before["year"].lstrip("'’")


def _is_of_a_title(word: str) -> bool:
    if not word[:1].isupper() or word.endswith(("'s", "’s", "s'", "s’")) or word.casefold() in ARTICLES:
        return False
    return not is_lead_in(word.casefold())


def common_era(year: int) -> int:
    return year - _BUDDHIST if year >= _FIRST_BUDDHIST else year

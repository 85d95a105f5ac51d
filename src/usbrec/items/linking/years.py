"""Years beside a title: in brackets, behind it, before it, in the languages that the linker knows."""

from __future__ import annotations

import re

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
        [(\[] \s*
        (?:(?:the|an?|film|movie|from|released|released\ in)[\s,:]+ | {_SAID_BEFORE_YEARS} [\s,:]* )*
        (?P<year>[12][0-9]{{3}}) (?: \s*[-–—]\s*(?:[0-9]{{2,4}}|present)? )?
        (?: \s*{_SAID_BEHIND_YEARS} )?
        (?:[\s,]*(?:film|movie|version|original|remake|tv|mini-?series|series|novel|book|drama|thriller|comedy))*
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
      | [(\[](?:[^()\[\]\n]{1,40}[,;:][ ]*)?(?P<among>[12][0-9]{3})
            (?:[,;][^()\[\]\n]{1,40}|(?:[ ][\w-]+){1,4})?[)\]]
      | [(\[]?['’](?P<short>[0-9]{2})(?:[)\]]|(?=[\s.,!?]|\Z))
      )""",
    re.VERBOSE,
)
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


def common_era(year: int) -> int:
    return year - _BUDDHIST if year >= _FIRST_BUDDHIST else year

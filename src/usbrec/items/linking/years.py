"""Years beside a title: in brackets, behind it, before it, in the languages that the linker knows."""

from __future__ import annotations

import re

from usbrec.items.scripts import LazyPattern

# In languages other than English.
_SAID_BEFORE_YEARS = (
    r"(?:фильм|реж|aus\ dem\ jahr|aus|von|sorti\ en|de|del|película|电影|電影|影片|映画|영화"
    r"|ปี|พ\.ศ\.|ค\.ศ\.|فيلم|عام|سنة)"
)
_SAID_BEHIND_YEARS = (
    r"(?:年|년|г\.?|года?|م)(?:的|の|版|上映|公開|製作|制作|작|개봉)?"
    r"\s*(?:电影|電影|影片|映画|영화|작품|作品)?"
)
YEAR_AFTER = re.compile(
    rf"""(?:,[ ](?:the|an?|l[aeo]s?|el|il|der|die|das)(?=[ \t]*[(\[]))?   # "Matrix, The (1999)"
        [.!?]?(?P<close>["”“’'»`*_»›」』》〉]*)[ \t,]*["”“’'»`*_»›」』》〉]*
        [(\[] \s* (?:(?:the|film|movie|from|released|released\ in)[\s,:]+ | {_SAID_BEFORE_YEARS} [\s,:]* )*
        (?P<year>[12][0-9]{{3}}) (?: \s*[-–—]\s*(?:[0-9]{{2,4}}|present)? )?
        (?: \s*{_SAID_BEHIND_YEARS} )?
        (?:[\s,]*(?:film|movie|version|original|remake|tv|mini-?series|series|novel|book))*
        \s* [)\]]""",
    re.VERBOSE | re.IGNORECASE,
)
BARE_YEAR = re.compile(r"[ \t]*,?[ \t]*(?P<year>[12][0-9]{3})(?![0-9]|\s*[-–—]\s*[0-9])")
BARE_YEAR_ELSEWHERE = LazyPattern(
    rf"[ \t]*,?[ \t]*{_SAID_BEFORE_YEARS}[ \t]*(?P<year>[12][0-9]{{3}})(?![0-9]|\s*[-–—]\s*[0-9])",
    re.IGNORECASE,
)
YEAR_BEFORE = LazyPattern(
    r"(?<![0-9])(?P<year>[12][0-9]{3})(?:年|년)?"
    r"(?:版本|版|上映|公開|制作|製作|拍摄|作|에[ ]*나온|작)?(?:的|の)?[ ]*"
    r"(?:老?电影|電影|影片|映画|动画片?|アニメ|영화|드라마|小说|小説)?[ ]*[《〈「『“\"'‘]*\Z"
)
# Thai years are counted from the Buddha's death.
_BUDDHIST, _FIRST_BUDDHIST = 543, 2_400


def common_era(year: int) -> int:
    return year - _BUDDHIST if year >= _FIRST_BUDDHIST else year

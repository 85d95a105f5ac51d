"""Chinese and Korean compounds that may be titles (住房贷款, 직원식당), which no list of words holds.

A title of four characters, or of four or five syllables without a blank, has to be seen, liked or
recommended, or to stand in a sentence that speaks of films or books. What ends as an answer does ("明白了",
"알겠습니다") is none in a clause of its own. Texts are plain ones (:func:`usbrec.items.scripts.plain`).
"""

from __future__ import annotations

from usbrec.items.scripts import LazyPattern

_NOUN = LazyPattern("[\u3400-\u4dbf\u4e00-\u9fff]{4}|[\uac00-\ud7a3]{4,5}")
_SOUND = LazyPattern(
    "[\u4e00-\u9fff]{1,3}[了的吧呢啊]|[\uac00-\ud7a3]{2,6}(?:니다|네요|어요|아요|군요|지요|세요)"
)
_WORKS = LazyPattern(
    "[看讀读追刷]|电影|電影|影片|影院|片子|大片|剧|劇|小说|小說|书|書|导演|導演|主演|演员|演員|演得|拍"
    "|推荐|推薦|喜欢|喜歡|爱|经典|經典|好笑|不错|不錯|值得|还有|還有|那就|类似|類似|那种|精彩|无聊|難看"
    "|难看|这部|那部|感人|震撼|续集|續集|票房|上映|配乐|结局|原著|动画|動畫|영화|드라마|작품|소설|만화"
    "|애니|책|감독|배우|주연|출연|원작|속편|시리즈|봤|봐|보고|보는|보면|보셨|보세요|본 |볼 |볼까|볼래"
    "|읽|재미|재밌|추천|좋아|좋았|좋은|명작|감동|최고|지루|무서|웃기|어때|어땠|개봉|상영|같은|비슷|이요"
)
_SENTENCE_ENDS = "。.！？!?\n"


def may_be_a_noun(written: str) -> bool:
    """Whether a title, as it is written, may be a word that no list of everyday words holds."""
    return bool(_NOUN.fullmatch(written))


def may_be_a_sound(written: str) -> bool:
    """Whether a title may be what is answered in any talk."""
    return bool(_SOUND.fullmatch(written))


def speaks_of_works(text: str, start: int, end: int) -> bool:
    """Whether the rest of the sentence around text[start:end] has a word that goes with films and books."""
    begin = max(text.rfind(mark, 0, start) for mark in _SENTENCE_ENDS) + 1
    close = min((at for mark in _SENTENCE_ENDS if (at := text.find(mark, end)) >= 0), default=len(text))
    return bool(_WORKS.search(text[begin:start]) or _WORKS.search(text[end:close]))

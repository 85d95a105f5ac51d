"""Japanese nouns that may be titles: which they are, and what in their sentence says that a work is meant.

Texts are plain ones (:func:`usbrec.items.scripts.plain`): 。 and 、 are those of ASCII there.

Japanese has neither capitals nor blanks, and its compounds (社員食堂, 住宅ローン) are words that no list of
everyday words holds. So a title that might be one has to be seen, liked or recommended, or to stand in a
sentence that speaks of films or books; a title with の inside, or a long one, has not.
"""

from __future__ import annotations

import unicodedata

from usbrec.items.scripts import HIRAGANA, KATAKANA
from usbrec.patterns import LazyPattern

_KANJI = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff"
_HIRAGANA = LazyPattern(f"[{HIRAGANA}]")
_SOUNDS = LazyPattern(f"[{HIRAGANA}ー]{{1,6}}|[{_KANJI}]{{1,2}}[ぁ-ゖ]{{0,4}}[いたるうくす]")
_NOUN = LazyPattern(
    rf"[{KATAKANA}]{{1,10}}|[{_KANJI}]{{1,6}}"
    rf"|(?=.*[{KATAKANA}{_KANJI}])[{_KANJI}{KATAKANA}ぁ-ねは-ゖ]{{1,6}}[0-9]?"  # no の inside
)
# So far behind a title stands what is said of it.
_FAR = 24
_SAID = LazyPattern(
    r"[」』》〉”\"]?(?:って|とか|とは|なら|でも|なんか|なんて|だけ|こそ|ばかり|ばっか|しか|から|まで|には|では|のほうが|の方が|より|を|も|は"
    r"|が|に|で){1,2}(?:どこで)?[^をで。.、,！？!?「」『』\n]{0,7}?"
    r"(?:見[たてまよるなにらか]|見終|観|鑑賞|視聴|読[んみむ]|借り|レンタル|再生|勧め|薦め|すすめ|ススメ|推し|好き|嫌い|面白|おもしろ|つまら"
    r"|退屈|最高|名作|傑作|良か|よか|良い|素晴|すばらし|泣|感動|感激|笑[えいっわ]|怖か|怖す|気に入|気にな|期待|ご存|知って"
    r"|いかが|どう|どんな|人気|評判|話題|上映|公開|配信|放送|ヒット)"
)
# Parts of works, and who makes them.
_SAID_BARE = LazyPattern(
    r"[」』》〉”\"]?(?:(?:みたい|のよう)な|ほど(?:面白|泣|怖)|という(?:名|題)"
    r"|の(?:監督|原作|ラスト|結末|エンディング|主題歌|サントラ|世界観|あらすじ|ストーリー|オチ|ネタバレ|主人公|ヒロイン|キャスト|俳優|女優"
    r"|声優|予告|名場面|名シーン|セリフ|台詞|脚本|演出|リメイク|前作|新作|続編|実写|アニメ|映画|ドラマ|小説|漫画|作者|著者))"
)
_CHOSEN = LazyPattern(
    r"(?:です(?![ねよ])|かな|がいい|が良い|でお願い|にしよう|にします|を[。.！!]|[。.！!]|$)"
)
_CHOICE = LazyPattern(
    r"(?:好き(?:な(?:の|作品|一本)?)?|お?気に入り|おすすめ|オススメ|お勧め|推し|見た|観た|読んだ|見たい|観たい|最高傑作|代表作)"
    r"(?:なの)?の?(?:は|が)[、, ]?[「『《\"]?\Z"
)
_WORKS = LazyPattern(
    "映画|シネマ|アニメ|ドラマ|作品|監督|主演|出演|原作|小説|漫画|マンガ|俳優|女優|上映|試写|配信|字幕|吹き替え|鑑賞|観[たてるにま]"
    "|シリーズ|続編|名作|傑作|ネトフリ|Netflix|サントラ"
)
_SENTENCE_ENDS = "。.！？!?\n"


def is_japanese(text: str) -> bool:
    """Chinese has no hiragana."""
    return _HIRAGANA.search(text) is not None


def may_be_a_noun(written: str) -> bool:
    """Whether a title, as it is written, may be a word that no list of everyday words holds."""
    return bool(_NOUN.fullmatch(written))


def may_be_a_sound(written: str) -> bool:
    """Whether a title may be what is said in any talk: hiragana alone ("なるほど"), an adjective, a verb."""
    return bool(_SOUNDS.fullmatch(written))


def is_said_of(text: str, end: int) -> bool:
    """Whether what stands behind text[:end] is said of films and books."""
    behind = unicodedata.normalize("NFC", text[end : end + _FAR])
    return bool(_SAID.match(behind) or _SAID_BARE.match(behind))


def is_chosen(text: str, start: int, end: int, opens: bool) -> bool:
    """Whether text[start:end] answers what somebody likes best or wants to see; `opens` says whether it
    opens its clause."""
    if opens and _CHOSEN.match(text, end):
        return True
    return bool(_CHOICE.search(unicodedata.normalize("NFC", text[max(0, start - _FAR) : start])))


def speaks_of_works(text: str, start: int, end: int) -> bool:
    """Whether the rest of the sentence around text[start:end] has a word for films or books."""
    begin = max(text.rfind(mark, 0, start) for mark in _SENTENCE_ENDS) + 1
    close = min((at for mark in _SENTENCE_ENDS if (at := text.find(mark, end)) >= 0), default=len(text))
    return bool(_WORKS.search(text[begin:start]) or _WORKS.search(text[end:close]))

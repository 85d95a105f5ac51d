"""Language identification on sentences of conversations, and what it makes of thin or mixed evidence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import ROOT
from usbrec.dialogue import Sample, Turn
from usbrec.errors import UnknownLanguage
from usbrec.lexicon import LANGUAGES, shared
from usbrec.lexicon.detection import detect, mask_of, name_of
from usbrec.play.languages import Languages

REDIAL = ROOT.parent / "shared" / "data" / "redial" / "valid.jsonl"

# Written for this test, five a language, with titles of other languages in them.
SENTENCES = {
    "en": (
        "I am looking for something like The Matrix.",
        "Hi! What would you recommend?",
        "I really liked Das Boot, do you have more of that?",
        "My kids want to see a funny movie tonight",
        "Not what I had in mind, thanks.",
    ),
    "de": (
        "Ich suche etwas wie The Matrix.",
        "Hallo! Was würden Sie mir empfehlen?",
        "Mir hat Amélie sehr gefallen, gibt es mehr davon?",
        "Meine Kinder möchten heute Abend einen lustigen Film sehen",
        "Das ist nichts für mich, danke.",
    ),
    "fr": (
        "Je cherche quelque chose comme The Matrix.",
        "Bonjour ! Qu'est-ce que vous me conseillez ?",
        "J'ai beaucoup aimé Das Boot, vous en avez d'autres ?",
        "Mes enfants veulent voir un film drôle ce soir",
        "Ce n'est pas ce que je veux, merci.",
    ),
    "es": (
        "Busco algo como The Matrix.",
        "¡Hola! ¿Qué me recomienda usted?",
        "Me gustó mucho Das Boot, ¿hay más como esa?",
        "Mis hijos quieren ver una película divertida esta noche",
        "No es lo que busco, gracias.",
    ),
    "it": (
        "Cerco qualcosa come The Matrix.",
        "Ciao! Che cosa mi consiglia?",
        "Mi è piaciuto molto Das Boot, ne avete altri?",
        "I miei figli vogliono vedere un film divertente questa sera, che cosa c'è?",
        "Non è quello che cerco, grazie.",
    ),
    "pt": (
        "Procuro algo como The Matrix, por favor.",
        "Olá! O que você me recomenda?",
        "Gostei muito de Das Boot, vocês têm mais filmes assim?",
        "Os meus filhos querem ver um filme engraçado hoje, o que há?",
        "Não é isso que eu procuro, obrigado.",
    ),
    "nl": (
        "Ik zoek iets zoals The Matrix.",
        "Hallo! Wat raad je mij aan?",
        "Ik vond Das Boot erg goed, heb je meer van dat?",
        "Mijn kinderen willen vanavond een leuke film zien",
        "Dat is niet wat ik zoek, dank je.",
    ),
    "sv": (
        "Jag letar efter något som The Matrix.",
        "Hej! Vad skulle du vilja tipsa om?",
        "Jag gillade Das Boot mycket, har du mer av det?",
        "Mina barn vill se en rolig film och jag har inte någon",
        "Det är inte det som jag letar efter, tack.",
    ),
    "pl": (
        "Szukam czegoś jak The Matrix, proszę o coś takiego.",
        "Cześć! Co możesz mi polecić?",
        "Bardzo mi się podobał Das Boot, masz coś więcej?",
        "Moje dzieci chcą dziś zobaczyć film, czy masz coś dla nich?",
        "To nie jest to, dziękuję.",
    ),
    "tr": (
        "The Matrix gibi bir film arıyorum.",
        "Merhaba! Bana ne önerir misin?",
        "Das Boot çok güzel, başka var mı?",
        "Bu akşam için bir film istiyorum",
        "Bu değil, teşekkürler.",
    ),
    "ru": (
        "Ищу что-нибудь вроде The Matrix.",
        "Здравствуйте! Что вы мне посоветуете?",
        "Мне очень понравился Das Boot.",
        "Мои дети хотят посмотреть комедию",
        "Это не то, что я ищу.",
    ),
    "uk": ("Шукаю щось схоже на The Matrix, є ідеї?", "Привіт! Що ви мені порадите? Її вже бачив"),
    "ar": ("أبحث عن فيلم مثل The Matrix", "مرحبا! بماذا تنصحني؟", "أعجبني الفيلم كثيرا"),
    "zh": ("我想看一部像The Matrix的电影", "你好！有什么推荐吗？", "我很喜欢《卧虎藏龙》，还有别的吗？"),
    "ja": ("The Matrixのような映画を探しています", "こんにちは！おすすめは何ですか？", "それは違います"),
    "ko": ("The Matrix 같은 영화를 찾고 있어요", "안녕하세요! 뭐 추천해 주세요", "그건 아니에요 감사합니다"),
    "th": ("กำลังหาหนังแบบ The Matrix", "สวัสดี แนะนำอะไรดี", "ไม่ใช่เรื่องนี้"),
    "hi": ("मुझे The Matrix जैसी फ़िल्म चाहिए", "नमस्ते! आप क्या सुझाएँगे?"),
    "el": ("Ψάχνω κάτι σαν το The Matrix", "Γεια σας! Τι προτείνετε;"),
    "he": ("אני מחפש סרט כמו The Matrix", "שלום! מה אתם ממליצים?"),
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_dialogue_of_a_few_sentences_is_told_in_each_language(language: str) -> None:
    assert detect("\n".join(SENTENCES[language])) == language


@pytest.mark.parametrize("language", SENTENCES)
def test_one_sentence_is_never_told_as_another_language_and_mostly_told(language: str) -> None:
    found = [detect(sentence) for sentence in SENTENCES[language]]
    assert set(found) <= {language, None}
    assert sum(one == language for one in found) >= 0.6 * len(found)


@pytest.mark.parametrize("text", ["", "Heat", "Die Hard", "12345 ?!", "Matrix, Alien, Up", "La La Land"])
def test_a_title_or_nothing_tells_no_language_that_would_be_refused(text: str) -> None:
    assert detect(text) in (None, *LANGUAGES)


@pytest.mark.parametrize("text", ["war", "Die Hard", "War, please", "some war", "war drama from the 1990s"])
def test_an_english_word_that_is_german_too_makes_no_german(text: str) -> None:
    assert detect(text) in ("en", None)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Je cherche un film policier.", "fr"),
        ("Busco una comedia divertida.", "es"),
        ("Cerco un film divertente per stasera", "it"),
        ("Szukam dobrej komedii na wieczór", "pl"),
        ("Hledám dobrou komedii na večer", "cs"),
        ("Keresek egy vicces filmet ma estére", "hu"),
        ("Caut un film amuzant pentru diseară", "ro"),
        ("Saya ingin menonton film lucu malam ini", "id"),
        ("Tôi muốn xem một bộ phim hài", "vi"),
        ("Etsin hauskaa elokuvaa illaksi", "fi"),
        ("Kan du anbefale en sjov film? Jeg vil grine", "da"),
        ("Busco is the film that I liked, do you know it?", "en"),
        ("El laberinto del fauno", None),
        ("Les Enfants du paradis", None),
    ],
)
def test_a_word_that_people_ask_with_tells_the_language_of_one_short_sentence(
    text: str, language: str | None
) -> None:
    assert detect(text) == language


def test_a_quoted_title_of_another_language_does_not_count() -> None:
    assert detect("I loved 《卧虎藏龙》 and “Das Leben der Anderen”, do you have more like that?") == "en"
    assert detect("Ich mochte „The Lord of the Rings and all of that“ sehr gern.") == "de"


@given(st.text(max_size=60))
def test_whatever_is_said_gives_a_language_that_has_a_name_and_a_mask_or_none(text: str) -> None:
    found = detect(text)
    assert found is None or found in shared("languages")
    assert name_of(found or "xx")
    assert mask_of(found or "xx")


def test_a_mask_is_said_in_the_language_of_the_dialogue() -> None:
    assert (mask_of("en"), mask_of("zh"), mask_of("xx")) == ("that one", "那一部", "that one")


@pytest.mark.skipif(not REDIAL.is_file(), reason="needs the data sets beside the checkout")
def test_no_english_dialogue_of_redial_is_told_as_another_language() -> None:
    rows = [json.loads(line)["context"] for line in REDIAL.read_text("utf-8").splitlines()[:1500]]
    found = [detect("\n".join(turns[::2])) for turns in rows]
    assert set(found) <= {"en", None}
    assert found.count("en") > 0.99 * len(found)


# Which language rules take


def _sample(*said: str) -> Sample:
    return Sample(said[0], said[0], tuple(Turn("seeker", text) for text in said), ("Heat (1995)",))


def test_a_dialogue_that_tells_no_language_is_read_as_the_samples_together_are() -> None:
    languages = Languages.of_samples("auto", [_sample(text) for text in SENTENCES["de"]])
    assert languages.usual == "de"
    assert languages.of((Turn("seeker", "Heat"),)) == "de"
    assert languages.of((Turn("seeker", SENTENCES["en"][0]),)) == "en"


def test_only_the_seekers_turns_tell_the_language() -> None:
    turns = (
        Turn("recommender", "Guten Tag, was darf es heute sein?"),
        Turn("seeker", "I like it funny, please."),
    )
    assert Languages().of(turns) == "en"


def test_a_setting_goes_before_what_a_dialogue_shows() -> None:
    languages = Languages.of_samples("de", [_sample(text) for text in SENTENCES["en"]])
    assert languages.of((Turn("seeker", SENTENCES["zh"][0]),)) == "de"


@pytest.mark.parametrize("language", sorted(set(SENTENCES) - set(LANGUAGES)))
def test_a_language_without_rules_is_refused_by_name(language: str) -> None:
    turns = tuple(Turn("seeker", sentence) for sentence in SENTENCES[language])
    with pytest.raises(UnknownLanguage, match=name_of(language)):
        Languages().of(turns)


def test_samples_of_a_language_without_rules_are_of_it_even_where_one_row_tells_nothing() -> None:
    languages = Languages.of_samples("auto", [_sample(text) for text in (*SENTENCES["fr"], "Heat ?")])
    assert languages.told((Turn("seeker", "Heat ?"),)) == "fr"


@pytest.mark.parametrize(
    ("text", "usual", "language"),
    [
        ("드라마", "en", "ko"),
        ("アニメ", "en", "ja"),
        ("アニメ", "zh", "ja"),
        ("映画", "ja", "ja"),
        ("电影", "en", "zh"),
        ("Драма", "uk", "uk"),
        ("ok 드라마", "en", "en"),
        ("네", "en", "en"),
    ],
)
def test_a_few_letters_of_another_script_are_no_english(text: str, usual: str, language: str) -> None:
    turns = [Turn("seeker", text)]
    assert Languages(usual=usual).told(turns) == language
    assert Languages(fixed="de").told(turns) == "de"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Spannende Krimis, keine Liebesfilme", "de"),
        ("So ähnlich wie Inception", "de"),
        ("Hauptsache lustig", "de"),
        ("Mejor ciencia ficción", "es"),
        ("Me encantan las bélicas", "es"),
        ("Tout sauf l'horreur", "fr"),
        ("Déjà vu, malheureusement", "fr"),
        ("Inception 같은 거", "ko"),
        ("ホラーは嫌い", "ja"),
        # Titles, names and what English has too tell nothing.
        ("Das Boot", "en"),
        ("La La Land", "en"),
        ("Amélie", "en"),
        ("Die Hard or Das Boot", "en"),
        ("he's so-so", "en"),
        ("ok cool", "en"),
        ("warm and funny", "en"),
        ("i saw el camino", "en"),
        ("film noir", "en"),
        ("Se7en", "en"),
        ("thx ty", "en"),
    ],
)
def test_a_short_text_is_told_by_all_its_words(text: str, language: str) -> None:
    assert Languages().told([Turn("seeker", text)]) == language


def test_what_is_usual_decides_where_a_short_text_says_nothing() -> None:
    assert Languages(usual="de").told([Turn("seeker", "Inception")]) == "de"
    assert Languages(usual="de").told([Turn("seeker", "Something funny, please")]) == "en"
    assert Languages(fixed="en").told([Turn("seeker", "Hauptsache lustig")]) == "en"

"""Titles that are ordinary words, names, places and numbers, in sentences that name them and that do not."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker, split_title

TITLES = (
    "Her (2013)|Us (2019)|It (2017)|Up (2009)|Nope (2022)|Tár (2022)|Arrival (2016)|Drive (2011)|"
    "Gravity (2013)|Heat (1995)|Se7en (1995)|Milk (2008)|Coco (2017)|Frida (2002)|Joker (2019)|"
    "Cars (2006)|Brave (2012)|Room (2015)|Fargo (1996)|Casablanca (1942)|Chicago (2002)|"
    "Philadelphia (1993)|Manhattan (1979)|Rocky (1976)|Rocky II (1979)|Alien (1979)|Aliens (1986)|"
    "The Thing (1982)|Once (2007)|Before Sunrise (1995)|No Country for Old Men (2007)|"
    "Lost in Translation (2003)|Spirited Away (2001)|(500) Days of Summer (2009)|12 Monkeys (1995)|"
    "21 Grams (2003)|What's Up, Doc? (1972)|Matilda (1996)|Carol (2015)|Victoria (2015)|Beloved|"
    "Persuasion|Atonement|Circe|Siddhartha|Middlemarch|Blindness|Educated|Becoming|The Road|Holes|"
    "Der Vorleser|Momo|Das Parfum|La sombra del viento|Pedro Páramo|Rayuela|Ficciones|"
    "La casa de los espíritus|围城|三体|平凡的世界|红楼梦|白夜行|"
    "ノルウェイの森|雪国|こころ|人間失格|"
    "君たちはどう生きるか|채식주의자|82년생 김지영|아몬드|"
    "소년이 온다|기생충|올드보이|버닝|千与千寻|霸王别姬|大话西游|让子弹飞|"
    "Amores perros|El orfanato|Relatos salvajes|Das Boot|"
    "Lola rennt|Good Bye, Lenin!|Azul|Carcassonne|Codenames|Pandemic"
)
LINKER = Linker([Item(split_title(name)[0], *split_title(name)) for name in TITLES.split("|")])


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Arrival made me cry more than Gravity did.", ["Arrival", "Gravity"]),
        ("We drive to Chicago on Friday to see my aunt Carol.", []),
        ("Carol is one of the best films of the decade.", ["Carol"]),
        ("Have you got anything like Drive or Fargo?", ["Drive", "Fargo"]),
        ("Her, by Spike Jonze, is lovely.", ["Her"]),
        ("I asked her about it and she told us.", []),
        ("Loved Room, hated Brave.", ["Room", "Brave"]),
        ("There is no room in my car for the milk.", []),
        ("Kurt Russell in The Thing is iconic.", ["The Thing"]),
        ("The thing is, I don't like horror.", []),
        ("Morrison's Beloved wrecked me.", ["Beloved"]),
        ("My beloved cat is called Coco.", []),
        ("Educated people read Becoming.", ["Becoming"]),
        ("Rocky's training montage is iconic.", ["Rocky"]),
        ("Once I saw Once in Dublin.", ["Once"]),
        ("I grew up in Philadelphia.", []),
        ("Philadelphia with Tom Hanks always gets me.", ["Philadelphia"]),
        ("I'd say 12 Monkeys over 21 Grams any day.", ["12 Monkeys", "21 Grams"]),
        ("I weigh 21 grams less than 12 monkeys.", []),
        ("Nope, not for me.", []),
        ("We played Pandemic all night during the pandemic.", ["Pandemic"]),
        ("Azul or Carcassonne for two players?", ["Azul", "Carcassonne"]),
        ("How about Codenames?", ["Codenames"]),
        ("My name is Victoria and I love Frida.", ["Frida"]),
        ("I'm reading Circe right now", ["Circe"]),
        ("Kennst du Das Parfum?", ["Das Parfum"]),
        ("Ich habe Momo als Kind geliebt.", ["Momo"]),
        ("Fandest du Lola rennt auch so schnell?", ["Lola rennt"]),
        ("Joker war mir zu brutal.", ["Joker"]),
        ("Azul haben wir gestern gespielt.", ["Azul"]),
        ("Wir wohnen in Chicago.", []),
        ("Der Vorleser hat mich sehr berührt.", ["Der Vorleser"]),
        ("我最近在读三体。", ["三体"]),
        ("钱钟书的围城写得真好。", ["围城"]),
        ("推荐你看霸王别姬和千与千寻。", ["霸王别姬", "千与千寻"]),
        ("他在平凡的世界里过着普通的生活。", []),
        ("《让子弹飞》太好笑了。", ["让子弹飞"]),
        ("大话西游我看了五遍。", ["大话西游"]),
        ("你喜欢白夜行还是红楼梦？", ["白夜行", "红楼梦"]),
        ("ノルウェイの森を読みました。", ["ノルウェイの森"]),
        ("昨日、雪国に旅行しました。", []),
        ("川端康成の雪国が好きです。", ["雪国"]),
        ("こころがとても温かい人です。", []),
        ("夏目漱石の「こころ」は名作です。", ["こころ"]),
        ("人間失格と君たちはどう生きるか、どっちがいい？", ["人間失格", "君たちはどう生きるか"]),
        ("¿Has leído Rayuela?", ["Rayuela"]),
        ("Me encantó La casa de los espíritus.", ["La casa de los espíritus"]),
        ("Trabajo en un orfanato.", []),
        ("El cielo está muy azul hoy.", []),
        ("Relatos salvajes es la mejor película argentina.", ["Relatos salvajes"]),
        ("기생충 봤어요?", ["기생충"]),
        ("아몬드 알레르기가 있어요.", []),
        ("손원평 작가의 아몬드를 읽었어요.", ["아몬드"]),
        ("올드보이랑 버닝 중에 뭐가 더 재밌어?", ["올드보이", "버닝"]),
        ("Mother made me a sandwich.", []),
        ("Milk made me sick.", []),
        ("Holes made me laugh and cry.", ["Holes"]),
        ("Gravity moved me.", ["Gravity"]),
        ("I'm from Chicago originally.", []),
        ("We are from Philadelphia.", []),
        ("My favorite quote is from Casablanca.", ["Casablanca"]),
        ("Directed by Michael Mann in 1995.", []),
        ("Heat by Michael Mann is long.", ["Heat"]),
        ("Cars by John Lasseter", ["Cars"]),
        ("Cars by the hundred drove past.", []),
        ("Circe, by Madeline Miller.", ["Circe"]),
        ("My dog is called Coco.", []),
        ("A book called Circe, I think.", ["Circe"]),
        ("The film is called Her.", ["Her"]),
        ("Her's a good one.", []),
        ("Joker's ending surprised me.", ["Joker"]),
        ("Room's available on Friday.", []),
        ("Cars's soundtrack is fun.", ["Cars"]),
        ("Fargo's snow is beautiful.", ["Fargo"]),
        ("Chicago's snow is beautiful.", []),
        ("Chicago's weather is awful.", []),
        ("Heat, Up and Drive.", ["Heat", "Up", "Drive"]),
        ("Carol and Victoria are coming over.", []),
        ("Carol & Victoria", []),
        ("Frida, please", ["Frida"]),
        ("Drive sounds great!", ["Drive"]),
        ("Chicago sounds great!", []),
        ("Up it is", ["Up"]),
        ("Pandemic, please.", ["Pandemic"]),
        ("We used 21 grams of salt.", []),
        ("I watched 21 Grams last week.", ["21 Grams"]),
        ("i saw 12 monkeys", ["12 Monkeys"]),
        ("#Coco #Up", ["Coco", "Up"]),
        ("#LostInTranslation is my comfort film", ["Lost in Translation"]),
        ("Ich heiße Victoria und suche etwas wie Momo.", ["Momo"]),
        ("Momo von Michael Ende", ["Momo"]),
        ("Azul macht richtig Laune, sagt Victoria.", ["Azul"]),
        ("Codenames war okay.", ["Codenames"]),
        ("Wir spielen oft Codenames.", ["Codenames"]),
        ("Der Milk war sauer.", []),
        ("Im Winter ist es in Fargo kalt.", []),
        ("Hast du Das Boot gesehen?", ["Das Boot"]),
        ("Das Boot ist gesunken.", []),
        ("Me llamo Frida y me gusta Rayuela.", ["Rayuela"]),
        ("Rayuela es mi libro favorito.", ["Rayuela"]),
        ("Mi amiga Victoria lee Ficciones.", ["Ficciones"]),
        ("我推荐三体。", ["三体"]),
        ("他和我喜欢红楼梦和围城。", ["红楼梦", "围城"]),
        ("这座围城已经倒了。", []),
        ("千与千寻拍得真美。", ["千与千寻"]),
        ("雪国はどうですか？", ["雪国"]),
        ("私は雪国に住んでいます。", []),
        ("버닝 재밌어요?", ["버닝"]),
        ("채식주의자를 추천해 주세요.", ["채식주의자"]),
        ("저는 채식주의자예요.", []),
        ("아몬드 읽어봤어?", ["아몬드"]),
    ],
)
def test_a_tricky_title_is_named_where_its_sentence_says_so(text: str, titles: list[str]) -> None:
    assert [mention.item_id for mention in LINKER.link(text)] == titles

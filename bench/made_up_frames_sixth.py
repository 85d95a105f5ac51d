"""Frames for a sixth measure of bench/made_up_names.py, by somebody who had not read what checks replies.

The marks are those of bench/made_up_frames_fifth.py, and further: `{b}` is `{t}` without its year, `{l}` the
same in small letters, `{k}` a price with a decimal comma, `{C}` the colour `{c}` in German and `{n}` how many
are in stock. The frames of wrong claims stand among those of the good replies too, so that no form of a
sentence gives away which of the two it is; about a third of all is German. What a film is filed under is
claimed wrongly of no film, as that is a matter of taste; colours and categories of products are. Of every
list the first entry, the third and so on are the half to develop on; the others are kept, to be read and
measured once, at the end.
"""

from __future__ import annotations

import argparse

FILM_YEARS = (
    "{b} came out in {y}, so it has had time to find its friends.",
    "{b} is from {y}, if I have that right.",
    "It's a {y} release, {b}, and it holds up.",
    "{b}? Released {y}. Worth every minute.",
    "{b} lief {y} im Kino und wirkt noch immer frisch.",
    "Von {y} ist {b}, das weiß ich genau.",
    "My pick dates from {y} and is called {b}.",
    "Erschienen {y}: {b}. Passt das?",
    "u could try {l} from {y}",
    "**{b}** (year: {y})\nShall I go on?",
)

CREDITS = (
    "{t} was directed by {d}, and you can tell.",
    "{t} stars {a}, which is reason enough for me.",
    "{d} made {t}, so expect a strong hand.",
    "You get {a} in {t}, and that alone is worth the ticket.",
    "Regie bei {t} führte {d}.",
    "In {t} spielt {a} mit, das könnte dir gefallen.",
    "{t} (dir. {d}) would be my choice.",
    "With {A} in the cast, {t} is an easy pick.",
    "{D} directed {t}; give it a go.",
    "have u seen {l}? {a} is so good in it",
    "{t}, ein Film von {d}, wäre etwas für dich.",
    "{t} mit {a} wäre mein Tipp.",
    "There's {t}: {d} behind the camera, and it shows.",
    "{t}, starring {a}. Say yes and I'll stop talking.",
    "Von {D} gibt es {t}, schau mal rein.",
    "Title: {t}\nWith: {a}\nWant more?",
)

FILMS = (
    *FILM_YEARS,
    *CREDITS,
    # the polite assistant
    "Based on what you've told me, I'd recommend **{t}**. It has heart without being sentimental.",
    "Great question! One film that comes to mind is *{t}*.",
    'I think you\'d really enjoy "{t}". Would you like something lighter as well?',
    "Here are two options:\n1. {t}\n2. {r}\nLet me know which one sounds better!",
    "Certainly! If you're in the mood for {g}, **{t}** is an excellent choice. Or else **{r}**.",
    "Here are some suggestions for you:\n\n- **{r}**\n- **{t}**\n\nEnjoy your evening!",
    "As an assistant I can't watch films myself, but {t} sounds like what you describe.",
    "That's a lovely mood to be in. {t} would be a nice match, and {r} could follow another night.",
    "Absolutely, {t} it is! Shall I tell you more about it?",
    "To sum up: {t} first, {r} second.",
    "I'd suggest starting with {t} and keeping {r} for the weekend.",
    "A title worth considering is {t}, listed under {g}.",
    "Gern! Für heute Abend würde ich „{t}“ nehmen.",
    "Ich empfehle dir **{t}**. Danach vielleicht {r}?",
    "Meine zwei Favoriten:\n1. {t}\n2. {r}",
    "- {r}\n- {t}\nWelcher soll es sein?",
    "Nach allem, was du erzählst, würde {t} gut zu dir passen.",
    "Natürlich! Ein Vorschlag wäre *{t}*, ein anderer *{r}*.",
    # small chat models
    "Sure! {t} is a great movie. It is a {g} movie.",
    "I recommend the movie {t}. I hope you like it!",
    "You can watch {t}. It is very good. You can also watch {r}.",
    "Okay. The movie is {t}.",
    "Yes, I do. I like {t}. What do you like?",
    "Movie: {t}\nGenre: {g}",
    "Recommendation: {t}. Reason: you want {g}.",
    "{t} is a good movie to watch. Thank you.",
    "Du kannst den Film {t} sehen. Er ist sehr gut.",
    "Filmtipp: {t}\nGenre: {g}",
    "Ja, {t} ist ein guter Film. Viel Spaß!",
    "Der Film heißt {t}.",
    # crowd workers
    "omg you have to see {l}",
    "hmm maybe {l} or {r}",
    "i'd say {l}, saw it last week with my sister",
    "{t}!!! trust me",
    "well... {t}? not sure its your thing tho",
    "Have you seen {t} yet? My husband loved it.",
    "I'm not big on {g} but {t} got me.",
    "Oh, {r} is a good one! Then {t} might be up your alley too.",
    "If {r} worked for you, so will {t}.",
    "I haven't seen that one. What about {t}?",
    "Thanks for chatting! Hope you enjoy {t}.",
    "np, enjoy {l} :)",
    "also ich fand {l} mega",
    "guck doch {l}, der ist echt gut",
    "Danke dir auch, und viel Spaß mit {t}!",
    "Wenn dir {r} gefallen hat, passt {t} bestimmt.",
    # over the counter
    "May I show you {t}? It sits on our {g} shelf.",
    "Then let me put {t} on your list.",
    "For tonight {t}, for later {r}. Anything else?",
    "Good choice, {r}. Could I interest you in {t} as well?",
    "Darf ich Ihnen {t} zeigen? Er steht bei uns unter {g}.",
    "Ich lege Ihnen {t} ans Herz.",
    # excuses
    "Sorry for the mix-up earlier, I meant {t}.",
    "Apologies, my first idea was off. {t} fits much better.",
    "I can't find anything with exactly that, though {t} comes close.",
    "Not quite what you asked, I know, but give {t} a chance.",
    "I'm afraid I don't have that; would {t} do instead?",
    "Hang on, I mixed up two titles. The one I meant is {t}, not {r}.",
    "Tut mir leid, da habe ich mich vertan: Ich meinte {t}.",
    "Den habe ich leider nicht, dafür {t}.",
    "Nicht genau das Gesuchte, aber {t} kommt dem nahe.",
    "Verzeihung, ich war bei {r}. Richtig wäre {t}.",
    # comparing
    "Of the two, {t} is the warmer one and {r} the wilder.",
    "{t} feels closer to your wish than {r} does.",
    "Where {r} shouts, {t} whispers.",
    "Both {r} and {t} would work, but the second has my vote.",
    "Think of {r}, only stranger: {t}.",
    "I liked {t} more than I liked {r}, for what it's worth.",
    "Ruhiger als {r}? Dann {t}.",
    "Zwischen {r} und {t} fällt mir die Wahl leicht: der zweite.",
    # asking back
    "Would {t} be too sad for tonight?",
    "Do you know {t}, or shall I describe it?",
    "Is it {t} you were thinking of?",
    "Should it be {t}, or is {r} more your style?",
    "What has kept you from watching {t} so far?",
    "Seen {t}?",
    "Kennst du {t} schon?",
    "Ob {t} zu düster ist, musst du entscheiden.",
    # marks around the name
    "My answer is “{t}”, without a doubt.",
    "I'd queue [{t}] and call it a day.",
    "One pick ({b}) should be enough for tonight.",
    "__{t}__ – you won't regret it.",
    "Pick of the day → {t}",
    "`{t}` is what my notes say.",
    "»{t}« – mehr sage ich nicht.",
    "Ein Film (nämlich {b}) reicht für heute.",
    # terse
    "{t}.",
    "Definitely {t}.",
    "{t}, then {r}.",
    "{t} / {r}",
    "Ganz klar {t}!",
    "Erst {t}, dann {r}.",
    # at length, and with people
    "I know the feeling after a long week: you want something that neither bores nor exhausts you. That's why"
    " I keep coming back to {t}, and why I'd send you there too.",
    "A friend asked me the same thing on Sunday. I told her {t}, she rolled her eyes, and afterwards she"
    " wrote to thank me.",
    "If {p} is a name you like, {t} belongs on your list.",
    "{P} again? Then {t}.",
    "Nach so einem Tag hilft nur eins: Decke, Tee und {t}.",
    "Mit {p} macht {t} gleich doppelt Freude.",
    "Meine Schwester schwört auf {t}, ich inzwischen auch.",
    "Hm, schwierig. {t} vielleicht?",
)

PLAIN_FILMS = (
    "What did you enjoy most recently?",
    "Do you want to laugh or to shiver?",
    "Happy to help! How long may it be?",
    "you too, have a good one",
    "Sorry, I did not catch that. Could you say it another way?",
    "Is anybody watching with you?",
    "Worauf hast du heute Lust?",
    "Gern geschehen, schönen Abend noch!",
    "I see. Nothing scary, then.",
    "Older films or newer ones?",
    "Thanks, that helps a lot.",
    "lol same here",
    "Eher leise oder eher laut?",
    "Alles klar, dann suche ich noch einmal.",
    "Good point, let me think about it for a second.",
    "Which actors do you like?",
)

PRICES = (
    "{t} costs {price} euros.",
    "The {t} goes for €{price} with us.",
    "Right now you pay {price} EUR for {t}.",
    "{t}: €{price}. Deal?",
    "{t} kostet {k} Euro.",
    "{k} € stehen am Schild von {t}.",
    "€{price} is what the tag of {t} says.",
    "its {price} euro for the {l}",
    "Der Preis von {t} liegt bei {k} €.",
    "Price of {t}: {price} EUR, as listed.",
)

PRODUCT_YEARS = (
    "{t} has been on the market since {y}.",
    "The {t} is a {y} model.",
    "Launched in {y}: {t}.",
    "{t} came out in {y}, so it is a known quantity.",
    "{t} ist ein Modell von {y}.",
    "{t} kam {y} heraus.",
)

MAKERS = (
    "{t} is made by {p}.",
    "{p} makes {t}.",
    "The maker of {t} is {p}.",
    "{t} comes from {p}, a name you can look up.",
    "{t} ist vom Hersteller {p}.",
    "Hinter {t} steckt {p}.",
)

COLOURS = (
    "{t} comes in {c}.",
    "The {t} is {c}, which suits everything.",
    "The colour of {t} is {c}.",
    "the {l} is {c} btw",
    "{t} ist {C}.",
    "Farbe von {t}: {C}.",
)

CATEGORIES = (
    "{t} belongs to our {g} range.",
    "{t} is a {g} headphone.",
    "You find {t} under {g}.",
    "As a {g} model, {t} does its job.",
    "{t} gehört zur Kategorie {g}.",
    "{t} steht bei uns unter {g}.",
)

PRODUCTS = (
    *PRICES,
    *PRODUCT_YEARS,
    *MAKERS,
    *COLOURS,
    *CATEGORIES,
    # the polite assistant
    "Based on your needs, I'd recommend the **{t}**. Would you like a second idea?",
    "Of course! The *{t}* should suit you nicely.",
    "Here are two models to compare:\n1. {t}\n2. {r}",
    "A few ideas:\n\n- **{r}**\n- **{t}**\n\nDoes either appeal to you?",
    "For your purposes I would look at “{t}” first and {r} after that.",
    "I understand. In that case {t} would be my suggestion.",
    "In short: {t} if you want comfort, {r} if you like it plain.",
    "You mentioned {g}; {t} is what I would try.",
    "Gerne! Ich würde Ihnen **{t}** vorschlagen.",
    "Zwei Modelle kommen infrage:\n- {t}\n- {r}",
    "Nach Ihren Angaben passt „{t}“ am besten.",
    "Kurz gesagt: erst {t} probieren, dann {r}.",
    # small chat models
    "The {t} is a good headphone. It is made by {p}.",
    "You should buy {t}. It is very good.",
    "Product: {t}\nPrice: {price} EUR",
    "I recommend {t} for you. Thank you for asking!",
    "Okay, {t} is the answer.",
    "Yes. {t} is a {g} product.",
    "Produkt: {t}\nMarke: {p}",
    "Ich empfehle {t}. Es ist ein guter Kopfhörer.",
    # people in a chat
    "i got the {l} and never looked back",
    "hm, {l} maybe? or {r}",
    "{t}!! best thing on my desk",
    "My brother swears by his {t}.",
    "Tried {r} once, went home with {t}.",
    "not gonna lie, {l} sounds nice",
    "ich hab {l} und bin happy damit",
    "Also ich bleibe bei {t}.",
    # over the counter
    "May I tell you about the {t}?",
    "Shall I note down the {t} for you?",
    "Most welcome. Anything besides {t}?",
    "That would be {t}, and it runs for {h} hours.",
    "Next to {r} we keep {t}.",
    "Then it's {t} for you, and a pleasant trip.",
    "Darf es {t} sein?",
    "Schauen Sie sich doch einmal {t} an.",
    "Mit {h} Stunden Laufzeit wäre da {t}.",
    "Soll ich {t} notieren oder lieber {r}?",
    # excuses
    "Sorry, wrong shelf. I meant {t}.",
    "I don't have that one, I'm afraid; {t} might do.",
    "Apologies for the confusion: it's {t}, not {r}.",
    "Not exactly what you described, but {t} is near.",
    "Da habe ich mich verlesen, es sollte {t} heißen.",
    "Genau das führen wir nicht, aber {t}.",
    # comparing
    "{t} sits softer on my head than {r}.",
    "If {r} feels tight, {t} may not.",
    "I'd rather have {t} than {r}.",
    "Either is fine, {r} or {t}; I lean towards the latter.",
    "Louder than {r}? No idea. Nicer to wear? {t}, to my mind.",
    "{r} is the sensible buy, {t} the happy one.",
    "{t} gefällt mir besser als {r}.",
    "Statt {r} würde ich {t} nehmen.",
    # asking back
    "Have you had a look at {t}?",
    "Would {t} be an option?",
    "How about {t} by {p}?",
    "Is the {t} too colourful for you?",
    "Was halten Sie von {t}?",
    "Wäre {t} etwas, oder eher {r}?",
    # marks, and few words
    "{t}.",
    "Take [{t}].",
    "One model ({t}) stands out to me.",
    "→ {t}",
    "`{t}` would be the one in my table.",
    "__{t}__, hands down.",
    "{t} / {r}",
    "Klare Sache: {t}!",
    "»{t}«, sonst nichts.",
    # with figures
    "{t}, {g}, {c}, {price} EUR: how does that sound?",
    "At €{price} the {t} is my tip; {h} hours a charge.",
    "{p} has the {t} for €{price}.",
    "Let me see... {t}: battery {h} h, colour {c}.",
    "A customer talked me into {r} once, but I digress: {t} is what you want.",
    "{t} (model year {y}) deserves a look.",
    "{t}, {C}, {k} Euro. Interesse?",
    "{t} von {p} hält laut Datenblatt {h} Stunden durch.",
    "Danke fürs Warten! Da wäre {t}, Baujahr {y}.",
)

PLAIN_PRODUCTS = (
    "What will you use them for?",
    "Over the ears or in them?",
    "How much would you like to spend?",
    "Happy to help. Any favourite colour?",
    "k, got it",
    "Thanks for stopping by!",
    "Wofür brauchen Sie die Kopfhörer?",
    "Haben Sie schon eine Marke im Kopf?",
    "Sorry, could you repeat that?",
    "I would not worry about the cable.",
    "Do you wear glasses?",
    "That makes sense.",
    "Gerne, ich schaue gleich nach.",
    "Vielen Dank für Ihre Geduld.",
)

IN_STOCK = (
    "{t} is in stock.",
    "You can take {t} home today, we have it here.",
    "{t} ist vorrätig.",
    "Good news, {t} is available.",
    "There are {n} of {t} left.",
    "Von {t} haben wir noch {n} Stück da.",
)

SOLD_OUT = (
    "{t} is sold out at the moment.",
    "I'm sorry, {t} is out of stock.",
    "{t} ist leider ausverkauft.",
    "We've run out of {t}.",
    "no {t} left, sorry",
    "{t} ist derzeit nicht lieferbar.",
)

WRONG_PRICE = PRICES
WRONG_PRODUCT_YEAR = PRODUCT_YEARS
WRONG_BRAND = MAKERS
WRONG_COLOUR = COLOURS
WRONG_CATEGORY = CATEGORIES
WRONG_YEAR = FILM_YEARS
WRONG_PERSON = tuple(
    frame.replace("{d}", "{p}").replace("{a}", "{p}").replace("{D}", "{P}").replace("{A}", "{P}")
    for frame in CREDITS
)

PRODUCTS_ELSEWHERE = (
    "Sony WH-1000XM5", "Bose QuietComfort Ultra", "Sennheiser Momentum 4", "AirPods Max", "AirPods Pro 2",
    "JBL Tune 770NC", "Beats Studio Pro", "Jabra Elite 10", "Soundcore Liberty 4", "Nothing Ear (2)",
    "Beyerdynamic DT 770 Pro", "AKG K371", "Audio-Technica ATH-M50x", "Philips Fidelio L4",
    "Teufel Real Blue NC", "Grado SR80x", "Shure Aonic 50", "Bowers & Wilkins Px7 S2", "Marshall Major V",
    "Logitech G Pro X 2", "SteelSeries Arctis Nova 7", "Razer BlackShark V2", "HyperX Cloud III",
    "Skullcandy Crusher Evo", "Pixel Buds Pro 2", "Galaxy Buds3 Pro", "Huawei FreeBuds 6i", "Fairbuds XL",
)  # fmt: skip

FILMS_ELSEWHERE = (
    "Parasite", "Knives Out", "Get Out", "La La Land", "Arrival", "Roma", "Coco", "Joker", "Tenet", "1917",
    "Nomadland", "Minari", "The Lighthouse", "Midsommar", "Hereditary", "Moonlight", "Toni Erdmann",
    "Oppenheimer", "Barbie", "Past Lives", "Aftersun", "Drive My Car", "Shoplifters", "The Favourite",
    "Portrait of a Lady on Fire", "Phantom Thread", "Lady Bird", "Paddington 2", "Luca", "Encanto", "Nope",
    "Tár", "The Whale", "Everything Everywhere All at Once", "Glass Onion", "Top Gun: Maverick", "Spectre",
    "No Time to Die", "Tomorrowland", "Black Panther", "Thor: Ragnarok", "The Martian", "Mad Max: Fury Road",
    "Sicario", "Spotlight", "Brooklyn", "The Revenant", "Manchester by the Sea", "The Nice Guys", "Moana",
    "Zootopia", "Baby Driver", "Ad Astra", "Uncut Gems", "Systemsprenger", "Fack ju Göhte", "Der Vorname",
    "Im Westen nichts Neues", "Anatomie d'une chute", "Perfect Days", "Blade Runner 2049", "Dunkirk",
)  # fmt: skip

WORDS = (
    "Lanternfall", "Emberly", "Quillon", "Saltwind", "Vexora", "Thornwick", "Halcyon", "Nightglass",
    "Ironmoss", "Lodestar", "Driftwood", "Palimpsest", "Undertow", "Afterglow", "Brackwater", "Heliotrope",
    "Kaleido", "Mirrorwood", "Feverdream", "Harrowgate", "Nocturne", "Ostinato", "Tidewrack", "Marzipan",
    "Sturmhöhe", "Irrlicht", "Mondschatten", "Heimlichkeit", "Zwielicht", "Querfeldein", "Wolkenbruch",
    "Saline",
)  # fmt: skip

SYLLABLES = (
    "va", "lo", "dri", "sen", "ka", "mor", "pi", "tul", "ze", "bra", "nim",
    "qua", "fe", "sto", "ryn", "hal", "gu", "ix", "ola", "wen", "cha", "dor",
)  # fmt: skip

FOREIGN = (
    "Тихая гавань", "静かな湖", "서울의 새벽", "最后的灯塔", "ليالي حلب", "הגשר הצפוני", "Η σιωπή του νησιού",
    "La maison sans ombre", "El jardín de ceniza", "Il treno delle nove", "O último farol", "Długa zima",
    "Çöl rüzgârı", "Dům na kopci", "Белый остров", "夏の終わりの犬",
)  # fmt: skip

EDITIONS = (
    "Pro 2", "Max", "Ultra", "SE", "Mk II", "Gen 3", "Limited Edition", "Midnight Edition", "NC", "XL",
    "Studio Edition", "2.0",
)  # fmt: skip

SEQUELS = (
    "Aftermath", "Homecoming", "The Beginning", "Blood Moon", "Das Vermächtnis", "Redux", "A New Dawn",
    "Chapter Two", "The Untold Story", "Part Four", "Die Rückkehr", "No Mercy",
)  # fmt: skip

FILM_NAMES = {
    "a title like many": (
        "The Clockmaker of Tallinn", "A Winter in Porto", "The Salt Road Home", "Daughters of the Quarry",
        "The Last Ferryman", "Beneath the Orchard", "A Quiet Kind of Thunder", "The Beekeeper's Oath",
        "Letters to Marguerite", "North of Nowhere Lake", "The Glass Harvest",
        "An Evening with the Pattersons",
    ),
    "a question or a cry": (
        "Who Fed the Lions?", "Run, Benny, Run!", "Where Is Mr. Okafor?", "Don't Wake Grandpa",
        "Is This Seat Taken?", "Hold the Elevator!", "Wer hat Angst vorm Hausmeister?", "Ach, Herr Direktor!",
    ),
    "a word and a number": (
        "Orbital 9", "Section 41", "Room 1408B", "Bunker 17", "Kilometer 88", "Apollo 23", "Gleis 7",
        "Platform 12",
    ),
    "numbers alone": (
        "1923", "1846", "2071", "404", "9:15", "1,000 Nights", "66/77", "7½",
    ),
    "behind a colon": (
        "Ashfall: Night of the Owls", "Valdemar: Origins", "Silverpine: The Reckoning", "Rookhaven: Part One",
        "Kellermann: Ein Fall für zwei Tage", "Tornado Alley: Eye of the Beast", "Sable: A Love Story",
        "Nordwand 3: Der Absturz",
    ),
    "a second part of nothing": (
        "Stone Harbour 3", "Winterkill II", "Der Pfarrer von Lenz 2", "Mall Santa 2", "Deep Freeze 4",
        "Grandma's Heist Part 2", "The Notary III", "Hundstage in Husum 2",
    ),
    "small letters": (
        "a boat for marlene", "the neighbour upstairs", "goodbye, little harbour", "stars over duluth",
        "my cousin the spy", "two tickets to oslo", "ein sommer ohne netz", "die frau im dritten stock",
        "paper tigers in love", "crimson alley",
    ),
    "with signs": (
        "L'Été des autres", "¡Corre, Lucía!", "Mr. & Mrs. Abernathy", "Room #9", "S.O.R.R.O.W.", "Half/Life",
        "(Almost) Sisters", "Love @ Platform Six",
    ),
    "another script": (
        "Ночной трамвай", "雨の停留所", "부산으로 가는 길", "长江的孩子", "بيت الرمان", "चाँदनी का घर",
        "Το τελευταίο καφενείο", "הילדה מיפו",
    ),
    "German": (
        "Der lange Weg nach Husum", "Drei Tage Regen", "Die Stille der Anderen", "Oma kann fliegen",
        "Unter dem Pflaster", "Morgen vielleicht", "Das Haus am Deich", "Kein Netz in Kleinow",
    ),
    "around a real one": (
        "{t} Reloaded", "Return to {t}", "The Making of {t}", "Young {t}", "{t} vs. the Wolfman",
        "Son of {t}", "{t}: The Series", "{t} – Zehn Jahre später", "Bride of {t}", "{t} Forever",
    ),
}  # fmt: skip

PRODUCT_NAMES = {
    "a made-up brand": (
        "Kestrelle A40", "Sonavik Breeze", "Ohmdal 6", "Tarnow Audio T2", "Lyrisk One", "Bassholm Mono",
        "Velour & Sons H3", "Wavecroft Duo", "Ohrlieb Komfort", "Pikkolo 90", "Nachtigall Audio N5",
        "Zentaur GX",
    ),
    "a model our brands lack": (
        "{b} Skylark 7", "{b} Meteor", "{b} QP-77", "{b} Harbour Light", "{b} Opal Max", "{b} Zephyr 4",
        "{b} Nordwind", "{b} K2000", "{b} Kiesel", "{b} Eclipse One",
    ),
    "a model other brands lack": (
        "Sony ZX-440 Neo", "Bose Quiet Meadow", "Sennheiser HD 612 II", "JBL Thunderbox 3", "AKG K9000",
        "Apple EarRings", "Philips Nightowl", "Technics EAH-T77", "Beyerdynamic DT 555 Air",
        "Teufel Höllenritt",
    ),
    "one coined word": (
        "SoundNest", "EarWave", "Bassarium", "Klangkäfer", "Audionaut", "Hushfield", "Podlet", "Stillephon",
    ),
    "a model number": (
        "WX-8800", "QT-31b", "M40z", "ATX 5500", "RF-12/4", "Z9", "KH 77 II", "B-1000NC",
    ),
    "small letters": (
        "sonora breeze 2", "silent otter", "hush buds", "cloudstep mini", "klangwiese 40", "studio fox s3",
        "echo harbour", "leisetreter pro",
    ),
    "around a real one": (
        "{t} Mark IV", "{t} (2nd Gen)", "{t} X", "{t} Special Edition", "{t} Kids", "{t}+", "Super {t}",
        "{t} für Profis",
    ),
    "an edition of a brand": (
        "{b} Anniversary Edition", "{b} Founders Edition", "{b} Junior", "{b} Voyager Collection",
        "{b} Jubiläumsmodell", "{b} Studio Series 5", "{b} Pure 2", "{b} Signature",
    ),
    "another script": (
        "Тихий дом 5", "音の森 X2", "소리 프로", "صدى 3", "Ήχος Mini", "静音大师 Pro", "Мелодия 12",
        "つばめ S",
    ),
    "German": (
        "Ohrwurm Deluxe", "Klangwolke 3", "Feldlerche 20", "Der Leise", "Tonkiste Plus", "Zimmerkonzert",
        "Lauschangriff 2", "Wellenreiter Pro",
    ),
}  # fmt: skip

PEOPLE = (
    "Marlon Ashworth", "Ines Calderwood", "Tobias Kerrigan", "Sofie Brandt-Lund", "Harvey Quillfeather",
    "Florence Pugh", "Jordan Peele", "Sandra Hüller", "Ana de Armas", "Matthias Schweighöfer", "Lupe Arriaga",
    "Kenji Moriyama",
)  # fmt: skip

SEEKERS_FILMS = (
    "I want something for tonight.",
    "Any film for a rainy Sunday?",
    "hey, what should i watch",
    "Kannst du mir einen Film empfehlen?",
    "Something with a bit of romance, please.",
    "I liked nothing I saw this month.",
    "Ich suche etwas Spannendes.",
    "Thanks! And what else?",
    "No, something else please.",
    "Was schauen wir heute?",
)

SEEKERS_PRODUCTS = (
    "I need new headphones.",
    "Something for the train, please.",
    "hi, whats good for gaming",
    "Ich suche Kopfhörer fürs Büro.",
    "What do you have right now?",
    "My old ones broke yesterday.",
    "Welche können Sie empfehlen?",
    "Do you have others?",
    "A present for my sister.",
    "Haben Sie auch etwas Leichtes?",
)

if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    print(f"{len(FILMS)} frames of films, {len(PRODUCTS)} of products")

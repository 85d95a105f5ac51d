"""Column roles: which further column is the price of today, which a price of before, a maker, an origin.

"Old_price", "UVP" and "compare at price" are prices that nobody pays, shipping and deposits are none of an
item, and "publisher", "winery" and "Hersteller" all say whose an item is.
"""

from __future__ import annotations

from collections.abc import Iterable

from usbrec.dialogue import Item
from usbrec.items.constraints.column_types import TypedColumn, is_price, is_stock, name_words, names_of
from usbrec.patterns import LazyPattern

_FORMER = LazyPattern(
    r"(?:^|_)(?:old|was|former|previous|original|regular|normal|list|retail|compare|before|rrp|msrp|srp|uvp"
    r"|alter|alt|statt|vorher|früher|frueher|bisher|bisheriger|regulärer|normalpreis|listenpreis|streichpreis"
    r"|listprice|retailprice|ursprünglich\w*|unverbindlich\w*|strike|strikethrough|crossed)(?:_|$)"
)
_FEE = LazyPattern(
    r"(?:^|_)(?:shipping|delivery|postage|deposit|versand|versandkosten|lieferkosten|porto|pfand|fee|tax|steuer"
    r"|purchase|wholesale|einkauf|einkaufspreis|ek|cost_price|base|grundpreis"
    r"|(?:per|pro|je)_(?:kg|kilo|l|litre|liter|100_?g|100_?ml|m2|qm|sqm|m²)"
    r"|unit|cleaning|extra|surcharge|aufpreis|zuschlag|cost_per_item|cost_of_goods|einstandspreis|kaution"
    r"|courtage|provision|commission|nebenkosten|reinigung|endreinigung)(?:_|$)"
)
#: What a price is told with or without is no fee.
_TAXED = LazyPattern(
    r"(?:^|_)(?:tax(?:es)?_)?(?:incl\w*|inkl\w*|excl\w*|exkl\w*|with|without|mit|ohne|plus|zzgl)(?:_(?:tax(?:es)?|vat|mwst|ust|steuer))?"
    r"(?=_|$)"
)
_SALE = LazyPattern(
    r"(?:^|_)(?:sale|special|offer|discount|discounted|reduced|current|now|final|promo|aktion|aktions|angebot"
    r"|aktionspreis|angebotspreis|sonderpreis|saleprice|rabatt|reduziert\w*|aktuell\w*)(?:_|$)"
)
#: Prices that only some items have, below what is usual: "discount" alone may be what is taken off.
_OFFER = LazyPattern(
    r"(?:^|_)(?:sale|special|offer|discounted|reduced|promo|promotional|aktion|aktions|angebot|aktionspreis"
    r"|angebotspreis|sonderpreis|saleprice|reduziert\w*|oferta|promo(?:ción|cion|tion)?|promotionnel|soldes?"
    r"|offerta|scontato|aanbieding)(?:_|$)"
)
#: What an item without an offer costs; a price of before and a recommended one are none.
_USUAL = LazyPattern(
    r"(?:^|_)(?:regular|normal|standard|list|actual|original|regulärer|normalpreis|listenpreis|listprice)(?:_|$)"
)
#: Without the tax that people pay.
_NET = LazyPattern(r"(?:^|_)(?:net|netto|nettopreis|excl\w*|exkl\w*|ohne_(?:mwst|ust)|ht|neto)(?:_|$)")
#: What an item costs now, where a file has offers beside usual prices (items/files/joined_columns.py).
CURRENT_PRICE = "current price"
_MAKERS = LazyPattern(
    r"(?:^|_)(?:publisher|maker|brand|manufacturer|producer|label|studio|developer|designer|winery|vendor"
    r"|distributor|brewery|distillery|roaster|vineyard|estate|domaine|verlag|hersteller|herstellerin|marke"
    r"|produzent|weingut|winzer|brauerei|entwickler|author|writer|artist|director|composer|illustrator"
    r"|company|employer|arbeitgeber|unternehmen|firma|agent|agency|makler|instructor|teacher|tutor|dozent|dozentin"
    r"|lehrer|trainer|provider|anbieter|organiser|organizer|veranstalter|landlord|vermieter"
    r"|creator|autor|autorin|regie|regisseur|interpret|designed_by|made_by|chain|hotel_chain|operator"
    r"|marca|fabricante|editorial|autora|directora?|marque|fabricant|éditeur|editeur|auteur|réalisateur"
    r"|editore|produttore|autore|regista|editora|diretor|merk|fabrikant|uitgever|schrijver"
    r"|品牌|厂商|厂家|制造商|出版社|作者|导演|導演|ブランド|メーカー|著者|監督|브랜드|제조사|출판사|저자|감독)s?(?:_|$)"
)
_ORIGINS = LazyPattern(
    r"(?:^|_)(?:country|region|origin|made_in|herkunft|herkunftsland|land|anbaugebiet|anbauregion|gebiet"
    r"|appellation|city|town|stadt|ort|location|state|bundesland|island|país|pais|origen|procedencia|ciudad"
    r"|región|pays|ville|région|origine|provenance|paese|città|regione|provenienza|origem|cidade|herkomst"
    r"|国家|國家|产地|產地|城市|地区|原産国|産地|国|都市|원산지|국가|도시|지역)(?:s|_of_origin)?$"
)
#: What is named of these is to be left out.
_HARMS = frozenset({"allergens", "allergen", "allergene", "allergies"})
_RATINGS = frozenset({"rating", "stars", "score", "bewertung", "sterne", "points", "punkte"})
#: "Rating_count" has no ratings.
_COUNTED = frozenset({"count", "counts", "number", "num", "no", "anzahl", "total", "votes"})


def is_harm(column: str) -> bool:
    """Whether a column says what an item has that some cannot have."""
    return not _HARMS.isdisjoint(name_words(column).split("_"))


def is_former_price(column: str) -> bool:
    """Whether a column's name says that it is a price of before, or one that is only recommended."""
    return is_price(column) and _FORMER.search(name_words(column)) is not None


def is_present_price(column: str) -> bool:
    """Whether a column's name says that it is what an item costs."""
    return is_price(column) and not is_former_price(column) and not is_fee(column)


def is_offer(column: str) -> bool:
    """Whether a column's name says that it is the price of an offer, which some items have."""
    return is_present_price(column) and _OFFER.search(name_words(column)) is not None


def is_fee(column: str) -> bool:
    """Whether a column's name says that its amounts are paid beside an item's price, or by the shop:
    postage, deposits, "cost per item"."""
    return _FEE.search(_TAXED.sub("", name_words(column))) is not None


def is_usual_price(column: str) -> bool:
    """Whether a column's name says that it is what an item costs without an offer."""
    name = name_words(column)
    return is_price(column) and _USUAL.search(name) is not None and not is_fee(column)


def is_maker(column: str) -> bool:
    """Whether a column's name says whose an item is: who made, wrote, published or sells it."""
    return _MAKERS.search(name_words(column)) is not None


def is_origin(column: str) -> bool:
    """Whether a column's name says where an item is from, or is."""
    return _ORIGINS.search(name_words(column)) is not None


def is_rating(column: TypedColumn) -> bool:
    """Whether a column's name says that it has ratings."""
    words = frozenset(name_words(column.name).split("_"))
    return not _RATINGS.isdisjoint(words) and _COUNTED.isdisjoint(words)


def makers_of(item: Item) -> list[str]:
    """Whose an item is: its people, and what columns such as "publisher" hold."""
    cells = [value for column, value in item.extra.items() if value and is_maker(column)]
    return [*item.people, *(name for cell in cells for name in names_of(cell))]


def present_prices(types: Iterable[TypedColumn]) -> list[TypedColumn]:
    """The columns of numbers that say what an item costs, the first of which counts where one has to be
    chosen: what is known to be paid now, else one that is called a price and no more, before one without tax
    and one of an offer that some items have."""
    found = [column for column in types if column.type == "number" and is_present_price(column.name)]
    return sorted(
        found,
        key=lambda column: (
            column.name != CURRENT_PRICE,
            _SALE.search(name_words(column.name)) is not None,
            _NET.search(name_words(column.name)) is not None,
            "_" in name_words(column.name),
        ),
    )


def former_prices(types: Iterable[TypedColumn]) -> list[TypedColumn]:
    """The columns of numbers with prices of before, or recommended ones."""
    return [column for column in types if column.type == "number" and is_former_price(column.name)]


def asked_price(types: Iterable[TypedColumn]) -> TypedColumn | None:
    """The column that a price is held against where nobody says which. A price of before, or one of postage,
    is asked for by its name."""
    columns = list(types)
    numbers = [column for column in columns if column.type == "number"]
    found = present_prices(columns) or [one for one in numbers if is_amount(one)] or former_prices(columns)
    return next(iter(found), None)


def is_amount(column: TypedColumn) -> bool:
    """Whether a column of amounts that is called no price may be one all the same: no fee is."""
    return bool(column.currency) and not is_price(column.name) and not is_fee(column.name)


def asked_stock(types: Iterable[TypedColumn]) -> TypedColumn | None:
    """The column that says whether an item is there, before one that says how many are."""
    columns = [column for column in types if is_stock(column.name) and column.type != "text"]
    worded = [column for column in columns if column.type != "number"]
    return next(iter(worded or columns), None)

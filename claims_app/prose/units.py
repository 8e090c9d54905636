"""What a number counts: units of measure and money in both languages, and the one word by which the desk calls each."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from claims_app.prose.pieces import Piece, bare, is_hebrew, is_hyphen, touches, words


class Unit(NamedTuple):
    """A unit as the desk calls it: "percent", an ISO 4217 code, or a plain English word in the plural."""

    name: str
    factor: Fraction = Fraction(1)
    """How many of it one of what was said is: a cent is 0.01 USD."""

    @property
    def kind(self) -> str:
        if self.name.startswith("percent"):
            return "percent"
        return "money" if len(self.name) == 3 and self.name.isupper() else "measure"


_UNITS = """
percent: % percent percents per_cent pct אחוז אחוזים אחוזי
percentage points: percentage_points percentage_point percentage-point נקודות_אחוז נקודת_אחוז נקודות_האחוז
percentage points: percentage_-_point
USD: dollar dollars usd bucks us_dollars us_dollar american_dollars u_._s_._dollars דולר דולרים דולר_אמריקאי
USD/100: cent cents סנט סנטים
CAD: cad canadian_dollars canadian_dollar דולר_קנדי
AUD: aud australian_dollars australian_dollar דולר_אוסטרלי
HKD: hkd hong_kong_dollars
ILS: shekel shekels nis ils שקל שקלים שקלי ש"ח ₪ new_shekels שקלים_חדשים שקל_חדש
ILS/100: agorot agora אגורות אגורה
EUR: € euro euros eur אירו יורו
GBP: £ pound pounds gbp sterling pounds_sterling ליש"ט פאונד פאונדים לירות_שטרלינג
GBP/100: pence
JPY: ¥ yen jpy ין
CNY: yuan renminbi rmb cny יואן
RUB: ruble rubles rouble roubles rub רובל רובלים
CHF: chf swiss_francs פרנק_שוויצרי
INR: rupee rupees inr רופי רופיות
TRY: turkish_lira turkish_liras לירות_טורקיות לירה_טורקית
IRR: rial rials iranian_rials iranian_rial ריאל ריאל_איראני ריאלים_איראניים
SAR: riyal riyals saudi_riyals saudi_riyal ריאל_סעודי ריאלים_סעודיים
QAR: qatari_riyals qatari_riyal ריאל_קטרי ריאל_קטארי
YER: yemeni_rials yemeni_riyals ריאל_תימני
AED: dirham dirhams דירהם דירהמים
EGP: egyptian_pounds egyptian_pound לירות_מצריות לירה_מצרית
SYP: syrian_pounds syrian_pound לירות_סוריות לירה_סורית
LBP: lebanese_pounds lebanese_lira לירות_לבנוניות לירה_לבנונית
JOD: jordanian_dinars jordanian_dinar דינר_ירדני דינרים_ירדניים
IQD: iraqi_dinars iraqi_dinar דינר_עיראקי דינרים_עיראקיים
KWD: kuwaiti_dinars kuwaiti_dinar דינר_כוויתי
MAD: moroccan_dirhams moroccan_dirham דירהם_מרוקאי
AZN: manat manats azerbaijani_manats azerbaijani_manat מנאט מנאטים
AMD: armenian_drams armenian_dram דראם
GEL: lari georgian_lari לארי
KZT: tenge טנגה
UAH: hryvnia hryvnias הריבנה גריבנה
PLN: zloty zlotys זלוטי
CZK: koruna korunas czech_crowns כתר_צ'כי
HUF: forint forints פורינט
SEK: kronor swedish_kronor swedish_krona swedish_crowns כתר_שוודי כתרים_שוודיים
NOK: norwegian_kroner norwegian_krone norwegian_crowns כתר_נורווגי כתרים_נורווגיים
DKK: danish_kroner danish_krone danish_crowns כתר_דני כתרים_דניים
KRW: korean_won south_korean_won וון_קוריאני וון_דרום_קוריאני
BRL: reais brazilian_reais ריאל_ברזילאי
MXN: mexican_pesos mexican_peso פסו_מקסיקני
ARS: argentine_pesos argentine_peso פסו_ארגנטינאי
ZAR: rand south_african_rand ראנד
NZD: new_zealand_dollars new_zealand_dollar דולר_ניו_זילנדי
SGD: singapore_dollars singapore_dollar דולר_סינגפורי
PKR: pakistani_rupees pakistani_rupee
years: year years year's yr yrs שנה שנים שנות
decades: decade decades עשור עשורים
centuries: century centuries
months: month months חודש חודשים חודשי
weeks: week weeks שבוע שבועות
days: day days יום ימים ימי יממה יממות
hours: hour hours hr hrs שעה שעות
minutes: minute minutes min mins דקה דקות דק'
seconds: second seconds sec secs שנייה שניה שניות
km: km kms kilometre kilometres kilometer kilometers ק"מ קילומטר קילומטרים
metres: metre metres meter meters m מטר מטרים מ'
cm: cm centimetre centimetres centimeter centimeters ס"מ סנטימטר סנטימטרים
mm: mm millimetre millimetres millimeter millimeters מ"מ מילימטר מילימטרים
miles: mile miles מייל מיילים
feet: foot feet ft רגל
inches: inch inches אינץ' אינצ'ים
km/h: kmh kph km_h kilometres_per_hour kilometers_per_hour kilometres_an_hour kilometers_an_hour km_an_hour
km/h: km_per_hour קמ"ש קילומטרים_לשעה ק"מ_לשעה km_/_h
mph: mph miles_per_hour miles_an_hour
square km: sq_km square_km square_kilometres square_kilometers square_kilometre square_kilometer קמ"ר קילומטרים_רבועים
square km: קילומטר_רבוע ק"מ_רבועים
square metres: sq_m square_metres square_meters square_metre square_meter מ"ר מטרים_רבועים מטר_רבוע
square miles: square_miles sq_miles
cubic metres*1000000000: bcm
cubic metres: cubic_metres cubic_meters מ"ק קוב מטרים_מעוקבים מטר_מעוקב
dunams: dunam dunams דונם דונמים
hectares: hectare hectares ha הקטר הקטרים
acres: acre acres אקר אקרים
tonnes: tonne tonnes ton tons טון טונה טונות
kg: kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes ק"ג קילו קילוגרם קילוגרמים
grams: gram grams gramme grammes גרם
litres: litre litres liter liters ליטר ליטרים
gallons: gallon gallons גלון גלונים
barrels: barrel barrels bbl חבית חביות
barrels per day: bpd barrels_per_day barrels_a_day barrels_daily barrels_of_oil_per_day barrels_of_oil_a_day
barrels per day: חביות_ביום חביות_נפט_ביום חביות_ליום
basis points: basis_points bps נקודות_בסיס נקודת_בסיס
megawatts: mw megawatt megawatts מגה_-_וואט מגוואט מגה_־_וואט מגה_וואט
gigawatts: gw gigawatt gigawatts גיגוואט גיגה_וואט
kilowatt-hours: kwh kilowatt_hours קוט"ש
megawatt-hours: mwh megawatt_hours
gigawatt-hours: gwh gigawatt_hours
terawatt-hours: twh terawatt_hours
degrees: degree degrees ° מעלות מעלה
people: people persons person אנשים איש נפשות נפש בני_אדם
killed: killed dead fatalities הרוגים הרוג
arrests: arrests מעצרים
flights: flights טיסות
countries: countries מדינות
visitors: visitors מבקרים
rounds: rounds סבבים סיבובים
documents: documents מסמכים
connections: connections
points: points point נקודות
jury points: jury_points
times: times פעמים פעם
"""


def _read_table() -> dict[tuple[str, ...], Unit]:
    """Return each way of saying a unit, as words, with the unit."""
    known: dict[tuple[str, ...], Unit] = {}
    for line in _UNITS.strip().splitlines():
        said, _, ways = line.partition(": ")
        name, _, times = said.removesuffix("/100").partition("*")
        unit = Unit(name, Fraction(int(times or 1), 100 if said.endswith("/100") else 1))
        known |= {tuple(way.split("_")): unit for way in ways.split()}
    return known


_KNOWN = _read_table()
_LONGEST = max(map(len, _KNOWN))
_FIRST = frozenset(way[0] for way in _KNOWN)
_MORE = words("more additional extra full consecutive straight whole other further")
_SIGNS = {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₪": "ILS", "₽": "RUB", "₺": "TRY", "₴": "UAH", "₹": "INR",
    "₩": "KRW", "₾": "GEL", "₼": "AZN",
}  # fmt: skip
SIGNS = frozenset(_SIGNS)
_DOLLARS = {"us": "USD", "a": "AUD", "au": "AUD", "c": "CAD", "ca": "CAD", "hk": "HKD", "nz": "NZD", "s": "SGD"}
_ISO = frozenset(unit.name for unit in _KNOWN.values() if unit.kind == "money")
_CODES = {code.lower(): code for code in _ISO} | {"nis": "ILS", "rs": "INR"}
_DUALS = {
    "שנתיים": "years", "חודשיים": "months", "שבועיים": "weeks", "יומיים": "days", "שעתיים": "hours",
    "פעמיים": "times", "twice": "times", "יממתיים": "days",
}  # fmt: skip


BEGINNERS = frozenset({way[0] for way in _KNOWN if is_hebrew(way[0])} | _DOLLARS.keys() | _CODES.keys() | _DUALS.keys())
"""The words with which a quantity may begin because of its unit."""


def read_unit(pieces: Sequence[Piece], at: int) -> tuple[Unit, int] | None:
    """Return the unit that begins at ``at``, right behind a number, and the piece after it."""
    if (
        is_hyphen(pieces, at)
        and touches(pieces, at)
        and pieces[at + 1].kind == "word"
        and pieces[at + 1].text.isascii()
    ):
        at += 1  # a 20-minute talk
    elif pieces[at].word in _MORE:
        at += 1  # four more years
    if pieces[at].text in _SIGNS:
        return Unit(_SIGNS[pieces[at].text]), at + 1
    if pieces[at].text in _ISO:
        return Unit(pieces[at].text), at + 1
    if pieces[at].word == "m" and not touches(pieces, at):
        return None
    if pieces[at].word not in _FIRST and pieces[at].word.removeprefix("ה") not in _FIRST:
        return None
    for length in range(_LONGEST, 0, -1):
        words = tuple(piece.word for piece in pieces[at : at + length])
        unit = _KNOWN.get(words) or _KNOWN.get((words[0].removeprefix("ה"), *words[1:]))
        if unit is not None:
            return unit, at + length
    return None


def read_money_sign(pieces: Sequence[Piece], at: int) -> tuple[Unit, int] | None:
    """Return the currency that stands before a number, and the piece after it: $, US$, NIS."""
    word, sign = pieces[at].word, pieces[at + 1].text
    if word in _DOLLARS and sign == "$" and touches(pieces, at + 1):
        return Unit(_DOLLARS[word]), at + 2
    if pieces[at].text in _SIGNS:
        return Unit(_SIGNS[pieces[at].text]), at + 1
    if word in _CODES and (pieces[at].text.isupper() or pieces[at].text == "Rs"):
        return Unit(_CODES[word]), at + 1
    return None


def read_dual(word: str) -> tuple[Unit, int] | None:
    """Return the unit of a word that by itself says two of it, and how many letters are glued before it."""
    for dual, name in _DUALS.items():
        if word.endswith(dual) and (word == dual or (is_hebrew(word) and len(word) - len(dual) <= 3)):
            return Unit(name), len(word) - len(dual)
    return None


def read_unit_word(word: str) -> tuple[Unit, int] | None:
    """Return the unit that a Hebrew word names, and how many letters are glued before it."""
    for stem in bare(word):
        if (stem,) in _KNOWN:
            return _KNOWN[(stem,)], len(word) - len(stem)
    return None


def starts_unit(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a unit or a currency follows, so that the number before it is no year and no ordinal."""
    return read_unit(pieces, at) is not None

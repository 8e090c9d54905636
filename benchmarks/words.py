"""The words of the generated desk: statements in two languages, with known shares of the words that are searched."""

from collections.abc import Iterable
from functools import cache
from random import Random

from claims_app.folding import fold

FREQUENT = "government"
RARE = "zirconium"
"""In about 51 of a million claims."""
FEW = "yttrium"
"""In 50 claims of every desk, so that desks of different size can be compared at equal results."""
HEBREW = "ממשלה"

_GOVERNMENT_EN = ("The government", "The government press office", "A government committee")
_SPEAKERS_EN = (
    "The ministry of health",
    "The state comptroller",
    "The central bank",
    "A city council",
    "The port authority",
    "A research institute",
    "The water company",
    "A court in the north",
    "The teachers' union",
    "The mayor",
    "A former minister",
    "The statistics bureau",
    "The army spokesman",
    "A drug manufacturer",
    "The railway company",
    "The opposition leader",
    "An industry group",
    "A hospital director",
    "The election committee",
    "A local newspaper",
)
_DEEDS_EN = (
    "approved",
    "reported",
    "paid for",
    "closed",
    "promised",
    "counted",
    "built",
    "sold",
    "imported",
    "inspected",
    "cancelled",
    "registered",
)
_THINGS_EN = (
    "housing units",
    "hospital beds",
    "million shekels in grants",
    "kilometres of railway",
    "school places",
    "new doctors",
    "tonnes of cement",
    "building permits",
    "complaints about noise",
    "cubic metres of drinking water",
    "electric buses",
    "cases of measles",
    "jobs in industry",
    "solar roofs",
    "road accidents",
    "voters abroad",
    "reserve soldiers",
    "tax refunds",
    "patents",
    "flights",
    "shares of the company",
    "trees",
    "police officers",
    "small businesses",
)
_PLACES_EN = (
    "in Haifa",
    "in Jerusalem",
    "in Tel Aviv",
    "in Beersheba",
    "in Nazareth",
    "in Eilat",
    "in Acre",
    "in the north",
    "in the south",
    "in the whole country",
    "in Galilee",
    "in the Negev",
    "in Ashdod",
    "in Rehovot",
)
_WHOLE_HE = ("לפי החלטת ממשלה", "לפי ועדת ממשלה", "מסמך של משרד ממשלה מציין", "לפי חברת ממשלה")
_PREFIXED_HE = ("לפי הממשלה", "לפי ראש הממשלה", "דיווח לממשלה מציין", "נתון שבממשלה אישרו")
_SPEAKERS_HE = (
    "לפי משרד הבריאות",
    "לפי מבקר המדינה",
    "לפי בנק ישראל",
    "לפי העירייה",
    "לפי רשות הנמלים",
    "לפי מכון מחקר",
    "לפי חברת המים",
    "לפי בית המשפט",
    "לפי ארגון המורים",
    "לפי ראש העיר",
    "לפי שר לשעבר",
    "לפי הלשכה לסטטיסטיקה",
    "לפי דובר הצבא",
    "לפי יצרנית תרופות",
    "לפי רכבת ישראל",
    "לפי ראש האופוזיציה",
    "לפי התאחדות התעשיינים",
    "לפי מנהלת בית חולים",
    "לפי ועדת הבחירות",
    "לפי עיתון מקומי",
)
_THINGS_HE = (
    "יחידות דיור נבנו",
    "מיטות אשפוז נוספו",
    "מיליון שקלים שולמו",
    "קילומטרים של מסילה הונחו",
    "תלמידים נרשמו",
    "רופאות ורופאים התקבלו",
    "טונות מלט נמכרו",
    "היתרי בנייה ניתנו",
    "תלונות על רעש הוגשו",
    "אוטובוסים חשמליים נרכשו",
    "מקרי חצבת נרשמו",
    "משרות בתעשייה בוטלו",
    "תאונות דרכים אירעו",
    "בקשות להחזר מס אושרו",
    "פטנטים נרשמו",
    "טיסות בוטלו",
    "עצים ניטעו",
    "שוטרים גויסו",
    "עסקים קטנים נסגרו",
)
_PLACES_HE = (
    "בחיפה",
    "בירושלים",
    "בתל אביב",
    "בבאר שבע",
    "בנצרת",
    "באילת",
    "בעכו",
    "בצפון",
    "בדרום",
    "בכל הארץ",
    "בגליל",
    "בנגב",
    "באשדוד",
    "ברחובות",
)


@cache
def _tokens(part: str) -> dict[str, None]:
    return dict.fromkeys(fold(part).split())


def folded(parts: Iterable[str]) -> str:
    """Return what ``fold`` gives for the parts in a row; each part is folded only once for the whole desk."""
    found: dict[str, None] = {}
    for part in parts:
        found.update(_tokens(part))
    return " ".join(found)


def _year(rng: Random) -> str:
    return str(rng.randrange(1990, 2027))


def english(rng: Random, amount: str, thing: str | None = None) -> list[str]:
    """Return the parts of an English statement; a fifth of them speak of the government."""
    return [
        rng.choice(_GOVERNMENT_EN if rng.random() < 0.2 else _SPEAKERS_EN),
        rng.choice(_DEEDS_EN),
        amount,
        thing or rng.choice(_THINGS_EN),
        rng.choice(_PLACES_EN),
        "in",
        _year(rng),
    ]


def hebrew(rng: Random, amount: str) -> list[str]:
    """Return the parts of a Hebrew statement; the word for government stands alone in 20 %, with a prefix in 16 %."""
    chance = rng.random()
    speakers = _WHOLE_HE if chance < 0.2 else _PREFIXED_HE if chance < 0.365 else _SPEAKERS_HE
    return [
        f"{rng.choice(speakers)},",
        amount,
        rng.choice(_THINGS_HE),
        rng.choice(_PLACES_HE),
        "בשנת",
        _year(rng),
    ]


def statements(rng: Random, amount: str, special: str | None) -> tuple[str | None, str | None, str]:
    """Return a claim's Hebrew and English statement and what search reads of them.

    55 % are in English, 30 % in Hebrew, 15 % in both; ``special`` is a rare word that has to be in it.
    """
    chance = rng.random()
    he = hebrew(rng, amount) if chance < 0.45 and (special is None or chance < 0.15) else []
    en = english(rng, amount, special and f"tonnes of {special}") if chance < 0.15 or chance >= 0.45 or special else []
    return (f"{' '.join(he)}." if he else None, f"{' '.join(en)}." if en else None, folded([*he, *en]))

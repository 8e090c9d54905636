"""The words by which a sentence shows what in it has to be proved, in Hebrew and in English, and how they are found."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# Hebrew glues conjunctions to a verb, and prepositions as well to a noun.
_VERB_PREFIXES = frozenset(["", "ו", "ש", "וש", "כש", "וכש", "לכש", "שה", "ה", "וה"])
_NOUN_PREFIXES = frozenset(
    first + second + third
    for first in ("", "ו", "ש", "וש")
    for second in ("", "ב", "ל", "מ", "כ")
    for third in ("", "ה")
)
_LONGEST_PREFIX = 4
_WORD = re.compile("[^\\W_]+(?:[\"'״׳’”][^\\W_]+)*['׳]?")
_MARKS = str.maketrans("", "", "\"״׳”'’")
_HEBREW = re.compile("[א-ת]")
# Who says of himself that he says something is no source of it.
_HERE = frozenset(["אני", "אנחנו", "אנו", "אתה", "אתם", "i", "we", "you"])
_INNER = str.maketrans("ךםןףץ", "כמנפצ")


class Word(NamedTuple):
    """A word of a text: where it stands, and what it is compared by."""

    start: int
    end: int
    folded: str


class Cue(NamedTuple):
    """Words of a text that show something, and what they show."""

    start: int
    end: int
    sign: str


def read_words(text: str, start: int, end: int) -> list[Word]:
    """Return the words of ``text`` between ``start`` and ``end``; a hyphen divides words, gershayim do not."""
    return [Word(m.start(), m.end(), _fold(m.group())) for m in _WORD.finditer(text, start, end)]


def _fold(word: str) -> str:
    return word.translate(_MARKS) if _HEBREW.search(word) else word.lower().replace("’", "'")


def _past(verbs: str) -> Iterator[str]:
    """Yield each Hebrew verb of the past in three forms: he, she, they."""
    for verb in verbs.split():
        yield verb
        if verb.endswith("ה"):
            yield from (verb[:-1] + "תה", verb[:-1] + "ו")
        else:
            yield from (verb.translate(_INNER) + ending for ending in "הו")


def _present(verbs: str) -> Iterator[str]:
    """Yield each Hebrew verb of the present in the forms of one and of many."""
    for verb in verbs.split():
        yield from (verb, *(verb.removesuffix("ה").translate(_INNER) + ending for ending in ("ת", "ה", "ים", "ות")))


def _listed(phrases: str) -> Iterator[str]:
    yield from (phrase.strip() for phrase in phrases.split(",") if phrase.strip())


SAYING = {
    *_past(
        "אמר טען מסר הודיע דיווח ציין הוסיף הסביר הצהיר הכריז הבהיר הדגיש סיפר כתב הגיב השיב הזהיר התריע האשים הכחיש "
        "העריך הודה גרס קבע המליץ דרש ביקר הבטיח התחייב פרסם ציטט חשף תיאר כינה הזכיר התבטא הגדיר סיכם שיבח גינה פסק "
        "העיד הצביע הציע נאמר נטען נמסר דווח נכתב פורסם התפרסם צוין מתח אישש הזים ענה התעקש התלונן התוודה הטיח"
    ),
    *_present(
        "אומר טוען מוסר מודיע מדווח מציין מוסיף מסביר מצהיר מכריז מבהיר מדגיש מספר כותב מגיב משיב מזהיר מתריע מאשים "
        "מכחיש מעריך סבור גורס קובע ממליץ דורש מבקר מבטיח מתחייב מפרסם חושף מתאר מכנה מגדיר מסכם משבח מגנה מעיד "
        "מצביע מציע מאמין מנמק"
    ),
    *_listed(
        "said,says,saying,told,tells,claimed,claims,claiming,reported,announced,announces,stated,added,explained,"
        "declared,insisted,insists,argued,argues,alleged,alleges,allegedly,reportedly,denied,denies,admitted,admits,"
        "acknowledged,confirmed,confirms,warned,warns,accused,accuses,estimated,estimates,noted,wrote,writes,tweeted,"
        "testified,promised,pledged,vowed,quoted,revealed,disclosed,suggested,described,blamed,blames,asserted,"
        "remarked,commented,replied,responded,concluded,recommended,urged,criticised,criticized,praised,condemned,"
        "demanded,called for,found that,finds that,shows that,showed that,notes that,states that,called on"
    ),
}
ATTRIBUTED = set(
    _listed(
        "לפי,על פי,עפ,לדברי,לדבריו,לדבריה,לדבריהם,לטענת,לטענתו,לטענתה,לטענתם,להערכת,להערכתו,לגרסת,לגרסתו,כדברי,לדעת,"
        "מקורות,דיווחים,דיווח,דוח,מחקר,סקר,עולה כי,עלה כי,מעלה כי,מראים כי,מראה כי,הראה כי,מצא כי,מצאה כי,מצאו כי,"
        "נמצא כי,גילה כי,גילו כי,אישר כי,אישרה כי,אישרו כי,קרא לממשלה,קראה לממשלה,הטענות,according to,as reported by,"
        "in a statement,in an interview,a study,a survey,a report,spokesman,spokeswoman,spokesperson,sources,"
        "data from,figures from"
    )
)
SUPERLATIVE = set(
    _listed(
        "לראשונה,מעולם לא,אי פעם,אף פעם,ביותר,הכי,היחיד,היחידה,היחידים,היחידות,הראשון,הראשונה,הראשונים,הראשונות,"
        "האחרון שנותר,שיא,חסר תקדים,חסרת תקדים,חסרי תקדים,תקדימי,אף אחד לא,איש לא,רוב,מרבית,מרביתן,מרביתם,רובם,רובן,"
        "בלבד,the first,first time,first ever,first in,the last,the only,only one,the largest,the biggest,"
        "the highest,the lowest,the smallest,the best,the worst,the oldest,the youngest,the longest,the fastest,"
        "the greatest,the most,the least,the strongest,the poorest,the richest,the fewest,largest,biggest,highest,"
        "lowest,worst,fastest,oldest,strongest,never,unprecedented,record,all time,no one,nobody,none of,majority,"
        "most of,every single,historic"
    )
)
COMPARISON = {
    *_past(
        "גדל ירד עלה זינק צנח צמח הכפיל הוכפל הצטמצם התרחב פחת החריף התגבר השתפר הידרדר גבר התכווץ האמיר הוזל התייקר"
    ),
    *_listed(
        "יותר,פחות,פי,לעומת,בהשוואה,ביחס ל,עלייה,עליה ב,ירידה,גידול,צמיחה,זינוק,האטה,פער,פערי,פערים,מחצית,כפול,כפולה,"
        "שיעור,שיעורי,ממוצע,נמוך,נמוכה,נמוכים,נמוכות,גבוה,גבוהה,גבוהים,גבוהות,הולכת ופוחתת,הולך וגדל,צומח,צומחת,עודף,"
        "more than,less than,fewer,fewer than,higher,lower,larger,smaller,greater,faster,as many as,as much as,twice,"
        "doubled,tripled,quadrupled,halved,rose,risen,rising,fell,fallen,falling,increased,increase,increases,"
        "increasing,decreased,decrease,decline,declined,dropped,grew,grown,growth,gained,lost,cut,cuts,raised,soared,"
        "plunged,surged,jumped,shrank,compared with,compared to,versus,average,rate,deficit,per capita,double,triple,"
        "more,less"
    ),
}
CAUSE = {
    *_past("גרם הוביל תרם פגע נבע"),
    *_present("גורם מוביל תורם פוגע נובע"),
    *_listed(
        "בעקבות,כתוצאה,בגלל,עקב,בזכות,בשל,על חשבון,because of,due to,caused,causes,led to,leads to,result of,"
        "resulted in,thanks to,as a result,responsible for"
    ),
}
RULE = set(
    _listed(
        "חוק,חוקי,תקנה,תקנות,תקנון,אסור,חובה,זכאי,זכאית,זכאים,זכאות,רשאי,רשאית,רשאים,נדרש,נדרשת,נדרשים,מחויב,מחויבת,"
        "מחויבים,סעיף,צו,יחול,תחול,יחולו,יש להשתייך,כפוף,כפופה,הצעת חוק,הצעת החוק,בתוקף,לתוקף,law,laws,legal,illegal,"
        "legislation,constitution,amendment,regulation,regulations,required to,prohibited,banned,bans,bill,act of"
    )
)
HAPPENING = {
    *_past(
        "נהרג נרצח נפצע נעצר נחתם נבחר מונה פוטר התפטר הוקם הקים ייסד נוסד רכש מכר מכרה נמכר תקף הותקף הפציץ חתם פתח "
        "סגר נפתח נסגר אישר אושר דחה נדחה ביטל בוטל הגיש הוגש הורשע זוכה נידון נשפט נכנס יצא הגיע ביקר נפגש התקיים "
        "נערך ניצח הפסיד זכה השיק השיג שיגר נורה ירה התפוצץ קרס שרף נשרף פינה פונה אושפז חולץ נמצא נעלם נחטף שוחרר "
        "השתחרר גויס הושבע נולד מת נפטר עבר העביר הועבר הצביע החליט הוחלט החל הסתיים השלים הושלם בנה נבנה הרס נהרס "
        "הפסיק הופסק הצטרף צירף עזב פרש הוביל נלחם כבש נכבש פלש הכיר הסיר הטיל הוטל התמנה נתן קיבל קנה שילם הקצה תבע "
        "נתבע ערער הפר הפגין שבת חשף נחשף התקבל התגלה נתגלה מינה שינה הרחיב הנחה קיצץ העניק הוענק הנפיק הונפק הציג "
        "הוצג נוסף התחיל נרשם הוביל הקפיא החזיר הוחזר העסיק התמודד החליף התנגד פסל נפסל הדיח הודח הגן הזמין נקבע "
        "נעשה בוצע ביצע ניצל"
    ),
    *_past(
        "דיבר הפך נבדק בדק תיקן תוקן הסכים סירב השתתף פירק פורק חקר נחקר הרשיע קנס נקנס הפיק הופק פיתח פותח המציא "
        "תכנן תוכנן ניהל גייס תרם הורה אסר נאסר התיר הותר עיכב עוכב שלח נשלח קרה אירע התרחש פרץ פגש ליווה אירח ארגן "
        "אורגן כינס התכנס גנב נגנב שדד נשדד זייף דקר נדקר טבע התנגש התהפך הואשם הועמד הוסמך הוכר הוחזק הוחרם הושקע "
        "השקיע הלווה לווה התאחד מיזג התפצל היגר ברח נמלט הסגיר הוסגר גורש גירש הגביל הוגבל חידש חודש צומצם הורחב "
        "הוזמן הועלה הורד "
    ),
    *_present("מועסק מתקיים פועל מעסיק מעניק מפנה עובד סובל מאושפז מתמודד מפעיל ממשיך"),
    *_listed(
        "מלחמת,מבצע,הסכם,הסכמי,בחירות,פיגוע,פיגועים,פיגועי,הפיכה,רצח,ועידת,הפגנה,הפגנות,שביתה,שביתת,מתקפה,מתקפת,"
        "רעידת אדמה,פסגת,arrested,killed,died,injured,wounded,elected,appointed,resigned,founded,acquired,signed,"
        "approved,rejected,launched,invaded,bombed,sued,convicted,sentenced,acquitted,fired,hired,opened,closed,"
        "merged,bought,sold,built,destroyed,discovered,invented,defeated,awarded,passed,vetoed,voted,ratified,banned,"
        "married,divorced,born,kidnapped,released,nominated,indicted,charged,collapsed,crashed,exploded,shot,stabbed,"
        "seized,captured,deployed,withdrew,imposed,lifted,war in,election,elections,agreement,earthquake,referendum,"
        "ceasefire,massacre,invasion,coup"
    ),
}
IRREGULAR_PAST = frozenset(
    _listed(
        "was,were,had,became,began,broke,brought,came,chose,did,drew,drove,fought,found,gave,got,held,hit,kept,laid,"
        "led,left,made,met,paid,put,ran,sat,saw,sent,set,spent,spoke,stood,struck,took,taught,went,won,wore,has,is,"
        "are"
    )
)
QUALIFIER = {
    "opinion": set(
        _listed(
            "לדעתי,לטעמי,בעיניי,אני חושב,אני חושבת,אני מאמין,אני מאמינה,אני מקווה,אנחנו מקווים,מקווים,הלוואי,צריך,"
            "צריכה,צריכים,חייב להיות,חייבים ל,ראוי,עדיף,מברך,מברכת,מברכים,אנו מודים,אנחנו מודים,מודה לכם,נפלא,מצוין,"
            "חשוב,מזעזע,מאוכזבים,סומך,סומכת,בבקשה,לא מקובל,i think,i believe,i hope,i want,i feel,we hope,we want,"
            "should,ought to,must,let's,let us,let me,thank,please,i would,we need,need to,have to,we must,we should,"
            "my opinion,great,wonderful,terrible,wish,it is time"
        )
    ),
    "future": set(
        _listed(
            "צפוי,צפויה,צפויים,צפויות,עשוי,עשויה,עשויים,עלול,עלולה,עלולים,עתיד,עתידה,עתידים,יהיה,תהיה,יהיו,סיכוי,"
            "נראה,מסתמן,מסתמנים,מסתמנות,will,going to,would,could,might,may,expected to,likely,i'll,we'll,"
            "we're going,if i,plan to"
        )
    ),
    "personal": set(
        _listed("אני,אנחנו,אנו,שלי,שלנו,אותי,אותנו,לי,לנו,כמוני,i,i'm,i've,i'd,me,my,we,we've,we're,our,us,ours,mine")
    ),
}

_VERBAL = {*SAYING, *CAUSE, *COMPARISON, *HAPPENING}
_SIGNS: dict[str, set[str]] = {
    "attribution": SAYING | ATTRIBUTED,
    "superlative": SUPERLATIVE,
    "comparison": COMPARISON,
    "cause": CAUSE,
    "rule": RULE,
    "event": HAPPENING,
    **QUALIFIER,
}


def _index() -> dict[str, list[tuple[tuple[str, ...], str, frozenset[str]]]]:
    """Return the phrases by their first words: the whole phrase, what it shows, what may be glued before it."""
    index: dict[str, list[tuple[tuple[str, ...], str, frozenset[str]]]] = {}
    for sign, phrases in _SIGNS.items():
        for phrase in phrases:
            parts = tuple(phrase.split())
            prefixes = _VERB_PREFIXES if phrase in _VERBAL else _NOUN_PREFIXES
            index.setdefault(parts[0], []).append((parts, sign, prefixes))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return index


_INDEX = _index()


def find_cues(words: Sequence[Word]) -> list[Cue]:
    """Return what the words show, in order; a word shows each thing once."""
    return [cue for place in range(len(words)) for cue in _cues_at(words, place)]


def _cues_at(words: Sequence[Word], place: int) -> Iterator[Cue]:
    word = words[place]
    shown: set[str] = set()
    is_hebrew = "א" <= word.folded[0] <= "ת"
    for cut in range(min(_LONGEST_PREFIX, len(word.folded) - 2) + 1 if is_hebrew else 1):
        prefix = word.folded[:cut]
        for parts, sign, prefixes in _INDEX.get(word.folded[cut:], ()):
            if sign in shown or prefix not in prefixes or (sign == "attribution" and _is_said_here(words, place)):
                continue
            if len(parts) == 1 or tuple(w.folded for w in words[place + 1 : place + len(parts)]) == parts[1:]:
                shown.add(sign)
                yield Cue(word.start, words[place + len(parts) - 1].end, sign)


def _is_said_here(words: Sequence[Word], place: int) -> bool:
    return any(word.folded in _HERE for word in words[max(0, place - 2) : place])


QUOTE_MARKS = '"“”„«»״'
_LINE_OR_QUOTE = re.compile(rf"[\n\r{QUOTE_MARKS}]")
_BEFORE_QUOTE = re.compile(r"[\s(\[{/–—־-]")
_AFTER_QUOTE = re.compile(r"[\s.,;:!?…)\]}/–—־-]")
_LETTERS_BEFORE = re.compile("(?<![א-ת])[א-ת]{1,4}$")
_LETTERS_AFTER = re.compile("[א-ת]{3}")


class Quoted(NamedTuple):
    """Words between quotation marks, the marks included."""

    start: int
    end: int


def find_quoted(text: str) -> list[Quoted]:
    """Return what stands between quotation marks, in order, never across a line break; gershayim are no such marks."""
    found: list[Quoted] = []
    opened: int | None = None
    for match in _LINE_OR_QUOTE.finditer(text):
        place = match.start()
        if match.group() in "\n\r":
            opened = None
        elif _opens(text, place, is_open=opened is not None):
            opened = place
        elif opened is not None and _closes(text, place):
            found.append(Quoted(opened, place + 1))
            opened = None
    return found


def _opens(text: str, place: int, *, is_open: bool) -> bool:
    before, after = text[max(0, place - 1) : place], text[place + 1 : place + 2]
    if not before or _BEFORE_QUOTE.match(before):
        return bool(after) and (not after.isspace() or not is_open)
    glued = _LETTERS_BEFORE.search(text, max(0, place - 5), place)
    # ה"מומחה" is a quotation after a glued letter; צה"ל and ח"כים are words.
    is_prefix = glued is not None and glued.group() in _NOUN_PREFIXES
    return not is_open and is_prefix and bool(_LETTERS_AFTER.match(text, place + 1))


def _closes(text: str, place: int) -> bool:
    after = text[place + 1 : place + 2]
    return not after or bool(_AFTER_QUOTE.match(after)) or not text[place - 1].isalnum()

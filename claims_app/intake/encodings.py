"""Bytes to text: what the file says of itself first, then what its bytes look like."""

import codecs
import re

from charset_normalizer import from_bytes

from claims_app.errors import DomainError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([\w.:-]{1,40})["']|<meta[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""",
    re.IGNORECASE,
)
#: What may be declared; a codec of Python that is no character set (``unicode_escape``, ``idna``) would be a trap.
_KNOWN = re.compile(
    r"utf-?(8|16|32)(-?[lb]e)?(-sig)?|cp\d+|iso8859-\d+|koi8-[ru]|mac-\w+|gbk|gb2312|gb18030|big5|shift_jis|euc_\w+"
)
#: What browsers read for these names, too: files that say the one are mostly the other.
_WIDER = {"ascii": "cp1252", "iso8859-8": "cp1255", "iso8859-1": "cp1252", "gb2312": "gb18030"}
_OTHER_NAMES = {"visual": "iso8859-8", "logical": "iso8859-8"}

_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32), 127])
#: The Hebrew hyphen, 0xCE, parts words; direction marks, 0xFD and 0xFE, stand at their ends.
_WORD = re.compile(rb"[A-Za-z\xc0-\xcd\xcf-\xff]+")
_HEBREW_WORD = re.compile(rb"[\xfd\xfe]*[\xe0-\xfa][\xc0-\xd6\xe0-\xfa]+[\xfd\xfe]*")
_POINTS = bytes([*range(0xC0, 0xD4), 0xFD, 0xFE])
_FINALS = b"\xea\xed\xef\xf3\xf5"


def decode(data: bytes, *, charset: str | None = None, is_markup: bool = False) -> str:
    """Return the text of ``data``: by its mark, what is declared, UTF-8, and last by what its bytes look like.

    ``charset`` is what the sender said; in ``is_markup`` a declaration inside counts as well. Refuses what is no text.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _as(data[len(mark) :], name) or _refuse()
    wide = _wide(data)
    if wide is not None:
        return wide
    if sum(data.count(control) for control in _CONTROLS) > 0.01 * len(data):
        _refuse()
    for name in (*_declared(data, charset, is_markup=is_markup), "utf-8", *_likely(data)):
        text = _as(data, name)
        if text is not None:
            return text
    return _guess(data)


def _as(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeError:
        return None


def _refuse() -> str:
    raise DomainError(
        "No text could be read out of the file. Save it as DOCX, PDF or plain text and bring it in again."
    )


def _declared(data: bytes, charset: str | None, *, is_markup: bool) -> list[str]:
    """Return the character sets that the sender and the file itself name, as Python calls them."""
    names = [charset] if charset else []
    if is_markup:
        for found in _DECLARED.finditer(data[:4096]):
            name = (found[1] or found[2]).decode("ascii", "replace")
            # A declaration that can be read byte by byte does not stand in a text of two bytes a letter.
            names += [] if name.lower().startswith(("utf-16", "utf-32")) else [name]
    known = []
    for name in names:
        label = name.strip().strip("\"'").lower()
        try:
            found_name = codecs.lookup(_OTHER_NAMES.get(label, label)).name
        except (LookupError, ValueError):
            continue
        found_name = _WIDER.get(found_name, found_name)
        if _KNOWN.fullmatch(found_name):
            known.append(found_name)
    return known


def _wide(data: bytes) -> str | None:
    """Return ``data`` as UTF-16 without a mark, where nearly all of it then is Hebrew, Latin and punctuation."""
    if len(data) % 2 or b"\0" not in data:
        return None
    for name in ("utf-16-le", "utf-16-be"):
        text = _as(data, name)
        sample = (text or "")[:20_000]
        plain = len(re.findall("[\t\n\r -~\u00a0-\u00ff\u0590-\u05ff\u2000-\u206f]", sample))
        if text is not None and plain > 0.95 * len(sample):
            return text
    return None


def _likely(data: bytes) -> list[str]:
    """Return the one-byte character sets of the desk's languages that ``data`` looks like.

    Statistics need hundreds of letters to tell Hebrew from Russian; where its final letters stand tells it at once.
    """
    words = [found[0] for found in _WORD.finditer(data[:200_000])]
    high = [word for word in words if max(word) >= 0xC0]
    if high and _is_hebrew(high):
        return ["cp1255", "iso8859-8"]
    mixed = [word for word in high if min(word) < 0xC0]
    letters = sum(map(len, words))
    accents = sum(byte >= 0xC0 for word in high for byte in word)
    if accents <= 0.4 * letters and 2 * len(mixed) >= len(high):
        return ["cp1252"]
    return []


def _is_hebrew(words: list[bytes]) -> bool:
    """Return whether words with letters beyond ASCII can be Hebrew: of its letters, the final ones at an end."""
    hebrew = [word for word in words if _HEBREW_WORD.fullmatch(word)]
    single = [word for word in words if len(word) == 1 and 0xE0 <= word[0] <= 0xFA]
    if not hebrew or sum(map(len, hebrew)) < 0.9 * sum(map(len, words)) - len(single):
        return False
    bare = [word.translate(None, _POINTS) for word in hebrew]
    finals = sum(byte in _FINALS for word in bare for byte in word)
    # In visual order the last letter of a word stands first.
    misplaced = min(
        sum(byte in _FINALS for word in bare for byte in word[:-1]),
        sum(byte in _FINALS for word in bare for byte in word[1:]),
    )
    return misplaced <= 0.1 * finals


def _guess(data: bytes) -> str:
    """Return ``data`` in the character set that its statistics speak for, if that makes letters of an alphabet.

    Bytes of no meaning come out as signs and as Chinese: a file in Chinese has to say what it is.
    """
    best = from_bytes(data[:100_000]).best()
    text = _as(data, best.encoding) if best is not None else None
    foreign = [mark for mark in (text or "")[:20_000] if not mark.isascii()]
    if text is None or sum(mark.isalpha() and mark < "\u0700" for mark in foreign) < 0.6 * len(foreign):
        return _refuse()
    return text

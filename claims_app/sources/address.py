"""One page, one address: what only follows readers around is dropped, and nothing that could name another page."""

import re
from urllib.parse import unquote_plus, urlsplit

from tld import get_tld
from tld.result import Result

from claims_app.errors import DomainError

_PARTS = re.compile(r"(https?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL | re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_DEFAULT_PORTS = {"http": "80", "https": "443"}

#: Parameters that say who sent a reader. A name that some site could use for its content is not among them: two
#: addresses of one page are a nuisance, two pages under one address would be a fault.
_TRACKERS = frozenset(
    [
        "fbclid",
        "fb_action_ids",
        "fb_action_types",
        "fb_ref",
        "gclid",
        "gclsrc",
        "gad_source",
        "gad_campaignid",
        "dclid",
        "gbraid",
        "wbraid",
        "srsltid",
        "_ga",
        "_gl",
        "msclkid",
        "twclid",
        "ttclid",
        "li_fat_id",
        "yclid",
        "ysclid",
        "igshid",
        "igsh",
        "epik",
        "irclickid",
        "rb_clickid",
        "wickedid",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "vero_id",
        "oly_anon_id",
        "oly_enc_id",
        "_hsenc",
        "_hsmi",
        "__hstc",
        "__hssc",
        "__hsfp",
        "_branch_match_id",
        "_branch_referrer",
        "guccounter",
        "guce_referrer",
        "guce_referrer_sig",
        "ref_src",
        "__twitter_impression",
        "xtor",
        "at_medium",
        "at_campaign",
        "at_link_origin",
        "at_ptr_name",
        "at_bbc_team",
    ]
)
_TRACKER_FAMILIES = ("utm_", "mtm_", "hsa_")
#: Where a shared link has a mark of its own: a page's host and path, and the parameters that mean nothing there.
_SHARED = (
    (re.compile(r"(?:(?:www|m|music)\.)?youtube\.com/|youtu\.be/"), frozenset({"si"})),
    (re.compile(r"(?:(?:www|m|mobile)\.)?(?:twitter|x)\.com/[^/]+/status/"), frozenset({"s", "t"})),
)
#: Where a reader came from inside the Alibaba sites: page, block and place, joined by dots.
_SPM = re.compile(r"[\w-]+(?:\.[\w-]+){2,}")

#: Names in a fragment that lead to a place in a page or follow its reader; any other may name what the page shows.
_PLACES = frozenset({"page", "t", "zoom", "view", "nameddest", "search", "xywh"})


def canonical_address(address: str) -> str:
    """Return a web address without what does not name its page; two spellings of one page come out the same.

    The path, and the order of what is left of the query, stay as they are.
    """
    found = _PARTS.fullmatch(address)
    if found is None:
        return address
    scheme, authority, path, query, fragment = found.groups()
    scheme = scheme.lower()
    host = _host(scheme, authority)
    if query is not None:
        query = "&".join(piece for piece in query.split("&") if not _is_tracker(piece, host + path))
    if fragment is not None:
        fragment = fragment.partition(":~:")[0]
        fragment = fragment if _names_content(fragment) else None
    rest = (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
    return f"{scheme}://{host}{path}{rest}"


def _host(scheme: str, authority: str) -> str:
    """Return who and where in small letters, without the port that goes without saying."""
    person, at, place = authority.rpartition("@")
    host, colon, port = place.rpartition(":")
    if not colon or "]" in port:  # no port: the colons are inside an IPv6 address
        host, port = place, ""
    host = host.lower()
    kept = f":{port}" if port and port != _DEFAULT_PORTS[scheme] else ""
    return f"{person}{at}{host.rstrip('.') or host}{kept}"


def _is_tracker(piece: str, page: str) -> bool:
    """Whether one piece of a query only says who sent the reader; ``page`` is the host and the path."""
    name, _, value = piece.partition("=")
    name = unquote_plus(name).lower()
    if ";" in piece:  # some sites part their parameters by it; the others in this piece may matter
        return False
    if name == "spm":
        return _SPM.fullmatch(value) is not None
    is_shared = any(name in names and place.match(page) for place, names in _SHARED)
    return name in _TRACKERS or name.startswith(_TRACKER_FAMILIES) or is_shared


def _names_content(fragment: str) -> bool:
    """Whether a fragment may decide what is shown: a way inside the page's own program, or a value given to it."""
    if fragment.startswith(("!", "/")):
        return True
    names = {piece.partition("=")[0].lower() for piece in fragment.split("&") if "=" in piece}
    return any(name not in _PLACES and not _is_tracker(f"{name}=", "") for name in names)


def site_of(address: str) -> str | None:
    """Return the domain that an address's owner registered, or None for a number or an unknown ending."""
    found = get_tld(address.lower(), as_object=True, fail_silently=True, search_private=True)
    # An ending under which others register, such as "co.il", is nobody's domain by itself.
    return found.fld if isinstance(found, Result) and found.fld != found.tld else None


def sites_of(address: str) -> list[str]:
    """Return the domains that an address is under, the narrowest first and the registered one last."""
    site, host = site_of(address), (urlsplit(address).hostname or "").rstrip(".")
    if site is None or not f".{host}".endswith(f".{site}"):
        return []
    labels = host.removesuffix(site).rstrip(".").split(".")
    return [".".join((*labels[place:], site)) for place in range(len(labels)) if labels[place]] + [site]


def read_domain(text: str | None) -> str | None:
    """Return the domain in what was typed, which may be a whole address; one that nobody can register is refused."""
    if not text or not text.strip():
        return None
    address = text.strip().lower()
    address = address if "://" in address else f"https://{address}"
    try:
        host = (urlsplit(address).hostname or "").rstrip(".").removeprefix("www.")
        is_domain = _HOST.fullmatch(host) is not None and site_of(f"https://{host}/") is not None
    except ValueError:
        is_domain = False
    if not is_domain or len(host) > 253:
        raise DomainError("Write a domain such as example.co.il, without http:// and without a path.", field="domain")
    return host

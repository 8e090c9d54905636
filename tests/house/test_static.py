"""What is served as it stands: third-party files are those we vouch for, our stylesheet keeps the rules of the look."""

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest

STATIC = Path(__file__).parents[2] / "claims_app" / "static"
VENDOR = STATIC / "vendor"
SVG = "{http://www.w3.org/2000/svg}"


class VendorFile(NamedTuple):
    file: str
    name: str
    version: str
    licence: str
    sha256: str


def read_vendor_list() -> list[VendorFile]:
    entries: list[dict[str, str]] = json.loads((VENDOR / "vendor.json").read_text("utf-8"))
    return [VendorFile(**entry) for entry in entries]


VENDOR_FILES = read_vendor_list()


# Third-party files


@pytest.mark.parametrize("entry", VENDOR_FILES, ids=lambda entry: entry.file)
def test_a_vendor_file_is_the_one_we_vouch_for(entry: VendorFile) -> None:
    assert hashlib.sha256((VENDOR / entry.file).read_bytes()).hexdigest() == entry.sha256


def test_every_vendor_file_is_listed_once() -> None:
    present = {str(path.relative_to(VENDOR).as_posix()) for path in VENDOR.rglob("*") if path.is_file()}
    listed = [entry.file for entry in VENDOR_FILES]
    assert present - {"vendor.json"} == set(listed)
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("entry", VENDOR_FILES, ids=lambda entry: entry.file)
def test_a_vendor_file_comes_with_its_licence(entry: VendorFile) -> None:
    assert entry.version
    assert entry.licence in {"MIT", "0BSD", "OFL-1.1"}
    licence = VENDOR / "licences" / f"{entry.name.removeprefix('@').replace('/', '-')}.txt"
    assert len(licence.read_text("utf-8")) > 500


def test_a_package_has_one_version() -> None:
    versions: dict[str, set[str]] = {}
    for entry in VENDOR_FILES:
        versions.setdefault(entry.name, set()).add(entry.version)
    assert {name for name, found in versions.items() if len(found) > 1} == set()


def test_htmx_stays_on_the_second_generation() -> None:
    """Version 4 swaps error pages, renames events and inherits attributes differently."""
    assert {entry.version.split(".")[0] for entry in VENDOR_FILES if entry.name == "htmx.org"} == {"2"}


@pytest.mark.parametrize(
    "path", sorted(STATIC.rglob("*.css")) + sorted(STATIC.rglob("*.js")), ids=lambda path: path.name
)
def test_no_file_points_to_a_source_map_we_do_not_ship(path: Path) -> None:
    assert "sourceMappingURL" not in path.read_text("utf-8")


# Icons


def test_icons_have_unique_names_and_one_grid() -> None:
    root = ET.parse(STATIC / "icons.svg").getroot()  # noqa: S314 - our own file
    symbols = root.findall(f"{SVG}symbol")
    assert len(symbols) == len(list(root))
    repeated = [
        name for name, times in Counter(element.get("id") for element in root.iter()).items() if name and times > 1
    ]
    assert repeated == []
    assert all((symbol.get("id") or "").startswith("i-") for symbol in symbols)
    assert {symbol.get("viewBox") for symbol in symbols} == {"0 0 16 16"}


def test_icons_name_the_release_their_licence_belongs_to() -> None:
    version = next(entry.version for entry in VENDOR_FILES if entry.name == "bootstrap-icons")
    assert f"Bootstrap Icons {version} (MIT" in (STATIC / "icons.svg").read_text("utf-8")


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.svg")), ids=lambda path: path.name)
def test_drawings_bring_no_script_style_or_text(path: Path) -> None:
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {"svg", "symbol", "path", "rect", "circle"}
    assert [
        name for element in root.iter() for name in element.attrib if name.startswith("on") or name == "style"
    ] == []


# Our stylesheet

END_OF_TOKENS = "/* End of tokens: no raw colour below this line. */"
DECLARATION = re.compile(r"(?<=[{;])\s*(-{0,2}[a-z][a-z0-9-]*)\s*:\s*([^;{}]+?)\s*(?=[;}])")
LOAD = re.compile(r"url\(\s*[\"']?([^\"')]+)")
PHYSICAL_PROPERTY = re.compile(
    r"(?:.+-)?(?:left|right|top|bottom)(?:-.+)?|(?:min-|max-)?(?:width|height)|border-(?:top|bottom)-(?:left|right)-radius"
)
PHYSICAL_VALUE = re.compile(r"\b(?:left|right)\b")
# Names that stand for no particular colour are not listed: transparent, currentColor, and the system's own.
RAW_COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|light-dark)\("
    r"|(?<![\w-])(?:white|black|gr[ae]y|silver|red|green|blue|yellow|orange|purple|navy|teal|maroon|olive|lime|pink|brown)(?![\w-])",
    re.IGNORECASE,
)


def read_desk_css() -> tuple[str, str]:
    """Up to the end of the tokens, and below; without comments and without the text inside data addresses."""
    head, below = (STATIC / "desk.css").read_text("utf-8").split(END_OF_TOKENS)
    bare = [re.sub(r"/\*.*?\*/", "", part, flags=re.DOTALL) for part in (head, below)]
    return re.sub(r"url\(\"data:[^\"]*\"\)", 'url("data:")', bare[0]), bare[1]


def declarations(css: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in DECLARATION.findall(css) if not name.startswith("--")]


def test_the_reading_of_the_stylesheet_sees_what_it_should() -> None:
    sample = "a { margin-left: 1px; width: 2px } @media (width < 4rem) { b:hover { --left: 0; color: red; } }"
    assert declarations(sample) == [("margin-left", "1px"), ("width", "2px"), ("color", "red")]
    assert [bool(PHYSICAL_PROPERTY.fullmatch(name)) for name, _ in declarations(sample)] == [True, True, False]
    assert len(declarations("".join(read_desk_css()))) > 800


def test_layout_is_logical() -> None:
    """Direction comes from the page. The mirrors named at the head of the stylesheet use transform and box-shadow."""
    every = declarations("".join(read_desk_css()))
    assert [name for name, _ in every if PHYSICAL_PROPERTY.fullmatch(name)] == []
    assert [(name, value) for name, value in every if PHYSICAL_VALUE.search(value)] == []


def test_direction_is_asked_for_by_mirrors_only() -> None:
    _, below = read_desk_css()
    asking = re.findall(r"[^{};]*\[dir=[^{}]*\{([^{}]*)\}", below)
    assert len(asking) == 3
    assert {name for body in asking for name, _ in declarations("{" + body.strip() + "}")} == {
        "transform",
        "box-shadow",
    }


def test_no_raw_colour_below_the_tokens() -> None:
    _, below = read_desk_css()
    without_patterns = re.sub(r"url\(\"#[^\"]*\"\)", "", below)
    values = [value for _, value in DECLARATION.findall(without_patterns)]
    assert [value for value in values if RAW_COLOUR.search(value)] == []
    assert [
        value for value in ("#fff", "1px solid red", "rgb(0 0 0)", "lab(1 2 3)") if not RAW_COLOUR.search(value)
    ] == []


def test_every_token_used_is_defined() -> None:
    css = "".join(read_desk_css())
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", css))
    used = set(re.findall(r"var\((--[a-z0-9-]+)", css))
    assert used - defined == set()


def test_the_stylesheet_loads_nothing_from_another_host() -> None:
    css = "".join(read_desk_css())
    assert "@import" not in css
    loads = LOAD.findall(css)
    assert [address for address in loads if not address.startswith(("vendor/fonts/", "#", "data:"))] == []
    assert [address for address in loads if address.startswith("vendor/") and not (STATIC / address).is_file()] == []


def test_every_font_file_is_used() -> None:
    used = set(LOAD.findall("".join(read_desk_css())))
    assert {f"vendor/fonts/{path.name}" for path in (VENDOR / "fonts").iterdir()} - used == set()


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


STATUSES = ["verified", "partly", "disputed", "unverifiable", "opinion", "unchecked", "checking", "awaiting"]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("status", STATUSES)
def test_a_status_can_be_read_on_its_tint_and_on_every_surface(status: str, theme: int) -> None:
    head, below = read_desk_css()
    tokens = {name: pair for name, *pair in re.findall(r"--([a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\)", head)}
    rule = re.search(rf"\.s-{status} \{{ --c: var\(--([a-z0-9-]+)\); --c-bg: var\(--([a-z0-9-]+)\);", below)
    assert rule is not None
    text = tokens[rule[1]][theme]
    for behind in (rule[2], "surface", "canvas", "sunken", "hover", "pencil-bg"):
        assert contrast(text, tokens[behind][theme]) >= 4.5, behind

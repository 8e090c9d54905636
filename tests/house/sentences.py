"""Finds every sentence that a page can show: in calls, refusals, labels, records, templates and the form library."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.pofile import read_po
from jinja2 import Environment, FileSystemLoader, nodes

import claims_app.annotating.form
import claims_app.archiving
import claims_app.importing.undoing
import claims_app.webhooks.delivering  # noqa: F401 - families() finds the kinds of refusals that were imported
from claims_app import errors, language
from claims_app.words import WORDS

PACKAGE = Path(language.__file__).parent
CATALOGUES = sorted((PACKAGE / "translations" / "he").glob("*.po"))
PLACE = re.compile(r"%\((\w+)\)[sd]")
HEBREW = re.compile("[א-ת]")

# The command line speaks English; what only it can show needs no Hebrew.
ENGLISH_PLACES = ("cli", "exchange", "moving", "backup.py", "schema.py", "__main__.py")
ENGLISH_SENTENCES = {
    "There is no person with the address %(email)s.",
    "The article %(key)s is already here.",
    "The claim %(key)s is already here.",
}
# Templates that show what a rule says; the rule's own sentences are found where it stands.
FROM_RULES = {"verdicts/_fields.html"}
TRANSLATING = {"gettext", "lazy", "_"}
LABELLED = {"line", "paragraph", "long_text", "choice"}
# What the form library says by itself, by the name under which the desk imports what says it.
LIBRARY = {
    "Length": ["Field cannot be longer than %(max)d characters."],  # never as short as one
    "SelectField": ["Not a valid choice.", "Invalid Choice: could not coerce."],
    # Its choices are the services' to judge.
    "SelectMultipleField": ["Invalid choice(s): one or more data inputs could not be coerced."],
    "IntegerField": ["Not a valid integer value."],
    "DateField": ["Not a valid date value."],
    "DateTimeLocalField": ["Not a valid datetime value."],
}
SILENT = {
    "BooleanField",
    "Field",
    "FileField",
    "Form",
    "HiddenField",
    "HiddenInput",
    "InputRequired",  # always given the desk's own sentence
    "Optional",
    "PasswordField",
    "StringField",
    "TextAreaField",
    "UnboundField",
    "ValidationError",
}


@dataclass
class Sentence:
    """A sentence, where it stands, and the names that fill its places there; None: it is not known which."""

    text: str
    place: str
    given: set[str] | None = None
    plural: str | None = None


@dataclass
class Module:
    """One source file of the desk, read for its sentences."""

    path: Path
    tree: ast.Module
    constants: dict[str, list[str]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path.relative_to(PACKAGE).as_posix()


def is_english(path: Path) -> bool:
    return path.relative_to(PACKAGE).parts[0] in ENGLISH_PLACES


def modules() -> list[Module]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if not is_english(path):
            module = Module(path, ast.parse(path.read_text(encoding="utf-8")))
            for node in module.tree.body:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    module.constants[node.targets[0].id] = strings_in(node.value)
            found.append(module)
    return found


def strings_in(node: ast.AST) -> list[str]:
    return [item.value for item in ast.walk(node) if isinstance(item, ast.Constant) and isinstance(item.value, str)]


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def families() -> set[str]:
    """Return the names of the refusals that carry a sentence of their own."""
    names, waiting = {"DomainError"}, [errors.DomainError]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            names.add(kind.__name__)
            waiting.append(kind)
    return names - {"Stale"}


def texts(node: ast.expr, module: Module) -> list[str] | None:
    """Return the sentences that an argument can be, or None where they cannot be told."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and node.value else []
    if isinstance(node, ast.IfExp):
        both = texts(node.body, module), texts(node.orelse, module)
        return None if None in both else [text for part in both for text in part or []]
    if isinstance(node, ast.Subscript):
        return texts(node.value, module)
    if isinstance(node, ast.Name):
        if node.id in module.constants:
            return module.constants[node.id]
        return bound(node.id, module) or None
    return None


def bound(name: str, module: Module) -> list[str]:
    """Return the sentences that a name stands for: assigned to it, or what it goes through in a loop."""
    found: list[str] = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.comprehension | ast.For):
            target, value = node.target, node.iter
        elif isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
        else:
            continue
        if any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(target)):
            found += strings_in(value)
            for inner in ast.walk(value):
                if isinstance(inner, ast.Name):
                    found += module.constants.get(inner.id, [])
    return found


def arguments(call: ast.Call, name: str) -> list[ast.expr]:
    """Return the arguments of a call that hold sentences."""
    wanted = call.args[:1]
    if name in LABELLED:
        wanted = wanted + [word.value for word in call.keywords if word.arg in {"help", "empty"}]
    return wanted


def called(node: ast.AST) -> tuple[ast.Call, str] | None:
    if not isinstance(node, ast.Call):
        return None
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    return node, name


def given(call: ast.Call, extra: set[str]) -> set[str] | None:
    names = [word.arg for word in call.keywords]
    return None if None in names else {name for name in names if name} | extra


def in_module(module: Module) -> Iterator[Sentence]:
    refusals = families()
    for node in ast.walk(module.tree):
        found = called(node)
        if found is None:
            continue
        call, name = found
        place = f"{module.name}:{call.lineno}"
        if name in {"ngettext", "plural"} and len(call.args) > 1 and is_text(call.args[0]):
            one, many = (str(ast.literal_eval(argument)) for argument in call.args[:2])
            yield Sentence(one, place, given(call, {"num"}), plural=many)
        elif name in TRANSLATING | LABELLED | refusals:
            for argument in arguments(call, name):
                sentences = texts(argument, module)
                if sentences is None:
                    module.unread.append(f"{place} {ast.unparse(call)}")
                names = given(call, set()) if name == "gettext" or name in refusals else None
                for text in sentences or []:
                    yield Sentence(text, place, None if names is None else names - {"field"})


def environment() -> Environment:
    made = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
    made.loader = FileSystemLoader(PACKAGE / "templates")
    return made


def in_templates() -> Iterator[Sentence]:
    reader = environment()
    for path in sorted((PACKAGE / "templates").rglob("*.*")):
        tree = reader.parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if not isinstance(call.node, nodes.Name) or call.node.name not in {"_", "gettext", "ngettext"}:
                continue
            name = path.relative_to(PACKAGE / "templates").as_posix()
            place = f"templates/{name}:{call.lineno}"
            strings = [argument.value for argument in call.args if isinstance(argument, nodes.Const)]
            fills = {word.key for word in call.kwargs}
            if call.node.name == "ngettext":
                yield Sentence(strings[0], place, fills | {"num"}, plural=strings[1])
            elif strings:
                yield Sentence(strings[0], place, fills)
            elif name not in FROM_RULES:
                yield Sentence("", f"{place} translates what is not written there")


def in_library() -> Iterator[Sentence]:
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wtforms"):
                for alias in node.names:
                    for text in LIBRARY.get(alias.name, []):
                        yield Sentence(text, f"wtforms, for {module.name}")


def in_records() -> Iterator[Sentence]:
    for family, words in WORDS.items():
        for value, text in words.items():
            yield Sentence(text, f"words.py, {family} {value}")
    yield Sentence("Somebody else saved this in the meantime.", "errors.py, Stale")


@dataclass(frozen=True)
class Translation:
    text: str
    forms: tuple[str, ...]
    catalogue: str
    plural: str | None
    is_fuzzy: bool


def translations() -> list[Translation]:
    found = []
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file, locale="he"):
                if message.id:
                    one, many = (message.id, None) if isinstance(message.id, str) else message.id[:2]
                    forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                    found.append(Translation(one, forms, path.name, many, message.fuzzy))
    return found


def places(text: str) -> set[str]:
    return set(PLACE.findall(text))

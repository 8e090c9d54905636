"""Every sentence that a page can show is in the Hebrew catalogue, once, with the same places to fill."""

import ast
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import wtforms
from babel.messages.pofile import read_po

from tests.house.sentences import (
    CATALOGUES,
    ENGLISH_SENTENCES,
    HEBREW,
    LIBRARY,
    PLACE,
    SILENT,
    Sentence,
    in_library,
    in_module,
    in_records,
    in_templates,
    modules,
    places,
    translations,
)


@pytest.fixture(scope="module")
def sentences() -> list[Sentence]:
    """Everything that a page can say."""
    found = [sentence for module in modules() for sentence in in_module(module)]
    return [*found, *in_templates(), *in_library(), *in_records()]


def test_every_sentence_is_translated(sentences: list[Sentence]) -> None:
    known = {translation.text for translation in translations()} | ENGLISH_SENTENCES
    missing: dict[str, list[str]] = defaultdict(list)
    for sentence in sentences:
        if sentence.text not in known:
            missing[sentence.text].append(sentence.place)
    assert not missing, "\n".join(f"{text!r}  {', '.join(where)}" for text, where in sorted(missing.items()))


def test_every_translation_is_of_a_sentence(sentences: list[Sentence]) -> None:
    used = {sentence.text for sentence in sentences} | ENGLISH_SENTENCES
    idle = [f"{each.catalogue}: {each.text!r}" for each in translations() if each.text not in used]
    assert not idle, "\n".join(idle)


def test_no_sentence_is_translated_in_two_ways() -> None:
    ways: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for translation in translations():
        ways[translation.text].add(translation.forms)
    assert {text: forms for text, forms in ways.items() if len(forms) > 1} == {}


def test_no_catalogue_has_a_sentence_twice() -> None:
    """The reader of catalogues keeps the last silently; so it is looked for in the file itself."""
    for path in CATALOGUES:
        ids = re.findall(r"^msgid (.+(?:\n\".*\")*)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert sorted({each for each in ids if ids.count(each) > 1}) == [], path.name


def test_translations_have_the_same_places_to_fill() -> None:
    wrong = []
    for each in translations():
        wanted = places(each.text) | places(each.plural or "")
        for number, form in enumerate(each.forms):
            # One and two may be said in a word.
            needed = wanted - {"num"} if each.plural and number < 2 else wanted
            if not needed <= places(form) <= wanted:
                wrong.append((each.catalogue, each.text, form))
    assert wrong == []


def test_translations_are_whole() -> None:
    wrong = [
        (each.catalogue, each.text)
        for each in translations()
        if each.is_fuzzy or not all(each.forms) or len(each.forms) != (3 if each.plural else 1)
    ]
    assert wrong == []


def test_translations_are_hebrew() -> None:
    """A sentence that stayed English by mistake looks translated to every other test here."""
    allowed = {
        text for text in (each.text for each in translations()) if not re.search("[a-z]{2}", PLACE.sub("", text))
    }
    wrong = [
        (each.catalogue, each.text)
        for each in translations()
        if each.text not in allowed and not all(HEBREW.search(form) for form in each.forms)
    ]
    assert wrong == []


def test_catalogues_say_what_they_are() -> None:
    assert CATALOGUES
    for path in CATALOGUES:
        with path.open("rb") as file:
            catalogue = read_po(file)
        assert str(catalogue.locale) == "he", path.name
        assert catalogue.charset == "utf-8", path.name
        assert catalogue.num_plurals == 3, path.name
        assert [catalogue.plural_expr.replace(" ", "")] == ["(n==1?0:n==2?1:2)"], path.name


def test_what_is_filled_in_is_what_the_sentence_asks_for(sentences: list[Sentence]) -> None:
    wrong = []
    for sentence in sentences:
        wanted = places(sentence.text) | places(sentence.plural or "")
        if sentence.given is not None and wanted != sentence.given and wanted != sentence.given - {"num"}:
            wrong.append((sentence.place, sentence.text, sorted(sentence.given)))
    assert wrong == []


def test_sentences_of_templates_survive_being_filled() -> None:
    """Templates always fill; a bare percent sign would break the page, in either language."""
    forms: dict[str, list[str]] = defaultdict(list)
    for each in translations():
        forms[each.text] += [*each.forms, *([each.plural] if each.plural else [])]
    for sentence in in_templates():
        values: dict[str, Any] = dict.fromkeys(places(sentence.text) | places(sentence.plural or ""), 1)
        for text in [sentence.text, *forms[sentence.text]]:
            assert text % values is not None, sentence.place


def test_counted_sentences_are_counted_wherever_they_stand(sentences: list[Sentence]) -> None:
    plural = {each.text: each.plural for each in translations()}
    wrong = {
        (sentence.place, sentence.text)
        for sentence in sentences
        if sentence.text in plural and (plural[sentence.text] or None) != sentence.plural
    }
    assert wrong == set()


def test_no_sentence_is_out_of_this_tests_sight() -> None:
    """What is translated stands as it is in the call, or is a constant of the module; else nobody would miss it."""
    unread = []
    for module in modules():
        list(in_module(module))
        if module.name not in {"language.py", "web/forms.py"}:  # the functions themselves
            unread += module.unread
    # What a refusal says is read where it is raised; captures and messages keep one.
    assert [line for line in unread if "error.message" not in line and "record.failure" not in line] == []
    assert [sentence.place for sentence in in_templates() if not sentence.text] == []


def test_the_librarys_sentences_are_still_the_librarys() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(wtforms.__file__).parent.rglob("*.py"))
    assert [text for texts_ in LIBRARY.values() for text in texts_ if f'"{text}"' not in source] == []


def test_everything_used_of_the_library_is_known_here() -> None:
    used = {
        alias.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wtforms")
        for alias in node.names
    }
    assert used - SILENT - LIBRARY.keys() == set()

"""The catalogues: every text that is said is there in every language, with the same figures, and none is left over."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as fluent
from fluent.syntax.visitor import Visitor

from reports.audit_rules import RULES
from reports.language import LANGUAGES, TEXTS, Language, later, say, speaking

REPORTS = TEXTS.parent
SPOKEN = {"say", "later"}
FILLED = re.compile(r"\bsay\(\"([\w-]+)\"((?:, *\w+=[^,)]+)*)\)")
FIGURE = re.compile(r"(\w+)=")


class Figures(Visitor):
    """Collects the figures that a message asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def visit_VariableReference(self, node: fluent.VariableReference) -> None:  # noqa: N802 - Fluent's interface
        """Note a figure."""
        self.names.add(node.id.name)


def messages(language: Language) -> dict[str, set[str]]:
    """Give the figures of every message of a language."""
    found: dict[str, set[str]] = {}
    for path in sorted((TEXTS / language).glob("*.ftl")):
        for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, fluent.Junk), f"{path}: {entry.content}"
            if isinstance(entry, fluent.Message):
                assert entry.id.name not in found, f"{path}: {entry.id.name} is there twice"
                figures = Figures()
                figures.visit(entry)
                found[entry.id.name] = figures.names
    return found


def variants(language: Language, name: str) -> list[str]:
    """Give the cases that a message tells apart, but the one for all others."""
    (found,) = [
        entry
        for path in sorted((TEXTS / language).glob("*.ftl"))
        for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body
        if isinstance(entry, fluent.Message) and entry.id.name == name
    ]
    (part,) = found.value.elements
    return [case.key.name for case in part.expression.variants if not case.default]


def _calls(path: Path) -> Iterator[tuple[str, set[str] | None]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPOKEN and node.args:
            name = node.args[0]
            assert isinstance(name, ast.Constant), f"{path}:{node.lineno}: the name of a text is written out"
            figures = {word.arg for word in node.keywords}
            yield str(name.value), None if None in figures else {str(figure) for figure in figures}


def said() -> list[tuple[str, str, set[str] | None]]:
    """Give where each text is said, its name, and its figures; None where they are not written out."""
    found = [
        (path.name, *call)
        for path in sorted(REPORTS.glob("*.py"))
        if path.name != "language.py"
        for call in _calls(path)
    ]
    for path in sorted(REPORTS.glob("*.j2")):
        for name, figures in FILLED.findall(path.read_text(encoding="utf-8")):
            found.append((path.name, name, set(FIGURE.findall(figures))))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there(language: Language) -> None:
    """What code and templates say is in the catalogue, with the figures that they give; nothing else is."""
    known = messages(language)
    calls = said()
    assert sorted({f"{name} ({where})" for where, name, _ in calls if name not in known}) == []
    assert sorted(set(known) - {name for _, name, _ in calls}) == []
    wrong = {f"{name} ({where})" for where, name, given in calls if given is not None and given != known[name]}
    assert sorted(wrong) == []


def test_languages_ask_for_the_same_figures() -> None:
    """A figure that one language tells is told in the other."""
    assert messages("en") == messages("zh")


def test_a_text_is_said_in_the_language_in_force() -> None:
    """English unless another language is spoken; what is said later is said in the language of then."""
    late = later("checks-all-passed", checks=13)
    assert say("since-close", length="250 ms", is_before=True) == "250 ms before the close"
    with speaking("zh"):
        assert say("since-close", length="250 ms", is_before=True) == "截止前 250 ms"
        assert str(late) == "13 项检查全部通过。"
    assert str(late) == "All 13 checks passed."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_the_audit_has_a_title(language: Language) -> None:
    """A new rule is told by its title in every language, and a title is of a rule that there is."""
    assert variants(language, "promise") == [*RULES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_of_the_audit_has_words(language: Language) -> None:
    """What a check says of its violations is a case of one text, and every case is said by one."""
    tree = ast.parse((REPORTS / "audit_rules.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    told = {ast.literal_eval(call.args[2]) for call in calls if call.func.id == "_found"}
    assert sorted(variants(language, "found")) == sorted(told)


def test_what_is_missing_is_named() -> None:
    """Neither a wrong name nor a missing figure ends in a half-said sentence."""
    with pytest.raises(LookupError, match="no-such-text"):
        say("no-such-text")
    with pytest.raises(LookupError, match="since-close: Unknown external: is_before"):
        say("since-close", length="250 ms")

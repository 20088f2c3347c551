"""A proposed mapping: the steps of a portal that a document tells of, with their fields and where these come from."""

import keyword
import re
from collections.abc import Iterable
from typing import NamedTuple

HOME = "home"
OWN = {
    r"e?mail": "person.email",
    r"pass(word|wd)?": "person.password",
    r"(mobile|phone|tel)": "person.mobile",
    r"(id_?(number|card|no)|identity)": "person.id_number",
    r"(full_?|real_?)?name": "person.name",
}
"""What a candidate gives of themselves, by what a field is called; the whole name, or a part of it between marks."""
ONE_TIME = r"(code|captcha|otp|sms)"
"""Fields with something new each time, that no recording can know."""


class Field(NamedTuple):
    """A field of a request."""

    name: str
    value: str = ""
    """A Python expression for it; empty where nothing is known."""
    type: str = "str"
    comes_from: str = ""
    """The earlier step whose answer has it; empty: the candidate gives it."""
    is_file: bool = False

    @property
    def argument(self) -> str:
        """Its name as that of an argument."""
        return identifier(self.name)

    @property
    def is_one_time(self) -> bool:
        """Whether it is new each time."""
        return bool(_is_called(ONE_TIME, self.name))


class Step(NamedTuple):
    """One request that candidates make: its path has `{name}` where an id goes."""

    name: str
    method: str
    path: str
    parameters: tuple[Field, ...] = ()
    """What goes into the path."""
    fields: tuple[Field, ...] = ()
    body: str = ""
    """`json`, `form`, `multipart` or `raw`; empty: none."""
    content_type: str = ""
    title: str = ""
    leads_to: str = ""
    """The step to which its answer redirects."""
    has_action: bool = True
    """Whether its path is that of a form of the page before it, and not of a button of that alone."""

    @property
    def own_fields(self) -> tuple[Field, ...]:
        """Fields that do not come with an earlier answer."""
        return tuple(it for it in self.fields if not it.comes_from)

    @property
    def given_fields(self) -> tuple[Field, ...]:
        """Fields that an earlier answer has."""
        return tuple(it for it in self.fields if it.comes_from)


class Proposal(NamedTuple):
    """All that is proposed. `is_pages`: it answers in HTML, else in JSON; `is_in_order`: one step follows another."""

    source: str
    base_url: str
    steps: tuple[Step, ...]
    is_pages: bool = False
    is_in_order: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all steps, the home page's first."""
        return tuple(dict.fromkeys((HOME, *(it.name for it in self.steps))))

    @property
    def later(self) -> tuple[Step, ...]:
        """All steps but the home page."""
        return tuple(it for it in self.steps if it.name != HOME)

    @property
    def asked(self) -> tuple[Step, ...]:
        """All steps but the home page and those to which an answer leads by itself."""
        led_to = {it.leads_to for it in self.steps}
        return tuple(it for it in self.later if it.name not in led_to)

    @property
    def home_path(self) -> str:
        """Where the home page is."""
        return next((it.path for it in self.steps if it.name == HOME), "/")

    @property
    def is_whole(self) -> bool:
        """Whether a candidate can go all the way with what is known."""
        fields = [field for step in self.asked for field in (*step.parameters, *step.own_fields)]
        return self.is_in_order and not any(it.is_one_time or not it.value for it in fields)


class DocumentError(ValueError):
    """A document that nothing can be proposed from; the message is one line that says why."""


def guess(name: str) -> str:
    """Give the expression for what a candidate gives in a field of this name; empty where its name does not tell.

    >>> guess("register-email"), guess("user[phone]"), guess("filename")
    ('person.email', 'person.mobile', '')
    """
    return next((value for pattern, value in OWN.items() if _is_called(pattern, name)), "")


def identifier(text: str) -> str:
    """Give a Python name for a text.

    >>> identifier("register-email"), identifier("getHTTPStatus"), identifier("1st"), identifier("class")
    ('register_email', 'get_http_status', 'the_1st', 'class_')
    """
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    name = re.sub(r"\W+", "_", split, flags=re.ASCII).strip("_").lower() or "it"
    name = f"the_{name}" if name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) or name in ("print", "id", "type", "list", "input", "format") else name


def unused(name: str, taken: Iterable[str]) -> str:
    """Give the name, or with a number that sets it apart."""
    names = set(taken)
    return next(it for it in (name, *(f"{name}_{number}" for number in range(2, len(names) + 3))) if it not in names)


def _is_called(pattern: str, name: str) -> bool:
    return re.search(rf"(^|[^a-z]){pattern}([^a-z]|$)", identifier(name)) is not None

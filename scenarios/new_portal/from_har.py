"""From a HAR file, recorded in a browser, to a proposed mapping: what was asked, in the order of first use.

Ids in paths are replaced; a field whose value an earlier answer had is said to come from there. What was typed is not
kept: it may be somebody's.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from scenarios.new_portal.proposal import HOME, DocumentError, Field, Proposal, Step, guess, identifier, unused

LEAST_TOLD = 4
"""A shorter value can be in an answer by chance."""
ID = re.compile(r"\d+|(?=.*\d)[A-Za-z0-9_-]{6,}|[0-9a-f-]{16,}")

PART = re.compile(r'; name="([^"]*)"(; filename=)?[^\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n([^\r\n]*)')
"""A part of a multipart body: its name, whether it is a file, its first line."""

Json = Mapping[str, Any]


class Exchange(NamedTuple):
    """A request of the recording that was for a page or for data, and its answer."""

    method: str
    path: str
    query: str
    status: int
    location: str
    mime_type: str
    text: str
    content_type: str
    sent: tuple[tuple[str, str, bool], ...]
    """Fields of the body: name, value, whether it is a file."""
    is_raw: bool


def from_har(document: Json, source: str) -> Proposal:
    """Propose a mapping. Raises DocumentError where nothing of the recording is a page or data."""
    entries = document.get("log", {}).get("entries", [])
    pages = [it for it in entries if _mime_type(it) in ("text/html", "application/xhtml+xml")]
    if not entries or not (pages or any("json" in _mime_type(it) for it in entries)):
        raise DocumentError(f"{source}: it has no page and no data; record it with the contents of answers")
    first = urlsplit(str((pages or entries)[0]["request"]["url"]))
    theirs = [it for it in entries if urlsplit(str(it["request"]["url"])).netloc == first.netloc and _is_step(it)]
    exchanges = [_exchange(it) for it in theirs]
    steps, names = _steps(exchanges)
    led = _with_redirects(steps, exchanges, names)
    return Proposal(source, f"{first.scheme}://{first.netloc}", tuple(led), bool(pages), is_in_order=True)


def _steps(exchanges: list[Exchange]) -> tuple[list[Step], list[str]]:
    """Give a step for each method and path, and which step each exchange is."""
    steps: dict[tuple[str, str], Step] = {}
    names: list[str] = []
    for number, it in enumerate(exchanges):
        path, ids = _without_ids(it.path)
        if (it.method, path) not in steps:
            name = HOME if not steps else unused(_name(it.method, path), (step.name for step in steps.values()))
            earlier = list(zip(names, exchanges[:number], strict=True))
            tellers = [_teller("", value, earlier) for value in ids]
            parameters = tuple(Field(f"id_{n}", comes_from=teller) for n, teller in enumerate(tellers, 1))
            form = _form_to(it.path, exchanges[:number])
            sent = it.sent or _files_of(form)  # browsers do not always record what was uploaded
            fields = tuple(_field(*one, earlier) for one in sent)
            body = "raw" if it.is_raw else _kind(it.content_type) if it.content_type else "multipart" if sent else ""
            step = Step(name, it.method, path, parameters, fields, body, it.content_type, has_action=form is not None)
            steps[it.method, path] = step
        names.append(steps[it.method, path].name)
    return list(steps.values()), names


def _with_redirects(steps: list[Step], exchanges: list[Exchange], names: list[str]) -> Iterator[Step]:
    leads = {
        names[number]: names[number + 1]
        for number, it in enumerate(exchanges[:-1])
        if 300 <= it.status < 400 and it.location
    }
    for step in steps:
        yield step._replace(leads_to=leads.get(step.name, ""))


def _field(name: str, value: str, is_file: bool, earlier: list[tuple[str, Exchange]]) -> Field:
    if is_file:
        return Field(name, "paper", "bytes", is_file=True)
    comes_from = "" if guess(name) else _teller(name, value, earlier)
    return Field(name, guess(name), comes_from=comes_from)


def _teller(name: str, value: str, earlier: list[tuple[str, Exchange]]) -> str:
    """Give the last earlier step whose answer had a value: hidden in a form by this name, in JSON, in an address."""
    for step, it in reversed(earlier):
        if "html" in it.mime_type and name and value in _hidden(it.text, name):
            return step
        if len(value) >= LEAST_TOLD and (value in it.location or ("json" in it.mime_type and _has(it.text, value))):
            return step
        if not name and "html" in it.mime_type and f"/{value}" in it.text:
            return step
    return ""


def _form_to(path: str, earlier: list[Exchange]) -> LexborNode | None:
    """Give the form of the last page before that sends to a path."""
    page = next((it for it in reversed(earlier) if "html" in it.mime_type), None)
    if page is None:
        return None
    for form in LexborHTMLParser(page.text).css("form"):
        if urlsplit(urljoin(page.path, form.attributes.get("action") or page.path)).path == path:
            return form
    return None


def _files_of(form: LexborNode | None) -> tuple[tuple[str, str, bool], ...]:
    found = form.css("input[type=file][name]") if form is not None else ()
    return tuple((str(it.attributes["name"]), "", True) for it in found)


def _hidden(html: str, name: str) -> list[str]:
    found = LexborHTMLParser(html).css('input[type="hidden"]')
    return [it.attributes.get("value") or "" for it in found if it.attributes.get("name") == name]


def _has(text: str, value: str) -> bool:
    def values(it: Any) -> Iterator[str]:
        for inner in it.values() if isinstance(it, dict) else it if isinstance(it, list) else ():
            yield from values(inner)
        if isinstance(it, str | int | float):
            yield str(it)

    try:
        return value in values(msgspec.json.decode(text))
    except msgspec.DecodeError:
        return False


def _exchange(entry: Json) -> Exchange:
    asked, answered = entry["request"], entry["response"]
    url = urlsplit(str(asked["url"]))
    posted = asked.get("postData") or {}
    content_type = str(posted.get("mimeType", ""))
    sent = tuple(_sent(posted, content_type))
    return Exchange(
        str(asked["method"]),
        url.path,
        url.query,
        int(answered["status"]),
        str(answered.get("redirectURL") or _header(answered, "location")),
        _mime_type(entry),
        str(answered.get("content", {}).get("text", "")),
        content_type.partition(";")[0],
        sent,
        bool(posted) and not sent and _kind(content_type) == "raw",
    )


def _sent(posted: Json, content_type: str) -> Iterator[tuple[str, str, bool]]:
    text = str(posted.get("text", ""))
    match _kind(content_type):
        case "json":
            try:
                document = msgspec.json.decode(text)
            except msgspec.DecodeError:
                return
            for name, value in document.items() if isinstance(document, dict) else ():
                yield str(name), value if isinstance(value, str) else msgspec.json.encode(value).decode(), False
        case "form":
            pairs = [(str(it["name"]), unquote(str(it.get("value", "")))) for it in posted.get("params") or ()]
            for name, value in parse_qsl(text, keep_blank_values=True) or pairs:
                yield name, value, False
        case "multipart":
            for name, file, value in PART.findall(text):
                yield name, value, bool(file)
            for it in () if text else posted.get("params") or ():
                yield str(it["name"]), str(it.get("value", "")), "fileName" in it


def _kind(content_type: str) -> str:
    if "json" in content_type:
        return "json"
    if "urlencoded" in content_type:
        return "form"
    return "multipart" if "multipart" in content_type else "raw"


def _without_ids(path: str) -> tuple[str, list[str]]:
    """Put `{id_1}` and so on in the place of ids.

    >>> _without_ids("/api/applications/42/materials/work_proof")
    ('/api/applications/{id_1}/materials/work_proof', ['42'])
    """
    ids: list[str] = []
    parts: list[str] = []
    for part in path.split("/"):
        if ID.fullmatch(part):
            ids.append(part)
            parts.append(f"{{id_{len(ids)}}}")
        else:
            parts.append(part)
    return "/".join(parts), ids


def _name(method: str, path: str) -> str:
    words = [part for part in path.split("/") if part and not part.startswith("{")]
    name = identifier("_".join(words[-2:]) or "home")
    return name if method != "GET" else f"{name}_page"


def _mime_type(entry: Json) -> str:
    return str(entry["response"].get("content", {}).get("mimeType", "")).partition(";")[0].strip()


def _is_step(entry: Json) -> bool:
    """Whether it sends something, or asks for a page or data, and not for what a page brings along."""
    mime_type, status = _mime_type(entry), int(entry["response"]["status"])
    is_told = "html" in mime_type or "json" in mime_type or 300 <= status < 400
    return status > 0 and (is_told or entry["request"]["method"] != "GET")


def _header(answered: Json, name: str) -> str:
    return next((str(it["value"]) for it in answered.get("headers", ()) if str(it["name"]).lower() == name), "")

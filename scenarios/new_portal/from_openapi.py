"""From an OpenAPI document to a proposed mapping: a step for each operation, in the document's order."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from scenarios.new_portal.proposal import HOME, DocumentError, Field, Proposal, Step, guess, identifier, unused

METHODS = ("get", "post", "put", "patch", "delete")
TYPES = {"integer": "int", "number": "float", "boolean": "bool", "array": "list[Any]", "object": "dict[str, Any]"}

LONGEST_NAME = 40
"""What an operation is called may be a sentence; a step's name is read in tables."""

Json = Mapping[str, Any]


def from_openapi(document: Json, source: str) -> Proposal:
    """Propose a mapping. Raises DocumentError where the document has no operations."""
    operations = [
        (path, method, item[method], item.get("parameters", []))
        for path, item in document.get("paths", {}).items()
        for method in METHODS
        if method in item
    ]
    if not operations:
        raise DocumentError(f"{source}: its paths have no operations; give an OpenAPI document with some")
    steps: list[Step] = []
    for path, method, operation, shared in operations:
        name = HOME if (path, method) == ("/", "get") else _name(path, method, operation)
        steps.append(_step(document, unused(name, (it.name for it in steps)), path, method, operation, shared))
    makers = {it.path: it.name for it in steps if it.method == "POST"}
    linked = [it._replace(parameters=tuple(_from_maker(p, it.path, makers) for p in it.parameters)) for it in steps]
    return Proposal(source, _base_url(document), tuple(linked))


def _name(path: str, method: str, operation: Json) -> str:
    for text in (operation.get("summary"), operation.get("operationId")):
        if text and len(str(text)) <= LONGEST_NAME:
            return identifier(str(text))
    words = [part for part in path.split("/") if part and not part.startswith("{")]
    return identifier("_".join([method, *words[-2:]]))


def _step(document: Json, name: str, path: str, method: str, operation: Json, shared: list[Json]) -> Step:
    given = [_resolved(document, it) for it in (*shared, *operation.get("parameters", []))]
    bare = re.sub(r"\{([^}:]+)[^}]*\}", lambda found: f"{{{identifier(found[1])}}}", path)
    parameters = [
        Field(str(it["name"]), type=_type(document, it.get("schema", {})))
        for it in given
        if it.get("in") == "path" or (it.get("in") == "query" and it.get("required"))
    ]
    asked = [str(it["name"]) for it in given if it.get("in") == "query" and it.get("required")]
    query = "&".join(f"{name}={{{identifier(name)}}}" for name in asked)
    body, content_type, fields = _body(document, operation)
    title = " ".join(str(operation.get("summary") or operation.get("description") or "").split())
    its_path = f"{bare}?{query}" if query else bare
    return Step(name, method.upper(), its_path, tuple(parameters), tuple(fields), body, content_type, title)


def _body(document: Json, operation: Json) -> tuple[str, str, list[Field]]:
    content = _resolved(document, operation.get("requestBody", {})).get("content", {})
    for content_type, it in content.items():
        kind = {"application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart"}.get(
            content_type, "json" if "json" in content_type else "raw"
        )
        return kind, content_type, [] if kind == "raw" else list(_fields(document, it.get("schema", {})))
    return "", "", []


def _fields(document: Json, schema: Json) -> Iterator[Field]:
    schema = _resolved(document, schema)
    for part in schema.get("allOf", []):
        yield from _fields(document, part)
    for name, described in schema.get("properties", {}).items():
        its = _resolved(document, described)
        is_file = its.get("format") == "binary" or "contentMediaType" in its
        yield Field(name, guess(name), "bytes" if is_file else _type(document, its), is_file=is_file)


def _type(document: Json, schema: Json) -> str:
    told = _resolved(document, schema).get("type")
    return "Any" if told is None else TYPES.get(str(told), "str")


def _resolved(document: Json, it: Json) -> Json:
    """Follow references within the document; one that leads nowhere, or round and round, says nothing."""
    for _ in range(10):
        if "$ref" not in it:
            return it
        found: Any = document
        for part in str(it["$ref"]).removeprefix("#/").split("/"):
            found = found.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(found, Mapping) else {}
        it = found
    return {}


def _from_maker(parameter: Field, path: str, makers: Mapping[str, str]) -> Field:
    """Say which step's answer tells an id: the one that posts to the path before it."""
    before = path.partition(f"/{{{parameter.argument}}}")[0]
    return parameter._replace(comes_from=makers.get(before, ""))


def _base_url(document: Json) -> str:
    """Give scheme and host of its first server; empty where there is none, or a path alone."""
    servers = document.get("servers") or [{}]
    url = urlsplit(str(servers[0].get("url", "")))
    return f"{url.scheme}://{url.netloc}" if url.netloc else ""

"""A page of a portal that answers in HTML: where it leads, its forms with their tokens, what it loads.

page.form("[name=email]").filled("account", {"email": …}) ─► Request      hidden fields and tokens go back as they came
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode
from urllib3 import encode_multipart_formdata

from scenarios.http_client import Response
from scenarios.portal import Request

AS_IT_IS = "%/?=&+:;,@!$'()*~[]"
"""Characters that mean something in an address, besides letters and digits."""

File = tuple[str, bytes, str]
"""The name of a file, its bytes and their content type."""


class PageError(ValueError):
    """A page that lacks what a journey looks for on it; the message is one line."""


class Form(NamedTuple):
    """A form as it came: what its fields hold already, hidden ones too."""

    method: str
    path: str
    is_multipart: bool
    fields: dict[str, str]

    def filled(self, step: str, values: Mapping[str, str], files: Mapping[str, File] = {}, **more: Any) -> Request:
        """Give the request that sends it, filled in; `more` are fields of the request, such as `about`."""
        fields: dict[str, str] = {**self.fields, **values}
        if self.method == "GET":
            return Request(step, "GET", f"{self.path.partition('?')[0]}?{urlencode(fields)}", **more)
        if self.is_multipart:
            body, content_type = encode_multipart_formdata({**fields, **files})
        else:
            body, content_type = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        return Request(step, self.method, self.path, body=body, headers={"Content-Type": content_type}, **more)


class Page:
    """An answer in HTML. It is parsed where something is looked for on it, and not before.

    Of addresses on it the path alone is taken: requests go to the portal, whatever a page says.
    """

    def __init__(self, path: str, response: Response) -> None:
        self.path = path
        self._response = response

    @property
    def is_html(self) -> bool:
        """Whether it is a page at all, and not a script or a picture."""
        return b"html" in self._response.headers.get(b"content-type", b"")

    @cached_property
    def location(self) -> str | None:
        """Where the portal leads, as a path; None where this is a page to be read."""
        location = self._response.header(b"location")
        return self._path_of(location) if location and 300 <= self._response.status < 400 else None

    @cached_property
    def assets(self) -> list[str]:
        """Paths of the styles, scripts and pictures of the page."""
        found = (it.attributes.get("href") or it.attributes.get("src") for it in self._tree.css(
            'link[rel~="stylesheet"][href], link[rel~="icon"][href], script[src], img[src]'
        ))  # fmt: skip
        return list(dict.fromkeys(self._path_of(it) for it in found if it and not it.startswith("data:")))

    def form(self, selector: str) -> Form:
        """Give the form that the first element of a CSS selector is, or is in. Raises PageError where there is none."""
        found = self._tree.css_first(selector)
        while found is not None and found.tag != "form":
            found = found.parent
        if found is None:
            raise PageError(f"{self.path} has no form with {selector}")
        return self._read(found)

    def has(self, selector: str) -> bool:
        """Say whether there is an element of a CSS selector."""
        return self._tree.css_first(selector) is not None

    def text(self, selector: str) -> str:
        """Give the text of the first element of a CSS selector, on one line; empty where there is none."""
        found = self._tree.css_first(selector)
        return " ".join(found.text().split()) if found is not None else ""

    def names(self, selector: str) -> list[str]:
        """Give the names of the form fields of a CSS selector."""
        return [str(it.attributes["name"]) for it in self._tree.css(selector) if it.attributes.get("name")]

    @cached_property
    def _tree(self) -> LexborHTMLParser:
        return LexborHTMLParser(self._response.body.decode("utf-8", "replace"))

    def _path_of(self, address: str) -> str:
        url = urlsplit(urljoin(self.path, address))
        path = url._replace(scheme="", netloc="", fragment="").geturl() or "/"
        return quote(path, safe=AS_IT_IS)  # pages may have blanks and Chinese in addresses, and requests may not

    def _read(self, form: LexborNode) -> Form:
        fields: dict[str, str] = {}
        for it in form.css("input[name], textarea[name]"):
            kind = (it.attributes.get("type") or "text").lower()
            is_off = kind in ("radio", "checkbox") and "checked" not in it.attributes
            if not is_off and kind not in ("submit", "button", "image", "reset", "file") and not _is_disabled(it):
                value = it.text() if it.tag == "textarea" else it.attributes.get("value")
                fields[str(it.attributes["name"])] = value or ("on" if kind in ("radio", "checkbox") else "")
        for it in form.css("select[name]"):
            chosen = it.css_first("option[selected]") or it.css_first("option")
            if chosen is not None and not _is_disabled(it):
                value = chosen.attributes.get("value")
                fields[str(it.attributes["name"])] = chosen.text().strip() if value is None else value
        return Form(
            (form.attributes.get("method") or "get").upper(),
            self._path_of(form.attributes.get("action") or self.path),
            (form.attributes.get("enctype") or "") == "multipart/form-data",
            fields,
        )


def _is_disabled(field: LexborNode) -> bool:
    return "disabled" in field.attributes

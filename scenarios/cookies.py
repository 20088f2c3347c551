"""Cookies of one visit's browser. A visit speaks to one host, so name and value are all that is kept of them."""

from http.cookies import CookieError, SimpleCookie


class Cookies:
    """What the portal has set and not taken back."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def keep(self, lines: str) -> None:
        """Keep what the lines of Set-Cookie say; an age of 0 takes a cookie back. A line that is none is left out."""
        for line in lines.split("\n") if lines else ():
            try:
                cookies = SimpleCookie(line)
            except CookieError:
                continue
            for name, it in cookies.items():
                if it["max-age"] == "0":
                    self._kept.pop(name, None)
                else:
                    self._kept[name] = it.coded_value

    def headers(self) -> dict[str, str]:
        """Give the header by which they are sent back; none where there is none."""
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self._kept.items())} if self._kept else {}

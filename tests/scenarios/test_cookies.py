"""Cookies of a visit: kept, sent back, taken back."""

from scenarios.cookies import Cookies


def test_cookies_are_kept_and_sent_back():
    """Several lines of Set-Cookie come as several lines; the last value of a name holds."""
    cookies = Cookies()
    assert {} == cookies.headers()
    cookies.keep("csrf=a1; Path=/; SameSite=Lax\nsession=b2; HttpOnly")
    cookies.keep("")
    cookies.keep("csrf=c3; Path=/")
    assert {"Cookie": "csrf=c3; session=b2"} == cookies.headers()


def test_a_cookie_is_taken_back():
    """As Django does it: by an age of 0."""
    cookies = Cookies()
    cookies.keep('session=b2\nmessages="eyJ; a"')
    cookies.keep('session=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/')
    assert {"Cookie": 'messages="eyJ; a"'} == cookies.headers()

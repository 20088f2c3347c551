"""A page in HTML: where it leads, its forms as browsers send them, what it loads."""

from urllib.parse import parse_qsl

import pytest

from scenarios.html_page import Page, PageError
from scenarios.http_client import Response

PAGE = """<html><head><link rel="stylesheet" href="/a.css"><script src="b.js"></script></head><body>
<img src="data:image/png;base64,AA"><img src="/a.css"><p class="error"> Too
 late </p>
<form action="/search"><input name="q" value="x"></form>
<form method="post" action="http://elsewhere.example/shop/pay?next=/" enctype="multipart/form-data">
<input type="hidden" name="token" value="t&amp;1"><input name="email" value="old"><input type="file" name="photo">
<input type="radio" name="way" value="bank" checked><input type="radio" name="way" value="card">
<input type="checkbox" name="news"><input type="checkbox" name="terms" checked><input name="off" value="1" disabled>
<select name="place"><option value="11">Beijing</option><option value="31" selected>Shanghai</option></select>
<select name="day"><option>Monday</option></select><textarea name="note">as it was</textarea>
<button name="go" value="1">Pay</button></form></body></html>"""


def page(html=PAGE, status=200, **headers):
    """Give the page /shop/ as the portal has answered."""
    named = {name.encode(): value.encode() for name, value in headers.items()}
    return Page("/shop/", Response(status, {b"content-type": b"text/html; charset=utf-8", **named}, html.encode()))


def test_a_form_goes_back_as_it_came():
    """Hidden fields, what is chosen and checked; not what is off, nor buttons; to the portal, whatever it says."""
    form = page().form("[name=email]")
    assert ("POST", "/shop/pay?next=/", True) == form[:3]
    expected = {"token": "t&1", "email": "old", "way": "bank", "terms": "on", "note": "as it was"}
    assert expected | {"place": "31", "day": "Monday"} == form.fields


def test_a_form_is_filled_in():
    """As its kind wants it: a file in parts, else as a query or a body of pairs."""
    upload = (
        page().form("[name=email]").filled("pay", {"email": "new"}, {"photo": ("a.jpg", b"\xff\xd8", "image/jpeg")})
    )
    assert ("pay", "POST", "/shop/pay?next=/") == upload[:3]
    assert upload.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b'name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\r\n' in upload.body
    assert b'name="email"\r\n\r\nnew\r\n' in upload.body
    search = page().form("[name=q]").filled("search", {"q": "孙 华"}, about="me")
    assert ("GET", "/search?q=%E5%AD%99+%E5%8D%8E", "me") == (search.method, search.path, search.about)
    plain = page('<form method="post"><input name="a"></form>').form("form").filled("send", {"a": "b&c"})
    assert ("/shop/", [("a", "b&c")]) == (plain.path, parse_qsl(plain.body.decode()))


def test_what_is_on_a_page():
    """Each asset once, those of other hosts' paths too; texts on one line; and a form that is not there is said."""
    assert ["/a.css", "/shop/b.js"] == page().assets
    assert ("Too late", "") == (page().text(".error"), page().text(".none"))
    assert ["photo"] == page().names("input[type=file]")
    with pytest.raises(PageError, match=r"/shop/ has no form with \[name=none\]"):
        page().form("[name=none]")


@pytest.mark.parametrize(
    ("status", "location", "leads_to"),
    [
        (302, "/order/?a=1#top", "/order/?a=1"),
        (303, "next", "/shop/next"),
        (302, "https://elsewhere.example/x", "/x"),
        (302, "//elsewhere.example/x", "/x"),
        (302, "/a b/?q=c%20d&r=1", "/a%20b/?q=c%20d&r=1"),
        (302, "", None),
        (200, "/order/", None),
    ],
)
def test_where_a_page_leads(status, location, leads_to):
    """Within the portal alone."""
    assert leads_to == page("", status, location=location).location

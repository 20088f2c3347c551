"""The signature of a payment notification.

The scheme is the contract between portal and gateways, written down in docs/providers.md. The portal has its
own implementation: were this one imported there, a mistake in it would agree with itself.
"""

import hmac
from collections.abc import Mapping


def sign(fields: Mapping[str, str], key: str) -> str:
    """Give the hex HMAC-SHA256 over `k=v` of all fields but `sign`, sorted by field name and joined with `&`.

    Values are taken as they are before form encoding, as UTF-8.

    >>> sign({"order_no": "A1", "amount_fen": "13000", "status": "paid"}, "secret")
    '06660361642367faf13d7c697e8ee6c58ff9c69de0952c4292d2e1655d6688dd'
    >>> fields = {"b": "2", "a": "1"}
    >>> sign(fields, "secret") == sign({"a": "1", "b": "2", "sign": "whatever stood there"}, "secret")
    True
    """
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sign")
    return hmac.digest(key.encode(), text.encode(), "sha256").hex()

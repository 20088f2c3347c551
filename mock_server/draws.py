"""Chance in the portal: drawn by seed and purpose, so that a run can be repeated."""

from hashlib import blake2b


def drawn_name(seed: int, *purpose: object) -> str:
    """Give 20 hexadecimal digits that depend on seed and purpose alone, and that no other purpose has."""
    return blake2b("/".join(map(str, purpose)).encode(), key=str(seed).encode(), digest_size=10).hexdigest()


def drawn(seed: int, *purpose: object) -> float:
    """Give a number of [0, 1) that depends on seed and purpose alone."""
    digest = blake2b("/".join(map(str, purpose)).encode(), key=str(seed).encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2**56

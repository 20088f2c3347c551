"""The rules of a registration and the life of an application, by number and code; their names are in the catalogues."""

RULES = tuple(range(1, 25))
"""The numbers of the rules."""

STATES = (
    "draft",
    "under_review",
    "supplement_requested",
    "approved",
    "rejected",
    "paid",
    "withdrawn",
    "closed",
    "given_up",
    "expired",
)
"""States of an application in the order of its life."""

MOVES: dict[tuple[str, str], tuple[str, int]] = {
    ("draft", "submit"): ("under_review", 15),
    ("draft", "window_closes"): ("expired", 15),
    ("under_review", "approve"): ("approved", 16),
    ("under_review", "reject"): ("rejected", 16),
    ("under_review", "request_supplement"): ("supplement_requested", 17),
    ("supplement_requested", "supplement"): ("under_review", 17),
    ("supplement_requested", "supplement_lapses"): ("closed", 17),
    ("approved", "pay"): ("paid", 18),
    ("approved", "payment_lapses"): ("given_up", 18),
    ("under_review", "withdraw"): ("withdrawn", 21),
    ("supplement_requested", "withdraw"): ("withdrawn", 21),
    ("approved", "withdraw"): ("withdrawn", 21),
    ("paid", "withdraw"): ("withdrawn", 21),
    ("withdrawn", "change"): ("draft", 21),
}
"""State and event: the state after it, and the rule that it belongs to."""

"""Figures and names as a reader wants them."""

from collections.abc import Iterable, Sequence

from reports.facts import Facts
from reports.language import Text, later, say


def duration(ms: float | None) -> str:
    """Say a duration with as many digits as matter.

    >>> duration(310.4), duration(9444), duration(14210), duration(0.84), duration(None)
    ('310 ms', '9.4 s', '14 s', '0.8 ms', '–')
    """
    if ms is None:
        return "–"
    if ms < 10:
        return f"{ms:.1f} ms"
    if ms < 995:
        return f"{ms:.0f} ms"
    return f"{ms / 1000:.1f} s" if ms < 9950 else f"{ms / 1000:,.0f} s"


def span(seconds: float | None) -> str:
    """Say how long something lasted, in the unit that suits it.

    >>> span(42.0), span(1080.0), span(9000.0), span(260_000.0), span(None)
    ('42 s', '18 min', '2.5 h', '3.0 days', '–')
    """
    if seconds is None:
        return "–"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    if seconds < 5970:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:,.1f} h" if seconds < 172_800 else say("days", days=seconds / 86_400)


def percent(share: float | None) -> str:
    """Say a share, 0 to 1, in per cent; only an exact whole is called 100 %, only an exact nothing 0 %.

    >>> percent(0.834), percent(0.998), percent(1.0), percent(0.004), percent(0.0), percent(None)
    ('83 %', '99.8 %', '100 %', '0.4 %', '0 %', '–')
    """
    if share is None:
        return "–"
    if 0 < share < 0.01 or 0.99 < share < 1:
        return say("percent", figure=f"{min(max(100 * share, 0.1), 99.9):.1f}".removesuffix(".0"))
    return say("percent", figure=f"{100 * share:.0f}")


def data(size: float | None) -> str:
    """Say a number of bytes, in powers of 1000.

    >>> data(812), data(45_300), data(2_100_000_000)
    ('812 B', '45 kB', '2.1 GB')
    """
    if size is None:
        return "–"
    for unit, most in (("B", 1e3), ("kB", 1e6), ("MB", 1e9), ("GB", 1e12)):
        if size < most:
            value = size / most * 1000
            return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"
    return f"{size / 1e12:,.1f} TB"


def count(number: float | None, noun: str = "", nouns: str = "") -> str:
    """Say a number, with an English noun that takes an s where it is not one, unless `nouns` says otherwise.

    >>> count(61204), count(1, "candidate"), count(2, "candidate"), count(2, "stretch", "stretches")
    ('61,204', '1 candidate', '2 candidates', '2 stretches')
    """
    if number is None:
        return "–"
    text = f"{number:,.0f}"
    return f"{text} {noun if number == 1 else nouns or noun + 's'}" if noun else text


def together(sentences: Iterable[str | Text]) -> str:
    """Join sentences as the language does.

    >>> together(["One.", "Two."])
    'One. Two.'
    """
    return say("between-sentences").join(map(str, sentences))


def listed(items: Iterable[str]) -> str:
    """Join the items of a list.

    >>> listed(["home 3", "submission 2"])
    'home 3, submission 2'
    """
    return say("between-items").join(items)


def all_of(items: Sequence[str]) -> str:
    """Join items of which all are meant, one at least.

    >>> all_of(["B"]), all_of(["B", "C", "D"])
    ('B', 'B, C and D')
    """
    *first, last = items
    return say("and-last", items=listed(first), last=last) if first else last


def scenario_title(facts: Facts) -> str:
    """Say the scenario's name as the start of a sentence: `opening-day` as `Opening day`."""
    return say("scenario", name=facts.scenario.name, title=spaced(facts.scenario.name.replace("-", " ")))


def spaced(name: str) -> str:
    """Say a name of the run folder in words: `sms_code` as `sms code`."""
    return name.replace("_", " ").strip()


def step(name: str) -> str:
    """Say a step of a visit; `all` is every page."""
    return say("step", name=name, title=spaced(name))


def purpose(name: str) -> str:
    """Say what a visit is for."""
    return say("purpose", name=name, title=spaced(name))


def outcome(name: str) -> str:
    """Say what became of a request."""
    return say("outcome", name=name, title=spaced(name))


def phase(name: str) -> str:
    """Say a phase of the load."""
    return say("phase", name=name, title=name)


def resource(facts: Facts, name: str) -> str:
    """Say a resource by the words that the run gives it; in another language by those for the resources known."""
    return str(resource_later(name, facts.title(name)))


def resource_later(name: str, title: str) -> Text:
    """Give a resource to be said later, by its title where the language has no words for it."""
    return later("resource", name=name, title=title)


def capacity(facts: Facts, resource: str, units: float | None) -> str:
    """Say a resource's capacity by the setting that turns it: 4 of `lines.sms` as `4 lines`."""
    if units is None:
        return ""
    parts = [part for part in facts.capacity_names.get(resource, "").split(".") if part not in ("", resource)]
    noun = parts[0] if parts else "units"
    nouns = spaced(noun)
    return say("capacity", name=noun, units=units, noun=nouns.removesuffix("s"), nouns=nouns)

"""Sums of Prometheus metrics, such as `nginx_connections_active - nginx_connections_waiting`."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

_TERM = re.compile(r'(?P<sign>[+-]?) *(?:(?P<number>\d+(?:\.\d+)?)|(?P<count>count\()?(?P<name>[a-zA-Z_:][\w:]*)'
                   r'(?:\{(?P<labels>[^{}]*)\})?(?(count)\))) *')  # fmt: skip
_LABEL = re.compile(r'([a-zA-Z_]\w*)="([^"]*)"')

Samples = Mapping[str, list[tuple[Mapping[str, str], float]]]
"""Series by the metric's name: labels and value."""


class Term(NamedTuple):
    """A part of a sum: a number, or the series of a metric that have all these labels."""

    sign: int
    number: float
    name: str
    labels: frozenset[tuple[str, str]]
    is_count: bool


def parse(text: str) -> list[Term]:
    """Read a sum of metrics; raises ValueError with what would be right.

    >>> [(it.sign, it.name) for it in parse('a_total - b{c="d"}')]
    [(1, 'a_total'), (-1, 'b')]
    """
    terms: list[Term] = []
    at = 0
    while at < len(text):
        found = _TERM.match(text, at)
        labels = _LABEL.findall(found["labels"] or "") if found else []
        left = _LABEL.sub("", found["labels"] or "").strip(", ") if found else ""
        if not found or left or bool(found["sign"]) != bool(terms):
            raise ValueError(f'metric {text!r}: write a name, with labels name{{label="value"}}, joined by + or -')
        terms.append(
            Term(
                -1 if found["sign"] == "-" else 1,
                float(found["number"] or 0.0),
                found["name"] or "",
                frozenset(labels),
                found["count"] is not None,
            )
        )
        at = found.end()
    return terms


def read_samples(exposition: str) -> Samples:
    """Give the series of all metrics in Prometheus' text format. Raises ValueError where it is none."""
    samples: dict[str, list[tuple[Mapping[str, str], float]]] = {}
    families: Iterable[Metric] = text_string_to_metric_families(exposition)
    for family in families:
        for it in family.samples:
            samples.setdefault(it.name, []).append((it.labels, it.value))
    return samples


def figure(terms: list[Term], samples: Samples) -> float | None:
    """Give a sum of metrics; None where one of them is not there.

    >>> figure(parse("2 + a"), {"a": [({}, 1.0), ({}, 2.5)]})
    5.5
    """
    total = 0.0
    for term in terms:
        if not term.name:
            total += term.sign * term.number
            continue
        its = [value for labels, value in samples.get(term.name, ()) if term.labels <= labels.items()]
        if not its:
            return None
        total += term.sign * (len(its) if term.is_count else sum(its))
    return total

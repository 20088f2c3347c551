"""The page of the target file against what reads one."""

import re

import msgspec
import pytest

from scenarios.target import Gateways, Target, Tls, load_target
from scenarios.target_metrics import FIGURES, READY, Exporter, Mapped
from tests.words.pages import MARKDOWN, ROOT

PAGE = ROOT / "docs" / "real-portal.md"
BLOCKS = [it.content for it in MARKDOWN.parse(PAGE.read_text()) if it.type == "code_block"]


@pytest.mark.parametrize("struct", [Target, Tls, Gateways, Exporter, Mapped])
def test_every_key_is_there(struct):
    """None is known to the program alone."""
    written = set(re.findall(r"\w+", PAGE.read_text()))
    assert set() == {it.name for it in msgspec.structs.fields(struct)} - written


def test_every_kind_and_figure_is_there():
    """Kinds of exporters, and figures of a resource."""
    assert [] == [it for it in (*READY, *FIGURES) if f"`{it}`" not in PAGE.read_text()]


def test_the_examples_can_be_loaded(tmp_path):
    """As they stand, the second one behind the first."""
    (whole,) = [it for it in BLOCKS if it.startswith("# staging.toml")]
    (metrics,) = [it for it in BLOCKS if it.startswith("[[metrics]]")]
    path = tmp_path / "staging.toml"
    path.write_text(f"{whole}\n{metrics}")
    target = load_target(path)
    assert target.host_and_port == target.allowed_host
    assert ["postgres_connections", "threads"] == [name for it in target.metrics for name in it.mapped]

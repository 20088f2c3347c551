"""Links of README and docs lead somewhere, and every page is found."""

import tomllib

import pytest

from tests.words.pages import DOCS, PAGES, ROOT, anchors, links

NAV = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]["nav"]


@pytest.mark.parametrize("page", PAGES, ids=lambda it: it.name)
def test_links_lead_somewhere(page):
    """Files are there, and headings with the anchors too."""
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), f"{page.name}: {link} is not there"
        if anchor:
            assert anchor in anchors(target), f"{page.name}: {target.name} has no heading for #{anchor}"


@pytest.mark.parametrize("page", DOCS, ids=lambda it: it.name)
def test_the_site_has_what_its_pages_link_to(page):
    """What lies outside of docs/ is not part of the site."""
    docs = ROOT / "docs"
    assert [] == [it for it in links(page) if not (docs / it).resolve().is_relative_to(docs)]


def test_every_page_has_a_place():
    """Each page is in the navigation, once; a new one gets a line in zensical.toml."""
    home, *sections = NAV
    in_sections = [page for section in sections for pages in section.values() for it in pages for page in it.values()]
    assert sorted([*home.values(), *in_sections]) == [it.name for it in DOCS]
    assert ["Tutorial", "How to", "Reference", "Explanations"] == [name for section in sections for name in section]

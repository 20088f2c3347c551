"""Reads README and docs: links, anchors, blocks of code, and the commands in them."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").glob("*.md"))
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = [*READMES, ROOT / "CHANGELOG.md", *DOCS]
PROGRAMS = ("rehearse", "make", "python", "python3", "locust")
MARKDOWN = MarkdownIt("commonmark").enable("table")


class Command(NamedTuple):
    """A command as a page has it; one in running text may leave its arguments out."""

    page: str
    program: str
    arguments: list[str]
    in_block: bool


def tokens(page):
    """Give all tokens of a page, those inside of lines too."""
    for token in MARKDOWN.parse(page.read_text()):
        yield token
        yield from token.children or ()


def links(page):
    """Give where a page points to, pictures included, but for other sites."""
    targets = (token.attrs.get("href") or token.attrs.get("src") for token in tokens(page))
    return [it for it in targets if it and "://" not in it]


def anchors(page):
    """Give the anchors of a page's headings, as GitHub makes them."""
    seen = {}
    for heading, inline in zip(parsed := MARKDOWN.parse(page.read_text()), parsed[1:], strict=False):
        if heading.type == "heading_open":
            text = "".join(it.content for it in inline.children)
            slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            seen[slug] = seen.get(slug, -1) + 1
            yield f"{slug}-{seen[slug]}" if seen[slug] else slug


def blocks(page, language):
    """Give the fenced blocks of a language, with what stands behind its name."""
    fences = [it for it in MARKDOWN.parse(page.read_text()) if it.type == "fence"]
    return {it.info: it.content for it in fences if it.info.split()[:1] == [language]}


def commands(page):
    """Give every command of a page in its order: lines of blocks, and code in running text."""
    for token in tokens(page):
        if token.type in ("code_block", "fence"):
            for line in token.content.replace("\\\n", " ").splitlines():
                yield from parsed_command(page.name, line, in_block=True)
        elif token.type == "code_inline":
            yield from parsed_command(page.name, token.content, in_block=False)


def parsed_command(page, line, *, in_block):
    """Give the command of a line, or nothing where it is none; words after two spaces say what it does."""
    line = re.split(r"\s{2,}| #", line.strip().removeprefix("$ "))[0]
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    while words and re.match(r"[A-Z_]+=", words[0]):
        words = words[1:]
    end = next((n for n, word in enumerate(words) if word in ("|", "||", "&&", ";", ">", "&")), len(words))
    words = [word.strip("[]") for word in words[:end]]
    if words and (program := words[0].removeprefix(".venv/bin/")) in PROGRAMS:
        yield Command(page, program, [it for it in words[1:] if it], in_block)

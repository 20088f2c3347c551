"""The two READMEs say the same, each in its language."""

from tests.words.pages import READMES, commands, links

ENGLISH, CHINESE = READMES


def test_same_commands():
    """The same ones in blocks, in the same order."""
    in_blocks = [[it[1:3] for it in commands(page) if it.in_block] for page in READMES]
    assert in_blocks[0] == in_blocks[1]
    assert len(in_blocks[0]) > 10


def test_same_links():
    """Both lead to the same pages, and each to the other."""
    targets = [set(links(page)) - {it.name for it in READMES} for page in READMES]
    assert targets[0] == targets[1]
    assert CHINESE.name in links(ENGLISH)
    assert ENGLISH.name in links(CHINESE)

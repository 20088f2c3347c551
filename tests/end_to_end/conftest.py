"""What rehearsals of all files share: the papers, which take longer to draw than many a load lasts."""

import pytest


@pytest.fixture(scope="session")
def notes(tmp_path_factory):
    """Let rehearsals of one seed draw their papers once."""
    return {"papers_file": str(tmp_path_factory.mktemp("papers") / "papers.msgpack")}

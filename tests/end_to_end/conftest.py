"""What rehearsals of all files share: the papers, which take longer to draw than many a load lasts."""

import pytest


@pytest.fixture(scope="session")
def notes(papers):
    """Let rehearsals of one seed draw their papers once."""
    return {"papers_file": str(papers)}

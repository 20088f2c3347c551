"""pretix with its styles and scripts served by the same process, as a web server before it would."""

from pathlib import Path

import pretix
from pretix.wsgi import application as pretix_application
from whitenoise import WhiteNoise

STATIC = Path(pretix.__file__).parent / "static.dist"

application = WhiteNoise(pretix_application, root=str(STATIC), prefix="static/", max_age=86_400)

"""For every test, doctests in the packages included."""

import os

from hypothesis import settings

# Importing Locust would turn every socket and thread of the test process into gevent's.
os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"

# How long an example takes says something of the machine, and nothing of the code.
settings.register_profile("rehearse", deadline=None)
settings.load_profile("rehearse")

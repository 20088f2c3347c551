"""For every test, doctests in the packages included."""

import os

# Importing Locust would turn every socket and thread of the test process into gevent's.
os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"

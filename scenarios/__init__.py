"""Who comes when, and what they do: the demand side of a rehearsal."""

import os

# Where Locust is imported it makes all sockets and threads gevent's. That is right in the load generator alone, which
# imports Locust before this; everybody else only looks its classes up.
os.environ.setdefault("LOCUST_SKIP_MONKEY_PATCH", "1")

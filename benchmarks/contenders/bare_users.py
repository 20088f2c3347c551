"""A plain Locust file: users who go through the steps once a second, each time over a new connection."""

import os

from locust import FastHttpUser, HttpUser, constant_throughput, task

from benchmarks.eight_steps import STEPS

TAKEN = STEPS[: int(os.environ["BARE_STEPS"])]


class FastSteps(FastHttpUser):
    """With Locust's quick client."""

    wait_time = constant_throughput(1)

    @task
    def journey(self) -> None:
        """Go through the steps."""
        for step in TAKEN:
            headers = {"Content-Type": step.content_type} if step.body else None
            self.client.request(step.method, step.path, name=step.name, data=step.body or None, headers=headers)
        self.client.client.close()


class Steps(HttpUser):
    """With Locust's ordinary client, which is requests."""

    wait_time = constant_throughput(1)

    @task
    def journey(self) -> None:
        """Go through the steps."""
        for step in TAKEN:
            headers = {"Content-Type": step.content_type} if step.body else None
            self.client.request(step.method, step.path, name=step.name, data=step.body or None, headers=headers)
        self.client.close()

"""The rehearsal for people who know Locust: `locust` alone works, web UI included.

`locust` plans the arrivals of a scenario, starts the mock portal, plays the load and writes a run folder with its
report. The number of users and the spawn rate mean nothing here: candidates come by the plan.
"""

import logging
import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import gevent
from locust import events
from locust.env import Environment
from locust.runners import LocalRunner

from reports import write_report
from reports.objectives import ObjectiveError, check_objectives
from scenarios.control import CONTROL_TOKEN_VARIABLE
from scenarios.fault_timeline import faults_played
from scenarios.generator import Generator
from scenarios.loopback import TargetRefusedError
from scenarios.open_arrivals import NoDispatch
from scenarios.phases import objective_names
from scenarios.rehearsal import RehearsalError, prepare_run, sampling, stack_for_run
from scenarios.scenario import ScenarioError, load_scenario, with_overrides
from scenarios.stack import StackError
from scenarios.visitor import CandidateUser

__all__ = ["CandidateUser"]  # Locust finds the user class here

logger = logging.getLogger(__name__)

gevent.config.track_greenlet_tree = False  # each spawn would note the stack that it came from


@events.init_command_line_parser.add_listener
def add_arguments(parser: Any) -> None:
    """Add the arguments of a scenario; the web UI shows them as a form."""
    parser.add_argument("--scenario", default="opening-day", help="name of a scenario, or path of its TOML file")
    parser.add_argument("--portal-profile", default="", help="capacities of the mock portal; default: the scenario's")
    parser.add_argument("--population", type=int, default=0, help="candidates in the window; 0: the scenario's")
    parser.add_argument("--seed", type=int, default=0, help="0: the scenario's")
    parser.add_argument("--minutes", type=float, default=0.0, help="length of the load; 0: the scenario's")
    parser.add_argument("--run-folder", default="", include_in_web_ui=False, help="a run that is prepared already")
    parser.add_argument(
        "--provider-address", default="", include_in_web_ui=False, help="the outside services of that run"
    )
    parser.add_argument(
        "--control-address", default="", include_in_web_ui=False, help="where that run's mock portal is controlled"
    )


class Session:
    """What one start of the test holds open until its stop."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.exits = ExitStack()
        self.generator: Generator | None = None
        self.own_run: Path | None = None

    def play(self) -> None:
        """Prepare what is not prepared, and play the load."""
        try:
            if not isinstance(self.environment.runner, LocalRunner):
                raise RehearsalError(
                    "load comes from one process: start locust without --master, --worker or --processes"
                )
            options = self.environment.parsed_options
            if options.run_folder:
                control_address = options.control_address or str(self.environment.host)
                run = Path(options.run_folder)
                self.generator = Generator(self.environment, run, options.provider_address, control_address)
            else:
                self.generator = self._prepare(options)
            self.generator.play()
        except (ScenarioError, ObjectiveError, RehearsalError, StackError, TargetRefusedError) as error:
            logger.error("%s", error)
            self._abort(2)
        except Exception:
            logger.exception("the load generator failed")
            self._abort(1)

    def _abort(self, exit_code: int) -> None:
        self.environment.process_exit_code = exit_code
        gevent.spawn(self.environment.runner.quit)

    def _prepare(self, options: Any) -> Generator:
        scenario = with_overrides(
            load_scenario(options.scenario),
            population=options.population or None,
            seed=options.seed or None,
            minutes=options.minutes or None,
            profile=options.portal_profile or None,
        )
        check_objectives(scenario.objectives, **objective_names(scenario))
        run = self.own_run = prepare_run(scenario)
        logger.info("rehearse: starting the mock portal; the run folder is %s", run)
        stack = self.exits.enter_context(stack_for_run(run, scenario, lambda _: None))
        self.environment.host = CandidateUser.host = stack.candidates_address
        os.environ[CONTROL_TOKEN_VARIABLE] = stack.control_token
        self.exits.enter_context(sampling(run, stack, os.getpid()))
        self.exits.enter_context(faults_played(run, scenario.faults, stack))
        return Generator(self.environment, run, stack.candidates_provider_address, stack.address)

    def stop(self) -> None:
        """Let nobody come any more."""
        if self.generator is not None:
            self.generator.stop()

    def finish(self) -> None:
        """End the load, stop what was started, and write the report of a run that was begun here."""
        if self.generator is not None:
            self.generator.finish()
        self.exits.close()
        if self.own_run is not None and self.generator is not None:
            verdict = gevent.get_hub().threadpool.apply(write_report, (self.own_run,))
            logger.info("rehearse: %s", verdict.sentence)
            logger.info("rehearse: the report is %s", self.own_run / "report.html")


@events.init.add_listener
def attach(environment: Environment, **_: Any) -> None:
    """Play a rehearsal whenever Locust starts a test."""
    sessions: list[Session] = []

    def start(**_: Any) -> None:
        session = Session(environment)
        sessions.append(session)
        environment.runner.greenlet.spawn(session.play)

    def stopping(**_: Any) -> None:
        for session in sessions:
            session.stop()

    def stop(**_: Any) -> None:
        while sessions:
            sessions.pop().finish()

    environment.events.test_start.add_listener(start)
    environment.events.test_stopping.add_listener(stopping)
    environment.events.test_stop.add_listener(stop)
    environment.dispatcher_class = NoDispatch

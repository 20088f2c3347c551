"""The rehearsal for people who know Locust: `locust` alone works, web UI included.

`locust` plans the arrivals of a scenario, starts the mock portal, plays the load and writes a run folder with its
report. The number of users and the spawn rate mean nothing here: candidates come by the plan. In the web UI the
arguments are a form, and a tab shows the run (docs/live-metrics.md).
"""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import gevent
from gevent.lock import BoundedSemaphore
from gevent.pool import Group
from locust import events
from locust.argument_parser import get_parser
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from mock_server.settings import profile_names
from reports import LIVE_ASSETS, write_report
from reports.objectives import ObjectiveError, check_objectives
from scenarios.control import CONTROL_TOKEN_VARIABLE
from scenarios.fault_timeline import faults_played
from scenarios.generator import Generator, tell_watcher
from scenarios.generator_processes import WorkersError
from scenarios.locust_tab import add_tab
from scenarios.loopback import TargetRefusedError
from scenarios.open_arrivals import NoDispatch
from scenarios.phases import objective_names
from scenarios.plan import PURPOSES
from scenarios.portal import PortalError
from scenarios.records import write_records
from scenarios.rehearsal import RehearsalError, prepare_run, stack_for_run
from scenarios.sampling import sampling
from scenarios.scenario import Scenario, ScenarioError, load_scenario, scenario_names, with_overrides
from scenarios.shown_live import check_port, shown_live
from scenarios.stack import StackError
from scenarios.stack_start import HOST, free_port
from scenarios.tags import chosen_purposes
from scenarios.target import Target, TargetError, load_target
from scenarios.target_rehearsal import for_target, prepare_target_run
from scenarios.visitor import CandidateUser
from scenarios.workers.crew import Crew
from scenarios.workers.master import Master
from scenarios.workers.worker import Worker

__all__ = ["CandidateUser"]  # Locust finds the user class here

OF_SCENARIO = "the scenario's"
"""Stands for the profile that the scenario names."""
WRONG = (
    ScenarioError,
    ObjectiveError,
    PortalError,
    RehearsalError,
    StackError,
    TargetError,
    TargetRefusedError,
    WorkersError,
)
"""What a person did wrong, or what is wrong on this machine: each says so in one line."""

logger = logging.getLogger(__name__)

gevent.config.track_greenlet_tree = False  # each spawn would note the stack that it came from


@events.init_command_line_parser.add_listener
def add_arguments(parser: Any) -> None:
    """Add the arguments of a scenario; the web UI shows them as a form."""
    parser.set_defaults(web_host=HOST)  # who may start load should sit at this machine; --web-host '*' for all
    parser.add_argument(
        "--scenario",
        default="opening-day",
        choices=Choices(scenario_names()),
        metavar="SCENARIO",
        help="name of a scenario, or path of its TOML file",
    )
    parser.add_argument(
        "--portal-profile",
        default=OF_SCENARIO,
        choices=Choices([OF_SCENARIO, *profile_names()]),
        metavar="PROFILE",
        help="capacities of the mock portal, a name or a TOML file",
    )
    parser.add_argument("--population", type=int, default=0, help="candidates in the window; 0: the scenario's")
    parser.add_argument("--seed", type=int, default=0, help="0: the scenario's")
    parser.add_argument("--minutes", type=float, default=0.0, help="length of the load; 0: the scenario's")
    parser.add_argument(
        "--metrics-port",
        type=int,
        default=0,
        include_in_web_ui=False,
        help="show the run on this port of 127.0.0.1 while it lasts; 0: only the web UI shows it",
    )
    parser.add_argument(
        "--target",
        default="",
        include_in_web_ui=False,
        help="target file: rehearse the portal that it names, in place of the mock (docs/real-portal.md)",
    )
    parser.add_argument(
        "--when-lost",
        default="hand-on",
        choices=["hand-on", "void"],
        include_in_web_ui=False,
        help="what the master does when a worker is lost: the others take over, or the load ends and is void",
    )
    parser.add_argument(
        "--database",
        default="",
        include_in_web_ui=False,
        help="URL of an empty PostgreSQL database, in place of the embedded one",
    )
    parser.add_argument("--run-folder", default="", include_in_web_ui=False, help="a run that is prepared already")
    parser.add_argument(
        "--provider-address", default="", include_in_web_ui=False, help="the outside services of that run"
    )
    parser.add_argument(
        "--control-address", default="", include_in_web_ui=False, help="where that run's mock portal is controlled"
    )


@contextmanager
def ends_in_good_order(environment: Environment) -> Iterator[None]:
    """Let Ctrl-C do nothing while the listeners that are added in this context stop a test, however often it comes.

    The first one ends the load; a second one would end Locust at once, and leave the portal and its database behind.
    """
    before: list[Any] = []
    environment.events.test_stopping.add_listener(
        lambda **_: before.append(signal.signal(signal.SIGINT, signal.SIG_IGN))
    )
    yield

    def stopped(**_: Any) -> None:
        while before:
            signal.signal(signal.SIGINT, before.pop())

    environment.events.test_stop.add_listener(stopped)


class Choices(list[str]):
    """What a drop-down of the web UI offers; a path may be given on the command line, and is then offered too."""

    def __contains__(self, given: object) -> bool:
        """Take in what is given; whether it is any good is said when the run is prepared."""
        if isinstance(given, str) and not super().__contains__(given):
            self.append(given)
        return True


class Session:
    """What one start of the test holds open until its stop. With a `crew`, workers play the load."""

    def __init__(self, environment: Environment, crew: Crew | None) -> None:
        self.environment = environment
        self.crew = crew
        self.name = "generator-master" if crew else "generator-0"
        self.exits = ExitStack()
        self.generator: Generator | Master | None = None
        self.own_run: Path | None = None
        self.live_address: str | None = None
        self._stopping = BoundedSemaphore(1)

    def play(self) -> None:
        """Prepare what is not prepared, and play the load."""
        try:
            options = self.environment.parsed_options
            if options.run_folder:
                run = Path(options.run_folder)
                control_address = options.control_address or str(self.environment.host)
                self.generator = self._new_generator(
                    run,
                    provider_address="" if options.target else options.provider_address,
                    control_address="" if options.target else control_address,
                    tell=tell_watcher,
                    target=load_target(Path(options.target)) if options.target else None,
                )
            else:
                self.generator = self._prepare(options)
            self.generator.play()
        except WRONG as error:
            logger.error("%s", error)
            self._abort(2)
        except Exception:
            logger.exception("the load generator failed")
            self._abort(1)

    def _abort(self, exit_code: int) -> None:
        self.environment.process_exit_code = exit_code
        gevent.spawn(self.environment.runner.quit)

    def _new_generator(self, run: Path, **how: Any) -> Generator | Master:
        if self.crew:
            return Master(self.environment, self.crew, run, self.environment.parsed_options.when_lost, **how)
        return Generator(self.environment, run, **how)

    def _prepare(self, options: Any) -> Generator | Master:
        scenario = with_overrides(
            load_scenario(options.scenario),
            population=options.population or None,
            seed=options.seed or None,
            minutes=options.minutes or None,
            profile=None if options.portal_profile in ("", OF_SCENARIO) else options.portal_profile,
        )
        target = load_target(Path(options.target)) if options.target else None
        if target is not None:
            scenario = for_target(scenario, target)
        check_objectives(scenario.objectives, **objective_names(scenario, target))
        port = options.metrics_port or (free_port() if self.environment.web_ui else None)
        if port:
            check_port(port)
        if target is not None:
            return self._prepare_target(scenario, target, options, port)
        run = self.own_run = prepare_run(scenario, purposes=chosen_purposes(options.tags, options.exclude_tags))
        logger.info("rehearse: starting the mock portal; the run folder is %s", run)
        stack = self.exits.enter_context(
            stack_for_run(run, scenario, lambda _: None, database_url=options.database or None)
        )
        self.environment.host = CandidateUser.host = stack.candidates_address
        os.environ[CONTROL_TOKEN_VARIABLE] = stack.control_token
        self.exits.enter_context(
            sampling(
                run,
                {**stack.processes, self.name: os.getpid()},
                ["--metrics", stack.metrics],
            )
        )
        self.exits.enter_context(faults_played(run, scenario.faults, stack))
        if port:
            self.exits.enter_context(shown_live(run, port, stack.metrics))
            self.live_address = f"http://{HOST}:{port}"
        return self._new_generator(
            run, provider_address=stack.candidates_provider_address, control_address=stack.address
        )

    def _prepare_target(self, scenario: Scenario, target: Target, options: Any, port: int | None) -> Generator | Master:
        purposes = chosen_purposes(options.tags, options.exclude_tags)
        run = self.own_run = prepare_target_run(scenario, target, purposes=purposes)
        self.environment.host = CandidateUser.host = target.base_url
        source = ["--target", str(Path(options.target).resolve())]
        self.exits.callback(write_records, run, scenario.seed)
        self.exits.enter_context(sampling(run, {self.name: os.getpid()}, source))
        if port:
            self.exits.enter_context(shown_live(run, port))
            self.live_address = f"http://{HOST}:{port}"
        return self._new_generator(run, target=target)

    def stop(self) -> None:
        """Let nobody come any more; whoever asks for it again waits until it is done."""
        with self._stopping:
            if self.generator is not None:
                self.generator.stop()

    def finish(self) -> None:
        """End the load, stop what was started, and write the report of a run that was begun here."""
        if self.generator is not None:
            self.generator.finish()
        self.live_address = None
        self.exits.close()
        if self.own_run is not None and self.generator is not None:
            verdict = gevent.get_hub().threadpool.apply(write_report, (self.own_run,))
            logger.info("rehearse: %s", verdict.sentence)
            logger.info("rehearse: the report is %s", self.own_run / "report.html")


@events.init.add_listener
def attach(environment: Environment, **_: Any) -> None:
    """Play a rehearsal whenever Locust starts a test; as a worker, whatever part of one the master gives."""
    environment.dispatcher_class = NoDispatch
    # Tags choose visits of the plan by their purpose, so the one task that makes them all must stay.
    environment.tags, environment.exclude_tags = PURPOSES.categories.to_list(), []
    with ends_in_good_order(environment):
        add_listeners(environment)


def add_listeners(environment: Environment) -> None:
    """Play when a test starts, end when it stops."""
    if isinstance(environment.runner, WorkerRunner):
        # Not of environment.parsed_options: to a worker that joins a load Locust's master sends its own at once, and by
        # the master's target file nobody else may send.
        target = get_parser().parse_args().target
        worker = Worker(environment, Path(target).resolve() if target else None)
        environment.events.test_stopping.add_listener(lambda **_: worker.stop())
        environment.events.test_stop.add_listener(lambda **_: worker.finish())
        return
    crew = Crew(environment) if isinstance(environment.runner, MasterRunner) else None
    sessions: list[Session] = []
    ending = Group()  # not of the runner's greenlets, which Locust kills when it quits

    def start(**_: Any) -> None:
        session = Session(environment, crew)
        sessions.append(session)
        environment.runner.greenlet.spawn(session.play)

    def stopping(**_: Any) -> None:
        for session in sessions:
            session.stop()

    def stop(**_: Any) -> None:
        while sessions:
            ending.spawn(sessions.pop().finish)
        ending.join(raise_error=True)

    def quitting(**_: Any) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if crew:  # the same Ctrl-C may have ended the workers: then Locust takes the test for stopped, and tells nobody
            stopping()
            stop()

    environment.events.quitting.add_listener(quitting)
    environment.events.test_start.add_listener(start)
    environment.events.test_stopping.add_listener(stopping)
    environment.events.test_stop.add_listener(stop)
    if environment.web_ui:
        add_tab(environment, LIVE_ASSETS, lambda: sessions[-1].live_address if sessions else None)

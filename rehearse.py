"""The command line: `rehearse run opening-day`, and all the rest. Thin: commands/ has one function for each."""

import signal

import typer

from commands import comparing, looking, portal, running, trials

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Rehearse an exam-registration window before it opens: true demand, a real mock portal, and what made it lag.",
    epilog="Exit codes: 0 all objectives held, 1 one was missed, 2 wrong usage, 3 the run is void, 4 a promise was "
    "broken, or the portal's books break its rules.",
)
for command in (
    running.run,
    running.resume,
    trials.diagnose,
    trials.protections,
    trials.metastable,
    running.report,
    running.audit,
    running.bundle,
    running.clean_up,
    comparing.compare,
    comparing.history,
    looking.doctor,
    looking.scenarios,
    looking.plan,
    portal.serve,
    portal.seed,
    portal.new_portal,
):
    app.command()(command)


def main() -> None:
    """Run the command line; what `kill` sends ends everything in the same good order as Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app()


if __name__ == "__main__":
    main()

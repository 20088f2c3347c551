"""Tsung: one arrival phase, all in one Erlang machine. The times between its arrivals are drawn, exponentially."""

import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from benchmarks.contenders import Contender, Work, run_program
from benchmarks.eight_steps import Step
from scenarios.stack_start import HOST, free_port

DTD = "/usr/share/tsung/tsung-1.0.dtd"
SCRIPT = """\
<?xml version="1.0"?>
<!DOCTYPE tsung SYSTEM "{dtd}">
<tsung loglevel="warning">
  <clients><client host="{host}" use_controller_vm="true" maxusers="60000"/></clients>
  <servers><server host="{host}" port="{port}" type="tcp"/></servers>
  <load>
    <arrivalphase phase="1" duration="{work.length_s}" unit="second">
      <users arrivalrate="{work.rate_per_s}" unit="second"/>
    </arrivalphase>
  </load>
  <sessions>
    <session name="journey" probability="100" type="ts_http">
{requests}
    </session>
  </sessions>
</tsung>
"""


def play(work: Work, folder: Path) -> None:
    """Do the work. Raises ContenderError."""
    requests = "\n".join(f"      <request>{_request(it, folder)}</request>" for it in work.steps)
    script = SCRIPT.format(dtd=DTD, host=HOST, port=urlsplit(work.address).port, work=work, requests=requests)
    (folder / "script.xml").write_text(script)
    # Erlang leaves a daemon behind that knows which machine has which port: this run gets one of its own, and ends it.
    env = {"ERL_EPMD_PORT": str(free_port()), "ERL_EPMD_ADDRESS": HOST, "HOME": str(folder)}
    try:
        run_program(["tsung", "-I", HOST, "-n", "-f", "script.xml", "-l", str(folder), "start"], folder, env)
    finally:
        if epmd := shutil.which("epmd"):
            subprocess.run([epmd, "-kill"], env=env, check=False, capture_output=True)


def _request(step: Step, folder: Path) -> str:
    what = f'<http url="{step.path}" method="{step.method}" version="1.1"'
    if step.body:
        file = folder / f"{step.name}.body"
        file.write_text(step.body)
        what += f" content_type={quoteattr(step.content_type)} contents_from_file={quoteattr(str(file))}"
    return what + "/>"


TSUNG = Contender("Tsung", play, "tsung", is_even=False)

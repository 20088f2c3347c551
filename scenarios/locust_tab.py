"""The tab "Rehearsal" of Locust's web UI, and the run's metrics on the same port, for Prometheus.

Locust shows extra tabs, but with tables alone in them. So the tab is Locust's, and what is in it is drawn by a script
that is added to Locust's page. The figures come from the process that shows the run (`shown_live.py`), passed on:
whoever looks costs the load generator no more than a few hundred bytes every two seconds.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from flask import Blueprint, Response, request, send_from_directory
from locust.env import Environment

from scenarios.loopback_client import loopback_client

KEY = "rehearsal"
FILES = {"live.js": "live.js", "live.css": "live.css", "echarts.js": "echarts.common.min.js"}
SHOWN = {f"/{KEY}/live.json": "/live.json", "/metrics": "/metrics", "/portal/metrics": "/portal/metrics"}
"""What is passed on, by where it is found here."""
ANSWERS_S = 3.0
PANEL = f"""
    <link rel="stylesheet" href="./{KEY}/live.css">
    <main id="rehearse-live" data-live="./{KEY}/live.json" data-tab="{KEY}" hidden></main>
    <script src="./{KEY}/echarts.js"></script>
    <script src="./{KEY}/live.js"></script>
"""
NO_RUN = "no rehearsal is under way\n"

logging.getLogger("httpx").setLevel(logging.WARNING)  # else Locust's log has a line for each look at the run


def add_tab(environment: Environment, assets: Path, live_address: Callable[[], str | None]) -> None:
    """Add the tab to the web UI of an environment.

    Its script and style are files of `assets`. `live_address` says where the run is shown now; None: there is none.
    """
    web_ui: Any = environment.web_ui
    base_path = getattr(environment.parsed_options, "web_base_path", None)
    pages = Blueprint(KEY, __name__, url_prefix=base_path or None)
    client = loopback_client(timeout=ANSWERS_S)

    def no_run(there: str) -> Response:
        # A page that asks for what is not there yet does nothing wrong; Prometheus should notice.
        return Response(status=204) if there == "/live.json" else Response(NO_RUN, status=503, mimetype="text/plain")

    def pass_on(there: str) -> Response:
        address = live_address()
        if address is None:
            return no_run(there)
        accepts = {"Accept": request.headers.get("Accept", "*/*")}
        try:
            answer = client.get(address + there, params=request.args.to_dict(), headers=accepts)
        except httpx.HTTPError:
            return no_run(there)
        return Response(answer.content, answer.status_code, content_type=answer.headers["content-type"])

    def send_file(name: str) -> Response:
        if name not in FILES:
            return Response(f"there are {', '.join(FILES)}\n", status=404, mimetype="text/plain")
        return send_from_directory(assets, FILES[name])

    for here, there in SHOWN.items():
        view = web_ui.auth_required_if_enabled(lambda there=there: pass_on(there))
        pages.add_url_rule(here, endpoint=there.strip("/").replace("/", "_").replace(".", "_"), view_func=view)
    pages.add_url_rule(f"/{KEY}/<name>", endpoint="file", view_func=send_file)
    web_ui.app.register_blueprint(pages)

    def with_panel(response: Response) -> Response:
        if request.endpoint == "locust.index" and response.mimetype == "text/html":
            response.set_data(response.get_data(as_text=True).replace("</body>", f"{PANEL}</body>"))
        return response

    web_ui.app.after_request(with_panel)
    update = web_ui.update_template_args

    def update_template_args() -> None:
        update()
        # No host is missing: the portal is started with the run.
        web_ui.template_args |= {"missing_host_warning": False, "extended_tabs": [{"title": "Rehearsal", "key": KEY}]}

    web_ui.update_template_args = update_template_args

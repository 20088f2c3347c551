"""The API as its own OpenAPI document says it is, with whatever fits the document and whatever does not.

Schemathesis makes the requests; each operation is asked by nobody, by candidates who stand at different places, and,
for control, by the harness. No answer may be an error of the program, or other than the document says.
"""

from contextlib import closing
from datetime import datetime
from io import BytesIO

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image
from registrant import DAY, Registrant, number_with_decision, pay_at_gateway, set_portal_clock, wait_until
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from single_requests import loopback

from fakes.papers import SCAN_KINDS
from mock_server.life import Event
from mock_server.pdf_sheet import pdf_sheet
from mock_server.routes.control import BOOKS
from scenarios.stack_start import running_stack

POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
STATEFUL = {
    "use_after_free",  # these three follow what one request has made through others: the state machine's business
    "ensure_resource_availability",
    "object_level_authorization",
}
BEYOND_THE_SCHEMA = {
    "positive_data_acceptance",  # an ID number has a checksum, a filing its papers: rules, not types
}
OF_THE_FIRST_HEADER = {
    "missing_required_header",  # asks for 400 or 406, where who is not logged in hears 401 first
}
UNDER_TEST = {
    ("POST", "/control/reset"),  # would forget the candidates who ask
    ("POST", "/control/import-begin"),  # would take the keys off the books that they write into
}
"""What is not asked with the token, for it would take away the server under test; neither takes any data."""
TURNS_THE_SERVER = ("/control/clock", "/control/profile")
"""Asked last, and set back afterwards."""


def damaged(content):
    """Give files like this one, with some bytes changed, or an end that is missing."""
    changes = st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=6)

    def damage(drawn):
        found, length = bytearray(content), drawn[1]
        for place, value in drawn[0]:
            found[place] = value
        return bytes(found[:length])

    return st.tuples(changes, st.just(len(content)) | st.integers(1, len(content))).map(damage)


def photo():
    """Give a small JPEG that says its resolution, as scanners do."""
    buffer = BytesIO()
    Image.effect_noise((340, 214), 60).save(buffer, "JPEG", dpi=(300, 300))
    return buffer.getvalue()


schemathesis.openapi.media_type("image/jpeg", damaged(photo()))
schemathesis.openapi.media_type("application/pdf", damaged(pdf_sheet("工作证明", "工作证明", [("单位", "甲社工中心")])))


def names_of_checks():
    """Give the names of the checks that every answer must pass."""
    load_all_checks()
    return [name for name in CHECKS.get_all_names() if name not in STATEFUL | BEYOND_THE_SCHEMA | OF_THE_FIRST_HEADER]


def no_traceback(ctx, response, case):  # noqa: ARG001 - the signature of Schemathesis' checks
    """Say nothing of the program's inside."""
    for word in ("Traceback", 'File "', ".py", "asyncpg", "litestar", "msgspec"):
        assert word not in response.text, f"{word} in {response.text[:500]}"


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """Give the folder of the servers' logs."""
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
def stack(scenario, logs):
    """Give a portal whose log is looked at in the end."""
    with running_stack(scenario, logs) as running:
        yield running


@pytest.fixture(scope="module")
def schema(stack):
    """Give the portal's OpenAPI document, as Schemathesis reads it."""
    document = loopback.get(f"{stack.address}/schema/openapi.json").json()
    return schemathesis.openapi.from_dict(document)


@pytest.fixture(scope="module")
def people(stack, bank, scenario):
    """Give who asks, as headers and what is theirs: nobody, a new account, a draft, who has paid, the harness."""
    opening = scenario.window.opening
    set_portal_clock(stack, opening + DAY / 24)
    number = number_with_decision(Event.APPROVE, 6000)
    new, draft, paid = (Registrant(stack, bank, it) for it in (number + 100, number + 101, number))
    paid.identified().apply().file()
    set_portal_clock(stack, opening + 4 * DAY)
    paid.wait_for_state("approved")
    order = paid.accepted(paid.payment("key"))
    pay_at_gateway(order)
    paid.wait_for_state("paid")
    invoice = paid.accepted(paid.step("invoices")._replace(json={"email": paid.person.email}))["id"]
    set_portal_clock(stack, opening + 20 * DAY)
    wait_until(lambda: paid.get(f"/api/invoices/{invoice}")["issued_at"], "the invoice")
    draft.identified().apply()
    new.register()
    for kind in SCAN_KINDS:
        new.accepted(new.scan(kind))
    yield {
        "nobody": ({}, {}),
        "new": (new.headers, {}),
        "draft": (draft.headers, {"application_id": draft.application_id}),
        "paid": (
            paid.headers,
            {"application_id": paid.application_id, "order_no": order["order_no"], "invoice_id": invoice},
        ),
        "harness": ({"Authorization": f"Bearer {stack.control_token}"}, {"book": sorted(BOOKS)[0], "name": "shared-x"}),
    }
    for one in (new, draft, paid):
        one.http.close()


class Asking:
    """Somebody who asks the portal what Schemathesis thinks of."""

    def __init__(self, stack, headers, theirs):
        self.address, self.headers, self.theirs = stack.address, headers, theirs
        self.session = requests.Session()
        self.session.trust_env = False
        self.checks = [*CHECKS.get_by_names(names_of_checks()), no_traceback]
        self.asked = 0

    def ask(self, case):
        """Send one request; every second one names what is the asker's own."""
        self.asked += 1
        if self.asked % 2:
            for name, value in self.theirs.items():
                if name in (case.path_parameters or {}):
                    case.path_parameters[name] = value
            if "filename" in (case.query or {}):
                case.query["filename"] = "front.jpg" if case.media_type == "image/jpeg" else "proof.pdf"
        answer = case.call(self.address, self.session, self.headers)
        case.validate_response(answer, self.checks, headers=self.headers, transport_kwargs={"session": self.session})

    def fuzz(self, operation, mode, how_often):
        """Ask for an operation, over and over, in a way that fits the document, or in one that does not."""

        @how_often
        @given(operation.as_strategy(generation_mode=mode))
        def send(case):
            self.ask(case)

        send()

    def try_boundaries(self, operation, mode):
        """Ask with the least, the most and the absent of everything that the operation takes, and by other methods."""
        schema = operation.schema
        for case in schema.iter_coverage_cases(
            operation, generation_modes=[mode], generation_config=schema.config.generation
        ):
            self.ask(case)


def operations_for(schema, who):
    """Give the operations that somebody is to ask for; those that turn the server come last."""
    found = [result.ok() for result in schema.get_all_operations()]
    wanted = [
        it for it in found
        if (who == "nobody" or it.path.startswith("/control" if who == "harness" else "/api"))
        and not (who == "harness" and (it.method.upper(), it.path) in UNDER_TEST)
    ]  # fmt: skip
    return sorted(wanted, key=lambda it: it.path in TURNS_THE_SERVER)


def fuzz_all(schema, stack, people, who, how_often, boundaries=False):
    """Ask for all operations; give how many requests that were."""
    asking = Asking(stack, *people[who])
    control = stack.control()
    profile, moment = control.profile(), datetime.fromisoformat(control.request("GET", "/clock").json()["portal_time"])
    with asking.session, closing(control):
        for operation in operations_for(schema, who):
            takes_data = bool(operation.body or operation.path_parameters or operation.query or operation.headers)
            for mode in (POSITIVE, NEGATIVE) if takes_data else (POSITIVE,):
                asking.fuzz(operation, mode, how_often)
                if boundaries:
                    asking.try_boundaries(operation, mode)
            if operation.path in TURNS_THE_SERVER:
                control.set_profile(profile)
                control.set_clock(moment, 1.0)
    return asking.asked


WHO = ["nobody", "new", "draft", "paid", "harness"]
GENERATED = settings(
    deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)  # not shrunk: each try is sent


@pytest.mark.parametrize("who", WHO)
def test_no_request_breaks_the_portal(schema, stack, people, who):
    """A few requests for each operation, the same at each `make test`."""
    assert fuzz_all(schema, stack, people, who, settings(GENERATED, max_examples=2, derandomize=True)) > 10


@pytest.mark.long
@pytest.mark.parametrize("who", WHO)
def test_no_request_of_many_breaks_the_portal(schema, stack, people, who):
    """Other requests each time, and every boundary of every schema."""
    assert fuzz_all(schema, stack, people, who, settings(GENERATED, max_examples=60), boundaries=True) > 200


@pytest.fixture(scope="module", autouse=True)
def _clean_log(stack, logs):
    """Look in the portal's log, after all tests: what it answered well it must not fail at behind the scenes."""
    yield
    assert "Traceback" not in (logs / "server.log").read_text()
    assert 200 == loopback.get(f"{stack.address}/readyz").status_code

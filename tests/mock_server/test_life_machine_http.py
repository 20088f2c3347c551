"""Random legal and illegal moves on real applications, from one client and from two at once, against a pure model.

After every move the portal must say what the model says, and stand where the model stands; where two clients ask at the
same moment, what they hear must be what one order of the two moves gives. At the end the books hold every rule.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock

import httpx
import polars as pl
import pytest
from application_model import ASKED, PAPERS, Answer, Application, Move
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from registrant import MANY, SEED, Registrant, settings_of, wait_until

from fakes.candidates import Candidate
from fakes.papers import PaperKind
from mock_server.life import Event, State
from mock_server.providers import signature
from scenarios import mock_portal as portal
from scenarios.json_portal import problem_code
from scenarios.loopback_client import loopback_client
from scenarios.portal import Request

SPEED = 6000.0
"""Portal seconds a second: the offices look ten times a second then."""
NEAR = timedelta(hours=4)
"""No move is made so near to a deadline: it would be a matter of milliseconds on which side of it."""
ROUNDS = 40
VERDICTS = st.sampled_from([Event.APPROVE, Event.APPROVE, Event.REQUEST_SUPPLEMENT, Event.REJECT])
KEYS = st.sampled_from(["a", "b", "c"])
CHANNELS = st.sampled_from(["alipay", "alipay", "unionpay"])
SIMPLE = st.sampled_from(["create", "change", "check_degree", "submit", "submit", "supplement", "withdraw"]).map(Move)
UPLOADS = st.sampled_from(sorted(PAPERS)).map(lambda paper: Move("upload", paper))
PAYMENTS = st.builds(Move, st.just("pay"), KEYS, CHANNELS)
MOVES = SIMPLE | UPLOADS | PAYMENTS
RIVALS = {
    State.DRAFT: [Move("submit"), Move("change"), Move("check_degree"), Move("upload", ASKED)],
    State.UNDER_REVIEW: [Move("withdraw"), Move("submit")],
    State.SUPPLEMENT_REQUESTED: [Move("supplement"), Move("upload", ASKED), Move("withdraw")],
    State.APPROVED: [
        Move("pay", "a", "alipay"),
        Move("pay", "b", "alipay"),
        Move("pay", "c", "unionpay"),
        Move("withdraw"),
    ],
    State.PAID: [Move("withdraw"), Move("pay", "a", "alipay")],
    State.WITHDRAWN: [Move("change"), Move("submit")],
}
"""What two clients may both want where an application stands."""
NOTICES = st.sampled_from(["paid", "paid", "paid", "waiting", "other amount", "forged"])
PICKS = st.integers(0, 999)
"""Which of what there is by then, counted round. What is drawn must not depend on where the application stands: who of
two clients comes first is the portal's affair, and Hypothesis must draw the same again from the same beginning."""


def files_at_home(number):
    """Say whether a candidate's household is in a province that asks for no more papers than the usual two."""
    return Candidate(SEED, MANY + number).household.province not in ("11", "31")


class Portal:
    """The real portal as the machine sees it."""

    def __init__(self, stack, bank, scenario):
        self.stack, self.bank, self.scenario = stack, bank, scenario
        self.control = stack.control()
        self.keys = settings_of(stack)["gateway_keys"]
        self.closing = scenario.window.opening + timedelta(seconds=scenario.window.length_s)
        self.numbers = iter(number for number in range(5000, 100_000) if files_at_home(number))
        self.http = loopback_client(base_url=stack.address, timeout=30)
        self.crowd = ThreadPoolExecutor(2)
        self.seen: set[State] = set()
        """Where applications have stood."""

    def now(self):
        """Give portal time."""
        return datetime.fromisoformat(self.http.get("/api/window").json()["portal_time"])

    def turn(self, moment):
        """Set the portal's clock, and wait until it has heard of it."""
        self.control.set_clock(moment, SPEED)

        def is_heard():
            return timedelta(0) <= self.now() - moment < timedelta(hours=2)

        wait_until(is_heard, "the portal's clock being turned", look_s=0.005)

    def someone(self, verdicts):
        """Give a candidate who may begin an application, and whom the reviewers will decide so about."""
        one = Registrant(self.stack, self.bank, next(self.numbers)).identified()
        passed = self.scenario.window.opening.astimezone(UTC)  # so that they decide when they usually do
        rows = {"id_number": one.person.id_number, "round": range(1, ROUNDS + 1), "verdict": verdicts}
        diary = pl.DataFrame(rows).with_columns(decides_at=pl.lit(passed))
        self.control.load("reviewer_diary", diary)
        return one

    def decides_at(self, one):
        """Give when the offices will decide on a candidate's application, or None."""
        people = {"id_numbers": [one.person.id_number]}
        row = self.control.request("POST", "/export/applications", json=people).json()
        return datetime.fromisoformat(row["decision_at"]) if row["decision_at"] else None


def machine_of(real: Portal):
    """Give the state machine that plays against this portal."""

    class Life(RuleBasedStateMachine):
        """One candidate, one application, one or two clients."""

        @initialize(
            verdicts=st.lists(VERDICTS, min_size=ROUNDS, max_size=ROUNDS),
            steps=st.sampled_from([7, 8, 6, 5, 0]),
        )
        def begin(self, verdicts, steps):
            """Let a candidate come an hour after the opening, and most of them come as far as review or order."""
            real.turn(real.scenario.window.opening + timedelta(hours=1))
            self.one = real.someone([verdict.value for verdict in verdicts])
            self.model = Application(real.closing, verdicts=tuple(verdicts))
            self.orders: list[str] = []
            self.numbering = Lock()
            self.go_on(steps)

        @rule(move=MOVES)
        def make(self, move):
            """Make a move, legal or not; hear what the model says, and stand where it stands."""
            now = self.far_from_deadlines()
            expected, answer = self.model.after(move, now)
            assert answer == self.heard(move, real.http), move
            self.take_on(expected)

        @rule(steps=st.integers(1, 4))
        def go_on(self, steps):
            """Do what leads on from here, as most candidates do: random moves alone seldom come as far as the money."""
            for _ in range(steps):
                if (move := self.next_move()) is not None:
                    self.make(move)
                elif self.model.decides_at is not None:
                    real.turn(self.model.decides_at + NEAR)
                    self.stands_where_the_model_stands()

        def next_move(self):
            """Give what leads on; None where that is to wait, or where nothing does."""
            it = self.model
            match it.state:
                case None:
                    return Move("create")
                case State.DRAFT if not it.degree_known:
                    return Move("check_degree")
                case State.DRAFT if it.papers < PAPERS:
                    return Move("upload", min(PAPERS - it.papers))
                case State.DRAFT:
                    return Move("submit")
                case State.SUPPLEMENT_REQUESTED:
                    return Move("supplement") if it.answered else Move("upload", ASKED)
                case State.APPROVED:
                    open_orders = [number for number, order in enumerate(it.orders) if order.state == "open"]
                    key = f"key {len(it.orders)}"
                    return Move("notify", open_orders[0], "paid") if open_orders else Move("pay", key, "alipay")
                case State.PAID:
                    return Move("withdraw")
                case State.WITHDRAWN:
                    return Move("change")
            return None

        @rule(pick=PICKS, of=NOTICES)
        def notify(self, pick, of):
            """Let a gateway say something of an order, true or not, for the first time or again."""
            if self.orders:
                self.make(Move("notify", pick % len(self.orders), of))
            else:
                self.go_on(1)

        @rule(pick=PICKS)
        def cancel(self, pick):
            """Cancel an order."""
            if self.orders:
                self.make(Move("cancel", pick % len(self.orders)))
            else:
                self.go_on(1)

        @rule(picks=st.tuples(PICKS, PICKS), any_move=st.none() | MOVES, same=st.booleans())
        def make_two_at_once(self, picks, any_move, same):
            """Make two moves from two clients at once: the same one from both, or moves that compete."""
            if self.model.state is None:
                self.go_on(1)
                return
            # Not a cancellation beside the notification of the same order: no gateway takes money and closes too.
            paid = [Move("notify", number, "paid") for number in range(len(self.orders))]
            rivals = [*RIVALS.get(self.model.state, [Move("withdraw")]), *paid, *paid]
            first, second = (rivals[pick % len(rivals)] for pick in picks)
            second = any_move or second
            if same:
                first = second
            now = self.far_from_deadlines()
            known = len(self.orders)
            with loopback_client(base_url=real.stack.address, timeout=30) as other:
                asked = [real.crowd.submit(self.heard, *it) for it in ((first, real.http), (second, other))]
                heard = asked[0].result(), asked[1].result()
            assert len(self.orders) <= known + 1, "two orders for one fee"
            possible = {}
            for order in ((0, 1), (1, 0)):
                it, answers = self.model, [(0, "")] * 2
                for which in order:
                    it, answers[which] = it.after((first, second)[which], now)
                possible[tuple(answers)] = [*possible.get(tuple(answers), []), it]
            assert heard in possible, (first, second)
            state = self.one.state
            self.take_on(next(it for it in possible[heard] if it.state == state))

        @rule(days=st.sampled_from([0.3, 1.0, 3.0, 5.2, 6.0, 7.5, 20.0]))
        def let_time_pass(self, days):
            """Turn the clock on; what is due by then happens by itself."""
            real.turn(real.now() + timedelta(days=days))
            self.far_from_deadlines()

        @invariant()
        def stands_where_the_model_stands(self):
            """State, deadline and number of the application, and the state of each of its orders."""
            if not hasattr(self, "model") or self.model.state is None:
                return
            self.model = self.model.at(self.far_from_deadlines())
            real.seen.add(self.model.state)
            shown = self.one.status
            due_at = datetime.fromisoformat(shown["due_at"]) if shown["due_at"] else None
            expected = self.model.state, self.model.filed
            assert expected == (shown["state"], shown["filing_number"] is not None)
            if self.model.due_at is not None:
                assert self.model.due_at == due_at
            for order_no, order in zip(self.orders, self.model.orders, strict=True):
                assert order.state == self.one.get(f"/api/payments/{order_no}")["state"]

        def teardown(self):
            """Hold all books against all rules."""
            if hasattr(self, "one"):
                self.one.http.close()
            broken = [finding["name"] for finding in real.control.audit() if finding["violations"]]
            assert [] == broken

        def take_on(self, expected):
            """Go on from what the model expects; the offices say when they will decide."""
            if expected.state is State.UNDER_REVIEW and expected.decides_at is None:
                expected = replace(expected, decides_at=real.decides_at(self.one))
            self.model = expected

        def far_from_deadlines(self):
            """Give portal time; first let pass what would happen in the next moments, and the offices do their work."""
            now = real.now()
            while near := [it for it in self.model.at(now).boundaries if abs(it - now) < NEAR]:
                real.turn(max(near) + NEAR)
                now = real.now()
            model = self.model.at(now)
            if self.model.state is State.UNDER_REVIEW and model.state is not State.UNDER_REVIEW:
                self.one.wait_for_state(model.state)
            return now

        def heard(self, move: Move, client: httpx.Client) -> Answer:
            """Make a move on the real portal; give its answer in the model's words."""
            request = self.request(move)
            answer = client.request(
                request.method,
                request.path,
                json=request.json,
                content=request.body,
                headers={**self.one.headers, **request.headers},
            )
            if not answer.is_success:
                return answer.status_code, problem_code(answer.json())
            if move.name == "create":
                self.one.application_id = answer.json()["id"]
            if move.name == "pay":
                order = answer.json()
                with self.numbering:
                    if order["order_no"] not in self.orders:
                        self.orders.append(order["order_no"])
                return answer.status_code, f"order {self.orders.index(order['order_no'])} {order['state']}"
            if move.name in ("upload", "cancel"):
                return answer.status_code, ""
            if move.name == "notify":
                return answer.status_code, answer.text
            return answer.status_code, answer.json()["state"]

        def request(self, move: Move) -> Request:
            """Give the request of a move."""
            one = self.one
            at_home = {"basis": "household", "province": one.person.household.province}
            match move.name:
                case "create":
                    return one.application(**at_home)
                case "change":
                    return one.change(**at_home)
                case "check_degree":
                    return portal.degree_check(one.application_id)
                case "upload":
                    return one.material(PaperKind(move.about))
                case "submit":
                    return portal.submission(one.application_id)
                case "supplement" | "withdraw":
                    return one.step({"withdraw": "withdrawal"}.get(move.name, move.name))
                case "pay":
                    return one.payment(str(move.about), move.of)
                case "cancel":
                    return Request("", "DELETE", f"/api/payments/{self.orders[int(move.about)]}")
            return self.notice(self.orders[int(move.about)], move.of)

        def notice(self, order_no: str, of: str) -> Request:
            """Give what a gateway says of an order."""
            order = self.one.get(f"/api/payments/{order_no}")
            amount = order["amount_fen"] + (of == "other amount")
            status = "waiting" if of == "waiting" else "paid"
            form = {"order_no": order_no, "amount_fen": str(amount), "status": status, "notify_id": f"n-{order_no}"}
            key = "not the key" if of == "forged" else real.keys[order["channel"]]
            body = str(httpx.QueryParams(form | {"sign": signature(form, key)})).encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            path = f"/api/payment-callbacks/{order['channel']}"
            return Request("", "POST", path, body=body, headers=headers)

    return Life


@pytest.fixture(scope="module")
def real(stack, bank, scenario):
    """Give the portal that the machine plays against."""
    portal_of_machine = Portal(stack, bank, scenario)
    yield portal_of_machine
    portal_of_machine.control.close()
    portal_of_machine.http.close()
    portal_of_machine.crowd.shutdown()


# Not shrunk: each try is a new life on a real portal, and what two clients do at once never happens twice the same way.
LIVES = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def test_every_sequence_of_moves_goes_as_the_model_says(real):
    """The same few lives at each `make test`."""
    few = settings(LIVES, max_examples=10, stateful_step_count=20, derandomize=True)
    run_state_machine_as_test(machine_of(real), settings=few)
    assert set(State) - {State.CLOSED, State.REJECTED, State.EXPIRED, State.GIVEN_UP} <= real.seen


@pytest.mark.long
def test_many_sequences_of_moves_go_as_the_model_says(real):
    """Other lives each time, for minutes."""
    run_state_machine_as_test(machine_of(real), settings=settings(LIVES, max_examples=200, stateful_step_count=50))
    assert set(State) == real.seen

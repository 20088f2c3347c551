"""A candidate waits for the SMS code that was asked for, whatever else is on the phone."""

import pytest

from fakes.candidates import Candidate, FlawShares
from fakes.providers.sms import MESSAGES_A_PHONE, Phones, SmsMessage
from scenarios.behaviour import Behaviour, BehaviourSettings
from scenarios.phones import Text
from scenarios.portal import Answer
from scenarios.visit import Surroundings, Visit

PHONE = "13900139000"


class PortalThatSends:
    """Answers a request for a code by texts on the phone."""

    def __init__(self, phones, texts, answer):
        self.phones, self.texts, self.answer = phones, texts, answer

    def want(self, request):
        """Send what was given, and answer."""
        assert "sms_code" == request.step
        for number, text in enumerate(self.texts):
            self.phones.receive(PHONE, SmsMessage(f"new-{number}", text, ""))
        return self.answer


class StandingClock:
    """Nobody waits in this test: what is to come is there."""

    def now_s(self):
        """Give the same moment always."""
        return 0.0

    def pause(self, _):
        """Wait for nothing."""


@pytest.mark.parametrize(
    ("texts", "answer", "code"),
    [
        (["验证码 424242"], Answer("ok", 202, "", None), "424242"),
        (["验证码 424242", "【报名系统】审核通过"], Answer("ok", 202, "", None), "424242"),
        ([], Answer("refused", 429, "sms_too_soon", None), "000004"),
    ],
)
def test_a_phone_full_of_old_texts_shows_the_new_code(texts, answer, code):
    """It keeps a few texts only, so their number says nothing: the third trial with the same people has as many."""
    phones = Phones()
    for number in range(MESSAGES_A_PHONE):
        phones.receive(PHONE, SmsMessage(f"old-{number}", f"验证码 00000{number}", ""))

    def read_phone(phone):
        return [Text(it.message_id, it.text) for it in phones.inbox(phone).messages]

    visit = Visit(
        Candidate(1, 1, FlawShares()),
        Behaviour(BehaviourSettings(), 1, 1),
        PortalThatSends(phones, texts, answer),
        StandingClock(),
        Surroundings(None, read_phone, None),
        has_account=False,
    )
    assert code == visit.prove_phone(PHONE, 0.0)

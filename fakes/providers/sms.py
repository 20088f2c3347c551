"""The SMS gateway, and the candidate's phone that shows what it sent."""

from collections import OrderedDict, deque
from itertools import count
from typing import Annotated

from litestar import Router, get, post
from msgspec import Meta, Struct

from fakes.providers.clock import now_text
from fakes.providers.service import Service

MESSAGES_A_PHONE = 5
MOST_PHONES = 200_000


class SmsOrder(Struct, forbid_unknown_fields=True):
    """What the portal asks for: this text to this mobile number (11 digits, as in China)."""

    phone: Annotated[str, Meta(pattern=r"^1[0-9]{10}\Z")]
    text: Annotated[str, Meta(min_length=1, max_length=500)]


class SmsReceipt(Struct):
    """The gateway's answer: the message was handed to the network."""

    message_id: str


class SmsMessage(Struct):
    """A message as the phone shows it."""

    message_id: str
    text: str
    sent_at: str


class Inbox(Struct):
    """What is on a phone, newest first."""

    messages: list[SmsMessage]


class Phones:
    """The last messages of the phones that were written to last; memory is bounded."""

    def __init__(self, most_phones: int = MOST_PHONES) -> None:
        self._most_phones = most_phones
        self._inboxes: OrderedDict[str, deque[SmsMessage]] = OrderedDict()

    def receive(self, phone: str, message: SmsMessage) -> None:
        """Put a message on a phone; the phone that was written to longest ago may be forgotten for it."""
        inbox = self._inboxes.pop(phone, None) or deque(maxlen=MESSAGES_A_PHONE)
        inbox.appendleft(message)
        self._inboxes[phone] = inbox
        if len(self._inboxes) > self._most_phones:
            self._inboxes.popitem(last=False)

    def forget(self) -> None:
        """Empty all phones."""
        self._inboxes.clear()

    def inbox(self, phone: str) -> Inbox:
        """Give what is on a phone; nothing, if it is not known."""
        return Inbox(list(self._inboxes.get(phone, ())))


def sms_router(service: Service, phones: Phones) -> Router:
    """Give the routes under /sms."""
    message_numbers = count(1)

    @post("/messages", status_code=202)
    async def send_message(data: SmsOrder) -> SmsReceipt:
        await service.serve(data.phone)
        message_id = f"sms-{next(message_numbers)}"
        phones.receive(data.phone, SmsMessage(message_id, data.text, now_text()))
        return SmsReceipt(message_id)

    @get("/messages")
    async def read_messages(phone: str) -> Inbox:
        return phones.inbox(phone)

    return Router("/sms", route_handlers=[send_message, read_messages], tags=["sms"])

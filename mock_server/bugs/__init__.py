"""Ways to break a promise that can be put into the portal; docs/audit.md lists them, and shows that each is caught."""

from collections.abc import Iterable, Mapping

from mock_server.bugs.bug import AcknowledgedBeforeCommit, Bug, ForgottenWrite
from mock_server.bugs.files import FileRecordedBeforeOnDisk, NewFileDiscarded, PapersMixedUp
from mock_server.bugs.money import (
    CallbackHandledTwice,
    LateMoneyThrownAway,
    PaidWithoutMoney,
    SignatureUnchecked,
    TwoOrdersInTwoTabs,
    WrongAmountCharged,
)
from mock_server.bugs.number_taken_outside import NumberTakenOutside
from mock_server.bugs.phone_on_two_accounts import PhoneOnTwoAccounts
from mock_server.bugs.withdrawal_overwritten import WithdrawalOverwritten
from mock_server.settings import SettingsError

BUGS: Mapping[str, Bug] = {
    bug.name: bug
    for bug in (
        ForgottenWrite("account_forgotten", "a new account is not kept", "create_account", "account_lost"),
        PhoneOnTwoAccounts(),
        FileRecordedBeforeOnDisk(),
        AcknowledgedBeforeCommit(
            "identity_before_commit",
            "a submitted identity is acknowledged before commit, which fails",
            "submit_identity",
            "identity_lost",
        ),
        ForgottenWrite("face_check_forgotten", "a passed face check is not kept", "pass_face_check", "face_check_lost"),
        ForgottenWrite("draft_forgotten", "a new application is not kept", "create_application", "application_lost"),
        PapersMixedUp(),
        NewFileDiscarded(),
        AcknowledgedBeforeCommit(
            "filing_before_commit",
            "a filing is acknowledged before commit, which fails",
            "note_filing_number",
            "filing_lost",
        ),
        NumberTakenOutside(),
        AcknowledgedBeforeCommit(
            "withdrawal_before_commit",
            "a withdrawal is acknowledged before commit, which fails",
            "cancel_open_orders",
            "withdrawal_lost",
            every=2,
        ),
        WithdrawalOverwritten(),
        AcknowledgedBeforeCommit(
            "supplement_before_commit",
            "a supplement is acknowledged before commit, which fails",
            "start_review",
            "supplement_lost",
            every=2,
            after_supplement=True,
        ),
        SignatureUnchecked(),
        CallbackHandledTwice(),
        LateMoneyThrownAway(),
        WrongAmountCharged(),
        PaidWithoutMoney(),
        TwoOrdersInTwoTabs(),
        ForgottenWrite(
            "invoice_forgotten", "a request for an invoice is not kept", "request_invoice", "invoice_lost", every=2
        ),
    )
}
"""All bugs by name, in the order of a registration."""


def chosen_bugs(names: Iterable[str]) -> list[Bug]:
    """Give the bugs of the settings. Raises SettingsError for one that is not known."""
    for name in names:
        if name not in BUGS:
            raise SettingsError(f"no bug '{name}': one of {', '.join(BUGS)}")
    return [BUGS[name] for name in names]

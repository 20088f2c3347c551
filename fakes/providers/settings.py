"""What can be set about the outside services, and its defaults.

Every default here is an assumption: no operator publishes the capacity or the response times of its service.
Those of `callback_faults` are the ones of the demand model.
"""

from math import ceil
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field
from msgspec.structs import asdict, replace

Share = Annotated[float, Meta(ge=0, le=1)]
Key = Annotated[str, Meta(min_length=1)]


class SettingsError(ValueError):
    """Settings that cannot be used; the message is one line that says what, where and what would be right."""


class ServiceSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How one service queues: `capacity` parallel lines, each held for a lognormal time."""

    capacity: Annotated[int, Meta(ge=1, le=10_000)]  # calls that are served at a time
    median_ms: Annotated[float, Meta(gt=0, le=600_000)]  # how long a line is held, lognormal
    sigma: Annotated[float, Meta(ge=0, le=3)]  # of its logarithm


class SmsSettings(ServiceSettings, frozen=True):
    """The SMS gateway (assumptions)."""

    capacity: Annotated[int, Meta(ge=1, le=10_000)] = 64
    median_ms: Annotated[float, Meta(gt=0, le=600_000)] = 350.0
    sigma: Annotated[float, Meta(ge=0, le=3)] = 0.4


class FaceCheckSettings(ServiceSettings, frozen=True):
    """The face comparison (assumptions); `match_probability` is of one comparison of the right person."""

    capacity: Annotated[int, Meta(ge=1, le=10_000)] = 32
    median_ms: Annotated[float, Meta(gt=0, le=600_000)] = 800.0
    sigma: Annotated[float, Meta(ge=0, le=3)] = 0.5
    match_probability: Share = 0.97  # of one comparison of the right person


class DegreeRecordSettings(ServiceSettings, frozen=True):
    """The national record of degrees (assumptions)."""

    capacity: Annotated[int, Meta(ge=1, le=10_000)] = 16
    median_ms: Annotated[float, Meta(gt=0, le=600_000)] = 600.0
    sigma: Annotated[float, Meta(ge=0, le=3)] = 0.6


class PaymentGatewaySettings(ServiceSettings, frozen=True):
    """One payment gateway, Alipay or UnionPay (assumptions)."""

    capacity: Annotated[int, Meta(ge=1, le=10_000)] = 64
    median_ms: Annotated[float, Meta(gt=0, le=600_000)] = 200.0
    sigma: Annotated[float, Meta(ge=0, le=3)] = 0.4


class ProviderSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of all five services."""

    sms: SmsSettings = SmsSettings()
    face_check: FaceCheckSettings = FaceCheckSettings()
    degree_record: DegreeRecordSettings = DegreeRecordSettings()
    alipay: PaymentGatewaySettings = PaymentGatewaySettings()
    unionpay: PaymentGatewaySettings = PaymentGatewaySettings()


def scaled(services: ProviderSettings, scale: float) -> ProviderSettings:
    """Give the services with a share of their lines, rounded up; each line takes as long as before.

    >>> scaled(ProviderSettings(), 0.1).sms.capacity
    7
    """
    each = asdict(services)
    return replace(
        services, **{name: replace(its, capacity=ceil(round(its.capacity * scale, 9))) for name, its in each.items()}
    )


class CallbackFaults(Struct, frozen=True, forbid_unknown_fields=True):
    """The share of orders whose notification goes wrong in each way; an order has one fault at most."""

    duplicated: Share = 0.03  # told twice
    late: Share = 0.01  # told late
    never: Share = 0.003  # not told
    after_close: Share = 0.001  # told after the order was closed
    wrong_amount: Share = 0.0  # told with an amount that is not the order's
    bad_signature: Share = 0.0  # told with a signature that is wrong

    def __post_init__(self) -> None:
        if sum(msgspec.structs.astuple(self)) > 1:
            raise ValueError("the shares of callback_faults must add up to 1 at most")


class GatewayKeys(Struct, frozen=True, forbid_unknown_fields=True):
    """The secret that each payment gateway shares with the portal and signs its notifications with."""

    alipay: Key
    unionpay: Key

    def __repr__(self) -> str:
        """Keep the secrets out of logs and tracebacks."""
        return "GatewayKeys(…)"


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """All that the process is told; `time_scale` divides the waiting times between notifications."""

    seed: Annotated[int, Meta(ge=0)]
    gateway_keys: GatewayKeys
    time_scale: Annotated[float, Meta(gt=0, le=1e9)] = 1.0
    providers: ProviderSettings = ProviderSettings()
    scale: Annotated[float, Meta(gt=0, le=1)] = 1.0
    """How many of each service's lines there are, rounded up."""
    callback_faults: CallbackFaults = field(default_factory=CallbackFaults)
    book_folder: str | None = None
    """Where gateways keep their books from one start to the next; null: nowhere."""


def load_settings(path: Path) -> Settings:
    """Read the settings from a JSON file.

    Raises SettingsError with one line when the file cannot be read, is no JSON, or holds what is not known.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except OSError as error:
        raise SettingsError(f"settings {path}: cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"settings {path}: {error}{_known_fields(str(error))}") from error


def _known_fields(message: str) -> str:
    """Name the fields that are known where msgspec met one that is not; for other errors, say nothing."""
    if "unknown field" not in message:
        return ""
    where: Any = Settings
    _, _, path = message.partition(" - at `$.")
    for name in path.rstrip("`").split(".") if path else []:
        where = next(known.type for known in msgspec.structs.fields(where) if known.name == name)
    return "; known fields: " + ", ".join(known.name for known in msgspec.structs.fields(where))

"""The five outside services in one application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from litestar import Litestar, Response, get, post, put
from msgspec import Meta, Struct
from prometheus_client import generate_latest

from fakes.providers.callbacks import Notifier, loopback_client
from fakes.providers.cashier import cashier_handlers
from fakes.providers.degree_record import degree_record_router
from fakes.providers.face_check import ReceivedBytes, face_check_router
from fakes.providers.metrics import ProvidersCollector, registry_of
from fakes.providers.pages import pages_router
from fakes.providers.payment_gateway import Book, payment_router
from fakes.providers.problems import problem, problem_details
from fakes.providers.sample_candidates import sample_candidates_router
from fakes.providers.service import Mood, Service
from fakes.providers.settings import Settings, scaled
from fakes.providers.sms import Phones, sms_router

METRICS_TYPE = "text/plain; version=0.0.4"


class Treatment(Struct, forbid_unknown_fields=True):
    """How a service treats its callers from now on; `slower` lengthens its service times."""

    mood: Mood = Mood.USUAL
    slower: Annotated[float, Meta(ge=1, le=10_000)] = 1.0


class Speed(Struct, forbid_unknown_fields=True):
    """Portal seconds a second, 1 or more."""

    speed: Annotated[float, Meta(ge=1)]


class Providers:
    """The services and notifiers of one process, and the application that speaks for them."""

    def __init__(self, settings: Settings) -> None:
        each = scaled(settings.providers, settings.scale)
        sms = Service("sms", settings.seed, each.sms)
        face_check = Service("face_check", settings.seed, each.face_check)
        degree_record = Service("degree_record", settings.seed, each.degree_record)
        gateways = [
            Service("alipay", settings.seed, each.alipay),
            Service("unionpay", settings.seed, each.unionpay),
        ]
        self._services = [sms, face_check, degree_record, *gateways]
        self._clients = [loopback_client() for _ in gateways]
        self._notifiers = [
            Notifier(
                gateway=gateway.name,
                key=getattr(settings.gateway_keys, gateway.name),
                seed=settings.seed,
                faults=settings.callback_faults,
                time_scale=settings.time_scale,
                client=client,
                until_heard=gateway.until_heard,
            )
            for gateway, client in zip(gateways, self._clients, strict=True)
        ]
        self._books = [Book() for _ in gateways]
        self._book_folder = None if settings.book_folder is None else Path(settings.book_folder)
        for notifier, book in zip(self._notifiers, self._books, strict=True):
            if self._book_folder is not None:
                book.load(self._book_folder / f"{notifier.gateway}.ndjson", notifier)
        received, phones = ReceivedBytes(), Phones()
        desks = list(zip(gateways, self._notifiers, self._books, strict=True))
        registry = registry_of(ProvidersCollector(self._services, self._notifiers, received))

        @get("/healthz", sync_to_thread=False)
        def healthz() -> dict[str, str]:
            return {"status": "ok"}

        @get("/metrics", sync_to_thread=False)
        def metrics() -> Response[bytes]:
            return Response(generate_latest(registry), media_type=METRICS_TYPE)

        @put("/speed", status_code=204, sync_to_thread=False)
        def set_speed(data: Speed) -> None:
            for service in self._services:
                service.speed = data.speed

        @post("/forget", status_code=204)
        async def forget() -> None:
            for service in self._services:
                service.forget()
            for notifier, book in zip(self._notifiers, self._books, strict=True):
                await notifier.forget()
                book.forget()
            phones.forget()

        @put("/treatments/{service:str}", status_code=204, sync_to_thread=False)
        def set_treatment(service: str, data: Treatment) -> None:
            for it in self._services:
                if it.name == service:
                    it.be(data.mood, data.slower)
                    return
            names = ", ".join(it.name for it in self._services)
            raise problem(404, "unknown-service", f"no service {service}: one of {names}")

        self.app = Litestar(
            route_handlers=[
                sms_router(sms, phones),
                face_check_router(face_check, each.face_check.match_probability, received),
                degree_record_router(degree_record),
                *(payment_router(*desk, *cashier_handlers(*desk)) for desk in desks),
                pages_router(self._services, phones),
                sample_candidates_router(settings.seed),
                healthz,
                metrics,
                set_speed,
                set_treatment,
                forget,
            ],
            plugins=[problem_details()],
            lifespan=[self._lifespan],
            openapi_config=None,  # docs/providers.md is the contract; Litestar's pages would ask a CDN
            logging_config=None,
        )

    def turn_away(self) -> None:
        """Answer every call that is inside with 503, at once."""
        for service in self._services:
            service.stop()

    @asynccontextmanager
    async def _lifespan(self, _app: Litestar) -> AsyncIterator[None]:
        yield
        for notifier, book in zip(self._notifiers, self._books, strict=True):
            await notifier.stop()
            if self._book_folder is not None:
                book.save(self._book_folder / f"{notifier.gateway}.ndjson", notifier)
        for client in self._clients:
            await client.aclose()

"""Prepare a pretix for the rehearsal: run by pretix's own Python, with PRETIX_CONFIG_FILE set, after its migrations.

It makes an organizer with customer accounts, an event, an examination that costs something, and a question that wants a
photo. Run again, it changes nothing.
"""

import os
from datetime import timedelta
from decimal import Decimal

ORGANIZER, EVENT = "exam", "autumn"
PLUGIN = "pretix.plugins.banktransfer"
"""How candidates pay, once they have ordered; organizer and event both have to have it."""
PLACES = 100_000
SETTINGS = {
    "timezone": "Asia/Shanghai",
    "payment_banktransfer__enabled": True,
    "payment_banktransfer_bank_details_type": "other",
    "invoice_address_asked": False,
    "attendee_names_asked": False,
}


def main() -> None:
    """Make the organizer, the event and what is sold there, where they are not there yet."""
    import django  # pretix's models can be imported once this is set up

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pretix.settings")
    django.setup()

    from django.utils.timezone import now
    from django_scopes import scopes_disabled
    from pretix.base.models import Event, Organizer

    with scopes_disabled():
        organizer, _ = Organizer.objects.get_or_create(slug=ORGANIZER, defaults={"name": "Examination office"})
        organizer.plugins = PLUGIN
        organizer.save()
        organizer.settings.customer_accounts = True
        event, is_new = Event.objects.get_or_create(
            organizer=organizer,
            slug=EVENT,
            defaults={
                "name": "Autumn examination",
                "currency": "CNY",
                "date_from": now() + timedelta(days=90),
                "live": True,
                "is_public": True,
                "plugins": PLUGIN,
            },
        )
        for name, value in SETTINGS.items():
            event.settings.set(name, value)
        if is_new:
            examination = event.items.create(name="Examination", default_price=Decimal("130.00"), admission=True)
            event.quotas.create(name="Places", size=PLACES).items.add(examination)
            event.questions.create(question="ID photo", type="F", required=True).items.add(examination)
        item = event.items.get()
        print(f"/{ORGANIZER}/{EVENT}/ is ready, item_{item.pk}")


main()

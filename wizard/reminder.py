"""The reminder to renew the client secret, as a calendar file. RFC 5545."""

import re
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event

from wizard import catalogue
from wizard.setups import Setup
from wizard.withheld import withhold

DAYS_BEFORE = (30, 14, 7)
_MORNING = time(9)
_MARKS = re.compile(r"\*\*(.+?)\*\*")


def calendar(setup: Setup, now: datetime) -> bytes:
    """An all-day event 30 days before the secret expires, with an alarm 30, 14 and 7 days before.

    The alarms are at nine in the morning, wherever she is then. With less than 30 days to go the
    event is today, and only the alarms still to come are in it. The setup must have an expiry
    date; the same setup always gives the same event, so that a renewed one takes its place.
    """
    expires = date.fromisoformat(setup.values.secret_expires)
    today = now.date()
    begins = max(expires - timedelta(days=DAYS_BEFORE[0]), today)
    event = Event()
    event.add("uid", f"{setup.id}-client-secret@latchkey")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", int(now.timestamp()) // 60)
    event.add("summary", _text(setup, f"Renew the client secret of {setup.name}"))
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("description", _text(setup, _description(setup, expires)))
    for days in DAYS_BEFORE:
        at = expires - timedelta(days=days) - begins
        if at >= timedelta(0):
            event.add_component(_alarm(setup, at + _since_midnight(), days))
    whole = Calendar()
    whole.add("prodid", "-//Latchkey//Client secret reminder//EN")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add_component(event)
    return whole.to_ical()


def _since_midnight() -> timedelta:
    return timedelta(hours=_MORNING.hour)


def _alarm(setup: Setup, after_start: timedelta, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", after_start)
    alarm.add(
        "description", _text(setup, f"The client secret of {setup.name} expires in {days} days")
    )
    return alarm


def _description(setup: Setup, expires: date) -> str:
    """Why, by when, and the way there, step by step."""
    provider, product = setup.provider, setup.product
    steps = [
        *(catalogue.fill(step, setup.words) for step in provider.client_secret.where.steps),
        f"In Latchkey, open {setup.name}, choose Renew secret, paste the new one and let it be"
        " checked.",
        *(catalogue.fill(step, setup.words) for step in product.hand_over.where.steps),
        f"Sign in to {product.name} in a private window.",
        f"Then delete the old secret in {provider.in_full}.",
    ]
    lines = [
        f"{setup.name} signs people in through {provider.in_full} with a client secret that expires"
        f" on {expires.isoformat()}. From that day on nobody can sign in with it.",
        f"Client ID: {setup.values.client_id}",
        *(f"{number}. {step}" for number, step in enumerate(steps, 1)),
    ]
    return "\n".join(lines)


def _text(setup: Setup, text: str) -> str:
    return withhold(_MARKS.sub(r"\1", text), setup.values.client_secret)

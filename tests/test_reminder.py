"""The reminder to renew the secret, opened by a calendar library that did not make it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject

from wizard import reminder, setups

NOW = datetime(2026, 11, 3, 9, 5, tzinfo=UTC)
SECRET = "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP"


@pytest.fixture
def event_of(wiz):
    """The event for a secret that expires on this day: `event_of("2027-05-01", name="…")`."""

    def make(expires, name="First customer", now=NOW, secret=SECRET):
        setup_id = wiz.store.create_setup("syncro", "entra", name)
        answers = {"client_id": "client", "secret_version": "v1", "secret_expires": str(expires)}
        wiz.store.save_answers(setup_id, answers)
        wiz.vault.put(setup_id, "v1", secret)
        setup = setups.load(wiz.store, wiz.vault, setup_id, 8765)
        return opened(reminder.calendar(setup, now))

    return make


def opened(data: bytes):
    """The only event of a calendar file."""
    whole = vobject.readOne(data.decode("utf-8"))
    assert whole.version.value == "2.0"
    assert whole.prodid.value
    events = list(whole.vevent_list)
    assert len(events) == 1
    return events[0]


def days_before(event, expires: date) -> list[int]:
    """How many days before the expiry each alarm rings; at nine in the morning, all of them."""
    begins = datetime.combine(event.dtstart.value, datetime.min.time())
    rings = [begins + alarm.trigger.value for alarm in event.contents.get("valarm", [])]
    assert {ring.hour for ring in rings} <= {9}
    return [(expires - ring.date()).days for ring in rings]


def test_it_is_a_whole_day_thirty_days_before_with_alarms_at_30_14_and_7(event_of):
    event = event_of("2027-05-01")
    assert event.dtstart.value == date(2027, 4, 1)
    assert type(event.dtstart.value) is date
    assert event.dtend.value == date(2027, 4, 2)
    assert days_before(event, date(2027, 5, 1)) == [30, 14, 7]
    assert event.summary.value == "Renew the client secret of Syncro, First customer"


def test_the_renewal_steps_are_in_it_and_no_mark_of_ours(event_of):
    said = event_of("2027-05-01").description.value
    assert "expires on 2027-05-01" in said
    assert "New client secret" in said
    assert "Renew secret" in said
    assert "Login Settings" in said
    assert "delete the old secret in Microsoft Entra ID" in said
    assert "**" not in said
    assert "\n1. " in said


@pytest.mark.parametrize(
    ("left", "begins_in", "rings"),
    [(400, 370, [30, 14, 7]), (30, 0, [30, 14, 7]), (29, 0, [14, 7]), (8, 0, [7]), (-1, 0, [])],
)
def test_with_less_than_thirty_days_to_go_it_is_today(left, begins_in, rings, event_of):
    expires = NOW.date() + timedelta(days=left)
    event = event_of(expires)
    assert event.dtstart.value == NOW.date() + timedelta(days=begins_in)
    assert days_before(event, expires) == rings


def test_the_day_is_that_of_the_place_where_it_is_made(event_of):
    late = datetime(2026, 11, 3, 23, 30, tzinfo=UTC).astimezone(ZoneInfo("Asia/Tokyo"))
    assert event_of("2026-11-10", now=late).dtstart.value == date(2026, 11, 4)


@pytest.mark.parametrize(
    "name",
    ["Smith; Jones, and\\sons", "a\r\nBEGIN:VALARM\r\nEND:VALARM", "x" * 80, "Ærøskøbing ☂ " * 5],
)
def test_a_name_from_outside_stays_a_name(name, event_of):
    event = event_of("2027-05-01", name=name)
    assert name.replace("\r\n", "\n") in event.summary.value.replace("\r\n", "\n")
    assert len(event.contents["valarm"]) == 3


def test_one_setup_has_one_event_so_that_a_renewed_one_takes_its_place(wiz):
    setup_id = wiz.store.create_setup("syncro", "entra", "")
    found = []
    for day in ("2027-05-01", "2028-05-01"):
        wiz.store.save_answers(setup_id, {"secret_expires": day})
        setup = setups.load(wiz.store, wiz.vault, setup_id, 8765)
        now = NOW + timedelta(days=len(found))
        found.append(opened(reminder.calendar(setup, now)))
    assert found[0].uid.value == found[1].uid.value
    assert int(found[0].sequence.value) < int(found[1].sequence.value)


def test_it_is_a_file_for_a_calendar_and_holds_no_secret(wiz):
    setup_id = wiz.store.create_setup("syncro", "entra", f"with {SECRET}")
    wiz.store.save_answers(setup_id, {"secret_version": "v1", "secret_expires": "2099-05-01"})
    wiz.vault.put(setup_id, "v1", SECRET)
    answer = wiz.visitor.get(f"/setups/{setup_id}/reminder.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"].endswith('-reminder.ics"')
    event = opened(answer.text.encode())
    assert SECRET not in f"{event.summary.value} {event.description.value}"
    # Long lines are folded; the secret must not be there in pieces either.
    assert SECRET not in answer.text.replace("\r\n ", "")


@pytest.mark.parametrize(
    ("product", "sentence"),
    [("syncro", "No expiry date was entered"), ("connectwise", "has no client secret")],
)
def test_without_a_date_there_is_a_page_that_says_so(product, sentence, wiz):
    setup_id = wiz.store.create_setup(product, "entra", "")
    page = wiz.visitor.get(f"/setups/{setup_id}/reminder.ics")
    assert page.status == 404
    assert sentence in page.words

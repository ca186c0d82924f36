"""What home's cards are kept with tells one state of a setup's checks from every other."""

from datetime import UTC, datetime, timedelta

import pytest

from wizard.store import Store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock():
    return [NOON]


@pytest.fixture
def store(tmp_path, clock):
    with Store(tmp_path, lambda: clock[0]) as store:
        yield store


@pytest.mark.parametrize("later", [MINUTE, -MINUTE], ids=["as time goes by", "the clock set back"])
@pytest.mark.parametrize("topic", ["again", "secret", "discovery"])
def test_each_check_is_another_state(store, clock, topic, later):
    setup_id = store.create_setup("syncro", "entra")
    store.save_check(setup_id, "again", "of some values", [])
    clock[0] += 5 * MINUTE
    store.save_check(setup_id, "secret", "of some values", [])
    before = store.kept_cards([setup_id])[setup_id]
    clock[0] += later
    store.save_check(setup_id, topic, "of some values", [])
    after = store.kept_cards([setup_id])[setup_id]
    assert after.checks != before.checks


def test_a_check_of_another_setup_is_not(store, clock):
    mine, other = store.create_setup("syncro", "entra"), store.create_setup("syncro", "okta")
    store.save_check(mine, "again", "of some values", [])
    before = store.kept_cards([mine, other])
    clock[0] += MINUTE
    store.save_check(other, "again", "of some values", [])
    after = store.kept_cards([mine, other])
    assert (after[mine], after[other] == before[other]) == (before[mine], False)

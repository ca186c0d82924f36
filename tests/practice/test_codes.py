"""Authorization codes: once, for ten minutes, for one client."""

import pytest

from wizard.practice.codes import LIFETIME_SECONDS, MOST, CodeRefused, Codes, Granted


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def granted(client_id="client"):
    return Granted(client_id, None, "openid", None, None, None, "with-email")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def codes(clock):
    codes = Codes(clock)
    codes.give("code", granted())
    return codes


def refused(codes, code="code", client_id="client"):
    with pytest.raises(CodeRefused) as raised:
        codes.redeem(code, client_id)
    return raised.value.number


def test_a_code_is_redeemed_once(codes):
    assert codes.redeem("code", "client") == granted()
    assert refused(codes) == 54005


def test_a_code_lives_ten_minutes(codes, clock):
    clock.now = LIFETIME_SECONDS + 1
    assert refused(codes) == 70008


def test_a_code_works_up_to_its_last_second(codes, clock):
    clock.now = LIFETIME_SECONDS
    assert codes.redeem("code", "client") == granted()


def test_another_client_cannot_use_a_code_up(codes):
    assert refused(codes, client_id="another") == 700007
    assert codes.redeem("code", "client") == granted()


def test_a_code_never_given_is_malformed(codes):
    assert refused(codes, "made-up") == 9002313


def test_only_so_many_are_kept_the_oldest_going_first(codes):
    for number in range(MOST):
        codes.give(f"code {number}", granted())
    assert refused(codes) == 9002313
    assert codes.redeem(f"code {MOST - 1}", "client") == granted()

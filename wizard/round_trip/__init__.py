"""The test sign-in: `SignIns` start it and take the answer, `finish` judges what it proved."""

from wizard.round_trip.ending import Outcome, finish
from wizard.round_trip.waiting import (
    LIFETIME,
    MOST_PENDING,
    Pending,
    Progress,
    SignIns,
    SignInUnknown,
    Started,
    chosen_alg,
)

__all__ = [
    "LIFETIME",
    "MOST_PENDING",
    "Outcome",
    "Pending",
    "Progress",
    "SignInUnknown",
    "SignIns",
    "Started",
    "chosen_alg",
    "finish",
]

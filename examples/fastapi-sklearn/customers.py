"""What the shop knows of a customer, computed from everything they ever did and kept for a while."""

import math
import random
from dataclasses import dataclass

EVENTS_PER_CUSTOMER = 250_000
# A profile is used this often before it is computed again.
USES = 32


@dataclass(slots=True)
class Event:
    day: float
    amount: float
    kind: int


def history_of(customer: int) -> list[Event]:
    chance = random.Random(customer)
    return [
        Event(day=chance.uniform(0, 3650), amount=chance.lognormvariate(3, 1), kind=chance.randrange(8))
        for _ in range(EVENTS_PER_CUSTOMER)
    ]


def recompute_profile(events: list[Event]) -> list[float]:
    """Spending by kind of event, older and very large ones counting less."""
    spending = [0.0] * 8
    for event in events:
        spending[event.kind] += math.log1p(event.amount) * math.exp(-event.day / 365)
    total = sum(spending)
    return [part / total for part in spending]


class CustomerProfiles:
    """Profiles by customer, each computed anew after USES uses, in the request that finds it used up."""

    def __init__(self, refresh: bool) -> None:
        self.refresh = refresh
        self.histories: dict[int, list[Event]] = {}
        self.profiles: dict[int, list[float]] = {}
        self.uses: dict[int, int] = {}

    def profile_of(self, customer: int) -> list[float]:
        if customer not in self.profiles:
            self.histories[customer] = history_of(customer)
            self.profiles[customer] = recompute_profile(self.histories[customer])
        uses = self.uses.get(customer, 0) + 1
        used_up = self.refresh and uses >= USES
        # Counted before the work is done, so that no second request begins it meanwhile.
        self.uses[customer] = 0 if used_up else uses
        if used_up:
            self.profiles[customer] = recompute_profile(self.histories[customer])
        return self.profiles[customer]

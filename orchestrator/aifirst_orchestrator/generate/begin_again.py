"""Begins units again that a finished run left blocked: else the record would answer as it did, and they end as they did.

What they came to is kept in the record. A run that was ended before its end is no finished one: it goes on as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from aifirst_orchestrator.generate.write_unit import Workshop
from aifirst_orchestrator.generate.written_unit import WrittenUnit
from aifirst_orchestrator.trajectory.trajectory import digest_of

_KEY = "DONE/blocked"


class _Times(msgspec.Struct, frozen=True):
    """Which time of a unit a run came to, 0 for the first, from a ticket of that digest, and whether it ended blocked."""

    time: int
    ticket: str
    is_blocked: bool


def begin_again(shop: Workshop) -> Workshop:
    """The shop that writes blocked units once more; one that asks no model repeats their last time instead."""
    tickets = _tickets(shop)
    times = {
        unit: one.time + int(one.is_blocked and not shop.asker.only_recorded)
        for unit, one in _recorded(shop).items()
        if tickets.get(unit) == one.ticket
    }
    return replace(shop, again={unit: time for unit, time in times.items() if time})


async def note_blocked(shop: Workshop, written: Mapping[str, WrittenUnit]) -> None:
    """Write down which units a run that is at its end leaves blocked, and which it had begun again."""
    tickets = _tickets(shop)
    now = {
        unit: _Times(shop.again.get(unit, 0), tickets[unit], one.state == "blocked")
        for unit, one in written.items()
        if one.state == "blocked" or unit in shop.again
    }
    if now != _recorded(shop) and not shop.asker.only_recorded:
        await asyncio.to_thread(shop.trajectory.record, _KEY, now)


def _recorded(shop: Workshop) -> dict[str, _Times]:
    recorded = shop.trajectory.recorded(_KEY)
    return recorded.read(dict[str, _Times]) if recorded is not None else {}


def _tickets(shop: Workshop) -> dict[str, str]:
    return {ticket.unit: digest_of(ticket.text) for ticket in shop.plan.tickets}

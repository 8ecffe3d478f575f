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
    """How often a unit ended blocked, from a ticket of that digest."""

    times: int
    ticket: str


def begin_again(shop: Workshop) -> Workshop:
    """The shop that writes blocked units once more; one that asks no model repeats their last time instead."""
    before, tickets = _recorded(shop), _tickets(shop)
    less = 1 if shop.asker.only_recorded else 0
    times = {
        unit: one.times - less
        for unit, one in before.items()
        if tickets.get(unit) == one.ticket and one.times > less
    }
    return replace(shop, again=times)


async def note_blocked(shop: Workshop, written: Mapping[str, WrittenUnit]) -> None:
    """Write down which units a run that is at its end leaves blocked."""
    tickets = _tickets(shop)
    now = {
        unit: _Times(shop.again.get(unit, 0) + 1, tickets[unit])
        for unit, one in written.items()
        if one.state == "blocked"
    }
    if now != _recorded(shop) and not shop.asker.only_recorded:
        await asyncio.to_thread(shop.trajectory.record, _KEY, now)


def _recorded(shop: Workshop) -> dict[str, _Times]:
    recorded = shop.trajectory.recorded(_KEY)
    return recorded.read(dict[str, _Times]) if recorded is not None else {}


def _tickets(shop: Workshop) -> dict[str, str]:
    return {ticket.unit: digest_of(ticket.text) for ticket in shop.plan.tickets}

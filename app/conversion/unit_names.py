"""What a unit's name in an old table means: by code, present or former name; else what it may mean."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app import clock
from app.remediation import queries as remediation
from app.units import queries
from app.units.models import Unit
from app.vietnamese import search_key

MOST = 6
_KIND = re.compile(r"^(ubnd |uy ban nhan dan )?(xa|phuong|thi tran|thi xa|huyen|quan|thanh pho|tinh|tp) ")
_COMMITTEE = re.compile(r"^(ubnd|uy ban nhan dan) ")


@dataclass(frozen=True)
class Match:
    """`unit` when one is meant; else those that may be."""

    unit: Unit | None = None
    others: tuple[Unit, ...] = ()


@dataclass
class UnitNames:
    """The catalogue, read once for a whole table."""

    by_code: dict[str, Unit]
    by_name: dict[str, list[Unit]]
    by_bare: dict[str, list[Unit]]
    by_proper: dict[str, list[Unit]]
    leads: dict[int, tuple[Unit, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> UnitNames:
        """Every unit by every name it ever had."""
        units = queries.list_all()
        named: dict[str, list[Unit]] = defaultdict(list)
        bare: dict[str, list[Unit]] = defaultdict(list)
        proper: dict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            for key in {search_key(version.name) for version in unit.versions}:
                named[key].append(unit)
                bare[_COMMITTEE.sub("", key)].append(unit)
                proper[_KIND.sub("", key)].append(unit)
        return cls({search_key(unit.code): unit for unit in units}, dict(named), dict(bare), dict(proper))

    def find(self, text: str, on: date | None) -> Match:
        """The unit that is meant: by code, name, name without “UBND xã”; of several the one of that day.

        A name that nobody bore on that day is asked, with who bears it and who may have been meant.
        `on` None: whenever; of several the one of today.
        """
        key = " ".join(search_key(text).strip(" .;,").split())
        if not key:
            return Match()
        if key in self.by_code:
            return Match(self.by_code[key])
        for found in (
            self.by_name.get(key, []),
            self.by_bare.get(_COMMITTEE.sub("", key), []),
            self.by_proper.get(key, []),
        ):
            there = [unit for unit in found if unit.exists_on(on or clock.today())]
            if len(there) == 1:
                return Match(there[0])
            if on is None and len(found) == 1:
                return Match(found[0])
            if found:
                near = [one for one in self._close(key) if on is None or one.exists_on(on)]
                return Match(None, tuple({one.id: one for one in (*near, *(there or found))}.values())[:MOST])
        return Match(None, self._close(key))

    def _close(self, key: str) -> tuple[Unit, ...]:
        wanted = _KIND.sub("", key)
        near = [name for name in self.by_proper if wanted and (wanted in name or name in wanted)]
        near += difflib.get_close_matches(wanted, list(self.by_proper), n=MOST, cutoff=0.75)
        found = {unit.id: unit for name in near for unit in self.by_proper[name]}
        return tuple(found.values())[:MOST]

    def leads_of(self, unit: Unit) -> Sequence[Unit]:
        """Who leads today what was asked of `unit`: itself, or those that took over from it."""
        if unit.exists_on(clock.today()):
            return (unit,)
        if unit.id not in self.leads:
            self.leads[unit.id] = remediation.heirs_of(unit)
        return self.leads[unit.id]

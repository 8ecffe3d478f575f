"""Units: the pieces a file is cut into."""

from aifirst_codebase.units.unit import Span, Unit, UnitKind, unit_id

__all__ = ["Span", "Unit", "UnitKind", "unit_id"]

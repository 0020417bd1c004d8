"""Where cities lie: land and sea round the Mediterranean, without any border of a country.

The outline is that of Natural Earth (public domain). ``python -m profile_workflow.charts.land``
says how ``mediterranean.json`` was made of it.
"""

from profile_workflow.charts.land.drawing import HEIGHT, WIDTH, is_shown, outline, place

__all__ = ["HEIGHT", "WIDTH", "is_shown", "outline", "place"]

"""A profile as plain data, ready to print: no queries and no decisions are left to make.

``report_of`` reads a profile; ``assemble`` makes a report of plain material from anywhere.
"""

from reports.context.assemble import assemble
from reports.context.gather import material_of, report_from, report_of, working_digests
from reports.context.plain import Material, Report
from reports.context.synthetic import synthetic_material, synthetic_picture

__all__ = [
    "Material",
    "Report",
    "assemble",
    "material_of",
    "report_from",
    "report_of",
    "synthetic_material",
    "synthetic_picture",
    "working_digests",
]

"""The far side of the processes in which files are made: they know no database and no network.

``reports.pdf.isolation`` is the door to them.
"""

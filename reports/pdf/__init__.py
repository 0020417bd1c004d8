"""The maker of PDF files, in a process of its own: the only package that imports WeasyPrint.

``reports.pdf.isolation.build`` is the door. The process behind it needs no Django, no database
and no network: plain data comes in, a file goes out.
"""

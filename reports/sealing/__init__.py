"""The seal of the programme: a signature (PAdES) over a published PDF, and reading it again.

A seal is put on as an addition behind the last byte of a finished file, so that what was made of
the text stays as it is in front of it and can be made again, byte by byte. Only the worker opens
the key; the web processes know the certificate. Files that strangers send are read in a process of
their own.
"""

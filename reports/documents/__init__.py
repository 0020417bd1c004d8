"""The report as documents of other programs: for Word, as an e-book; data in, bytes out."""

"""Numbers in Arabic as the report prints them: European digits with the English marks."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3

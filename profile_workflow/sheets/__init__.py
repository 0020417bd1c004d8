"""Reading tables out of files of spreadsheet programs: within limits, and never a formula."""

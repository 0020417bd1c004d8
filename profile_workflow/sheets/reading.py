"""From the bytes of a file to its sheets, whatever its name says that it is."""

from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput
from profile_workflow.sheets.delimited import read_delimited
from profile_workflow.sheets.shapes import MOST_BYTES, MOST_LETTERS, Sheet
from profile_workflow.sheets.workbook import read_workbook

_ZIP = b"PK\x03\x04"
#: First bytes of the older kind of file, which is also what a password turns an ``.xlsx`` into.
_OLD = b"\xd0\xcf\x11\xe0"


def read_sheets(content: bytes) -> list[Sheet]:
    """Read an Excel workbook or a CSV file.

    Args:
        content: The file; what it is, is seen from its first bytes.

    Returns:
        Its sheets, at least one, each with something in it.

    Raises:
        InvalidInput: If it cannot be read, with a sentence on what to do.
    """
    if len(content) > MOST_BYTES:
        raise InvalidInput(_("The file is larger than 5 MB. Copy the table into one of its own."))
    if not content.strip():
        raise InvalidInput(_("The file is empty."))
    if content.startswith(_OLD):
        raise InvalidInput(
            _(
                "This is a file of an older Excel, or one with a password. Open it in your "
                "spreadsheet program, take the password away, and save it as .xlsx."
            )
        )
    if content.startswith(_ZIP):
        return read_workbook(content)
    sheet = read_delimited(content)
    if not sheet.rows:
        raise InvalidInput(_("The file is empty."))
    if sheet.letters > MOST_LETTERS:
        raise InvalidInput(_("The file holds more than a table of a profile can."))
    return [sheet]

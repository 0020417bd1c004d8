"""What the moves beside the tasks do, and how each is undone: a sentence or two a move."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Move of the profile → what it does, and how it is undone.
CONSEQUENCES: Mapping[str, "str | Promise"] = {
    "hold": _(
        "All work stops: nobody can write, review or answer, and no deadline runs. Everybody is "
        "told the reason. “Resume” undoes it."
    ),
    "resume": _(
        "Work goes on in the state in which it stopped, and every open deadline moves by as long "
        "as the hold lasted. Everybody is told. “Put on hold” stops it again."
    ),
    "cancel": _(
        "The profile ends: all open tasks are withdrawn and open rounds closed; texts and history "
        "stay. Everybody is told the reason. This cannot be undone; for this city another edition "
        "can be started."
    ),
    "open_correction": _(
        "The sections named are opened again for their authors; the published text stays public "
        "until the correction is published as its next version. Once begun, a correction is ended "
        "by publishing it."
    ),
    "declare_update_due": _(
        "The profile stays published with the note that an update is due, and the next edition can "
        "be started with its text. This cannot be taken back; the profile ends when the next "
        "edition is published."
    ),
    "extend_consultation": _(
        "This round closes and a new one opens with the full time; those who have already agreed "
        "to this text are not asked again. It cannot be taken back, but be concluded early."
    ),
    "report_defect": _(
        "The profile goes back from production to quality assurance. It comes forward again when "
        "quality assurance is passed and the city has validated what was changed."
    ),
    "take_back": _(
        "The section is yours to write in again, as long as the text has not been submitted as a "
        "whole. Submit it again to undo it."
    ),
}

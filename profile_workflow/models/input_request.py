"""What the city is asked for while a profile is written: the request and everything said to it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.attachments import Kind
from profile_workflow.machines import InputRequestMachine
from profile_workflow.models.evidence import DataTable
from profile_workflow.models.profile import Profile
from profile_workflow.models.section import Section
from profile_workflow.states import RequestState, Role

#: Folder of the files that were sent with answers, beneath that of all files.
FOLDER = "requests"


class InputRequest(InputRequestMachine):
    """A request to somebody of the city: please give us this, until then, for that place.

    ``question`` names a guiding question of ``section``, as ``QuestionAnswer`` does.
    """

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="input_requests")
    section = models.ForeignKey(
        Section, null=True, blank=True, on_delete=models.PROTECT, related_name="input_requests"
    )
    question = models.CharField(_("question"), max_length=20, blank=True)
    table = models.ForeignKey(
        DataTable, null=True, blank=True, on_delete=models.SET_NULL, related_name="input_requests"
    )
    subject = models.CharField(_("what is asked for"), max_length=200)
    text = models.TextField(_("details"), blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="requests_made"
    )
    asked_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="requests_received"
    )
    asked_role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    asked_at = models.DateTimeField(_("asked at"))
    due_at = models.DateTimeField(_("due"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("reported as overdue at"), null=True, blank=True)

    class Meta:
        verbose_name = _("request for input")
        verbose_name_plural = _("requests for input")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RequestState.values), name="request_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(question="") | Q(section__isnull=False),
                name="request_question_is_of_a_section",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_of", "state"], name="request_to_answer"),
            models.Index(fields=["asked_by", "state"], name="request_to_look_at"),
            models.Index(fields=["profile", "state"], name="request_by_profile"),
            models.Index(
                fields=["due_at"], condition=Q(state=RequestState.ASKED), name="request_deadlines"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class RequestEntry(models.Model):
    """One thing that was said to a request, in the order in which it was said.

    ``holder`` is the institution of whoever is asked from then on, or empty where the role stands
    for it. A file has a name, the size that was kept, and a kind found by its content.
    """

    request = models.ForeignKey(InputRequest, on_delete=models.PROTECT, related_name="entries")
    move = models.CharField(_("move"), max_length=40)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    text = models.TextField(_("words"), blank=True)
    asked_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_role = models.CharField(_("role"), max_length=30, choices=Role.choices, blank=True)
    holder = models.CharField(_("institution"), max_length=200, blank=True)
    file = models.FileField(_("file"), upload_to=FOLDER, max_length=200, blank=True)
    file_name = models.CharField(_("name of the file"), max_length=120, blank=True)
    file_kind = models.CharField(_("kind of file"), max_length=10, choices=Kind.choices, blank=True)
    file_size = models.PositiveIntegerField(_("size in bytes"), default=0)
    created_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("entry of a request")
        verbose_name_plural = _("entries of requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(file="", file_name="", file_kind="")
                | (~Q(file="") & ~Q(file_name="") & ~Q(file_kind="")),
                name="request_file_has_name_and_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.move}"

"""The admin of reference data: templates, programmes, cities, printed texts; and nothing else."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from PIL import Image

from profile_workflow.errors import InvalidInput
from profile_workflow.models import (
    City,
    Partner,
    Programme,
    Template,
    TemplateCheck,
    TemplateCriterion,
    TemplateSection,
    TemplateSubsection,
    TextBlock,
)
from profile_workflow.services import logos


class ReferenceSite(admin.AdminSite):
    """Django's admin under our own name; who reaches it is said by the table of access."""

    site_header = _("Reference data")
    site_title = _("City Migration Profiles")
    index_title = _("Templates, cities and printed texts")
    enable_nav_sidebar = False


class ListField(forms.JSONField):
    """A list, written as JSON; an empty one may be left out."""

    def clean(self, value: Any) -> list[Any]:
        """Return the list.

        Raises:
            ValidationError: If it is something else.
        """
        found = super().clean(value)
        if found is None:
            return []
        if not isinstance(found, list):
            raise ValidationError(_("Write a list in square brackets, e.g. [0, 1, 2]."))
        return found


class Kept(admin.ModelAdmin):  # type: ignore[type-arg]
    """Data that administrators add and change, and nobody deletes: old profiles refer to it."""

    formfield_overrides = {models.JSONField: {"form_class": ListField, "required": False}}

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the person sees it at all: all administrators do."""
        return bool(request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether it may be read."""
        return bool(request.user.is_staff)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether something may be added, to ``obj`` if it is part of it."""
        return bool(request.user.is_staff)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether it may be changed: as long as nothing has been made with it."""
        return bool(request.user.is_staff) and (obj is None or not self.is_in_use(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def is_in_use(self, obj: Any) -> bool:
        """Whether something has been made with it that a change would change too."""
        return False


class ProgrammeAdmin(Kept):
    """Programmes."""

    list_display = ("name", "code", "colour", "accent")


class PartnerForm(forms.ModelForm):  # type: ignore[type-arg]
    """An organisation; its logo is drawn anew, so that nothing but pixels is kept."""

    file = forms.FileField(
        label=_("logo"),
        required=False,
        help_text=_(
            "PNG, JPEG or WebP, at least 400 pixels wide. Left empty, the logo stays as it is; "
            "without one the name is printed."
        ),
    )
    without_logo = forms.BooleanField(label=_("print the name instead of a logo"), required=False)

    class Meta:
        model = Partner
        fields = ("programme", "part", "name", "name_fr", "name_ar", "position", "printed")

    def clean_file(self) -> Image.Image | None:
        """Return the pixels of the logo.

        Raises:
            ValidationError: With a sentence that says what to do, if the file is no picture.
        """
        sent = self.cleaned_data.get("file")
        if sent is None:
            return None
        if sent.size > logos.MOST_BYTES:
            raise ValidationError(_("The file is larger than 5 MB. Save the logo smaller."))
        try:
            return logos.drawn(sent.read())
        except InvalidInput as problem:
            raise ValidationError(str(problem)) from problem

    def save(self, commit: bool = True) -> Any:
        """Keep the organisation, and the logo with it."""
        if self.cleaned_data.get("file") is not None:
            logos.keep(self.instance, self.cleaned_data["file"])
        elif self.cleaned_data.get("without_logo"):
            logos.forget(self.instance)
        return super().save(commit)


class PartnerAdmin(Kept):
    """Who is named on the cover of the reports. Who has left is no longer printed, not deleted."""

    form = PartnerForm
    list_display = ("name", "part", "position", "printed", "programme")
    list_filter = ("programme", "part", "printed")
    list_select_related = ("programme",)
    ordering = ("programme", "part", "position")


class CityAdmin(Kept):
    """Cities with their calendars: time zone and working week; holidays follow the country."""

    list_display = ("name", "programme", "country", "time_zone", "working_week")
    list_filter = ("programme", "country")
    list_select_related = ("programme",)
    search_fields = ("name", "name_fr", "name_ar")


class TextBlockAdmin(Kept):
    """Printed texts. One that is in force stays; a new version takes its place from its day on."""

    list_display = ("kind", "language", "version", "valid_from", "programme")
    list_filter = ("programme", "kind", "language")
    list_select_related = ("programme",)

    def is_in_use(self, obj: TextBlock) -> bool:
        """Whether its day has come."""
        return obj.valid_from <= timezone.localdate()


class TemplateAdmin(Kept):
    """Versions of the template."""

    list_display = ("title", "code", "version", "body_pages")

    def is_in_use(self, obj: Template) -> bool:
        """Whether a profile began with it."""
        return obj.profiles.exists()


class OfUnusedVersion(Kept):
    """What a version of the template consists of; nothing is put into one that is in use.

    What a profile is made of, and what is asked of it, does not change while it is made: for
    something else make a new version.
    """

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer versions and chapters that no profile began with."""
        unused = Template.objects.filter(profiles__isnull=True)
        if db_field.name == "template":
            kwargs["queryset"] = unused
        elif db_field.name == "section":
            kwargs["queryset"] = TemplateSection.objects.filter(template__in=unused)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class TemplateSectionAdmin(OfUnusedVersion):
    """Chapters of a version."""

    list_display = ("number", "title", "template", "page_budget", "mandatory")
    list_filter = ("template",)
    list_select_related = ("template",)
    ordering = ("template", "position")

    def is_in_use(self, obj: TemplateSection) -> bool:
        """Whether a profile began with its version."""
        return obj.template.profiles.exists()


class TemplateSubsectionAdmin(OfUnusedVersion):
    """Headings within a chapter."""

    list_display = ("number", "title", "section")
    list_filter = ("section__template",)
    list_select_related = ("section",)
    ordering = ("section__template", "section__position", "position")

    def is_in_use(self, obj: TemplateSubsection) -> bool:
        """Whether a profile began with its version."""
        return obj.section.template.profiles.exists()


class TemplateCheckAdmin(OfUnusedVersion):
    """Checks that a person makes in quality assurance."""

    list_display = ("title", "template", "section", "position")
    list_filter = ("template",)
    list_select_related = ("template", "section")
    ordering = ("template", "position")

    def is_in_use(self, obj: TemplateCheck) -> bool:
        """Whether a profile began with its version."""
        return obj.template.profiles.exists()


class TemplateCriterionAdmin(OfUnusedVersion):
    """Criteria by which international experts review."""

    list_display = ("title", "template", "scope", "position", "mandatory")
    list_filter = ("template", "scope")
    list_select_related = ("template",)
    ordering = ("template", "position")

    def is_in_use(self, obj: TemplateCriterion) -> bool:
        """Whether a profile began with its version."""
        return obj.template.profiles.exists()


reference_site = ReferenceSite(name="admin")
reference_site.register(Programme, ProgrammeAdmin)
reference_site.register(Partner, PartnerAdmin)
reference_site.register(City, CityAdmin)
reference_site.register(TextBlock, TextBlockAdmin)
reference_site.register(Template, TemplateAdmin)
reference_site.register(TemplateSection, TemplateSectionAdmin)
reference_site.register(TemplateSubsection, TemplateSubsectionAdmin)
reference_site.register(TemplateCheck, TemplateCheckAdmin)
reference_site.register(TemplateCriterion, TemplateCriterionAdmin)

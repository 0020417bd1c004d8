"""What the text rests on: sources, data tables and their figures."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.bibliography.identifiers import address_of
from profile_workflow.machines import DataItemMachine
from profile_workflow.models.city import Programme
from profile_workflow.models.definitions import Territory, WorkingDefinition
from profile_workflow.models.profile import Profile
from profile_workflow.models.section import Section
from profile_workflow.states import ChartKind, DataItemState, Method, Quality, SourceKind


class Described(models.Model):
    """What is kept of a source, wherever it is kept; see ``bibliography.record``."""

    key = models.SlugField(_("key"), max_length=60)
    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind.choices)
    authors = models.CharField(_("authors"), max_length=1000)
    year = models.CharField(_("year"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=600)
    container = models.CharField(_("published in"), max_length=400, blank=True)
    volume = models.CharField(_("volume and issue"), max_length=40, blank=True)
    pages = models.CharField(_("pages"), max_length=60, blank=True)
    publisher = models.CharField(_("publisher"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=20, blank=True)
    doi = models.CharField(_("DOI"), max_length=200, blank=True)
    url = models.URLField(_("address"), blank=True, max_length=500)
    accessed_on = models.DateField(_("accessed on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=5000)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        year = f" ({self.year})" if self.year else ""
        return f"{self.authors}{year}. {self.title}"

    @property
    def address(self) -> str:
        """Where it is found on the web: by its DOI if it has one."""
        return address_of(self.doi, self.url)


class LibrarySource(Described):
    """A source that all profiles of a programme can take over; the key is a suggestion.

    One that is withdrawn stays, so that what was taken over still knows where it came from.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="library")
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    shared_at = models.DateTimeField(_("shared at"))
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("source of the library")
        verbose_name_plural = _("sources of the library")
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="library_source_withdrawn_by_and_at",
            )
        ]


class Source(Described):
    """An entry of the bibliography; the text cites it as ``[@key]``.

    ``origin`` is the source of the library that it was copied from, or put into.
    """

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="sources")
    origin = models.ForeignKey(
        LibrarySource, null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.UniqueConstraint(fields=["profile", "key"], name="source_key_once_a_profile")
        ]

    @property
    def is_shared(self) -> bool:
        """Whether the library of the programme holds it."""
        return self.origin is not None and self.origin.withdrawn_at is None


class DataTable(models.Model):
    """A table of figures; the text places it with ``[[table:key]]`` or ``[[figure:key]]``."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="data_tables")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="data_tables")
    key = models.CharField(_("key"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    note = models.TextField(_("note"), blank=True)
    chart = models.CharField(_("chart"), max_length=20, blank=True, choices=ChartKind.choices)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("data table")
        verbose_name_plural = _("data tables")
        constraints = [
            models.UniqueConstraint(fields=["profile", "key"], name="data_table_once_a_profile")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"


class DataItem(DataItemMachine):
    """One figure, with all that makes it one: source, year, territory, definition.

    ``value`` or the range ``value_low``–``value_high`` or ``text`` holds the figure, in ``unit``.
    A share also keeps its ``numerator`` and ``denominator``.
    """

    table = models.ForeignKey(DataTable, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    indicator = models.CharField(_("indicator"), max_length=10, blank=True)
    label = models.CharField(_("label"), max_length=200)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4, null=True, blank=True)
    value_low = models.DecimalField(
        _("lowest value"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    value_high = models.DecimalField(
        _("highest value"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    text = models.CharField(_("value in words"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=40)
    women = models.DecimalField(_("women"), max_digits=18, decimal_places=4, null=True, blank=True)
    men = models.DecimalField(_("men"), max_digits=18, decimal_places=4, null=True, blank=True)
    numerator = models.DecimalField(
        _("numerator"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    denominator = models.DecimalField(
        _("denominator"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    period = models.CharField(_("reference date or period"), max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    territory = models.ForeignKey(
        Territory, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    definition = models.ForeignKey(
        WorkingDefinition, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.PROTECT, related_name="figures"
    )
    page = models.CharField(_("page in the source"), max_length=20, blank=True)
    method = models.CharField(_("method"), max_length=20, choices=Method.choices, blank=True)
    quality = models.CharField(_("quality"), max_length=20, choices=Quality.choices, blank=True)
    remark = models.TextField(_("why this value, or why none"), blank=True)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            models.UniqueConstraint(fields=["table", "position"], name="figure_position_once"),
            models.CheckConstraint(
                condition=Q(state__in=DataItemState.values), name="figure_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(value_low__isnull=True, value_high__isnull=True)
                | Q(value_low__isnull=False, value_high__gte=models.F("value_low")),
                name="figure_range_has_two_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def profile(self) -> Profile:
        """The profile that prints the figure."""
        return self.table.profile

    @property
    def is_sourced(self) -> bool:
        """Whether source, year, territory and definition are all known."""
        return all((self.source_id, self.year, self.territory_id, self.definition_id))

    @property
    def has_value(self) -> bool:
        """Whether there is anything to print as the value."""
        return self.value is not None or self.value_low is not None or bool(self.text)

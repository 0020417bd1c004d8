"""Files that no row names: left by a worker that was ended while it kept a version."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField

from reports.builds.passing import PASSING
from reports.models import Build

logger = logging.getLogger(__name__)

#: Where this package keeps its files.
FOLDER = "reports"
#: How long a file is kept that no row names. It may have been published, and the database be one
#: that was restored from before: then there is time to notice, and to restore the newer one.
KEPT_FOR = timedelta(days=90)
#: How long one is kept that is never published. A file is written before the row that names it; no
#: making takes nearly as long.
PASSING_KEPT_FOR = timedelta(days=1)


def remove_leftovers(*, at: datetime) -> int:
    """Remove the files of reports that no row names, some time after they were written.

    Where no row names any of them, the files belong to another database, or to one that is still
    to be restored: then they are left alone.

    Returns:
        How many were removed.
    """
    every = list(_files())
    old = [name for name in every if _is_old(name, at)]
    if not old:
        return 0
    named = frozenset(_named())
    if named.isdisjoint(every):
        logger.warning("no row names any of %d files of reports; they are left alone", len(every))
        return 0
    left = [name for name in old if name not in named]
    for name in left:
        default_storage.delete(name)
    return len(left)


def _is_old(name: str, at: datetime) -> bool:
    is_passing = name.startswith(f"{FOLDER}/{PASSING}")
    age = at - default_storage.get_modified_time(name)
    return age > (PASSING_KEPT_FOR if is_passing else KEPT_FOR)


def _files() -> Iterator[str]:
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for name in names:
        yield f"{FOLDER}/{name}"


def _named() -> Iterator[str]:
    """Yield every file of reports that any row names, in whatever field of a file it does."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's name for it
            if isinstance(field, FileField):
                found = model._default_manager.filter(  # noqa: SLF001 - likewise
                    **{f"{field.name}__startswith": f"{FOLDER}/"}
                )
                yield from found.values_list(field.name, flat=True)
    for frozen in Build.objects.exclude(frozen=[]).values_list("frozen", flat=True).iterator():
        yield from (one["file"] for one in frozen)

"""What finds the entries of the search quickly: FTS5 on SQLite, a tsvector on PostgreSQL.

Both follow the table of entries by themselves: through triggers here, a generated column there.
"""

from collections.abc import Sequence

from django.db import DatabaseError, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import RawSQL

from profile_workflow.models.search import SearchEntry
from profile_workflow.spelling import is_prefix

_SQLITE = (
    """
    CREATE VIRTUAL TABLE profile_workflow_searchfts USING fts5(
        title, text, content='profile_workflow_searchentry', content_rowid='id',
        tokenize='unicode61 remove_diacritics 2', prefix='3 4'
    )
    """,
    """
    CREATE TRIGGER profile_workflow_searchfts_insert
    AFTER INSERT ON profile_workflow_searchentry BEGIN
        INSERT INTO profile_workflow_searchfts(rowid, title, text)
        VALUES (new.id, new.title, new.text);
    END
    """,
    """
    CREATE TRIGGER profile_workflow_searchfts_delete
    AFTER DELETE ON profile_workflow_searchentry BEGIN
        INSERT INTO profile_workflow_searchfts(profile_workflow_searchfts, rowid, title, text)
        VALUES ('delete', old.id, old.title, old.text);
    END
    """,
    """
    CREATE TRIGGER profile_workflow_searchfts_update
    AFTER UPDATE ON profile_workflow_searchentry BEGIN
        INSERT INTO profile_workflow_searchfts(profile_workflow_searchfts, rowid, title, text)
        VALUES ('delete', old.id, old.title, old.text);
        INSERT INTO profile_workflow_searchfts(rowid, title, text)
        VALUES (new.id, new.title, new.text);
    END
    """,
)
_REMOVE_SQLITE = (
    "DROP TRIGGER IF EXISTS profile_workflow_searchfts_insert",
    "DROP TRIGGER IF EXISTS profile_workflow_searchfts_delete",
    "DROP TRIGGER IF EXISTS profile_workflow_searchfts_update",
    "DROP TABLE IF EXISTS profile_workflow_searchfts",
)
_POSTGRESQL = (
    """
    ALTER TABLE profile_workflow_searchentry ADD COLUMN vector tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', title), 'A')
        || setweight(to_tsvector('simple', text), 'D')
    ) STORED
    """,
    "CREATE INDEX search_entry_vector ON profile_workflow_searchentry USING gin (vector)",
)
_REMOVE_POSTGRESQL = ("ALTER TABLE profile_workflow_searchentry DROP COLUMN vector",)
_CHECK = """
    INSERT INTO profile_workflow_searchfts(profile_workflow_searchfts, rank)
    VALUES ('integrity-check', 1)
"""
_MAKE_AGAIN = (
    "INSERT INTO profile_workflow_searchfts(profile_workflow_searchfts) VALUES ('rebuild')",
    "INSERT INTO profile_workflow_searchfts(profile_workflow_searchfts) VALUES ('optimize')",
)
#: Conditions and ranks; a word in the title counts ten times one in the text.
_HOLDS_SQLITE = """
    profile_workflow_searchentry.id IN (
        SELECT rowid FROM profile_workflow_searchfts WHERE profile_workflow_searchfts MATCH %s
    )
"""
_BEST_FIRST_SQLITE = """
    SELECT rowid FROM profile_workflow_searchfts WHERE profile_workflow_searchfts MATCH %s
    ORDER BY bm25(profile_workflow_searchfts, 10.0, 1.0), rowid
"""
_HOLDS_POSTGRESQL = "profile_workflow_searchentry.vector @@ to_tsquery('simple', %s)"
_RANK_POSTGRESQL = (
    "-ts_rank('{0.1, 0.1, 0.1, 1.0}', profile_workflow_searchentry.vector,"
    " to_tsquery('simple', %s))"
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make what finds entries; it is empty as long as they are."""
    _execute(connection, _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Remove it again; used by the reverse migration."""
    is_postgresql = connection.vendor == "postgresql"
    _execute(connection, _REMOVE_POSTGRESQL if is_postgresql else _REMOVE_SQLITE)


def is_intact(connection: BaseDatabaseWrapper) -> bool:
    """Whether what finds entries says the same as they do; a generated column cannot differ."""
    if connection.vendor == "postgresql":
        return True
    try:
        _execute(connection, (_CHECK,))
    except DatabaseError:
        return False
    return True


def make_again(connection: BaseDatabaseWrapper) -> None:
    """Make it anew from the entries, and put it into the shape that is searched fastest."""
    if connection.vendor != "postgresql":
        _execute(connection, _MAKE_AGAIN)


def _execute(connection: BaseDatabaseWrapper, statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def holding(
    entries: "models.QuerySet[SearchEntry]", words: Sequence[str], connection: BaseDatabaseWrapper
) -> "models.QuerySet[SearchEntry]":
    """Return the entries that hold every word.

    Args:
        entries: What may be found.
        words: As ``spelling.words_of`` returns them: letters and digits only, at least one.
        connection: The database of the entries.
    """
    holds = _HOLDS_POSTGRESQL if connection.vendor == "postgresql" else _HOLDS_SQLITE
    # A constant; the words are a parameter.
    condition = RawSQL(holds, [_query(words, connection)], models.BooleanField())  # noqa: S611
    return entries.filter(condition)


def best_first(
    entries: "models.QuerySet[SearchEntry]", words: Sequence[str], connection: BaseDatabaseWrapper
) -> list[tuple[str, int]]:
    """Return kind and id of what holds every word, the best first; arguments as ``holding``."""
    found = holding(entries, words, connection)
    wanted = _query(words, connection)
    if connection.vendor == "postgresql":
        rank = RawSQL(_RANK_POSTGRESQL, [wanted], models.FloatField())  # noqa: S611 - likewise
        ranked = found.annotate(rank=rank).order_by("rank", "pk")
        return list(ranked.values_list("kind", "object_id"))
    by_id = {pk: (kind, one) for pk, kind, one in found.values_list("pk", "kind", "object_id")}
    if not by_id:
        return []
    # Ranked in one walk through the index: asked for row by row it would walk for each of them.
    with connection.cursor() as cursor:
        cursor.execute(_BEST_FIRST_SQLITE, [wanted])
        return [by_id[pk] for (pk,) in cursor.fetchall() if pk in by_id]


def _query(words: Sequence[str], connection: BaseDatabaseWrapper) -> str:
    if connection.vendor == "postgresql":
        return " & ".join(f"'{one}':*" if is_prefix(one) else f"'{one}'" for one in words)
    return " AND ".join(f'"{one}"*' if is_prefix(one) else f'"{one}"' for one in words)

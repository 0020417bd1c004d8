"""Database triggers that refuse to change or delete what must stay as it was written."""

from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

#: Tables whose rows are written once. Other packages add theirs with ``protect``.
APPEND_ONLY_TABLES: list[str] = [
    "profile_workflow_event",
    "profile_workflow_revision",
    "profile_workflow_profileversion",
    "profile_workflow_criterionanswer",
]


def protect(table: str) -> None:
    """Count a table among those whose rows are written once. Idempotent."""
    if table not in APPEND_ONLY_TABLES:
        APPEND_ONLY_TABLES.append(table)


_FUNCTION = """
CREATE OR REPLACE FUNCTION profile_workflow_append_only() RETURNS trigger AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END;
$$ LANGUAGE plpgsql
"""


def _install_statements(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [
            (
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION profile_workflow_append_only()"
            )
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def _remove_statements(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"]
    return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("update", "delete")]


def install(connection: BaseDatabaseWrapper, tables: Sequence[str] | None = None) -> None:
    """Install the triggers of ``tables``, by default of all (SQLite and PostgreSQL)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table in APPEND_ONLY_TABLES if tables is None else tables:
            for statement in _install_statements(connection.vendor, table):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, tables: Sequence[str] | None = None) -> None:
    """Remove the triggers; used by reverse migrations and by test databases."""
    with connection.cursor() as cursor:
        for table in APPEND_ONLY_TABLES if tables is None else tables:
            for statement in _remove_statements(connection.vendor, table):
                cursor.execute(statement)

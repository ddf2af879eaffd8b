"""Triggers that keep published editions as they are, whatever writes to the database.

SQLite drops the triggers of a table it remakes: a later migration that alters one of these tables
must run `freeze` again.
"""

from django.db import migrations

TABLES = {
    "benchmarks_benchmark": "OLD.state = 'published'",
    **{
        f"benchmarks_{part}": (
            "EXISTS (SELECT 1 FROM benchmarks_benchmark b"
            " WHERE b.id = OLD.benchmark_id AND b.state = 'published')"
        )
        for part in ("benchmarkcell", "shopcontribution", "workspaceview", "poolfacts")
    },
}
VERBS = ("UPDATE", "DELETE")


class TriggersUnknown(NotImplementedError):
    """How to freeze published editions in this kind of database has not been written."""


def freeze(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        raise TriggersUnknown(schema_editor.connection.vendor)
    for table, frozen in TABLES.items():
        for verb in VERBS:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_frozen_{verb.lower()} BEFORE {verb} ON {table}"
                f" WHEN {frozen}"
                " BEGIN SELECT RAISE(ABORT, 'a published benchmark is frozen'); END"
            )


def unfreeze(apps, schema_editor):
    for table in TABLES:
        for verb in VERBS:
            schema_editor.execute(f"DROP TRIGGER {table}_frozen_{verb.lower()}")


class Migration(migrations.Migration):
    dependencies = [("benchmarks", "0001_initial")]
    operations = [migrations.RunPython(freeze, unfreeze)]

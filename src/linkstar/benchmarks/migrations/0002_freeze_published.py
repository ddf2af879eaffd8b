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
    vendor = schema_editor.connection.vendor
    if vendor not in STATEMENTS:
        raise TriggersUnknown(vendor)
    for table, frozen in TABLES.items():
        for statement in STATEMENTS[vendor](table, frozen):
            schema_editor.execute(statement)


def unfreeze(apps, schema_editor):
    on_table = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for verb in VERBS:
            where = f" ON {table}" if on_table else ""
            schema_editor.execute(f"DROP TRIGGER {table}_frozen_{verb.lower()}{where}")


def sqlite(table, frozen):
    for verb in VERBS:
        yield (
            f"CREATE TRIGGER {table}_frozen_{verb.lower()} BEFORE {verb} ON {table} WHEN {frozen}"
            " BEGIN SELECT RAISE(ABORT, 'a published benchmark is frozen'); END"
        )


def postgresql(table, frozen):
    """There a trigger's condition may not ask other tables; its function may."""
    yield (
        f"CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger AS $$ BEGIN IF {frozen} THEN "
        "RAISE EXCEPTION 'a published benchmark is frozen' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$ LANGUAGE plpgsql"
    )
    for verb in VERBS:
        yield (
            f"CREATE TRIGGER {table}_frozen_{verb.lower()} BEFORE {verb} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_frozen()"
        )


STATEMENTS = {"sqlite": sqlite, "postgresql": postgresql}


class Migration(migrations.Migration):
    dependencies = [("benchmarks", "0001_initial")]
    operations = [migrations.RunPython(freeze, unfreeze)]

"""Nothing in the book is ever changed or deleted, and no posting crosses currencies or books."""

from django.db import migrations

TABLES = ("ledger_account", "ledger_entry", "ledger_posting")
CROSSING = """ NOT EXISTS (
    SELECT 1 FROM ledger_account AS debit, ledger_account AS credit, ledger_entry AS entry
    WHERE debit.id = NEW.debit_id AND credit.id = NEW.credit_id AND entry.id = NEW.entry_id
        AND debit.currency = credit.currency AND debit.book = credit.book AND debit.book = entry.book
) """


def sqlite(schema_editor):
    for table in TABLES:
        for change in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the book is append-only'); END"
            )
    yield (
        f"CREATE TRIGGER ledger_posting_stays_within BEFORE INSERT ON ledger_posting WHEN {CROSSING} "
        "BEGIN SELECT RAISE(ABORT, 'a posting stays within one currency and one book'); END"
    )


def postgresql(schema_editor):
    yield (
        "CREATE FUNCTION ledger_append_only() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION 'the book is append-only' USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$ LANGUAGE plpgsql"
    )
    for table in TABLES:
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"
        )
    yield (
        f"CREATE FUNCTION ledger_stays_within() RETURNS trigger AS $$ BEGIN IF {CROSSING} THEN "
        "RAISE EXCEPTION 'a posting stays within one currency and one book' "
        "USING ERRCODE = 'integrity_constraint_violation'; "
        "END IF; RETURN NEW; END $$ LANGUAGE plpgsql"
    )
    yield (
        "CREATE TRIGGER ledger_posting_stays_within BEFORE INSERT ON ledger_posting "
        "FOR EACH ROW EXECUTE FUNCTION ledger_stays_within()"
    )


def forwards(apps, schema_editor):
    statements = {"sqlite": sqlite, "postgresql": postgresql}[schema_editor.connection.vendor]
    for statement in statements(schema_editor):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]

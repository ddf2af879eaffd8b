from django.db import migrations, models
from linkstar.settlements.sealing import SealedField, opened, seal

SEALED = (("settlements_bankaccount", "number"), ("settlements_payout", "account_number"))


def _rewrite(schema_editor, written):
    """Read and write the columns as they are, past the field that opens them."""
    with schema_editor.connection.cursor() as cursor:
        for table, column in SEALED:
            cursor.execute(f"SELECT id, {column} FROM {table}")
            changed = [(written(text), pk) for pk, text in cursor.fetchall()]
            cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE id = %s", changed)


def seal_all(apps, schema_editor):
    _rewrite(schema_editor, seal)


def open_all(apps, schema_editor):
    _rewrite(schema_editor, opened)


class Migration(migrations.Migration):
    dependencies = [("settlements", "0001_initial")]

    operations = [
        migrations.AddField(
            "bankaccount", "changed_at", models.DateTimeField(null=True, verbose_name="stated")
        ),
        migrations.AddField(
            "bankaccount",
            "routing_number",
            models.CharField(blank=True, max_length=9, verbose_name="routing number (ABA)"),
        ),
        migrations.AddField("payout", "account_changed_at", models.DateTimeField(null=True)),
        migrations.AddField("payout", "routing_number", models.CharField(blank=True, max_length=9)),
        migrations.AlterField(
            "bankaccount", "number", SealedField(verbose_name="IBAN or account number")
        ),
        migrations.AlterField("payout", "account_number", SealedField()),
        migrations.RunPython(seal_all, open_all),
    ]

import django.db.models.deletion
import linkstar.settlements.models
from django.db import migrations, models
from django.db.models import Q


def name_sides(apps, schema_editor):
    """Every dispute there is was opened about an amount, which says whose it is."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # columns are altered after this
    for dispute in apps.get_model("settlements", "Dispute").objects.select_related("commission"):
        dispute.shop_id = dispute.commission.shop_id
        dispute.creator_id = dispute.commission.creator_id
        dispute.save(update_fields=["shop", "creator"])


def protected(to, *, null=False, name="disputes"):
    return models.ForeignKey(
        to, on_delete=django.db.models.deletion.PROTECT, null=null, related_name=name
    )


class Migration(migrations.Migration):
    dependencies = [
        ("settlements", "0002_bank_accounts"),
        ("collaborations", "0001_initial"),
    ]

    operations = [
        migrations.AddField("dispute", "shop", protected("catalog.shop", null=True)),
        migrations.AddField("dispute", "creator", protected("creators.creator", null=True)),
        migrations.AddField(
            "dispute", "deliverable", protected("collaborations.deliverable", null=True)
        ),
        migrations.AlterField(
            "dispute", "commission", protected("commissions.commission", null=True)
        ),
        migrations.RunPython(name_sides, migrations.RunPython.noop),
        migrations.AlterField("dispute", "shop", protected("catalog.shop")),
        migrations.AlterField("dispute", "creator", protected("creators.creator")),
        migrations.AddConstraint(
            "dispute",
            models.UniqueConstraint(
                fields=["deliverable"],
                condition=~Q(state="final"),
                name="one_living_dispute_per_deliverable",
            ),
        ),
        migrations.AddConstraint(
            "dispute",
            models.CheckConstraint(
                condition=Q(commission__isnull=False, deliverable=None)
                | Q(commission=None, deliverable__isnull=False),
                name="dispute_is_about_something",
            ),
        ),
        migrations.AddIndex(
            "dispute",
            models.Index(
                fields=["state", "clock_ends_at"], name="dispute_state_and_clock"
            ),
        ),
        migrations.CreateModel(
            name="DisputeEvidence",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=linkstar.settlements.models.evidence_id,
                        editable=False,
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("stored_as", models.CharField(max_length=60, unique=True)),
                ("media_type", models.CharField(max_length=60)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "message",
                    protected("settlements.disputemessage", name="evidence"),
                ),
            ],
            options={"verbose_name_plural": "dispute evidence"},
        ),
    ]

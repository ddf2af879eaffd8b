"""People who were there before addresses were confirmed by a link go on signing in."""

from django.db import migrations


def confirm(apps, schema_editor):
    address = apps.get_model("account", "EmailAddress")
    for user in apps.get_model("accounts", "User").objects.all():
        if not address.objects.filter(user_id=user.pk).exists():
            address.objects.create(user_id=user.pk, email=user.email, verified=True, primary=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_marks"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [migrations.RunPython(confirm, migrations.RunPython.noop)]

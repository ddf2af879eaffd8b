from django.db import migrations


def move(apps, schema_editor):
    """Searches for creators become views of their page, shared as they were."""
    SavedView = apps.get_model('accounts', 'SavedView')
    for search in apps.get_model('recruiting', 'SavedSearch').objects.all():
        SavedView.objects.create(
            workspace_id=search.workspace_id,
            user_id=search.user_id,
            page='creators',
            name=search.name,
            parts={part: [str(value)] for part, value in search.filters.items()},
            is_shared=True,
            created_at=search.created_at,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_saved_views'),
        ('recruiting', '0002_terms_everywhere'),
    ]

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.DeleteModel(name='SavedSearch'),
    ]

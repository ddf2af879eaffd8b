"""What checks of whole books found."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='BookCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('book', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('entries', models.PositiveBigIntegerField()),
                ('found', models.PositiveIntegerField()),
                ('findings', models.JSONField(default=list)),
            ],
            options={
                'indexes': [models.Index(fields=['book', 'at'], name='ledger_book_book_fd119f_idx')],
            },
        ),
    ]

from django.conf import settings
from django.db import migrations, models


def seal_inboxes(apps, schema_editor):
    """The site's seal on the inboxes that stand here now; from then on one without it takes nothing in."""
    from depthwork.practice.vault.unlocked import inbox_seal

    keys = apps.get_model("vault", "DataKey").objects
    for row in keys.filter(inbox_seal=None).iterator(chunk_size=500):
        keys.filter(pk=row.pk).update(inbox_seal=inbox_seal(row))


def fold(apps, schema_editor):
    """The way back holds one grant for each reader and key: the one that lasts longest."""
    grants, seen = apps.get_model("vault", "Grant").objects, set()
    order = [models.F("ends_at").desc(nulls_first=True), "created_at"]
    for pk, key, reader in list(grants.order_by(*order).values_list("pk", "data_key_id", "reader_id")):
        if (key, reader) in seen:
            grants.filter(pk=pk).delete()
        seen.add((key, reader))


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0002_backup_and_will"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="grant",
            name="one_grant_for_each_reader_and_key",
        ),
        migrations.AddField(
            model_name="datakey",
            name="inbox_seal",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="datakey",
            name="renew_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint(
                condition=models.Q(("consent", None)),
                fields=("data_key", "reader", "purpose", "granter"),
                name="one_grant_for_each_purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.UniqueConstraint(
                fields=("data_key", "reader", "purpose", "granter", "consent"),
                name="one_grant_for_each_consent",
            ),
        ),
        migrations.RunPython(seal_inboxes, fold),
    ]

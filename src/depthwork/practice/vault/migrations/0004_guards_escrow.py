"""Two colleagues who together open a record for a while: whom a clinician named, and the shares of each key."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0003_grants_side_by_side"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Escrow",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("signature", models.BinaryField()),
                ("written_at", models.DateTimeField()),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "vault_escrow",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("first", models.F("second")), _negated=True),
                            models.Q(("first", models.F("person")), _negated=True),
                            models.Q(("second", models.F("person")), _negated=True),
                        ),
                        name="an_escrow_names_two_others",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EscrowShare",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("sealed_share", models.BinaryField()),
                ("label", models.BinaryField(null=True)),
                ("released", models.BinaryField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=20)),
                (
                    "data_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="vault.datakey"
                    ),
                ),
                (
                    "escrow",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="vault.escrow",
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "vault_escrow_share",
                "constraints": [
                    models.UniqueConstraint(fields=("escrow", "data_key", "keeper"), name="one_share_for_each_keeper"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("released__isnull", True), ("released_at__isnull", True)),
                            models.Q(("released__isnull", False), ("released_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_share_is_released_at_a_time",
                    ),
                ],
            },
        ),
    ]

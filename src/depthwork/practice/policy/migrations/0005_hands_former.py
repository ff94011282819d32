from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policy", "0004_door_second_factor")]

    operations = [
        migrations.AlterField(
            model_name="involvement",
            name="part",
            field=models.CharField(
                choices=[
                    ("clinician", "clinician"),
                    ("supervisor", "supervisor"),
                    ("cover", "covering colleague"),
                    ("former", "treated before"),
                    ("office", "office"),
                    ("self", "the client"),
                    ("denied", "explicitly kept out"),
                ],
                max_length=12,
            ),
        ),
    ]

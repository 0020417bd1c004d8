from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("profile_workflow", "0013_trail_of_working_copies"),
    ]

    operations = [
        migrations.AlterField(
            model_name="datatable",
            name="chart",
            field=models.CharField(
                blank=True,
                choices=[
                    ("bar", "Bars"),
                    ("line", "Lines over the years"),
                    ("stacked", "Stacked bars"),
                    ("share", "Stacked bars of shares"),
                    ("pyramid", "Population pyramid"),
                ],
                max_length=20,
                verbose_name="chart",
            ),
        ),
    ]

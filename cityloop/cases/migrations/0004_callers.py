"""How a citizen is spoken to and answered; who wanted no reply is answered by none."""

from django.db import migrations, models
from django.db.models import Q


def keep_wishes(apps, schema_editor):
    contacts = apps.get_model("cases", "Contact").objects
    contacts.filter(Q(wants_reply=False) | Q(phone_digest=None)).update(reply_by="none")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_running_cases"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="gender",
            field=models.BinaryField(default=b""),
        ),
        migrations.AddField(
            model_name="contact",
            name="reply_by",
            field=models.CharField(
                choices=[("phone", "电话"), ("sms", "短信"), ("source", "经来源平台"), ("none", "不需回复")],
                default="phone",
                max_length=10,
                verbose_name="回复方式",
            ),
        ),
        migrations.RunPython(keep_wishes, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="contact",
            name="wants_reply",
        ),
    ]

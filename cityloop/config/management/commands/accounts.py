"""`cityloop accounts`: the accounts of the demonstration city, one for every post."""

from typing import Any

from django.core.management.base import BaseCommand

from cityloop.config.demonstration.people import config, rows
from cityloop.org.models import Person, Post
from cityloop.org.posts import POST_KINDS


class Command(BaseCommand):
    """Prints only accounts that exist and still have the demonstration's password."""

    help = "Print an account for every post of the demonstration city."

    def handle(self, *args: Any, **options: Any) -> None:
        """A line an account."""
        password = config()["password"]
        shown = [row["username"] for row in rows("people/people.csv") if row["shown"] == "1"]
        people = {person.username: person for person in Person.objects.filter(username__in=shown, is_active=True)}
        first = next(iter(people.values()), None)
        if first is None or not first.check_password(password):
            return
        self.stdout.write(f"演示账号 / demonstration accounts, password: {password}")
        for username in shown:
            if username in people:
                posts = Post.objects.filter(person=people[username]).select_related("unit")
                labels = "; ".join(f"{POST_KINDS[post.kind]} · {post.unit.label}" for post in posts)
                self.stdout.write(f"  {username:<22} {people[username].name}  {labels}")

"""The backend that DATABASES names. Django finds it under this name."""

import select

from django.contrib.gis.db.backends.postgis import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that tells by its socket whether the server is still there."""

    def is_usable(self) -> bool:
        """Whether the kept connection may serve another request.

        The server speaks only when asked. If there is something to read on an idle connection it is the server's
        farewell, or a notification: then, and only then, it is asked.
        """
        connection = self.connection
        if connection is None or connection.closed:
            return False
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        return bool(super().is_usable()) if poll.poll(0) else True

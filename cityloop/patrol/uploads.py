"""Photos that come with a plain form, where no script could send them before."""

import hashlib
from datetime import datetime
from uuid import UUID, uuid5

from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from cityloop.evidence.actions import store
from cityloop.org.actor import Actor


def keep_photos(
    files: "MultiValueDict[str, UploadedFile]", name: str, *, purpose: str, client_id: UUID, by: Actor, now: datetime
) -> list[str]:
    """Store the photos of one file field; their ids. A photo sent twice with one form has one id, and is kept once."""
    found = []
    for upload in files.getlist(name):
        content = upload.read()
        if content:
            uuid = uuid5(client_id, f"{purpose}:{hashlib.sha256(content).hexdigest()}")
            found.append(str(store(uuid, content, purpose=purpose, by=by, now=now).pk))
    return found

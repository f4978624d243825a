"""Files in an S3-compatible bucket. Loaded only where FILES_URL names one: boto3 is heavy.

The bucket is private and nobody gets an address in it: each file comes through access.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3File, S3Storage

from applications.storing import Away

CONNECTING, ANSWERING = 3, 15  # seconds
ATTEMPTS = 2
IN_MEMORY = 512 * 1024  # bytes of a file that is read; the rest waits in a temporary file
IN_ONE_PIECE = 16 * 1024 * 1024  # bytes: more than a file may have


@contextmanager
def told_as_away():
    """Turn what boto3 raises into the one error that the rest of the portal knows."""
    try:
        yield
    except (BotoCoreError, Boto3Error, ClientError) as error:
        raise Away(f"the bucket: {error}") from error


class Bucket(S3Storage):
    """A bucket of the portal's own. Names are random keys, so nothing is ever overwritten."""

    is_elsewhere = True

    def get_default_settings(self) -> dict:
        """Return boto3's settings, none of them from the environment of the process."""
        config = Config(
            connect_timeout=CONNECTING,
            read_timeout=ANSWERING,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            # Newer boto3 adds checksums that many compatible servers refuse.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return super().get_default_settings() | {
            "client_config": config,
            "transfer_config": TransferConfig(use_threads=False, multipart_threshold=IN_ONE_PIECE),
            "security_token": None,
            "session_profile": None,
            "file_overwrite": False,
            "max_memory_size": IN_MEMORY,
        }

    def _open(self, name: str, mode: str = "rb") -> S3File:
        """Fetch the file at once: what goes wrong is told before an answer has begun."""
        with told_as_away():
            return super()._open(name, mode).open()

    def _save(self, name: str, content) -> str:
        with told_as_away():
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with told_as_away():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with told_as_away():
            return super().exists(name)

    def size(self, name: str) -> int:
        with told_as_away():
            return super().size(name)

    def url(self, name: str, *args, **kwargs) -> str:
        raise NotImplementedError("Files are handed out by access.py, never by address.")

    def every_file(self) -> Iterator[tuple[str, int]]:
        """Return the name and size of each file that lies there."""
        with told_as_away():
            pages = self.connection.meta.client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket_name):
                for one in page.get("Contents", ()):
                    yield one["Key"], one["Size"]

    def trouble(self) -> str:
        """Return why the bucket can't be used now, or ""."""
        try:
            self.connection.meta.client.head_bucket(Bucket=self.bucket_name)
        except (BotoCoreError, ClientError) as error:
            return f"does not answer: {type(error).__name__}"
        return ""

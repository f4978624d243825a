"""Where files lie: in a folder of this machine, or in an S3-compatible bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, Storage, default_storage

SHAPE = "s3://key:secret@host:port/bucket?region=…&tls=off, with %2F for a / in the secret"
OPTIONS = {"region", "tls"}
HERE = ("localhost", "127.0.0.1", "::1")


class Away(OSError):
    """The place where files lie doesn't answer, or refuses us."""


class Disk(FileSystemStorage):
    """A folder of this machine; never served as one."""

    is_elsewhere = False

    def every_file(self) -> Iterator[tuple[str, int]]:
        """Return the name and size of each file that lies there."""
        root = Path(self.location)
        for path in sorted(root.rglob("*")):
            if path.is_file():
                yield path.relative_to(root).as_posix(), path.stat().st_size


def place(url: str, *, in_production: bool = False) -> dict:
    """Return where files lie as an entry of STORAGES: what FILES_URL names, or the disk.

    Fails loudly, and without a word of the secret, where the address isn't whole, and in
    production where files and keys would cross a network unenciphered.
    """
    if not url:
        return {"BACKEND": "applications.storing.Disk"}
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    if why := what_is_wrong(parts, asked):
        raise ImproperlyConfigured(f"FILES_URL {why}; it must be like {SHAPE}.")
    scheme = "http" if asked.get("tls") == "off" else "https"
    if in_production and scheme == "http" and parts.hostname not in HERE:
        raise ImproperlyConfigured(
            "FILES_URL has tls=off to another machine. Production sends files by TLS, "
            "or to this machine alone."
        )
    options = {
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "endpoint_url": f"{scheme}://{parts.netloc.rpartition('@')[2]}",
        "bucket_name": parts.path.strip("/"),
        "region_name": asked.get("region", "us-east-1"),
    }
    return {"BACKEND": "applications.bucket.Bucket", "OPTIONS": options}


def what_is_wrong(parts: SplitResult, asked: dict[str, str]) -> str:
    """Return why an address can't be used, or ""."""
    try:
        needed = {
            "key": parts.username,
            "secret": parts.password,
            "host": parts.hostname,
            "bucket": parts.path.strip("/"),
        }
        parts.port  # noqa: B018  it is read to be checked
    except ValueError:
        return "has a port that is no number"
    if parts.scheme != "s3":
        return "is not an s3:// address"
    if lacking := [name for name, value in needed.items() if not value]:
        return f"lacks: {', '.join(lacking)}"
    if "/" in needed["bucket"]:
        return "names more than a bucket"
    if unknown := asked.keys() - OPTIONS:
        return f"has options nobody knows: {', '.join(sorted(unknown))}"
    if asked.get("tls", "on") not in ("on", "off"):
        return "has a tls that is neither on nor off"
    return "" if asked.get("region", "set") else "has an empty region"


def copy_from(source: Disk, target: Storage = default_storage) -> Iterator[str]:
    """Copy to where files lie now what lies in `source` and isn't there yet; return each name."""
    there = dict(target.every_file())
    for name, size in source.every_file():
        if there.get(name) == size:
            continue
        if name in there:
            target.delete(name)
        with source.open(name) as content:
            target.save(name, content)
        yield name

"""A server that speaks S3 (moto's), on this machine and in memory: the real one lies elsewhere."""

from __future__ import annotations

import logging

import boto3
import pytest
from moto.server import ThreadedMotoServer

from applications import storing

KEY, SECRET, REGION, BUCKET = "portal", "se/cret+key", "eu-central-1", "files"


@pytest.fixture(scope="session")
def s3():
    """Return the address of a server with one empty bucket, as FILES_URL names it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    own = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        region_name=REGION,
    )
    own.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield f"s3://{KEY}:se%2Fcret%2Bkey@{host}:{port}/{BUCKET}?region={REGION}&tls=off"
    own.close()
    server.stop()


@pytest.fixture
def bucket(s3, settings):
    """Let the portal's files lie in the bucket; leave it empty."""
    settings.STORAGES = {**settings.STORAGES, "default": storing.place(s3)}
    yield storing.default_storage
    for name, _size in list(storing.default_storage.every_file()):
        storing.default_storage.delete(name)

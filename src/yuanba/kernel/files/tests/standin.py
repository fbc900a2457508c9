"""A store that speaks the S3 protocol over HTTP and checks every signature, for as long as the tests run."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import boto3
import moto.settings
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

ANYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}


class StandIn:
    """The store, with one user who may do anything in it."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        self.port = self._server.get_host_and_port()[1]
        iam = self._connect("iam", "nobody", "nothing")
        iam.create_user(UserName="yuanba")
        iam.put_user_policy(UserName="yuanba", PolicyName="all", PolicyDocument=json.dumps(ANYTHING))
        made = iam.create_access_key(UserName="yuanba")["AccessKey"]
        self.key, self.secret = str(made["AccessKeyId"]), str(made["SecretAccessKey"])
        moto.settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
        self.client = self._connect("s3", self.key, self.secret)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _connect(self, service: str, key: str, secret: str) -> Any:
        session = boto3.session.Session(key, secret)
        return session.client(service, endpoint_url=self.endpoint, region_name="us-east-1")

    def bucket(self) -> str:
        """A new bucket's name."""
        name = f"photos-{uuid4().hex[:12]}"
        self.client.create_bucket(Bucket=name)
        return name

    def address(self, bucket: str, *, prefix: str = "", secret: str = "") -> str:
        """What an operator writes into FILES_URL."""
        own = f"{quote(self.key, '')}:{quote(secret or self.secret, '')}"
        return f"s3://{own}@{bucket}/{prefix}?endpoint={self.endpoint}&region=us-east-1"

    def names(self, bucket: str) -> set[str]:
        """The names of everything in a bucket."""
        return {each["Key"] for each in self.client.list_objects_v2(Bucket=bucket).get("Contents", [])}

    def age(self, bucket: str, moment: datetime) -> None:
        """Let everything in a bucket have been written at that moment; the protocol has no way to."""
        for key in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[bucket].keys.values():
            key.last_modified = moment.replace(tzinfo=None)

    def put(self, bucket: str, key: str) -> None:
        """Put something there without going over the line, as a thousand of them would take their time."""
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object(bucket, key, b"x")

    @contextmanager
    def asking_no_key(self) -> Iterator[None]:
        """Signatures are not looked at; only what is public is open to strangers."""
        moto.settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf")
        try:
            yield
        finally:
            moto.settings.INITIAL_NO_AUTH_ACTION_COUNT = 0

    def stop(self) -> None:
        self._server.stop()

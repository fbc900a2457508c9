"""Stored files in a bucket of S3-compatible object storage. Loaded only where settings name one."""

import logging
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cached_property
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from django.core.files.base import File
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Away, NotAllowed
from yuanba.kernel.files.models import StoreMark
from yuanba.kernel.files.store import Store

log = logging.getLogger(__name__)
# Reads its descriptions of the protocol once for all clients; threads must not make clients at the same time.
_session = boto3.session.Session()
_making = Lock()
# Names the database whose files these are. Two databases under one prefix would sweep each other's away.
OWNER = "owner"
IN_MEMORY = 4 * 1024 * 1024
_GONE = frozenset({"404", "NoSuchKey", "NotFound"})
_OURS = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[^/]+")


class Bucket(Store):
    """A bucket, or the part of one under `prefix`, at any vendor's."""

    def __init__(
        self,
        *,
        bucket: str,
        prefix: str,
        endpoint: str,
        region: str,
        addressing: str,
        key: str,
        secret: str,
        token: str,
    ) -> None:
        self._bucket, self._prefix = bucket, prefix
        self._endpoint, self._region, self._addressing = endpoint, region, addressing
        self._keys = {
            "aws_access_key_id": key,
            "aws_secret_access_key": secret,
            "aws_session_token": token or None,
        }
        self._is_ours = False

    @cached_property
    def _client(self) -> Any:
        return self._connect("s3v4")

    def _connect(self, signature: object) -> Any:
        config = Config(
            signature_version=signature,
            # The whole body's SHA-256 is signed instead of a checksum behind chunks, which OSS, COS, OBS and
            # older MinIO and Ceph do not know.
            s3={"addressing_style": self._addressing, "payload_signing_enabled": True},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            ignore_configured_endpoint_urls=True,
            # A store that is switched off does not refuse; a request must not hang on it for minutes.
            connect_timeout=3,
            read_timeout=10,
            retries={"mode": "standard", "total_max_attempts": 2},
        )
        where = {"endpoint_url": self._endpoint or None, "region_name": self._region}
        with _making:
            return _session.client("s3", config=config, **where, **self._keys)

    def claim(self) -> None:
        """Write whose files these are, once, and look that nobody can read them without a key.

        Raises `NotAllowed` when either is otherwise: then nothing is stored or swept here.
        """
        mark = StoreMark.own()
        with _plainly("owner"):
            try:
                with self._open(OWNER) as owner:
                    found = owner.read().decode("ascii", "replace")
            except FileNotFoundError:
                self._client.put_object(Bucket=self._bucket, Key=self._prefix + OWNER, Body=mark.encode())
                found = mark
        if found != mark:
            raise NotAllowed(
                _(
                    "FILES_URL: another database keeps its files there. Give this one a bucket or prefix of its own."
                ),
                code="not_ours",
            )
        if self._is_public():
            raise NotAllowed(
                _("FILES_URL: anybody can read this bucket. Make it private first."), code="public_bucket"
            )

        self._is_ours = True

    def _claim_once(self) -> None:
        """As `claim` when nobody has asked yet; who sends a photo can't help what is wrong, so it is `Away`."""
        if self._is_ours:
            return
        try:
            self.claim()
        except NotAllowed as error:
            log.error("%s", error.message)
            raise _unreachable() from error

    def _is_public(self) -> bool:
        stranger = self._connect(UNSIGNED)
        with closing(stranger):
            try:
                stranger.head_object(Bucket=self._bucket, Key=self._prefix + OWNER)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
                    return False
                raise _away("owner", error) from error
            except (BotoCoreError, HTTPClientError) as error:
                raise _away("owner", error) from error
        return True

    def answers(self) -> bool:
        """The store lists the bucket to our key."""
        try:
            with _plainly("a list"):
                self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)
        except Away:
            return False
        return True

    def pages(self) -> Iterator[list[str]]:
        """A thousand at a time, as the protocol gives them; what lies there under other names is not ours."""
        with _plainly("a list"):
            pager = self._client.get_paginator("list_objects_v2")
            for page in pager.paginate(Bucket=self._bucket, Prefix=self._prefix):
                paths = [str(each["Key"]).removeprefix(self._prefix) for each in page.get("Contents", [])]
                yield [path for path in paths if _OURS.fullmatch(path)]

    def remove_all(self) -> None:
        """Remove our files, then the mark; the bucket stays."""
        for paths in self.pages():
            for path in paths:
                self.delete(path)
        self.delete(OWNER)
        self._is_ours = False

    def _open(self, name: str, _mode: str = "rb") -> "File[bytes]":
        with _plainly(name):
            found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + name)
        return _Streamed(found["Body"], name, found["ContentLength"])

    def _save(self, name: str, content: "File[bytes]") -> str:
        self._claim_once()
        # Hashed, sent, and sent again after a failure: for that it must be at hand whole.
        with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            for chunk in content.chunks():
                body.write(chunk)
            body.seek(0)
            with _plainly(name):
                self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=body)
        return name

    def exists(self, name: str) -> bool:
        """Whether a file lies under this name."""
        try:
            self._head(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        """Its bytes."""
        return int(self._head(name)["ContentLength"])

    def get_modified_time(self, name: str) -> datetime:
        """When it was last written."""
        moment: datetime = self._head(name)["LastModified"]
        return moment

    def delete(self, name: str) -> None:
        """Remove it; one that is not there is no trouble."""
        with _plainly(name):
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + name)

    def _head(self, name: str) -> Any:
        with _plainly(name):
            return self._client.head_object(Bucket=self._bucket, Key=self._prefix + name)


class _Streamed(File):  # type: ignore[type-arg]  # which can't be written at run time
    """An object's bytes as they come; raises `Away` where they end too early."""

    def __init__(self, body: Any, name: str, size: int) -> None:
        super().__init__(body, name)
        self._body, self.size = body, size

    def read(self, size: int | None = None) -> bytes:
        with _plainly(str(self.name)):
            content: bytes = self._body.read(size)
        return content


@contextmanager
def _plainly(name: str) -> Iterator[None]:
    """FileNotFoundError for what is not there, and `Away` with one line in the log for everything else."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE:
            raise FileNotFoundError(name) from error
        raise _away(name, error) from error
    except (BotoCoreError, HTTPClientError) as error:
        raise _away(name, error) from error


def _away(name: str, error: Exception) -> Away:
    why = type(error).__name__
    if isinstance(error, ClientError):  # its code, not its words: some stores repeat the key in them
        why = str(error.response.get("Error", {}).get("Code", why))
    log.error("the store of files does not serve %s: %s", name, why)
    return _unreachable()


def _unreachable() -> Away:
    return Away(_("Stored files can't be reached just now. Try again soon."))

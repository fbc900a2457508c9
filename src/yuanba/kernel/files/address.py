"""Where stored files lie, as one address in the environment: ``s3://bucket/prefix?endpoint=https://…``."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_WRITE = (
    "FILES_URL: write s3://bucket/prefix?endpoint=https://host&region=name, or leave it out for YUANBA_VAR"
)
_OPTIONS = "FILES_URL: after the ? stand endpoint, region and addressing, each once: endpoint=https://host&region=name"
_ENDPOINT = "FILES_URL: the endpoint is https://host, without the bucket's name and without a path"
_ADDRESSING = "FILES_URL: addressing is path or virtual"
_REGION = "FILES_URL: name the endpoint, or for AWS the region"
_KEYS = (
    "FILES_URL: the keys are missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
    "or write s3://key:secret@bucket with %2F for / and %2B for +"
)
_EXTRA = "FILES_URL: s3:// needs the extra s3, which is not installed: pip install 'yuanba[s3]'"

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*")
_PLAIN = re.compile(r"[a-z0-9-]{1,40}")
_DEFAULT_REGION = "us-east-1"
# These refuse paths and want the bucket's name before the host's; MinIO and Ceph take paths as they come.
_VIRTUAL = ("amazonaws.com", "amazonaws.com.cn", "aliyuncs.com", "myqcloud.com", "myhuaweicloud.com")


def store_settings(
    url: str, folder: Path, *, key: str = "", secret: str = "", token: str = ""
) -> dict[str, Any]:
    """Django's description of the store: a bucket by its address, or `folder` without one.

    Raises ValueError in one line that repeats nothing of the address, which may hold a secret.
    """
    if not url.strip():
        return {"BACKEND": "yuanba.kernel.files.folder.Folder", "OPTIONS": {"location": folder}}
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise ValueError(_WRITE) from None
    own, _at, bucket = parts.netloc.rpartition("@")
    prefix = f"{parts.path.strip('/')}/".lstrip("/")
    named = _BUCKET.fullmatch(bucket) and ".." not in bucket and _PREFIX.fullmatch(prefix)
    if parts.scheme != "s3" or parts.fragment or not named:
        raise ValueError(_WRITE)
    found = {"bucket": bucket, "prefix": prefix, **_options(parts, bucket)}
    if own:
        key, _colon, secret = (unquote(part) for part in own.partition(":"))
        token = ""
    if not key.strip() or not secret.strip():
        raise ValueError(_KEYS)
    if find_spec("boto3") is None:
        raise ValueError(_EXTRA)
    found |= {"key": key.strip(), "secret": secret.strip(), "token": token.strip()}
    return {"BACKEND": "yuanba.kernel.files.bucket.Bucket", "OPTIONS": found}


def _options(parts: SplitResult, bucket: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(parts.query, strict_parsing=True) if parts.query else []
    except ValueError:
        raise ValueError(_OPTIONS) from None
    given = dict(pairs)
    if len(given) != len(pairs) or given.keys() - {"endpoint", "region", "addressing"}:
        raise ValueError(_OPTIONS)
    endpoint, region = given.get("endpoint", "").rstrip("/"), given.get("region", "")
    if not endpoint and not region:
        raise ValueError(_REGION)
    if region and not _PLAIN.fullmatch(region):
        raise ValueError(_OPTIONS)
    host = _host(endpoint, bucket) if endpoint else _VIRTUAL[0]
    usual = "virtual" if host.endswith(_VIRTUAL) else "path"
    addressing = given.get("addressing", usual)
    if addressing not in {"path", "virtual"}:
        raise ValueError(_ADDRESSING)
    return {"endpoint": endpoint, "region": region or _DEFAULT_REGION, "addressing": addressing}


def _host(endpoint: str, bucket: str) -> str:
    """The endpoint's host, when it is an endpoint and no bucket's own address."""
    try:
        parts = urlsplit(endpoint)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(_ENDPOINT) from None
    bare = not (parts.path or parts.query or parts.fragment or parts.username)
    if parts.scheme not in {"http", "https"} or not bare or not host or host.startswith(f"{bucket}."):
        raise ValueError(_ENDPOINT)
    return host

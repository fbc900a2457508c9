"""Installations whose photos lie in a bucket, as processes of their own."""

import json
from pathlib import Path

import pytest

from tests.operations.conftest import Empty
from tests.operations.installation import Installation
from yuanba.kernel.files.tests.standin import StandIn

STORE = """
import django
django.setup()
from yuanba.kernel.files.prepared import PreparedFile
from yuanba.kernel.files.storing import store
print(store(PreparedFile(b"large", "jpg", "image/jpeg", 640, 400, b"small")).path)
"""


@pytest.fixture
def bucket(object_storage: StandIn, district: Installation) -> str:
    """The bucket that the district's settings name, keys apart."""
    name = object_storage.bucket()
    district.more = {
        "FILES_URL": f"s3://{name}/a?endpoint={object_storage.endpoint}",
        "AWS_ACCESS_KEY_ID": object_storage.key,
        "AWS_SECRET_ACCESS_KEY": object_storage.secret,
    }
    return name


def test_a_district_with_a_bucket_is_backed_up_and_restored_elsewhere(
    bucket: str, object_storage: StandIn, district: Installation, empty: Empty, tmp_path: Path
) -> None:
    path = district.python(STORE).strip()
    assert f"a/{path}" in object_storage.names(bucket)
    assert district.answer("backup", str(tmp_path / "a.tar.gz"))["files"] == 2
    other = empty()
    other.more = district.more
    refused = other.run("restore", str(tmp_path / "a.tar.gz"), "--json")
    assert refused.returncode == 1
    assert json.loads(refused.stdout.splitlines()[-1])["code"] == "not_ours"
    assert refused.stderr.splitlines()[-1].startswith("FILES_URL")
    other.more = {}
    assert other.answer("restore", str(tmp_path / "a.tar.gz"), "--without-key")["files"] == 2
    assert (other.var / "files" / path).read_bytes() == b"large"


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_bucket_of_another_database_is_refused_at_start(
    bucket: str, object_storage: StandIn, district: Installation, command: str
) -> None:
    object_storage.put(bucket, "a/owner")
    done = district.run(command)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("FILES_URL")


def test_a_bucket_that_is_away_is_said_at_start_and_waited_for(district: Installation) -> None:
    district.more = {"FILES_URL": "s3://k:t0p@photos?endpoint=http://127.0.0.1:1"}
    server = district.serve()
    server.terminate()
    server.wait(timeout=60)
    told = (district.var / "serve.log").read_text(encoding="utf-8")
    assert "the store of files does not serve owner: EndpointConnectionError" in told
    assert "Traceback" not in told
    assert "t0p" not in told


def test_resetting_the_demo_empties_its_part_of_the_bucket(
    bucket: str, object_storage: StandIn, district: Installation
) -> None:
    if district.database_url:
        pytest.skip("only the embedded database can be reset")
    district.python(STORE)
    object_storage.put(bucket, "b/owner")
    district.python(
        "import django; django.setup()\n"
        "from yuanba.demo.resetting import remove_district\n"
        "from yuanba.matters.district import district_root\n"
        "remove_district(district_root().name)"
    )
    assert object_storage.names(bucket) == {"b/owner"}

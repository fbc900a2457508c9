import subprocess
import sys
from pathlib import Path

import pytest

from yuanba.kernel.files.address import store_settings
from yuanba.kernel.files.bucket import Bucket

HERE = Path("files")
SECRET = "t0p/secret+"
KEYS = {"key": "AKEXAMPLE", "secret": SECRET}


def test_without_an_address_files_lie_in_the_data_directory() -> None:
    assert store_settings(" ", HERE, **KEYS)["OPTIONS"] == {"location": HERE}


def test_an_address_says_where_and_the_environment_with_which_keys() -> None:
    address = "s3://photos/districts/a/?endpoint=https://minio.example.org:9000/&region=north-1"
    assert store_settings(address, HERE, **KEYS, token="t")["OPTIONS"] == {
        "bucket": "photos",
        "prefix": "districts/a/",
        "endpoint": "https://minio.example.org:9000",
        "region": "north-1",
        "addressing": "path",
        "key": "AKEXAMPLE",
        "secret": SECRET,
        "token": "t",
    }


def test_keys_in_the_address_come_before_those_of_the_environment() -> None:
    found = store_settings("s3://own:a%2Fb%2Bc@photos?region=cn-north-1", HERE, **KEYS, token="t")["OPTIONS"]
    assert (found["key"], found["secret"], found["token"], found["prefix"]) == ("own", "a/b+c", "", "")


@pytest.mark.parametrize(
    ("rest", "shown"),
    [
        (
            "endpoint=https://s3.oss-cn-hangzhou.aliyuncs.com",
            "https://photos.s3.oss-cn-hangzhou.aliyuncs.com/",
        ),
        ("endpoint=https://cos.ap-guangzhou.myqcloud.com", "https://photos.cos.ap-guangzhou.myqcloud.com/"),
        (
            "endpoint=https://obs.cn-north-4.myhuaweicloud.com",
            "https://photos.obs.cn-north-4.myhuaweicloud.com/",
        ),
        ("endpoint=http://192.0.2.7:9000", "http://192.0.2.7:9000/photos/"),
        ("endpoint=https://ceph.example.org", "https://ceph.example.org/photos/"),
        ("endpoint=https://ceph.example.org&addressing=virtual", "https://photos.ceph.example.org/"),
        ("region=cn-north-1", "https://photos.s3.cn-north-1.amazonaws.com.cn/"),
    ],
)
def test_every_vendor_is_asked_in_the_form_it_takes(rest: str, shown: str) -> None:
    files = Bucket(**store_settings(f"s3://photos?{rest}", HERE, **KEYS)["OPTIONS"])
    asked = files._client.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "ab/cd"})
    assert asked.startswith(f"{shown}ab/cd?")
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in asked


@pytest.mark.parametrize(
    "address",
    [
        "photos",
        "http://photos",
        "oss://photos?endpoint=https://oss-cn-hangzhou.aliyuncs.com",
        f"s3://key:{SECRET}@photos?region=r",
        "s3://?region=r",
        "s3://[::1?region=r",
        "s3://Photos?region=r",
        "s3://ph..otos?region=r",
        "s3://photos:9000?region=r",
        "s3://photos/../others?region=r",
        "s3://photos/a b?region=r",
        "s3://photos?region=r#t0p",
        "s3://photos",
        "s3://photos?endpoint=",
        "s3://photos?t0p",
        "s3://photos?region=r&secret=t0p",
        "s3://photos?region=r&region=t0p",
        "s3://photos?region=t0p/",
        "s3://photos?endpoint=minio:9000",
        "s3://photos?endpoint=https://t0p@minio",
        "s3://photos?endpoint=https://minio:t0p",
        "s3://photos?endpoint=https://minio/photos",
        "s3://photos?endpoint=https://photos.oss-cn-hangzhou.aliyuncs.com",
        "s3://photos?region=r&addressing=t0p",
        "s3://key:@photos?region=r",
        "s3://:t0p@photos?region=r",
    ],
)
def test_anything_else_is_refused_in_one_line_without_a_secret(address: str) -> None:
    with pytest.raises(ValueError, match=r"^FILES_URL: ") as refused:
        store_settings(address, HERE, **KEYS)
    words = str(refused.value)
    assert "t0p" not in words
    assert "\n" not in words


@pytest.mark.parametrize("keys", [{}, {"key": "AKEXAMPLE"}, {"secret": SECRET}])
def test_without_both_keys_it_says_how_they_are_given(keys: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"FILES_URL: .*AWS_SECRET_ACCESS_KEY"):
        store_settings("s3://photos?region=r", HERE, **keys)


def test_without_the_extra_it_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['boto3'] = None\n"
        "from pathlib import Path; from yuanba.kernel.files.address import store_settings\n"
        "store_settings('s3://k:s@photos?region=r', Path('files'))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].startswith("ValueError: FILES_URL: s3:// needs the extra s3")


def test_files_in_a_folder_cost_no_library_of_the_cloud() -> None:
    program = (
        "import sys, yuanba.kernel.files.folder, yuanba.kernel.files.address; "
        "assert not {'boto3', 'botocore'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)

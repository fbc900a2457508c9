import io
import itertools
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from yuanba.kernel.files.photos import PHOTO_BYTES, accept_photo
from yuanba.kernel.files.prepared import BadUpload, PreparedFile
from yuanba.kernel.files.tests.made import GPS, exif, photo, picture, png_claiming


def accepted(content: bytes) -> PreparedFile:
    return accept_photo(io.BytesIO(content))


def refusal_of(content: bytes) -> BadUpload:
    with pytest.raises(BadUpload) as refusal:
        accept_photo(io.BytesIO(content), field="before")
    assert refusal.value.field == "before"
    assert refusal.value.message
    return refusal.value


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def heic(**options: object) -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(picture()).save(file, format="HEIF", **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC"])
def test_the_kinds_that_phones_send_become_a_jpeg_and_a_thumbnail(kind: str) -> None:
    prepared = accepted(heic() if kind == "HEIC" else photo(kind))
    assert (prepared.suffix, prepared.media_type) == ("jpg", "image/jpeg")
    assert (prepared.width, prepared.height) == (640, 400)
    large, small = opened(prepared.content), opened(prepared.thumbnail)
    assert (large.format, large.size, small.format, small.size) == ("JPEG", (640, 400), "JPEG", (480, 300))
    red, green, blue = large.convert("RGB").getpixel((100, 200))  # type: ignore[misc]
    assert red > 200
    assert green < 60
    assert blue < 60


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC"])
def test_where_and_with_what_a_photo_was_taken_is_gone(kind: str) -> None:
    content = heic(exif=exif().tobytes()) if kind == "HEIC" else photo(kind, exif=exif())
    pillow_heif.register_heif_opener()
    assert opened(content).getexif().get_ifd(GPS)
    prepared = accepted(content)
    for part in (prepared.content, prepared.thumbnail):
        assert not opened(part).getexif()
        assert set(opened(part).info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }
        assert b"Exif" not in part
        assert b"somebody" not in part


def test_comments_and_what_hangs_on_behind_are_gone() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("evil.html", "<script>alert(1)</script>")
    content = photo("JPEG", comment=b"call 13900000000") + b"<script>alert(2)</script>" + archive.getvalue()
    prepared = accepted(content)
    for part in (prepared.content, prepared.thumbnail):
        assert b"13900000000" not in part
        assert b"script" not in part
        assert not zipfile.is_zipfile(io.BytesIO(part))


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (640, 400)), (3, (640, 400)), (6, (400, 640)), (8, (400, 640))]
)
def test_a_photo_is_turned_upright(orientation: int, size: tuple[int, int]) -> None:
    prepared = accepted(photo("JPEG", exif=exif(orientation)))
    assert (prepared.width, prepared.height) == size


def test_a_large_photo_is_made_smaller_and_a_small_one_left_as_it_is() -> None:
    prepared = accepted(photo("JPEG", (6000, 3000)))
    assert (prepared.width, prepared.height) == (2048, 1024)
    assert opened(prepared.thumbnail).size == (480, 240)
    assert accepted(photo("PNG", (20, 10))).width == 20
    thin = accepted(photo("PNG", (5000, 1)))
    assert (thin.width, thin.height) == (2048, 1)


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "1", "LA", "CMYK", "I;16"])
def test_every_way_to_hold_colours_is_drawn(mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (30, 20)).save(file, "JPEG" if mode == "CMYK" else "PNG")
    assert accepted(file.getvalue()).width == 30


def test_what_can_be_seen_through_becomes_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (30, 20), (255, 0, 0, 0)).save(file, "PNG")
    assert opened(accepted(file.getvalue()).content).getpixel((5, 5)) == (255, 255, 255)


def test_a_large_picture_is_shrunk_strip_by_strip_without_seams() -> None:
    file = io.BytesIO()
    made = Image.linear_gradient("L").resize((4500, 5000)).convert("RGBA")
    made.putalpha(Image.new("L", made.size, 255))
    made.save(file, "PNG")
    drawn = opened(accepted(file.getvalue()).content).convert("L")
    assert drawn.size == (1843, 2048)
    column = [drawn.getpixel((900, y)) for y in range(0, 2048, 8)]
    steps = [below - above for above, below in itertools.pairwise(column)]  # type: ignore[operator]
    assert all(-2 <= step <= 4 for step in steps)


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_of_a_moving_picture_the_first_is_kept(kind: str) -> None:
    file = io.BytesIO()
    pictures = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue", "green")]
    pictures[0].save(file, kind, save_all=True, append_images=pictures[1:], lossless=True)
    red, _green, blue = opened(accepted(file.getvalue()).content).getpixel((5, 5))  # type: ignore[misc]
    assert red > 200
    assert blue < 60


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"GIF89a/*\x01\x00\x01\x00*/=1;alert(1)//",
        b"%PDF-1.7\n" + photo(),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ" + photo(),
        b"PK\x03\x04" + photo(),
        b"II*\x00" + bytes(100),
        b"RIFF\x00\x00\x00\x00WAVE",
        b"\x00\x00\x00\x18ftypmp42" + bytes(100),
        b"x",
    ],
)
def test_what_only_pretends_to_be_a_photo_is_refused(content: bytes) -> None:
    assert refusal_of(content).code == "photo_wrong_kind"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC"])
def test_a_photo_cut_off_is_refused_as_damaged(kind: str) -> None:
    content = heic() if kind == "HEIC" else photo(kind)
    for size in (16, len(content) // 2):
        assert refusal_of(content[:size]).code == "photo_damaged"


@pytest.mark.parametrize(
    "head", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic"]
)
@settings(max_examples=60, deadline=None)
@given(rest=st.binary(max_size=300))
def test_a_right_beginning_with_anything_after_it_is_damaged(head: bytes, rest: bytes) -> None:
    assert refusal_of(head + rest).code == "photo_damaged"


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_photo_with_any_bytes_changed_is_drawn_or_refused(data: st.DataObject) -> None:
    content = bytearray(
        data.draw(
            st.sampled_from(
                [photo("JPEG", (64, 40), exif=exif(6)), photo("PNG", (64, 40)), photo("WEBP", (64, 40))]
            )
        )
    )
    for _change in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        accepted(bytes(content))
    except BadUpload as refusal:
        assert refusal.code.startswith("photo_")


def test_a_flood_of_pixels_is_refused_before_it_is_decoded() -> None:
    started = time.monotonic()
    for width, height in ((50_001, 1000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)):
        assert refusal_of(png_claiming(width, height)).code in {"photo_too_many_pixels", "photo_damaged"}
    assert refusal_of(png_claiming(50_001, 1000)).code == "photo_too_many_pixels"
    assert refusal_of(png_claiming(30_000, 30_000)).code == "photo_too_many_pixels"
    assert time.monotonic() - started < 2


FOUR_AT_ONCE = """
import io, sys, threading
from PIL import Image
from yuanba.kernel.files.photos import accept_photo
def peak_mb():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) // 1024
content = open(sys.argv[1], "rb").read()
accept_photo(io.BytesIO(content))
alone = peak_mb()
threads = [threading.Thread(target=accept_photo, args=[io.BytesIO(content)]) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(alone, peak_mb())
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells what a process held")
def test_photos_of_the_largest_size_are_drawn_one_at_a_time_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.webp"
    path.write_bytes(photo("WEBP", (4000, 4000)))
    code = [sys.executable, "-c", FOUR_AT_ONCE, str(path)]
    alone, four = map(int, subprocess.run(code, check=True, capture_output=True).stdout.split())
    assert alone < 400
    assert four < alone + 60


@pytest.mark.parametrize(
    ("kind", "options", "million"),
    [("WEBP", {}, 16), ("PNG", {}, 24), ("JPEG", {"progressive": True}, 24), ("JPEG", {}, 50)],
)
def test_a_photo_has_as_many_pixels_as_its_decoder_can_bear(
    kind: str, options: dict[str, bool], million: int
) -> None:
    def flat(rows: int) -> bytes:
        file = io.BytesIO()
        Image.new("L" if kind == "JPEG" else "RGB", (4000, rows)).save(file, kind, **options)
        return file.getvalue()

    assert accepted(flat(million * 250)).height == min(2048, million * 250)
    refusal = refusal_of(flat(million * 250 + 1))
    assert refusal.code == "photo_too_many_pixels"
    assert f"{million} million" in refusal.message


def test_an_empty_or_overlong_upload_is_refused() -> None:
    assert refusal_of(b"").code == "upload_empty"
    assert refusal_of(photo() + bytes(PHOTO_BYTES)).code == "upload_too_large"


def test_the_same_photo_is_always_drawn_to_the_same_bytes() -> None:
    content = photo("JPEG", exif=exif(6))
    assert accepted(content).sha256 == accepted(content).sha256


def test_the_picture_library_is_loaded_only_when_a_photo_comes() -> None:
    code = "import sys, yuanba.kernel.files.photos; assert not {'PIL', 'pillow_heif'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)

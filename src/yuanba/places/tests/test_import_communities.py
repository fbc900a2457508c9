from collections import Counter
from pathlib import Path

import pytest
from django.utils.translation import gettext

from yuanba.kernel.errors import Invalid
from yuanba.kernel.journal.models import Entry
from yuanba.kernel.sheets import UnreadableFile, open_table
from yuanba.places.actions import add_place, recode_place
from yuanba.places.importing import ImportReport, import_places, save_rejections
from yuanba.places.models import Place
from yuanba.places.queries import ancestors, by_code, in_use
from yuanba.places.tests.conftest import AT, IMPORTER, Town, keeper_of
from yuanba.places.tests.files import COMMUNITIES, community, write_csv

SHARED = Path(__file__).parents[5] / "shared" / "data" / "places"
FIRST = community("500101009001", "玉城社区居委会")
SECOND = community("500101009002", "枇杷坪社区居委会")
VILLAGE = community("500101100201", "大林村民委员会", street="分水镇")


def balance(report: ImportReport) -> tuple[int, int, int, int]:
    assert report.balanced
    return report.created, report.known, report.changed, len(report.rejected)


def take(path: Path, *rows: tuple[object, ...], dry_run: bool = False) -> ImportReport:
    file = write_csv(path / "places.csv", COMMUNITIES, *rows)
    return import_places(file, actor=IMPORTER, at=AT, dry_run=dry_run, batch_rows=2)


@pytest.mark.usefixtures("register")
def test_communities_bring_their_street_and_district_with_them(tmp_path: Path) -> None:
    report = take(tmp_path, FIRST, SECOND, VILLAGE)
    assert balance(report) == (3, 0, 0, 0)
    assert report.places_added == 6
    names = [place.name for place in ancestors(by_code("500101100201"))]
    assert names == ["万州区", "分水镇", "大林村民委员会"]
    assert Counter(in_use().values_list("kind", flat=True)) == {
        "district": 1,
        "street": 2,
        "community": 3,
    }
    village = by_code("500101100201")
    assert village.street == by_code("500101100000")
    assert village.community == village


@pytest.mark.usefixtures("register")
def test_every_imported_place_is_in_the_journal(tmp_path: Path) -> None:
    take(tmp_path, FIRST, SECOND, VILLAGE)
    for place in in_use():
        entry = Entry.objects.get(subject_kind="place", subject_id=place.pk)
        assert (place.version, place.journal_hash) == (entry.seq, entry.hash)


@pytest.mark.usefixtures("register")
def test_a_second_run_adds_nothing(tmp_path: Path) -> None:
    take(tmp_path, FIRST, SECOND, VILLAGE)
    entries = Entry.objects.count()
    report = take(tmp_path, FIRST, SECOND, VILLAGE, FIRST)
    assert balance(report) == (0, 4, 0, 0)
    assert (in_use().count(), Entry.objects.count()) == (6, entries)


@pytest.mark.usefixtures("register")
def test_a_dry_run_counts_the_same_and_writes_nothing(tmp_path: Path) -> None:
    rows = (
        FIRST,
        SECOND,
        VILLAGE,
        FIRST,
        community("500101009001", "别的社区"),
        community("5001010090", "x"),
    )
    entries = Entry.objects.count()
    dry = take(tmp_path, *rows, dry_run=True)
    assert (in_use().count(), Entry.objects.count()) == (0, entries)
    assert balance(dry) == balance(take(tmp_path, *rows)) == (3, 1, 0, 2)


@pytest.mark.usefixtures("register")
def test_a_renamed_community_is_reported_and_goes_on_being_found_by_its_old_name(tmp_path: Path) -> None:
    take(tmp_path, FIRST)
    report = take(tmp_path, community("500101009001", "玉城新区社区居委会", street="沙河新区街道"))
    assert balance(report) == (0, 0, 1, 0)
    told = {(change.place, change.column, change.after) for change in report.changes}
    assert told == {("玉城社区居委会", "name", "玉城新区社区居委会"), ("沙河街道", "name", "沙河新区街道")}
    place = by_code("500101009001")
    assert place.name == "玉城新区社区居委会"
    assert [alias.name for alias in place.aliases.all()] == ["玉城社区居委会"]


@pytest.mark.usefixtures("register")
def test_a_place_entered_by_hand_gets_its_code_instead_of_a_twin(tmp_path: Path) -> None:
    district = add_place(None, "district", "万州区", actor=IMPORTER, at=AT)
    street = add_place(district, "street", "沙河街道", actor=IMPORTER, at=AT)
    by_hand = add_place(street, "community", "玉城社区居委会", actor=IMPORTER, at=AT)
    assert balance(take(tmp_path, FIRST)) == (0, 0, 1, 0)
    assert by_code("500101009001") == by_hand
    assert by_code("500101000000") == district


@pytest.mark.usefixtures("register")
def test_an_old_edition_does_not_bring_back_a_former_code(tmp_path: Path) -> None:
    take(tmp_path, FIRST)
    recode_place(by_code("500101009001"), "500101009011", from_on=AT.date(), actor=IMPORTER, at=AT)
    report = take(tmp_path, FIRST)
    assert balance(report) == (0, 0, 0, 1)
    assert "former code" in report.rejected[0].reason


@pytest.mark.usefixtures("register")
def test_provinces_and_cities_are_built_where_the_file_names_them(tmp_path: Path) -> None:
    header = ("省份", "城市", "区县代码", "区县", "街道代码", "街道", "社区代码", "社区")
    row = ("云南省", "曲靖市", "530302", "麒麟区", "530302001", "南宁街道", "530302001001", "文昌社区居委会")
    file = write_csv(tmp_path / "with_city.csv", header, row, encoding="gb18030")
    assert import_places(file, actor=IMPORTER, at=AT).places_added == 5
    assert [place.code[:6] for place in ancestors(by_code("530302001001"))][:3] == [
        "530000",
        "530300",
        "530302",
    ]
    later = community("530303001001", "城中社区居委会", district="沾益区", street="西平街道")
    take(tmp_path, later)
    assert [place.name for place in ancestors(by_code("530303001001"))][:2] == ["云南省", "曲靖市"]


@pytest.mark.usefixtures("register")
def test_each_row_that_cannot_be_taken_says_where_and_why(tmp_path: Path) -> None:
    rows = [
        FIRST,
        community("500101009X01", "甲社区"),
        community("500101009002", ""),
        ("500101", "万州区", "500102009", "沙河街道", "500101009003", "乙社区"),
        ("500101", "万州区", "500101009", "沙河街道", "500102009003", "丙社区"),
        community("500101009004", "x" * 121),
        community("500101009001", "同码异名社区"),
        ("500101", "", "500101777", "", "500101777001", "无名街道的社区"),
        community("500101010001", "丁社区", street=""),
    ]
    report = take(tmp_path, *rows)
    assert balance(report) == (1, 0, 0, 8)
    told = {line.row: (line.column, line.reason) for line in report.rejected}
    assert [told[row][0] for row in sorted(told)] == [
        "code12", "name", "street_code", "code12", "name", "name", "street", "street"
    ]  # fmt: skip
    for row, words in (
        (3, "digits only"),
        (4, "no column gives its name"),
        (5, "does not lie in"),
        (8, "Another row"),
    ):
        assert words in told[row][1]


@pytest.mark.usefixtures("register")
def test_rejected_rows_can_be_saved_as_a_table(tmp_path: Path) -> None:
    report = take(tmp_path, community("500101009X01", "=1+1"))
    target = tmp_path / "places.rejected.xlsx"
    assert save_rejections(report, target) == 1
    with open_table(target) as table:
        assert [row.cells[0] for row in table] == [2]
        assert table.sheet == gettext("Rejected rows")
    assert save_rejections(take(tmp_path, FIRST), target) == 0
    assert not target.exists()


@pytest.mark.usefixtures("register")
def test_rows_outside_the_importers_territory_are_rejected(town: Town, tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "places.csv",
        COMMUNITIES,
        community("500101009021", "新一社区"),
        community("500101010001", "外面社区", street="外面街道"),
        community("500102001001", "远方社区", district="远方区", street="远方街道"),
        community("500101009003", "改名社区"),
    )
    report = import_places(file, actor=keeper_of(town.street), at=AT)
    assert balance(report) == (1, 0, 1, 2)
    assert all("Your post" in line.reason for line in report.rejected)
    assert not Place.objects.filter(name__in=["外面街道", "远方区"]).exists()


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", UnreadableFile),
        (b"a,b\n1,2\n", Invalid),
        (b"%PDF-1.7 nothing of ours", UnreadableFile),
        (b'{"type": "FeatureCollection"', UnreadableFile),
        (b"[1, 2]", UnreadableFile),
        (b"PK\x03\x04 broken", UnreadableFile),
    ],
)
def test_a_file_of_another_kind_is_refused_as_a_whole(
    tmp_path: Path, content: bytes, error: type[Invalid]
) -> None:
    file = tmp_path / "places.xlsx"
    file.write_bytes(content)
    with pytest.raises(error) as caught:
        import_places(file, actor=IMPORTER, at=AT)
    assert caught.value.field == "file"
    assert not in_use().exists()


@pytest.mark.usefixtures("register")
@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of shared real data is not here")
def test_six_real_counties_come_in_whole_and_only_once() -> None:
    file = SHARED / "six_counties_communities.csv"
    report = import_places(file, actor=IMPORTER, at=AT)
    assert balance(report) == (2274, 0, 0, 0)
    assert in_use().filter(kind="district").count() == 6
    assert in_use().filter(kind="street").count() == report.places_added - 2274 - 6 == 165
    assert balance(import_places(file, actor=IMPORTER, at=AT)) == (0, 2274, 0, 0)

"""The columns an import understands, by the headings people give them."""

from collections.abc import Mapping, Sequence

from yuanba.kernel.sheets.columns import guess_columns

HEADINGS: dict[str, tuple[str, ...]] = {
    "province_code": ("province_code", "省代码"),
    "province": ("province", "省", "省份", "省市"),
    "city_code": ("city_code", "市代码", "地市代码"),
    "city": ("city", "地市", "城市", "地级市", "市"),
    "district_code": ("district_code", "area_code", "区县代码", "行政区划代码", "区划代码", "adcode"),
    "district": ("district", "area", "区县", "区（县）", "县区", "区", "县", "区县名称"),
    "street_code": ("street_code", "街道代码", "乡镇代码", "镇街代码", "街道编码"),
    "street": ("street", "街道", "镇街", "街镇", "乡镇街道", "街道乡镇", "乡镇", "town", "街道名称"),
    "community_code": (
        "code12",
        "community_code",
        "社区代码",
        "村社区代码",
        "社区编码",
        "统计用区划代码",
        "统计区划代码",
        "village_code",
    ),
    "community": (
        "community",
        "社区",
        "村社区",
        "社区村",
        "村居",
        "所属社区",
        "社区名称",
        "居委会",
        "村委会",
        "village",
    ),
    "estate": ("estate", "小区", "小区名称", "居民小区", "院落", "楼盘", "楼院", "compound"),
    "spot": ("spot", "场所", "公共场所", "广场公园", "广场", "公园"),
    "building": ("building", "楼栋", "楼栋号", "栋号", "楼号", "幢号", "栋", "幢", "楼栋名称"),
    "unit": ("unit", "单元", "单元号", "单元名称"),
    "household": ("household", "户室", "户", "房号", "室号", "户号", "房间号", "门牌号", "室", "room"),
    "name": ("name", "名称", "地名"),
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "point": ("坐标", "经纬度", "位置坐标", "coordinates"),
    "datum": ("datum", "坐标系", "坐标系统", "坐标类型", "crs"),
    "households_count": ("households", "households_count", "户数", "总户数", "住户数", "房屋总数"),
    "unmanaged": ("unmanaged", "三无小区", "三无", "是否三无"),
    "aliases": ("alias", "aliases", "别名", "俗称", "曾用名", "又名"),
}


def find_columns(
    header: Sequence[str], mapping: Mapping[str, str] | None, extra: Mapping[str, Sequence[str]] | None = None
) -> dict[str, int]:
    """The column of each field. `mapping` names headings outright; an empty heading switches a field off.

    `extra` are further fields with their headings. Raises `kernel.sheets.UnknownColumn` for a mapping that
    names nothing.
    """
    told = mapping or {}
    off = {field for field, heading in told.items() if not heading}
    every = {**HEADINGS, **(extra or {})}
    wanted = {field: names for field, names in every.items() if field not in off}
    overrides = {field: heading for field, heading in told.items() if field not in off}
    return guess_columns(header, wanted, overrides)

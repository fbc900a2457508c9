"""The columns that files of people and of organizations are read by, with the headings people give them."""

from collections.abc import Mapping, Sequence

from yuanba.kernel.sheets import guess_columns

ORGANIZATIONS: dict[str, tuple[str, ...]] = {
    "name": ("单位名称", "单位", "机构名称", "机构", "组织名称", "部门名称", "部门", "名称", "name"),
    "code": ("单位代码", "机构代码", "部门代码", "代码", "code"),
    "kind": ("单位类别", "单位类型", "机构类别", "机构类型", "单位性质", "类别", "类型", "kind"),
    "parent": ("上级单位", "上级机构", "上级部门", "主管单位", "隶属单位", "上级", "parent"),
    "place": ("代表区域", "辖区", "管辖区域", "所辖区域", "所在区域", "区域", "地点", "place"),
    "short_name": ("简称", "单位简称", "机构简称", "short_name"),
    "phone": ("办公电话", "单位电话", "值班电话", "联系电话", "电话", "phone"),
}
PLACE_LEVELS: dict[str, tuple[str, ...]] = {
    "street": ("街道", "镇街", "街镇", "乡镇街道", "街道乡镇", "乡镇", "所属街道", "street"),
    "community": ("社区", "村社区", "社区村", "村居", "所属社区", "community"),
    "estate": ("小区", "小区名称", "院落", "楼院", "estate"),
    "building": ("楼栋", "楼栋号", "栋号", "楼号", "幢号", "building"),
    "unit": ("单元", "单元号", "unit"),
}
PEOPLE: dict[str, tuple[str, ...]] = {
    "organization": (
        "单位",
        "单位名称",
        "所在单位",
        "所属单位",
        "工作单位",
        "机构",
        "机构名称",
        "组织",
        "部门",
        "organization",
    ),
    "organization_code": ("单位代码", "机构代码", "部门代码", "organization_code"),
    "organization_kind": (
        "单位类别",
        "单位类型",
        "机构类别",
        "机构类型",
        "单位性质",
        "organization_kind",
    ),
    "parent": ("上级单位", "上级机构", "上级部门", "主管单位", "隶属单位", "parent"),
    "organization_place": ("单位辖区", "代表区域", "辖区", "organization_place"),
    "place": ("负责区域", "责任区域", "责任区", "责任地", "服务区域", "岗位区域", "地点", "place"),
    **PLACE_LEVELS,
    "paired": ("包片", "包联", "包片区域", "包联区域", "联系片区", "联系社区", "联系街道", "paired"),
    "kind": ("岗位类别", "岗位类型", "岗位种类", "岗位代码", "岗位", "kind"),
    "title": ("岗位名称", "职务", "职务名称", "职位", "岗位职务", "title"),
    "name": ("姓名", "在岗人", "任职人", "人员姓名", "负责人", "name"),
    "phone": ("手机号码", "手机号", "手机", "联系电话", "电话号码", "电话", "联系方式", "phone"),
    "from": ("任职日期", "任职时间", "到岗日期", "上岗日期", "起始日期", "开始日期", "from"),
    "to": ("离任日期", "离岗日期", "任期至", "截止日期", "结束日期", "to"),
    "username": ("登录名", "用户名", "登录账号", "账号", "帐号", "username"),
}

OF_OFFICE = {
    "name": "organization",
    "code": "organization_code",
    "kind": "organization_kind",
    "parent": "parent",
    "place": "organization_place",
}
"""Which column of a file of people says what of the post's organization."""


def find_columns(
    header: Sequence[str], fields: Mapping[str, Sequence[str]], mapping: Mapping[str, str] | None
) -> dict[str, int]:
    """The column of each field. `mapping` names headings outright; an empty heading switches a field off.

    Raises `kernel.sheets.UnknownColumn` for a mapping that names nothing.
    """
    told = mapping or {}
    wanted = {field: names for field, names in fields.items() if told.get(field, names)}
    return guess_columns(header, wanted, {field: heading for field, heading in told.items() if heading})

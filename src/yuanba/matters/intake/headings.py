"""Which column of an export holds what: the usual headings, best first."""

from collections.abc import Mapping

# Chinese ones as hotlines, mailboxes and petition systems write them; English ones as open-data portals do.
# A running number (序号) is no number: it stands for another request in every file.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "留言编号",
        "工单编号",
        "诉求编号",
        "受理编号",
        "案件编号",
        "信件编号",
        "工单号",
        "编号",
        "number",
        "service_request_id",
        "servicerequestnum",
        "request id",
        "case id",
        "unique key",
        "id",
    ),
    "title": (
        "留言主题",
        "诉求标题",
        "工单标题",
        "信件标题",
        "主题",
        "标题",
        "subject",
        "title",
        "service_name",
        "srtype",
        "request type",
        "complaint type",
    ),
    "text": (
        "留言详情",
        "诉求内容",
        "工单内容",
        "反映内容",
        "问题描述",
        "留言内容",
        "信件内容",
        "主要内容",
        "内容",
        "详情",
        "text",
        "description",
        "content",
        "message",
        "details",
        "descriptor",
    ),
    "at": (
        "留言时间",
        "来电时间",
        "受理时间",
        "诉求时间",
        "反映时间",
        "登记时间",
        "创建时间",
        "时间",
        "日期",
        "at",
        "requested_datetime",
        "created date",
        "created_at",
        "created",
        "opened",
        "time",
        "date",
    ),
    "name": ("诉求人", "来电人", "联系人", "反映人", "留言人", "姓名", "name", "contact"),
    "phone": ("联系电话", "来电号码", "手机号码", "手机号", "电话", "phone", "mobile"),
    "email": ("电子邮箱", "邮箱", "email", "e-mail"),
    "address": ("事发地址", "诉求地址", "事发地点", "所属区域", "地址", "地点", "address", "location"),
    "category": (
        "诉求类别",
        "诉求分类",
        "一级标签",
        "一级分类",
        "问题类别",
        "类别",
        "分类",
        "category",
        "service_code",
    ),
}


def column_name(heading: str, index: int) -> str:
    """How a person finds a column: by its heading, or by its letters where it has none."""
    if heading:
        return heading
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

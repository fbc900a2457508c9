"""Which column of an export holds what: the usual headings, best first."""

import re
from collections.abc import Mapping
from typing import Final

from yuanba.places.datum import Datum

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
        "信访件编号",
        "任务号",
        "案卷号",
        "案件号",
        "流水号",
        "受理编码",
        "工单编码",
        "业务编号",
        "工单号",
        "编号",
        "number",
        "service_request_id",
        "servicerequestnum",
        "request id",
        "case id",
        "case number",
        "case no",
        "ticket number",
        "ticket no",
        "ticket id",
        "order no",
        "order number",
        "request number",
        "reference number",
        "reference no",
        "reference",
        "incident number",
        "incident id",
        "sr number",
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
        "诉求主题",
        "事项名称",
        "事件标题",
        "案件标题",
        "subject",
        "title",
        "service_name",
        "srtype",
        "request type",
        "complaint type",
        "problem type",
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
        "正文",
        "诉求详情",
        "详细内容",
        "问题内容",
        "诉求描述",
        "事件描述",
        "案件描述",
        "详细描述",
        "情况描述",
        "具体诉求",
        "群众诉求",
        "诉求",
        "反映事项",
        "反映问题",
        "详情",
        "text",
        "description",
        "content",
        "message",
        "details",
        "request details",
        "problem description",
        "complaint",
        "comments",
        "comment",
        "issue",
        "narrative",
        "problem",
        "descriptor",
    ),
    "at": (
        "留言时间",
        "来电时间",
        "受理时间",
        "诉求时间",
        "反映时间",
        "登记时间",
        "上报时间",
        "提交时间",
        "发布时间",
        "来信时间",
        "信访时间",
        "信访日期",
        "登记日期",
        "接件时间",
        "创建时间",
        "时间",
        "日期",
        "at",
        "requested_datetime",
        "created date",
        "created_at",
        "created",
        "opened",
        "open date",
        "opened date",
        "date opened",
        "date created",
        "creation date",
        "created on",
        "submitted at",
        "submitted",
        "date submitted",
        "reported at",
        "date reported",
        "received",
        "date received",
        "reported",
        "requested date",
        "time",
        "date",
    ),
    "name": (
        "诉求人",
        "来电人",
        "联系人",
        "反映人",
        "留言人",
        "信访人",
        "投诉人",
        "举报人",
        "来信人",
        "群众姓名",
        "姓名",
        "name",
        "contact",
        "contact name",
        "link man",
    ),
    "phone": (
        "联系电话",
        "联系方式",
        "来电号码",
        "来电电话",
        "手机号码",
        "手机号",
        "手机",
        "电话号码",
        "电话",
        "phone",
        "phone number",
        "contact phone",
        "mobile",
        "telephone",
    ),
    "email": ("电子邮箱", "邮箱", "email", "e-mail"),
    "address": (
        "事发地址",
        "诉求地址",
        "事发地点",
        "发生地址",
        "发生地点",
        "问题地点",
        "问题地址",
        "位置描述",
        "详细地址",
        "问题属地",
        "所属区域",
        "所在小区",
        "地址",
        "地点",
        "incident address",
        "street address",
        "address",
        "location",
    ),
    "category": (
        "诉求类别",
        "诉求分类",
        "一级标签",
        "一级分类",
        "问题类别",
        "类别",
        "分类",
        "内容分类",
        "category",
        "category name",
        "service_code",
    ),
    # Whom the request is against: kept from it, where it is one of our offices.
    "accused": (
        "被反映单位",
        "被投诉单位",
        "被举报单位",
        "被反映对象",
        "被投诉对象",
        "被举报对象",
        "被反映人单位",
        "被举报人单位",
    ),
    "lon": ("经度", "longitude", "lon", "lng", "long"),
    "lat": ("纬度", "latitude", "lat"),
}

NOT_THE_REQUEST: Final = re.compile(
    "回复|答复|反馈|回访|办理|办结|处理|处置|承办|经办|主办|协办|派单|派发|转办|审核|审批|结案|结果|批示|拟办|满意|评价|督办|跟踪"
    "|截止|到期|时限|期限|更新|修改|导出|打印|被|责任|坐席|座席|话务|接线|受理人|登记人|录入|操作|网格员|上报人|采集|部门"
    "|reply|response|respon|clos|resol|updat|modif|due|status|agency|agent|officer|staff|assign|complet|last|follow|expect"
)
"""Headings with such a word tell of the office's work or of whom the request is against: 回复内容 is no request,
the telephone of the 被投诉人 or the 承办单位 not that of who asks. Only as whole headings known above are
they taken.
"""

_DATUMS: Final = (
    (Datum.WGS84, re.compile(r"wgs|cgcs|gps|天地图|国家2000")),
    (Datum.GCJ02, re.compile(r"gcj|火星|高德|腾讯|amap")),
    (Datum.BD09, re.compile(r"bd[-_ ]?09|百度|baidu")),
)


def datum_said(*headings: str) -> Datum | None:
    """In which system the headings of coordinates say they are; None where they don't, or not the same."""
    told = {
        next((datum for datum, words in _DATUMS if words.search(heading.casefold())), None)
        for heading in headings
    }
    return told.pop() if len(told) == 1 else None


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

"""One row of a file as a request, or the reasons why it can't be one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.kernel.sheets import CellProblem, Row, as_datetime, as_text
from yuanba.matters.reporting import IMPORTED_LENGTH, Contact, checked_text

# The usual headings of exports, best first; English ones as open-data portals write them.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "留言编号",
        "工单编号",
        "诉求编号",
        "受理编号",
        "案件编号",
        "编号",
        "序号",
        "number",
        "id",
        "service_request_id",
    ),
    "title": ("留言主题", "诉求标题", "工单标题", "主题", "标题", "subject", "title"),
    "text": (
        "留言详情",
        "诉求内容",
        "工单内容",
        "反映内容",
        "问题描述",
        "留言内容",
        "主要内容",
        "内容",
        "详情",
        "text",
        "description",
        "content",
        "message",
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
        "time",
        "date",
        "created",
        "requested_datetime",
    ),
    "name": ("诉求人", "来电人", "联系人", "反映人", "姓名", "name", "contact"),
    "phone": ("联系电话", "来电号码", "手机号码", "手机号", "电话", "phone", "mobile"),
    "address": ("事发地址", "诉求地址", "事发地点", "所属区域", "地址", "地点", "address", "location"),
}
NUMBER_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a row was not taken: the row as Excel numbers it, its column's heading, the reason in plain words."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row that can become a matter. ``number`` is the source's own, or a digest where the file has none."""

    row: int
    number: str
    title: str
    text: str
    received_at: datetime | None
    contact: Contact
    address: str


def read_row(
    row: Row, columns: Mapping[str, int], headings: list[str], now: datetime
) -> Incoming | list[Rejection]:
    """Check one row. Every fault of it is told, not just the first."""
    problems = [
        Rejection(
            row.number, headings[fault.column] if fault.column < len(headings) else "", str(fault.reason)
        )
        for fault in row.faults
    ]
    values: dict[str, str] = {}
    received_at: datetime | None = None
    for field, column in columns.items():
        try:
            if field == "at":
                received_at = _past(row, column, now)
            else:
                values[field] = as_text(row.cells[column]).strip()
        except (CellProblem, Invalid) as error:
            problems.append(Rejection(row.number, headings[column], error.message))
    try:
        text = checked_text(values.get("text", "") or values.get("title", ""), limit=IMPORTED_LENGTH)
    except Invalid as error:
        problems.append(Rejection(row.number, headings[columns["text"]], error.message))
    if len(values.get("number", "")) > NUMBER_LENGTH:
        problems.append(Rejection(row.number, headings[columns["number"]], _("The number is too long.")))
    if problems:
        return problems
    return Incoming(
        row=row.number,
        number=values.get("number") or _digest(text, received_at),
        title=values.get("title", ""),
        text=text,
        received_at=received_at,
        contact=Contact(name=values.get("name", "")[:60], phone=values.get("phone", "")),
        address=values.get("address", ""),
    )


def _past(row: Row, column: int, now: datetime) -> datetime | None:
    if row.cells[column] in (None, ""):
        return None
    moment = as_datetime(row.cells[column])
    if moment > now:
        raise Invalid(_("The time lies in the future."))
    return moment


def _digest(text: str, at: datetime | None) -> str:
    return sha256(f"{at.isoformat() if at else ''}\n{text}".encode()).hexdigest()[:32]

"""Synthetic content for the style page. No real person, place or matter."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yuanba.web.shapes import Crumb, LadderStep, NavItem, Photo, Undo

STATES = [
    ("received", _("Received")),
    ("triaged", _("Sorted")),
    ("dispatched", _("Sent out")),
    ("claimed", _("Claimed")),
    ("handling", _("Being handled")),
    ("answered", _("Answered")),
    ("confirmed", _("Confirmed")),
    ("closed", _("Closed")),
    ("arbitration", _("In arbitration")),
    ("awaiting_information", _("Awaiting information")),
    ("withdrawn", _("Withdrawn")),
    ("out_of_scope", _("Out of scope")),
    ("merged", _("Merged")),
]

TIERS = [
    (1, _("Private matter")),
    (2, _("Small matter")),
    (3, _("Big matter")),
    (4, _("Hard matter")),
]


class SampleForm(forms.Form):
    """One field of each kind that pages use."""

    text = forms.CharField(
        label=_("What is the matter?"),
        help_text=_("In your own words. One or two sentences are enough."),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 5000}),
    )
    where = forms.CharField(
        label=_("Where?"), max_length=200, widget=forms.TextInput(attrs={"data-search": True})
    )
    phone = forms.CharField(
        label=_("Telephone"),
        help_text=_("Only for the person who answers you."),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    category = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("Not sure")), ("road", _("Roads")), ("noise", _("Noise"))],
        required=False,
    )
    on = forms.DateField(
        label=_("Since when?"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    verdict = forms.ChoiceField(
        label=_("Is it solved?"),
        choices=[
            ("yes", _("Yes, it is solved")),
            ("partly", _("In part")),
            ("no", _("No, it is not solved")),
        ],
        widget=forms.RadioSelect,
    )
    photos = forms.FileField(
        label=_("Photos"),
        help_text=_("Up to nine. They are made smaller and where they were taken is removed."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "data-photos": "9"}),
    )
    public = forms.BooleanField(label=_("Neighbours may read this, without my name"), required=False)


def nav_items() -> list[NavItem]:
    return [
        NavItem(_("Report"), "#report", "write"),
        NavItem(_("My matters"), "#mine", "list", current=True, count=2),
        NavItem(_("My building"), "#building", "building"),
        NavItem(_("Notice board"), "#board", "trees"),
    ]


def side_items() -> list[NavItem]:
    return [
        NavItem(_("Desk"), "#desk", "desk", current=True, count=30),
        NavItem(_("Triage"), "#triage", "inbox", count=128),
        NavItem(_("Problem list"), "#problems", "list"),
        NavItem(_("Whistles"), "#whistles", "whistle", count=2),
        NavItem(_("Places"), "#places", "buildings"),
        NavItem(_("People and posts"), "#posts", "post"),
    ]


def ladder(current: int) -> list[LadderStep]:
    levels = [_("Building"), _("Community"), _("Street"), _("Department"), _("District")]
    details = ["9月1日 · 王楼长", "9月3日 · 陈书记", "9月10日 · 李主任", "", ""]
    return [
        LadderStep(
            level,
            "passed" if index < current else "current" if index == current else "ahead",
            details[index] if index <= current else "",
        )
        for index, level in enumerate(levels)
    ]


def rows(now: datetime) -> list[dict[str, Any]]:
    """Rows for the matter list: late, soon, calm, paused and ended; the third with all that can be long."""
    texts = [
        (
            "玉泉花园3栋门口路灯坏了一个星期，老人下楼看不清台阶。",
            2,
            "小事",
            "handling",
            -timedelta(hours=5),
        ),
        ("小区门口的公交线路晚上七点就停了，上夜班的人回不来。", 3, "大事", "claimed", timedelta(hours=7)),
        (
            "广场舞音响从早上六点放到晚上十点，五个小区的住户都反映过，孩子没法写作业，上夜班的人白天睡不着，"
            "希望能一起商量出一个大家都接受的时间和音量，并且有人管。",
            4,
            "难事",
            "arbitration",
            timedelta(days=12),
        ),
        (
            "楼上漏水，两家商量不下来，请楼长说一说。",
            1,
            "私事",
            "awaiting_information",
            timedelta(days=2),
        ),
        ("垃圾桶换了新的，谢谢。", 2, "小事", "closed", -timedelta(days=3)),
    ]
    owners = ["玉泉社区居委会", "交通运输局", "太白街道办事处", "3栋楼长 王守义", "物业服务中心"]
    places = ["玉泉花园3栋", "玉泉花园", "枇杷园广场", "玉泉花园3栋2单元", "玉泉花园"]
    labels = dict(STATES)
    return [
        {
            "number": f"26110{index}-{4200 + index * 37}",
            "title": title,
            "level": level,
            "tier": tier,
            "state": state,
            "state_label": labels[state],
            "due": now + left,
            "received": now - timedelta(days=index + 1),
            "category": _("Facilities"),
            "paused": state == "awaiting_information",
            "over": state == "closed",
            "owner": owners[index],
            "place": places[index],
        }
        for index, (title, level, tier, state, left) in enumerate(texts)
    ]


def photos() -> list[Photo]:
    picture = "/static/web/sample-photo.svg"
    return [
        Photo(picture, picture, _("The stairs without light"), _("Before, 1 September")),
        Photo(picture, picture, _("The stairs with a new lamp"), _("After, 4 September")),
    ]


def style_context() -> dict[str, Any]:
    """Everything that web/style.html draws."""
    now = timezone.now()
    wrong = SampleForm({"text": "", "where": "玉泉花园3栋", "phone": "", "on": "31/31"})
    return {
        "district_name": "示范区",
        "nav_items": nav_items(),
        "tiers": TIERS,
        "states": STATES,
        "form": SampleForm(),
        "wrong_form": wrong,
        "rows": rows(now),
        "ladder_low": ladder(0),
        "ladder_street": ladder(2),
        "photos": photos(),
        "before": photos()[:1],
        "after": photos()[1:],
        "crumbs": [
            Crumb("示范区", "#"),
            Crumb("太白街道", "#"),
            Crumb("玉泉社区", "#"),
            Crumb("玉泉花园3栋"),
        ],
        "tabs": [NavItem(_("Open"), "#open", current=True, count=12), NavItem(_("Done"), "#done", count=340)],
        "past": now - timedelta(days=3),
        "late": now - timedelta(hours=30),
        "soon": now + timedelta(hours=7),
        "calm": now + timedelta(days=5),
        "long_text": "罕见字㙍𠮷龘" + "长" * 200,
    }


def desk_context() -> dict[str, Any]:
    return {
        "district_name": "示范区",
        "nav_items": side_items(),
        "desk_post": "玉泉社区 书记",
        "rows": rows(timezone.now()),
        "form": SampleForm(),
        "tabs": [
            NavItem(_("Mine"), "#mine", current=True, count=12),
            NavItem(_("Waiting for others"), "#others", count=5),
            NavItem(_("Watched"), "#watched"),
        ],
        # Long enough for whoever looks at the style page.
        "undo": Undo(_("Done. 261103-4274 is claimed."), "#main", [("pick", "261103-4274:7")], 3600),
    }

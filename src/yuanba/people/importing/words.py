"""The words a file uses for kinds, of organizations and of posts."""

import difflib
import re
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import override

from yuanba.kernel.errors import Invalid
from yuanba.kernel.sheets.columns import shaped
from yuanba.people.models import OrganizationKind
from yuanba.playbooks.schema import Playbook
from yuanba.playbooks.schema.posts import PostKind

_K = OrganizationKind
# What registers call the kinds, beside the product's own words and the playbook's.
_ALSO = {
    _K.DISTRICT: ("区", "县", "区政府", "区县", "区人民政府"),
    _K.CENTRE: ("治理中心", "指挥中心", "综治中心"),
    _K.STREET: ("街道", "街道办", "街道办事处", "镇街", "乡镇", "镇政府", "乡镇人民政府"),
    _K.COMMUNITY: ("社区", "村", "村社区", "居委会", "村委会", "社区居委会", "居民委员会", "村民委员会"),
    _K.DEPARTMENT: ("部门", "区级部门", "职能部门", "委办局"),
    _K.PARTY: ("党组织", "党委", "党支部", "党总支"),
    _K.OWNERS_COMMITTEE: ("业委会", "业主委员会"),
    _K.PROPERTY_COMPANY: ("物业", "物业公司", "物业企业", "物业服务企业"),
    _K.RESIDENT_UNIT: ("驻区单位", "驻社区单位", "共建单位"),
    _K.VOLUNTEER_TEAM: ("志愿队", "志愿队伍", "志愿服务队"),
}
_OFFICE = re.compile(r"(?:办事处|人民政府|政府|党工委|党委|党总支|党支部)$")


class Words:
    """Reads kinds by code or name, as the playbook in force and the product call them."""

    def __init__(self, playbook: Playbook) -> None:
        self._posts = {kind.code: kind for kind in playbook.posts}
        self._post_words = {
            shaped(word): kind.code for kind in playbook.posts for word in (kind.name, kind.code)
        }
        self._office_words = {shaped(word): kind.value for kind in _K for word in (kind.value, *_ALSO[kind])}
        with override("zh-hans"):
            self._office_names = [str(kind.label) for kind in _K]
        self._office_words |= {
            shaped(name): kind.value for name, kind in zip(self._office_names, _K, strict=True)
        }
        self._office_words |= {shaped(one.name): one.kind for one in playbook.organizations.kinds}
        departments = playbook.organizations.departments
        self._district = playbook.district.name
        self._departments = {self._bare(one.name): one.code for one in departments}

    def post_kind(self, text: str) -> PostKind:
        """Raises `Invalid`, with the nearest, for a kind that the playbook in force does not have."""
        code = self._post_words.get(shaped(text))
        if code is None:
            names = [kind.name for kind in self._posts.values()]
            message = _("The playbook has no kind of post called “%(text)s”. %(nearest)s")
            raise Invalid(message % {"text": text[:40], "nearest": _nearest(text, [*names, *self._posts])})
        return self._posts[code]

    def may_be_post_kind(self, text: str) -> bool:
        return shaped(text) in self._post_words

    def office_kind(self, text: str) -> str:
        """The code of an organization's kind. Raises `Invalid`, with the nearest, for an unknown one."""
        kind = self._office_words.get(shaped(text))
        if kind is None:
            names = self._office_names
            message = _("There is no kind of organization called “%(text)s”. %(nearest)s")
            raise Invalid(message % {"text": text[:40], "nearest": _nearest(text, names)})
        return kind

    def department_code(self, name: str) -> str:
        """The code under which the playbook's rules know a department of this name; empty for others."""
        return self._departments.get(self._bare(name), "")

    def _bare(self, name: str) -> str:
        """A department's name without the district's: 公安局 of 万州区公安局 and of 区公安局."""
        return shaped(name).removeprefix(self._district).removeprefix("区").removeprefix("县")


def place_name(office: str) -> str:
    """The place that an office is named after: 沙河街道 of 沙河街道办事处."""
    return _OFFICE.sub("", office)


def _nearest(text: str, names: Iterable[str]) -> str:
    choices = list(names)
    if close := difflib.get_close_matches(text, choices, n=1, cutoff=0.5):
        return _("Did you mean “%(name)s”?") % {"name": close[0]}
    return _("There are: %(names)s.") % {"names": "、".join(choices[:20])}

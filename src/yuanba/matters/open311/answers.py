"""Answers to a service's questions, checked, and kept as plain lines below the resident's own words."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid, SeveralInvalid
from yuanba.matters.open311.arguments import Arguments, is_number
from yuanba.playbooks.schema import Category, Question

MOST = 500


def answers_to(kind: Category, arguments: Arguments) -> list[str]:
    """One line for each question answered: ``灯杆编号：A17``. Answers to what was not asked are left out.

    Raises `SeveralInvalid`.
    """
    given = arguments.attributes()
    lines: list[str] = []
    errors: list[Invalid] = []
    for question in kind.questions:
        try:
            if said := _said(question, given.get(question.code, [])):
                lines.append(f"{question.text}：{said}")
        except Invalid as error:
            errors.append(error)
    if errors:
        raise SeveralInvalid(errors)
    return lines


def _said(question: Question, values: Sequence[str]) -> str:
    name = f"attribute[{question.code}]"
    if not values:
        if question.required:
            raise Invalid(
                _("%(name)s is required: %(text)s") % {"name": name, "text": question.text}, field=name
            )
        return ""
    if question.datatype != "multivaluelist" and len(values) > 1:
        raise Invalid(_("%(name)s takes one value.") % {"name": name}, field=name)
    return "、".join(_word(question, value, name) for value in values)


def _word(question: Question, value: str, name: str) -> str:
    """One value as a person reads it."""
    if len(value) > MOST:
        message = _("%(name)s has more than %(most)d characters.")
        raise Invalid(message % {"name": name, "most": MOST}, field=name)
    if question.values:
        names = {choice.key: choice.name for choice in question.values}
        if value not in names:
            message = _("%(name)s must be one of: %(keys)s.")
            raise Invalid(message % {"name": name, "keys": ", ".join(names)}, field=name)
        return names[value]
    if not _fits(question.datatype, value):
        message = _("%(name)s must be a %(datatype)s.")
        raise Invalid(message % {"name": name, "datatype": question.datatype}, field=name)
    return value if question.datatype == "text" else " ".join(value.split())


def _fits(datatype: str, value: str) -> bool:
    if datatype == "number":
        return is_number(value)
    if datatype != "datetime":
        return True
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return value.isascii()

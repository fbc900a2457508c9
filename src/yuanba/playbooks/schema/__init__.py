"""The shape of a playbook: frozen pydantic models, one section per module."""

from yuanba.playbooks.schema.base import LeadKind, OrganizationKind, Part, PlaceKind, Source
from yuanba.playbooks.schema.categories import Category, CategoryGroup, Dispatch, DispatchRow, Question
from yuanba.playbooks.schema.figures import Exclusion, Rates
from yuanba.playbooks.schema.ground import Calendar, DayOverride, Department, District, Level, Organizations
from yuanba.playbooks.schema.handling import (
    AnswerGate,
    Closing,
    Escalation,
    EscalationStep,
    Merge,
    OutOfScopeOutcome,
    Pauses,
    Refusals,
    Whistle,
)
from yuanba.playbooks.schema.notices import PLACEHOLDERS, Message, Notice, Notices
from yuanba.playbooks.schema.playbook import Playbook
from yuanba.playbooks.schema.posts import Admission, Duties, PostKind, Powers
from yuanba.playbooks.schema.service import RateLimit, ReportPage, RetentionRule
from yuanba.playbooks.schema.tiers import (
    AFFECTED,
    POWER_OVER,
    Affected,
    PowerOver,
    StageLimits,
    Tier,
    TierRow,
    TierRules,
)

__all__ = [
    "AFFECTED",
    "PLACEHOLDERS",
    "POWER_OVER",
    "Admission",
    "Affected",
    "AnswerGate",
    "Calendar",
    "Category",
    "CategoryGroup",
    "Closing",
    "DayOverride",
    "Department",
    "Dispatch",
    "DispatchRow",
    "District",
    "Duties",
    "Escalation",
    "EscalationStep",
    "Exclusion",
    "LeadKind",
    "Level",
    "Merge",
    "Message",
    "Notice",
    "Notices",
    "OrganizationKind",
    "Organizations",
    "OutOfScopeOutcome",
    "Part",
    "Pauses",
    "PlaceKind",
    "Playbook",
    "PostKind",
    "PowerOver",
    "Powers",
    "Question",
    "RateLimit",
    "Rates",
    "Refusals",
    "ReportPage",
    "RetentionRule",
    "Source",
    "StageLimits",
    "Tier",
    "TierRow",
    "TierRules",
    "Whistle",
]

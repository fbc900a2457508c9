"""Suggesting the category of a message.

Before a district has labelled messages, `KeywordModel` suggests from the playbook's own words. Once it has
some, `yuanba.language.triage.training.train` learns a model, `yuanba.language.triage.files` keeps it, and
`yuanba.language.triage.model.Model` suggests. Those modules need numpy (training: scikit-learn) and are
therefore imported only by whoever uses them; what stands here is light.
"""

from yuanba.language.triage.evaluation import CategoryFigures, Evaluation, evaluate
from yuanba.language.triage.keywords import KeywordModel
from yuanba.language.triage.suggestion import Labelled, Suggestion, Triage

__all__ = [
    "CategoryFigures",
    "Evaluation",
    "KeywordModel",
    "Labelled",
    "Suggestion",
    "Triage",
    "evaluate",
]

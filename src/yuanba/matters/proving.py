"""What the journal keeps of words and rows without holding them: digests that show when one was changed."""

from yuanba.kernel.crypto import salted_digest
from yuanba.kernel.journal.canonical import canonical
from yuanba.matters.models import Answer, Verdict


def answer_digest(answer: Answer, salt: str) -> str:
    """Proves an answer's words, who it says did the work and when, and why the gate was overruled."""
    said = {
        "by": answer.done_by,
        "on": answer.done_on.isoformat(),
        "override": answer.override_reason,
        "round": answer.round,
        "text": answer.text,
    }
    return salted_digest(canonical(said), salt)


def verdict_digest(verdict: Verdict, salt: str) -> str:
    """Proves all that a resident said of one round's answer."""
    said = {
        "by_office": verdict.by_office,
        "contacted": verdict.contacted,
        "round": verdict.round,
        "said": verdict.said,
        "satisfaction": verdict.satisfaction,
        "solved": verdict.solved,
    }
    return salted_digest(canonical(said), salt)

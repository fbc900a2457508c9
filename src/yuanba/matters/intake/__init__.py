"""Taking in a file of citizens' messages, as other systems export them."""

from yuanba.matters.intake.running import IntakeReport, take_in

__all__ = ["IntakeReport", "take_in"]

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.crypto import (
    BlindIndexField,
    EncryptedTextField,
    mask_name,
    mask_phone,
    new_salt,
    normalise_phone,
)
from yuanba.kernel.journal.models import Journaled

PHONE_PURPOSE = "phone"


class Person(Journaled):
    """A resident or an official, with the least that is needed to answer them.

    ``phone`` is kept as `kernel.crypto.normalise_phone` writes it and found by ``phone_index``. ``salt`` is
    what the journal's digests of this person were made with. ``retain_until`` is the last day on which the
    data may be kept (PIPL article 19); a forgotten person keeps the row, so that what refers to it and the
    journal stay whole.
    """

    journal_kind = "person"

    name = EncryptedTextField(_("name"), blank=True, default="")
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    phone_index = BlindIndexField(source="phone", purpose=PHONE_PURPOSE, normalise=normalise_phone)
    email = EncryptedTextField(_("e-mail"), blank=True, default="")
    language = models.CharField(_("language"), max_length=12, default="zh-hans")
    salt = models.CharField(max_length=32, default=new_salt, blank=True, editable=False)
    created_at = models.DateTimeField(_("registered at"))
    retain_until = models.DateField(_("keep until"), null=True, blank=True)
    forgotten_at = models.DateTimeField(_("forgotten at"), null=True, blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        indexes = (
            models.Index(fields=["phone_index"], condition=~Q(phone_index=""), name="person_by_phone"),
            models.Index(fields=["retain_until"], condition=Q(forgotten_at=None), name="person_to_forget"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(forgotten_at=None) | Q(name="", phone="", phone_index="", email="", salt=""),
                name="person_forgotten_is_empty",
            ),
        )

    def __str__(self) -> str:
        return f"{_('person')} {self.pk}"

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from yuanba.kernel.journal.models import Journaled
from yuanba.people.models.organizations import Organization
from yuanba.people.models.persons import Person


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts without a journal entry: for `createsuperuser` and tests. Everyone else:
    `actions.create_account`.
    """

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "Account":
        account = self.model(username=self.model.normalize_username(username), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "Account":
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class Account(AbstractBaseUser, PermissionsMixin, Journaled):
    """A way to sign in. It has no rights of its own: those come from the posts its person holds.

    ``initial_until`` is set while the password is one that somebody else made: until then it may be used,
    once, to choose an own one (ASVS 6.4.1). Raising ``session_epoch`` ends every session of the account
    (ASVS 7.4).
    """

    journal_kind = "account"

    username = models.CharField(
        _("user name"), max_length=60, unique=True, validators=[UnicodeUsernameValidator()]
    )
    person = models.OneToOneField(
        Person, models.PROTECT, null=True, blank=True, related_name="account", verbose_name=_("person")
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may enter the back office"), default=False)
    initial_until = models.DateTimeField(_("initial password until"), null=True, blank=True)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """As Django's, over the epoch too, so that sessions can be ended without a new password."""
        value = f"{self.password}\0{self.session_epoch}"
        return salted_hmac("yuanba.people.session", value, secret=secret, algorithm="sha256").hexdigest()


class ApiKey(Journaled):
    """A program's access. Only the SHA-256 of the secret is kept: it is 256 random bits, so no slow hash is
    needed.

    ``scopes`` are names of `yuanba.people.scopes`; with an organization the key reaches only what is that
    organization's, without one the whole district.
    """

    journal_kind = "api_key"

    label = models.CharField(_("label"), max_length=80)
    prefix = models.CharField(_("prefix"), max_length=8, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="api_keys",
        verbose_name=_("organization"),
    )
    created_at = models.DateTimeField(_("created at"), editable=False)
    last_used_on = models.DateField(_("last used on"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = (
            models.CheckConstraint(condition=Q(prefix__regex=r"^[a-z0-9]{8}$"), name="api_key_prefix_form"),
        )

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"

"""People who log in. Residents have no account."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from volunteers.names import fold, normalise_name, sort_key
from volunteers.phones import normalise_phone


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields) -> "User":
        """A new account; without a password nobody can log in to it."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    @transaction.atomic
    def create_superuser(self, username: str, password: str | None = None, **fields) -> "User":
        """An administrator, who can open all other accounts."""
        user = self.create_user(username, password, is_superuser=True, **fields)
        user.role_grants.create(role="administrator", granted_at=timezone.now())
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A volunteer, leader, officer, editor, viewer or administrator; what each may is in roles.py.

    There is no e-mail address: people log in with their user name or phone number.
    """

    username = models.CharField(
        _("user name"),
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9._-]*\Z",
                _(
                    "Use small letters without diacritics, digits, dots and dashes, beginning with "
                    "a letter."
                ),
            )
        ],
        error_messages={"unique": _("This user name is taken. Please choose another.")},
    )
    full_name = models.CharField(_("full name"), max_length=120)
    folded_name = models.CharField(max_length=120, editable=False)
    name_sort_key = models.CharField(max_length=500, editable=False, db_index=True)
    phone = models.CharField(
        _("phone number"),
        max_length=15,
        null=True,
        blank=True,
        unique=True,
        error_messages={"unique": _("This phone number belongs to another account.")},
    )
    is_active = models.BooleanField(_("may log in"), default=True)
    must_change_password = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        ordering = ["name_sort_key", "username"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("username"), name="usernames_differ_in_more_than_case"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def save(self, *args, **kwargs):
        self.full_name = normalise_name(self.full_name)
        self.folded_name = fold(self.full_name)
        self.name_sort_key = sort_key(self.full_name)
        self.phone = normalise_phone(self.phone) if self.phone else None
        super().save(*args, **kwargs)

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Small letters: nobody should have to remember capitals."""
        return super().normalize_username(username).strip().lower()

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        """The given name, which is the last word of a Vietnamese name."""
        return self.full_name.split()[-1] if self.full_name else self.username

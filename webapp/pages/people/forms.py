"""Forms of accounts and people."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField

from webapp.domain.people import PASSWORD_MAX, PASSWORD_MIN, Role
from webapp.pages.shared.fields import (
    ChoicesField,
    CleanStringField,
    EmailField,
    NumberField,
    PasswordField,
    PickOneField,
    ThreePartDateField,
    TickField,
)

LANGUAGE_NAMES = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "zh": "中文",
    "ar": "العربية",
}
ROLE_NAMES = {
    Role.SECRETARIAT: _l("Secretariat"),
    Role.FOCAL_POINT: _l("Focal point of a partner"),
    Role.DEPUTY: _l("Deputy of a partner’s focal point"),
    Role.REVIEWER: _l("Reviewer for a call"),
    Role.AUDITOR: _l("Auditor"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))
NEW_PASSWORD = {"autocomplete": "new-password", "minlength": str(PASSWORD_MIN)}


class SignUpForm(FlaskForm):
    """A new account."""

    name = CleanStringField(_l("Full name"), required=_l("Enter your full name"), render_kw={"autocomplete": "name"})
    email = EmailField(
        _l("Email address"),
        required=_l("Enter your email address"),
        description=_l("We send a link to this address to confirm it."),
    )
    password = PasswordField(
        _l("Password"),
        required=_l("Choose a password"),
        max_chars=PASSWORD_MAX,
        description=_l("15 characters or more. Several words are easy to remember."),
        render_kw=NEW_PASSWORD,
    )


class SignInForm(FlaskForm):
    """Address and password."""

    email = EmailField(_l("Email address"), required=_l("Enter your email address"))
    password = PasswordField(_l("Password"), required=_l("Enter your password"), max_chars=PASSWORD_MAX)
    shared = TickField(
        _l("I share this computer with others"),
        description=_l("You are signed out sooner, and nothing that you type is kept in the browser."),
    )


class ForgotForm(FlaskForm):
    """Asks for a link to set a new password."""

    email = EmailField(_l("Email address"), required=_l("Enter your email address"))


class NewPasswordForm(FlaskForm):
    """A new password, by a mailed link."""

    password = PasswordField(
        _l("New password"),
        required=_l("Choose a password"),
        max_chars=PASSWORD_MAX,
        description=_l("15 characters or more. Several words are easy to remember."),
        render_kw=NEW_PASSWORD,
    )


class ChangePasswordForm(NewPasswordForm):
    """A new password, by its owner."""

    old_password = PasswordField(
        _l("Your password until now"), required=_l("Enter the password that you sign in with"), max_chars=PASSWORD_MAX
    )


class PasswordAgainForm(FlaskForm):
    """The password once more."""

    password = PasswordField(
        _l("Your password"),
        required=_l("Enter your password"),
        max_chars=PASSWORD_MAX,
        render_kw={"autocomplete": "current-password"},
    )


class SecondFactorForm(FlaskForm):
    """A code, or what the browser says of a passkey."""

    code = CleanStringField(
        _l("Code"),
        max_chars=40,
        description=_l("The six digits that your app shows, or one of your recovery codes."),
        render_kw={"autocomplete": "one-time-code"},
    )
    passkey = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """A code is wanted unless a passkey answers."""
        whole: bool = super().validate(extra_validators)
        if not self.code.data and not self.passkey.data:
            self.code.say(_l("Enter the code"))
            return False
        return whole


class CodeAppForm(FlaskForm):
    """The first code of an app."""

    code = CleanStringField(
        _l("Code that the app shows"),
        max_chars=20,
        required=_l("Enter the six digits that the app shows"),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class PasskeyForm(FlaskForm):
    """A new passkey: its name, and what the browser made."""

    name = CleanStringField(
        _l("Name"),
        max_chars=60,
        required=_l("Enter a name by which you know this passkey"),
        description=_l("For example the device that it is on."),
    )
    passkey = HiddenField()


class AddressForm(FlaskForm):
    """A new address for the account."""

    email = EmailField(
        _l("New email address"),
        required=_l("Enter your new email address"),
        description=_l("We send a link to this address. Nothing changes before you have confirmed it."),
    )


class AddressAgainForm(FlaskForm):
    """The old address, typed once more to have it back."""

    email = EmailField(
        _l("The address that this mail was sent to"),
        required=_l("Enter the address that this mail was sent to"),
    )


class AccountForm(FlaskForm):
    """How a person is named, read to and timed."""

    name = CleanStringField(_l("Full name"), required=_l("Enter your full name"), render_kw={"autocomplete": "name"})
    address_as = CleanStringField(_l("How should we address you?"), max_chars=100)
    language = PickOneField(_l("Language"), choices=list(LANGUAGE_NAMES.items()), required=_l("Choose a language"))
    time_zone = PickOneField(
        _l("Time zone"),
        choices=[("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in ZONES)],
        required=_l("Choose a time zone"),
        description=_l("All times are shown in this zone."),
    )
    theme = PickOneField(
        _l("Colours"),
        choices=[("light", _l("Light")), ("dark", _l("Dark"))],
        empty=_l("As this device is set"),
    )


class ErasureForm(FlaskForm):
    """Says once more that somebody is to be erased."""

    understood = TickField(
        _l("I understand that this cannot be undone"), required=_l("Tick this to say that you know it cannot be undone")
    )


class InviteForm(FlaskForm):
    """Invites an address to a seat."""

    email = EmailField(_l("Email address"), required=_l("Enter the email address of the person"))
    role = ChoicesField(_l("Role"), choices=list(ROLE_NAMES.items()), required=_l("Choose a role"))
    partner = PickOneField(_l("Partner"), description=_l("For focal points and deputies."))
    call = PickOneField(_l("Call"), description=_l("For reviewers."))


class AcceptForm(FlaskForm):
    """Accepts an invitation with a new account."""

    name = CleanStringField(_l("Full name"), required=_l("Enter your full name"), render_kw={"autocomplete": "name"})
    password = PasswordField(
        _l("Password"),
        required=_l("Choose a password"),
        max_chars=PASSWORD_MAX,
        description=_l("15 characters or more. Several words are easy to remember."),
        render_kw=NEW_PASSWORD,
    )


class ReviewerProfileForm(FlaskForm):
    """What a reviewer brings; the levels of expertise are fields that the page adds for each article."""

    languages = ChoicesField(
        _l("Languages that you read"),
        choices=list(LANGUAGE_NAMES.items()),
        multiple=True,
        required=_l("Choose at least one language that you read"),
    )
    partner = PickOneField(_l("Partner whose national you are, if any"))
    load_min = NumberField(_l("At least so many reviews at a time"), whole=True, least=0, most=50)
    load_max = NumberField(_l("At most so many reviews at a time"), whole=True, least=1, most=50)
    away_from = ThreePartDateField(_l("Away from"))
    away_to = ThreePartDateField(_l("Away to"))

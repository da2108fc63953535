"""The forms of a proposal's sections and of the entries of their lists; saving never demands completeness (R5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.domain.budgets import MINOR_UNITS
from webapp.domain.completeness import sections as limits
from webapp.pages.shared.content_words import FIELD_NAMES, LANGUAGES
from webapp.pages.shared.context import rulebook
from webapp.pages.shared.fields import (
    CharsField,
    ChoicesField,
    CleanStringField,
    EmailField,
    MoneyField,
    MultiFileField,
    PickOneField,
    ThreePartDateField,
    TickField,
)

USUAL_CURRENCIES = ("USD", "EUR", "CNY", *sorted(set(MINOR_UNITS) - {"USD", "EUR", "CNY"}))
N = FIELD_NAMES
ORGANISATION_KIND_NAMES = {
    "ministry": _l("Ministry"),
    "agency": _l("Agency"),
    "enterprise": _l("Enterprise"),
    "university": _l("University or research institute"),
    "ngo": _l("Non-governmental organisation"),
    "city": _l("City"),
}


class BasicsForm(FlaskForm):
    """Title, summary, sector, language."""

    title = CleanStringField(N["title"], max_chars=limits.TITLE_MOST)
    summary = CharsField(
        N["summary"],
        max_chars=limits.SUMMARY_MOST,
        rows=10,
        description=_l("What the project does, for whom, and what will be different. At least 150 characters."),
    )
    sector = PickOneField(N["sector"])
    language = PickOneField(N["language"], choices=list(LANGUAGES.items()))


class PartnersForm(FlaskForm):
    """The lead partner and its organisation."""

    lead_partner = PickOneField(N["lead_partner"])
    lead_organisation = PickOneField(
        N["lead_organisation"], description=_l("Not in the list? Name it below, then choose it here.")
    )
    lead_contact_name = CleanStringField(N["lead_contact_name"])
    lead_contact_email = EmailField(N["lead_contact_email"])


class ParticipantForm(FlaskForm):
    """One more organisation that takes part."""

    partner = PickOneField(N["partner"])
    organisation = PickOneField(N["organisation"])
    role = CharsField(N["role"], max_chars=limits.ROLE_MOST, rows=4)
    contact_name = CleanStringField(N["contact_name"])
    contact_email = EmailField(N["contact_email"])


class CityPairForm(FlaskForm):
    """Two cities of two partners."""

    city_a = CleanStringField(N["city_a"], max_chars=100)
    partner_a = PickOneField(N["partner_a"])
    city_b = CleanStringField(N["city_b"], max_chars=100)
    partner_b = PickOneField(N["partner_b"])
    theme = CleanStringField(N["theme"])


class PlanForm(FlaskForm):
    """Objectives, activities, first and last day."""

    objectives = CharsField(N["objectives"], max_chars=limits.LONG_MOST, rows=8)
    activities = CharsField(N["activities"], max_chars=limits.LONG_MOST, rows=10)
    starts_on = ThreePartDateField(N["starts_on"])
    ends_on = ThreePartDateField(N["ends_on"])


class MilestoneForm(FlaskForm):
    """One milestone."""

    title = CleanStringField(N["title"])
    due_on = ThreePartDateField(N["due_on"])
    deliverable = CharsField(N["deliverable"], max_chars=limits.ROLE_MOST, rows=3)


class BudgetForm(FlaskForm):
    """The one currency of the budget."""

    currency = PickOneField(N["currency"], choices=[(code, code) for code in USUAL_CURRENCIES])


class LineForm(FlaskForm):
    """One cost."""

    partner = PickOneField(N["partner"])
    category = PickOneField(N["category"])
    description = CleanStringField(N["description"])
    amount = MoneyField(N["amount"])


class SourceForm(FlaskForm):
    """One source of funding."""

    name = CleanStringField(N["name"])
    kind = PickOneField(N["kind"])
    amount = MoneyField(N["amount"])
    state = PickOneField(N["state"])


class SafeguardsForm(FlaskForm):
    """How people, nature and data are kept from harm."""

    inclusion = CharsField(
        N["inclusion"],
        max_chars=limits.LONG_MOST,
        description=_l("Who could be left out, and what do you do about it?"),
    )
    environment = CharsField(
        N["environment"], max_chars=limits.LONG_MOST, description=_l("What does the project use and leave behind?")
    )
    personal_data = CharsField(
        N["personal_data"],
        max_chars=limits.LONG_MOST,
        description=_l("Which personal data are handled, where are they kept, and for how long?"),
    )
    security = CharsField(
        N["security"], max_chars=limits.LONG_MOST, description=_l("How are systems and people kept safe?")
    )
    artificial_intelligence = CharsField(
        N["artificial_intelligence"],
        max_chars=limits.LONG_MOST,
        description=_l("Where it is used: what can go wrong, and who can overrule it? Leave empty where it is not."),
    )


class DeclarationsForm(FlaskForm):
    """What the applicant declares, and what may be published."""

    accurate = TickField(N["accurate"])
    authorised = TickField(N["authorised"])
    voluntary = TickField(N["voluntary"])
    publish_contacts = TickField(N["publish_contacts"])
    publish_budget = TickField(N["publish_budget"])


class OrganisationForm(FlaskForm):
    """An organisation that is not in the list yet."""

    partner = PickOneField(N["partner"], required=_l("Choose the partner that it belongs to"))
    name = CleanStringField(_l("Name of the organisation"), required=_l("Enter the name of the organisation"))
    kind = PickOneField(_l("Kind"), choices=list(ORGANISATION_KIND_NAMES.items()), required=_l("Choose its kind"))
    website = CleanStringField(_l("Website"), max_chars=300)


class CollaboratorForm(FlaskForm):
    """Invites a colleague."""

    email = EmailField(_l("Email address"), required=_l("Enter the email address of your colleague"))
    role = ChoicesField(
        _l("What they may do"),
        choices=[("editor", _l("Read and change")), ("reader", _l("Read"))],
        required=_l("Choose what they may do"),
    )


class CertifyForm(FlaskForm):
    """A signatory certifies the proposal in an organisation's name (R69)."""

    name = CleanStringField(_l("Your full name"), max_chars=200)
    certified = TickField(
        _l("I am authorised to sign for the organisation, and certify the proposal as it stands here")
    )


class SendBackForm(FlaskForm):
    """Why a signatory does not sign."""

    reason = CharsField(
        _l("Reason"), max_chars=2000, rows=4, description=_l("The applicant reads it. Say what should change.")
    )


class WithdrawForm(FlaskForm):
    """Why a proposal is withdrawn; may stay empty."""

    reason = CharsField(_l("Reason, if you want to give one"), max_chars=4000, rows=4)


class UploadForm(FlaskForm):
    """Files to attach."""

    files = MultiFileField(_l("Files"), required=_l("Choose a file"))


SECTION_FORMS: dict[str, type[FlaskForm]] = {
    "basics": BasicsForm,
    "partners": PartnersForm,
    "plan": PlanForm,
    "budget": BudgetForm,
    "safeguards": SafeguardsForm,
    "declarations": DeclarationsForm,
}


def partner_choices() -> list[tuple[str, str]]:
    """The partners by name."""
    entries = sorted(rulebook().initiative.partners, key=lambda entry: entry.sort_name())
    return [(entry.code, entry.name()) for entry in entries]


def fill_choices(form: FlaskForm, organisations: list[tuple[str, str]]) -> None:
    """Give the form's lists what there is to choose from."""
    vocabulary = rulebook().initiative.vocabulary
    lists = {
        "sector": vocabulary.sectors,
        "category": vocabulary.budget_categories,
        "kind": vocabulary.source_kinds,
        "state": vocabulary.source_states,
    }
    for field in form:
        name = field.short_name
        if name in lists:
            field.choices = [(term.id, _(term.label)) for term in lists[name]]
        elif name in ("partner", "lead_partner", "partner_a", "partner_b"):
            field.choices = partner_choices()
        elif name in ("organisation", "lead_organisation"):
            field.choices = organisations


def kept_values(form: FlaskForm) -> dict[str, Any]:
    """What a draft keeps of the form: understood values, and the rest as it was typed (R5)."""
    return {field.short_name: _plain(field) for field in form if field.short_name not in ("csrf_token",)}


def _plain(field: Any) -> Any:
    value = field.kept
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if field.short_name in ("organisation", "lead_organisation") and isinstance(value, str) and value.isascii():
        return int(value) if value.isdigit() and len(value) < 16 else value
    return value

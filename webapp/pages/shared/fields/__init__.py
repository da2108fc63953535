"""Form fields that read what people type as they mean it, lose none of it, and say what to do."""

from webapp.pages.shared.fields.choices import ChoicesField, PickOneField, TickField
from webapp.pages.shared.fields.dates import ThreePartDateField
from webapp.pages.shared.fields.files import MultiFileField
from webapp.pages.shared.fields.numbers import MoneyField, NumberField, read_number
from webapp.pages.shared.fields.text import (
    CharsField,
    CleanStringField,
    EmailField,
    PasswordField,
    clean_text,
)

__all__ = [
    "CharsField",
    "ChoicesField",
    "CleanStringField",
    "EmailField",
    "MoneyField",
    "MultiFileField",
    "NumberField",
    "PasswordField",
    "PickOneField",
    "ThreePartDateField",
    "TickField",
    "clean_text",
    "read_number",
]

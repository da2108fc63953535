"""What all our fields share: typed text is kept, emptiness has its own sentence, a page can add an error."""

from collections.abc import Sequence
from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation


class KeptField(Field):
    """A field that shows again what was typed, whatever became of it.

    `required` is the sentence said when the field is empty; left out where a draft may be saved without it.
    """

    kind = "text"
    typed: str = ""
    data: Any
    errors: Sequence[str]
    render_kw: dict[str, Any] | None

    def __init__(
        self,
        label: Any = None,
        validators: Sequence[Any] | None = None,
        *,
        required: Any = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.required = required

    @property
    def words(self) -> str:
        """The label, to name the field in its errors."""
        return str(self.label.text)

    @property
    def kept(self) -> Any:
        """What a draft keeps: the value where it was understood, else the text as typed."""
        return self.data if self.data is not None else self.typed

    def is_empty(self) -> bool:
        """Nothing was given."""
        return not self.typed.strip()

    def complaint(self) -> str:
        """The sentence on what is wrong with a value that is there; "" when nothing is."""
        return ""

    def pre_validate(self, form: Any) -> None:
        """Emptiness first, then our own check; either one ends the chain."""
        if self.is_empty():
            raise StopValidation(str(self.required))
        found = self.complaint()
        if found:
            raise StopValidation(found)

    def say(self, message: Any) -> None:
        """Add an error from outside the form: a rule's answer about this field."""
        self.errors = [*self.errors, str(message)]

    def _value(self) -> str:
        return self.typed

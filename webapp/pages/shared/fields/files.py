"""Files: how many, how large, of which kinds; each error names its file."""

import os
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext, ngettext
from werkzeug.datastructures import FileStorage
from wtforms import widgets
from wtforms.validators import ValidationError

from webapp.pages.shared.fields.kept import KeptField
from webapp.pages.shared.fields.text import MARK, clean_text
from webapp.pages.shared.filters import file_size, list_words

MEGABYTE = 1024 * 1024
NAME_AT_MOST = 200
USUAL_EXTENSIONS = ("pdf", "docx", "xlsx", "odt", "ods", "png", "jpg", "jpeg")


def plain_name(file: FileStorage) -> str:
    """The last part of the name that the browser sent, without signs that cannot be shown."""
    sent = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = clean_text(sent).replace(MARK, "_")
    # A long name is cut before its ending, which says what the file is.
    return name if len(name) <= NAME_AT_MOST else name[: NAME_AT_MOST - 10] + name[-10:]


def size_of(file: FileStorage) -> int:
    """Size in bytes; the file is wound back."""
    file.stream.seek(0, os.SEEK_END)
    size = file.stream.tell()
    file.stream.seek(0)
    return size


class MultiFileField(KeptField):
    """One or more files: `data` is the list of those that keep the limits, `refused` names the others."""

    kind = "upload"
    widget = widgets.FileInput(multiple=True)

    def __init__(
        self,
        label: Any = None,
        *,
        max_files: int = 20,
        max_bytes: int = 10 * MEGABYTE,
        extensions: Iterable[str] = USUAL_EXTENSIONS,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self.max_files, self.max_bytes = max_files, max_bytes
        self.extensions = tuple(extensions)
        self.widget = widgets.FileInput(multiple=max_files > 1)
        self.render_kw = {"accept": ",".join(f".{one}" for one in self.extensions)}
        self._sent_as_text = False

    def process_data(self, value: Any) -> None:
        self.data: list[FileStorage] = []

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = [item for item in valuelist if isinstance(item, FileStorage) and item.filename]
        self._sent_as_text = any(isinstance(item, str) and item for item in valuelist)

    def is_empty(self) -> bool:
        return not self.data and not self._sent_as_text

    def complaint(self) -> str:
        if self._sent_as_text:
            return gettext("Choose the file for “%(label)s” again", label=self.words)
        if len(self.data) > self.max_files:
            return ngettext(
                "Choose at most %(num)s file for “%(label)s”",
                "Choose at most %(num)s files for “%(label)s”",
                self.max_files,
                label=self.words,
            )
        return ""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Each file by itself: the good ones stay in `data`, the others are named with what to do."""
        if validation_stopped:
            return
        found = [(file, self._problem(file)) for file in self.data]
        self.data = [file for file, problem in found if not problem]
        problems = [problem for _, problem in found if problem]
        self.errors = [*self.errors, *problems[:-1]]
        if problems:
            raise ValidationError(problems[-1])

    def _problem(self, file: FileStorage) -> str:
        name, size = plain_name(file), size_of(file)
        extension = name.rpartition(".")[2].lower() if "." in name else ""
        if extension not in self.extensions:
            return gettext(
                "“%(name)s” is of a kind that is not taken. Choose one of these: %(kinds)s",
                name=name,
                kinds=self._kinds(),
            )
        if size == 0:
            return gettext("“%(name)s” is empty. Choose a file with content", name=name)
        if size > self.max_bytes:
            return gettext(
                "“%(name)s” is %(size)s. Choose a file of at most %(most)s, or split it",
                name=name,
                size=file_size(size),
                most=file_size(self.max_bytes),
            )
        return ""

    def _kinds(self) -> str:
        kinds = [one.upper() for one in self.extensions if one != "jpg" or "jpeg" not in self.extensions]
        return list_words(kinds)

    @property
    def limits(self) -> str:
        """What is taken, said before anybody chooses."""
        return ngettext(
            "%(kinds)s; one file, at most %(size)s",
            "%(kinds)s; up to %(num)s files of at most %(size)s each",
            self.max_files,
            kinds=self._kinds(),
            size=file_size(self.max_bytes),
        )

    @property
    def kept(self) -> list[str]:
        """Names only: a file is stored by its own verb, never within a form's text."""
        return [plain_name(file) for file in self.data]

"""The application that carries the templates, the sheet and the small scripts."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "depthwork.practice.ui"
    label = "ui"
    verbose_name = "The book"

    def ready(self) -> None:
        from django.forms import Field
        from django.utils.translation import gettext_lazy as _

        from depthwork.practice.config.reader import lend_the_pages_reader
        from depthwork.practice.tracking.alliance import ruptures_marked_by
        from depthwork.practice.ui.strained import strained_hours

        lend_the_pages_reader()
        Field.default_error_messages["required"] = _("This is still missing.")
        ruptures_marked_by(strained_hours)

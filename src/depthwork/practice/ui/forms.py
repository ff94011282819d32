"""How `{{ form }}` is set: summary of errors first, help before the field, the error next to it."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Book(TemplatesSetting):
    """Form renderer of the book.

    Forms, fields and choices are set by `ui/templates/django/forms`, found before Django's own when "django.forms"
    stands after this application in INSTALLED_APPS.
    """

    form_template_name = "django/forms/div.html"
    field_template_name = "django/forms/field.html"

"""What the error summary of a form says, and where each line leads."""

from typing import Any

from django import forms


def error_lines(*some: forms.BaseForm) -> list[dict[str, Any]]:
    """Every error of these forms, in the order of the fields, with the id of the control to go to."""
    lines: list[dict[str, Any]] = []
    for form in some:
        if not form.is_bound:
            continue
        lines += [{"target": "", "label": "", "message": message} for message in form.non_field_errors()]
        for field in form:
            lines += [{"target": _target(field), "label": field.label, "message": message} for message in field.errors]
    return lines


def _target(field: forms.BoundField) -> str:
    if field.is_hidden:
        return ""
    return field.id_for_label or f"{field.auto_id}_0"

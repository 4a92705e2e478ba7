"""An item whose being shown depends on itself can't be settled: such a form is refused."""

from virage.questionnaires.rules.definition import DefinitionError, Form


def refuse_cycles(form: Form) -> None:
    """Raise DefinitionError when conditions (an item's own or its groups') lead back to the item."""
    done: set[str] = set()
    for link_id in form.index:
        _visit(form, link_id, done, [])


def _visit(form: Form, link_id: str, done: set[str], way: list[str]) -> None:
    if link_id in way:
        raise DefinitionError(link_id, f"enableWhen leads back to itself: {' → '.join([*way, link_id])}")
    if link_id in done:
        return
    asked = [condition.question for condition in form.index[link_id].conditions]
    parent = form.parents[link_id]
    for needed in [*asked, *filter(None, [parent])]:
        _visit(form, needed, done, [*way, link_id])
    done.add(link_id)

"""The exit code of a check-up."""

from collections.abc import Iterable

from bouncer.model.checkup import Diagnosis

WARNED = 1


def exit_code(diagnoses: Iterable[Diagnosis]) -> int:
    """Give the code of the worst of *diagnoses*: of the first error, else 1 where there is a warning, else 0."""
    found = tuple(diagnoses)
    errors = [one.code for one in found if one.gravity == "error"]
    return errors[0] if errors else WARNED if any(one.gravity == "warning" for one in found) else 0

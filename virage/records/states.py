"""What may happen to the rows of a record."""

from virage.kernel.workflow import Workflow

DOCUMENT = Workflow(
    name="document",
    table={
        ("received", "process"): "ready",
        ("received", "refuse"): "refused",
    },
    initial="received",
)

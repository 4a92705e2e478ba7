"""The states of a line, as a table. A line begins in the state in which it was judged; one that is due stays due."""

from virage.kernel.workflow import Workflow

TO_VERIFY = "to_verify"
NOT_DUE = "not_due"
DUE = "due"

WORKFLOW = Workflow(
    name="line",
    initial=TO_VERIFY,
    table={
        (TO_VERIFY, "find_due"): DUE,
        (TO_VERIFY, "find_not_due"): NOT_DUE,
        (NOT_DUE, "find_due"): DUE,
        (NOT_DUE, "doubt"): TO_VERIFY,
    },
)

VERBS = {DUE: "find_due", NOT_DUE: "find_not_due", TO_VERIFY: "doubt"}
"""The verb that leads to each state."""

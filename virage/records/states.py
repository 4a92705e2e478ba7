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

IDENTITY = Workflow(
    name="identity",
    table={
        ("provisional", "recover_ins"): "recovered",
        ("provisional", "check_identity"): "validated",
        ("recovered", "check_identity"): "qualified",
        ("recovered", "withdraw_ins"): "provisional",
        ("recovered", "change_traits"): "provisional",
        ("validated", "recover_ins"): "qualified",
        ("validated", "withdraw_check"): "provisional",
        ("validated", "change_traits"): "provisional",
        ("qualified", "withdraw_ins"): "validated",
        ("qualified", "withdraw_check"): "recovered",
        ("qualified", "change_traits"): "provisional",
    },
    initial="provisional",
)
"""The statuses of the national identity: the matricule comes from the national service, the traits from a document
that someone saw; an identity with both is qualified. Another trait undoes both, since neither was about it."""

DUPLICATE = Workflow(
    name="duplicate",
    table={
        ("suspected", "propose_merge"): "proposed",
        ("suspected", "set_aside"): "set_aside",
        ("proposed", "withdraw_proposal"): "suspected",
        ("proposed", "set_aside"): "set_aside",
        ("proposed", "merge"): "merged",
        ("merged", "undo_merge"): "undone",
        ("undone", "propose_merge"): "proposed",
        ("undone", "set_aside"): "set_aside",
        ("set_aside", "propose_merge"): "proposed",
    },
    initial="suspected",
)

"""The states of a téléexpertise, as a table."""

from virage.kernel.workflow import Workflow

DRAFT = "draft"
PREPARED = "prepared"
SENT = "sent"
ACCEPTED = "accepted"
WAITING = "waiting"
DECLINED = "declined"
TO_VALIDATE = "to_validate"
ANSWERED = "answered"
CLOSED = "closed"
WITHDRAWN = "withdrawn"

WORKFLOW = Workflow(
    name="teleexpertise",
    initial=DRAFT,
    table={
        (DRAFT, "send"): SENT,
        (DRAFT, "prepare"): PREPARED,
        (DRAFT, "withdraw"): WITHDRAWN,
        (PREPARED, "send"): SENT,
        (PREPARED, "return_to_draft"): DRAFT,
        (PREPARED, "withdraw"): WITHDRAWN,
        (SENT, "accept"): ACCEPTED,
        (SENT, "decline"): DECLINED,
        (SENT, "pass_on"): SENT,
        (SENT, "withdraw"): WITHDRAWN,
        (DECLINED, "resend"): SENT,
        (DECLINED, "withdraw"): WITHDRAWN,
        (ACCEPTED, "ask_complements"): WAITING,
        (ACCEPTED, "pass_on"): SENT,
        (ACCEPTED, "hand_back"): SENT,
        (ACCEPTED, "propose"): TO_VALIDATE,
        (ACCEPTED, "sign"): ANSWERED,
        (ACCEPTED, "withdraw"): WITHDRAWN,
        (WAITING, "complete"): ACCEPTED,
        (WAITING, "withdraw"): WITHDRAWN,
        (WAITING, "hand_back"): SENT,
        (TO_VALIDATE, "validate"): ANSWERED,
        (TO_VALIDATE, "refuse_validation"): ACCEPTED,
        (ANSWERED, "acknowledge"): CLOSED,
        (ANSWERED, "correct"): ANSWERED,
        (CLOSED, "correct"): ANSWERED,
    },
)

OPEN = (SENT, ACCEPTED, WAITING, TO_VALIDATE)
FINISHED = (ANSWERED, CLOSED)

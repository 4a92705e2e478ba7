"""The states of a téléexpertise and of the items that an advice proposes, as tables."""

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

# hand_back: to the pool, for another expert to take. give_back: to the requérant, since nobody answers.
WORKFLOW = Workflow(
    name="teleexpertise",
    initial=DRAFT,
    table={
        (DRAFT, "send"): SENT,
        (DRAFT, "prepare"): PREPARED,
        (DRAFT, "discard"): WITHDRAWN,
        (PREPARED, "send"): SENT,
        (PREPARED, "return_to_draft"): DRAFT,
        (PREPARED, "discard"): WITHDRAWN,
        (SENT, "accept"): ACCEPTED,
        (SENT, "decline"): DECLINED,
        (SENT, "pass_on"): SENT,
        (SENT, "give_back"): DECLINED,
        (SENT, "withdraw"): WITHDRAWN,
        (DECLINED, "resend"): SENT,
        (DECLINED, "withdraw"): WITHDRAWN,
        (ACCEPTED, "ask_complements"): WAITING,
        (ACCEPTED, "decline"): DECLINED,
        (ACCEPTED, "pass_on"): SENT,
        (ACCEPTED, "hand_back"): SENT,
        (ACCEPTED, "give_back"): DECLINED,
        (ACCEPTED, "propose"): TO_VALIDATE,
        (ACCEPTED, "sign"): ANSWERED,
        (ACCEPTED, "withdraw"): WITHDRAWN,
        (WAITING, "give_complements"): ACCEPTED,
        (WAITING, "hand_back"): SENT,
        (WAITING, "give_back"): DECLINED,
        (WAITING, "withdraw"): WITHDRAWN,
        (TO_VALIDATE, "validate"): ANSWERED,
        (TO_VALIDATE, "refuse_validation"): ACCEPTED,
        (TO_VALIDATE, "withdraw"): WITHDRAWN,
        (ANSWERED, "acknowledge"): CLOSED,
        (ANSWERED, "correct"): ANSWERED,
        (CLOSED, "correct"): ANSWERED,
    },
)

BEFORE = (DRAFT, PREPARED)
OPEN = (SENT, ACCEPTED, WAITING, TO_VALIDATE)
FINISHED = (ANSWERED, CLOSED)

PROPOSED = "proposed"
PRESCRIBED = "prescribed"
REFUSED = "refused"
SUPERSEDED = "superseded"
DONE = "done"

ITEM = Workflow(
    name="item",
    initial=PROPOSED,
    table={
        (PROPOSED, "prescribe"): PRESCRIBED,
        (PROPOSED, "refuse"): REFUSED,
        (PROPOSED, "supersede"): SUPERSEDED,
        (PRESCRIBED, "do"): DONE,
        (PRESCRIBED, "undecide"): PROPOSED,
        (REFUSED, "undecide"): PROPOSED,
        (DONE, "undo"): PRESCRIBED,
    },
)

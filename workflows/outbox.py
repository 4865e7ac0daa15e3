"""What must leave the house is written here, in the transaction of the act that sends it (design section 2)."""

from sqlalchemy.orm import Session

from models.documents import Letter
from models.outbox import OutboxMessage
from workflows.actor import Actor


def post(session: Session, letter: Letter, actor: Actor) -> None:
    """Put a letter into the outbox. It waits there until the post is taken out."""
    session.add(OutboxMessage(letter=letter, created_at=actor.now))

"""Posts of grades to a learning platform."""

from api.service import Service
from grading.store.access import Caller
from grading.store.queries.posts import retry_post


def send_again(service: Service, caller: Caller, post_id: str) -> None:
    """Give a grade post that was given up another round of tries.

    Raises:
        NotFound, Forbidden, Conflict: as the store says.
    """
    with service.database.write() as db:
        retry_post(db, caller, post_id)
    service.dispatcher.posts([post_id])

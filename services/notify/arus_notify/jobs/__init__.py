"""Work that waits for others: asking whom to tell, delivering, making digests."""

from arus_runtime.jobs import Job

from arus_notify.handlers import SUMMARISE, TELL, TELL_CASE
from arus_notify.jobs import delivering, digests, telling
from arus_notify.planning import DELIVER, DIGEST

# Whoever asks whom to tell waits for the gateway as long as it takes. A delivery is tried for three hours:
# after 10 s, 20 s, 40 s ...
JOBS = (
    Job(TELL, telling.ask, finish=telling.tell, attempts=12, backoff_s=2.0),
    Job(SUMMARISE, telling.ask, finish=telling.summarise, attempts=12, backoff_s=2.0),
    Job(TELL_CASE, telling.ask_of_case, finish=telling.tell_case, attempts=12, backoff_s=2.0),
    Job(
        DELIVER,
        delivering.deliver,
        finish=delivering.delivered,
        failed=delivering.failed,
        attempts=11,
        backoff_s=10.0,
        time_limit_s=60.0,
    ),
    Job(DIGEST, digests.ask, finish=digests.make, attempts=12, backoff_s=2.0),
)

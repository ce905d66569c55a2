"""The notify service: `python -m arus_notify`."""

from arus_runtime.service import Service, run

from arus_notify import api, handlers, jobs, outside, upkeep, words

SERVICE = Service(
    name="notify",
    routers=api.ROUTERS,
    workers=(handlers.incidents, handlers.cases, handlers.catalogue),
    jobs=jobs.JOBS,
    job_slots=16,  # a receiver that does not answer holds up nobody else
    words=words.templates(),
    outbox=True,
    startup=(outside.reaching_out, upkeep.keeping),
)

if __name__ == "__main__":
    run(SERVICE)

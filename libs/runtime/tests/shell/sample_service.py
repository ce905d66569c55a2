"""A service made up for the tests, run as a process of its own."""

from arus_runtime.service import Service, run
from arus_runtime.web import router

notes = router("notes")


@notes.get("/notes")
async def list_notes() -> list[str]:
    """List nothing."""
    return []


SERVICE = Service("shell", routers=(notes,), outbox=True)

if __name__ == "__main__":
    run(SERVICE)

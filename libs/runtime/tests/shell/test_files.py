"""Files are kept under keys, in a local folder as in an object store."""

from pathlib import Path

import pytest
from arus_runtime.files import Files
from obstore.store import LocalStore, MemoryStore, ObjectStore


@pytest.fixture(params=["folder", "object store"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    store: ObjectStore = (
        LocalStore(tmp_path / "kept", mkdir=True) if request.param == "folder" else MemoryStore()
    )
    return Files(store)


async def test_what_is_kept_comes_back_and_goes(files: Files, tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    sent.write_bytes(b"Tanggal;Volume\n" * 100_000)
    await files.put("imports/tenant-a/one", sent)
    async with files.local("imports/tenant-a/one") as copy:
        assert copy.read_bytes() == sent.read_bytes()
    assert not copy.exists()
    sent.write_bytes(b"again")
    await files.put("imports/tenant-a/one", sent)
    async with files.local("imports/tenant-a/one") as copy:
        assert copy.read_bytes() == b"again"
    await files.delete(["imports/tenant-a/one", "imports/tenant-a/never-there"])
    with pytest.raises(FileNotFoundError):
        await files.fetch("imports/tenant-a/one", tmp_path / "gone")

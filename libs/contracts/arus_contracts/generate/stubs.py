"""Python modules and their types, by protoc."""

import subprocess
import sys
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from arus_contracts.generate.paths import PROTOS


def generate(folder: Path) -> dict[Path, str]:
    """Return every generated module by its path in the package arus; gRPC ones only where a service is."""
    protos = sorted(PROTOS.glob("arus/**/*.proto"))
    services = [path for path in protos if "\nservice " in path.read_text("utf-8")]
    protoc(protos, f"--python_out={folder}", f"--pyi_out={folder}")
    plugin = Path(sys.executable).parent / "protoc-gen-mypy_grpc"
    protoc(
        services,
        f"--grpc_python_out={folder}",
        f"--plugin=protoc-gen-mypy_grpc={plugin}",
        f"--mypy_grpc_out=quiet:{folder}",
    )
    package = folder / "arus"
    return {path.relative_to(package): path.read_text("utf-8") for path in sorted(package.rglob("*.py*"))}


def describe(folder: Path) -> FileDescriptorSet:
    """Return the descriptors of all files with their comments."""
    out = folder / "descriptors.binpb"
    protoc(sorted(PROTOS.glob("arus/**/*.proto")), f"--descriptor_set_out={out}", "--include_source_info")
    return FileDescriptorSet.FromString(out.read_bytes())


def protoc(files: list[Path], *options: str) -> None:
    compiler = [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={PROTOS}"]
    subprocess.run([*compiler, *options, *files], check=True)  # noqa: S603 our own files and interpreter

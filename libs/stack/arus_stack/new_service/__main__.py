"""`make new-service NAME=weather`: write services/weather and enter it wherever services are listed."""

import argparse
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from string import Template

from arus_stack import house, prometheus
from arus_stack.errors import Refused

TEMPLATE = Path(__file__).parent / "template"
MODEL = "inventory"  # where a list names it on a line of its own, the new service gets a line like it
LISTS = (
    "pyproject.toml",
    ".importlinter",
    "deploy/k8s/base/kustomization.yaml",
    "deploy/k8s/overlays/prod/kustomization.yaml",
    "deploy/prometheus/prometheus.yml",
    "deploy/prometheus/rules/alerts.yaml",
    "deploy/prometheus/tests/alerts.yaml",
)
COMPOSE = "docker-compose.yml"
DOORS = "deploy/k8s/components/autoscaling/doors.yaml"
PEERS = (COMPOSE, "deploy/k8s/base/config.yaml")
ROUTES = "services/gateway/arus_gateway/proxy.py"
RULES = "deploy/k8s/components/monitoring/rules.yaml"
PAGE = "docs/OPERATIONS.md"
TOPIC = "fuel.transaction.v1"


def make(name: str, root: Path) -> None:
    """Write the service into a checkout; raises Refused for a name that is taken or not a lower-case word."""
    if not re.fullmatch(r"[a-z]{3,30}", name):
        raise Refused(f"{name!r} is not a name for a service", "Use one lower-case word of 3 to 30 letters.")
    folder = root / "services" / name
    if folder.exists():
        raise Refused(f"services/{name} exists already", "Choose another name, or remove the folder first.")
    write_template(name, folder)
    for listed in LISTS:
        edit(root / listed, lambda text: with_lines_like_the_model(text, name))
    manifest = (root / f"deploy/k8s/base/{MODEL}.yaml").read_text("utf-8")
    (root / f"deploy/k8s/base/{name}.yaml").write_text(manifest.replace(MODEL, name), "utf-8")
    edit(root / COMPOSE, lambda text: with_paragraph_like_the_model(text, name))
    edit(root / DOORS, lambda text: with_document_like_the_model(text, name))
    for listed in PEERS:
        edit(root / listed, lambda text: with_peer(text, name))
    edit(root / "protos/topics.yaml", lambda text: with_consumer(text, name))
    edit(root / ROUTES, lambda text: with_route(text, name))
    edit(root / PAGE, lambda text: with_restart(text, name))
    (root / RULES).write_text(prometheus.rules(root), "utf-8")
    # The order of imports depends on the name.
    for tidy in (["check", "--quiet", "--fix"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *tidy, folder], cwd=root, check=True)  # noqa: S603


def write_template(name: str, folder: Path) -> None:
    words = {"name": name, "title": name.capitalize()}
    for source in sorted(TEMPLATE.rglob("*.tmpl")):
        path = source.relative_to(TEMPLATE).as_posix().removesuffix(".tmpl").replace("NAME", name)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(source.read_text("utf-8")).substitute(words), "utf-8")


def edit(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text("utf-8")
    after = change(before)
    if after == before:
        raise Refused(
            f"{path.name} has no place for a new service", f"Enter it there as {MODEL} is, by hand."
        )
    path.write_text(after, "utf-8")


def with_lines_like_the_model(text: str, name: str) -> str:
    """Return the text with every block of lines that names the model repeated for the new service."""
    lines: list[str] = []
    block: list[str] = []
    for line in [*text.splitlines(keepends=True), ""]:
        if MODEL in line:
            block.append(line)
            continue
        lines += [*block, *(named.replace(MODEL, name) for named in block), line]
        block = []
    return "".join(lines)


def with_paragraph_like_the_model(text: str, name: str) -> str:
    """Return the compose file with the model's paragraph repeated for the new service."""
    paragraphs = text.split("\n\n")
    place = next((at for at, part in enumerate(paragraphs) if part.startswith(f"  {MODEL}:")), None)
    if place is None:
        return text
    paragraphs.insert(place + 1, paragraphs[place].replace(MODEL, name))
    return "\n\n".join(paragraphs)


def with_document_like_the_model(text: str, name: str) -> str:
    """Return YAML documents with the one that names the model repeated for the new service."""
    found = text.split("---\n")
    return "---\n".join([*found, *(document.replace(MODEL, name) for document in found if MODEL in document)])


def with_peer(text: str, name: str) -> str:
    """Return the services' addresses with one more."""
    return re.sub(
        rf'("{MODEL}": \{{[^}}]*\}})',
        lambda found: f"{found[1]}, {found[1].replace(MODEL, name)}",
        text,
        count=1,
    )


def with_consumer(text: str, name: str) -> str:
    """Return the catalogue with the service among the readers of fuel transactions."""
    head, entry, rest = text.partition(f"  {TOPIC}:\n")
    return head + entry + re.sub(r"(consumers: \[.*?)\]", rf"\1, {name}]", rest, count=1)


def with_route(text: str, name: str) -> str:
    """Return the gateway's table with the service's path."""
    return re.sub(r"(SERVICE_OF: .* = \{\n)", rf'\1    "{name}": "{name}",\n', text, count=1)


def with_restart(text: str, name: str) -> str:
    """Return the page of operations with the service among those that are restarted for new passwords."""
    return re.sub(r"^(docker compose restart .+)$", rf"\1 {name}", text, count=1, flags=re.MULTILINE)


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the next service.")
    parser.add_argument("name", help="one lower-case word, for example weather")
    parser.add_argument("--root", type=Path, default=house.root(), help="the checkout to write into")
    asked = parser.parse_args()
    try:
        make(asked.name, asked.root)
    except Refused as refused:
        sys.stderr.write(f"{refused.problem}\n{refused.first_aid}\n")
        return 1
    sys.stderr.write(
        f"services/{asked.name} is made. Next: make protos openapi, "
        "uv run python -m arus_stack.schema_page, make check test\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

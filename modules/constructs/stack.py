"""The base of every stack: one Terraform state, its backend, its AWS provider, and what it offers to other stacks."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

from modules.bindings.aws import AwsProvider, AwsProviderAssumeRole, AwsProviderDefaultTags, DataAwsCallerIdentity
from modules.bindings.cdktf import (
    TerraformElement,
    TerraformOutput,
    TerraformResource,
    TerraformStack,
    Token,
)
from modules.constructs import remote_state
from modules.constructs.app import SystemApp
from modules.design.transitions import Transition
from modules.facts import regions, terraform
from modules.naming import address
from modules.spec.model import Spec


class Stack(TerraformStack):
    """A stack of the system; components are made in its scope and get their addresses from it."""

    def __init__(self, scope: SystemApp, spec: Spec, name: str, **tags: str) -> None:
        super().__init__(scope, spec.names.stack(name))
        self.spec = spec
        self.names = spec.names
        self.part = name
        """Its name without the environment's."""
        self.region = spec.region
        self.partition = regions.partition(spec.region)
        self.addresses: set[tuple[str, str]] = set()
        self.reads: dict[str, TerraformElement] = {}
        self._required: dict[str, list[dict[str, str]]] = {}
        self.upstream: list[str] = []
        service = spec.services.get(name)
        self.service = name if service else None
        """The service whose stack it is."""
        self.protection = spec.protection if service is None or service.protection is None else service.protection
        """Whether what holds data or an identity is protected from deletion."""
        self.transitions: list[Transition] = []
        """What moves, is let go of or is taken over by this stack; in a file of its own beside its JSON."""
        self._files: dict[str, str] = {}
        self._state_folder = scope.state_folder
        remote_state.use_backend(self, spec, spec.names.state(name), self._state_folder)
        self.system_tags = {"Project": spec.project, "Environment": spec.names.environment_tag}
        default_tags = AwsProviderDefaultTags(
            tags={**spec.tags, **self.system_tags, "Stack": self.names.stack(name), **tags}
        )
        AwsProvider(
            self,
            "aws",
            region=spec.region,
            allowed_account_ids=[spec.account] if spec.account else None,
            assume_role=[AwsProviderAssumeRole(role_arn=spec.deployer_role)] if spec.deployer_role else None,
            default_tags=[default_tags],
        )
        self.add_override("terraform.required_providers.aws", terraform.AWS)

    def register_address(self, kind: str, address: str) -> None:
        """Registers an address, or raises ValueError; CDKTF itself would silently keep the last of two."""
        if (kind, address) in self.addresses:
            raise ValueError(f"two resources of stack {self.node.id} have the address {kind}.{address}")
        self.addresses.add((kind, address))

    @cached_property
    def account_id(self) -> str:
        """Id of the AWS account, as Terraform finds it."""
        return self._caller.account_id

    @cached_property
    def caller_arn(self) -> str:
        """ARN of whoever runs Terraform."""
        return self._caller.arn

    @cached_property
    def _caller(self) -> DataAwsCallerIdentity:
        caller = DataAwsCallerIdentity(self, "account")
        caller.override_logical_id("current")
        self.register_address("DataAwsCallerIdentity", "current")
        return caller

    def arn(self, service: str, resource: str, *, region: bool = True, account: bool = True) -> str:
        """ARN in this partition; without region or account where the service's ARNs have none."""
        parts = (
            "arn",
            self.partition,
            service,
            self.region if region else "",
            self.account_id if account else "",
            resource,
        )
        return ":".join(parts)

    def output(
        self,
        name: str,
        value: Any,
        description: str | None = None,
        depends_on: Sequence[TerraformResource] = (),
    ) -> None:
        """Offers a value to later stacks, and to people.

        `depends_on` is for what the value promises and does not name: an output that depends on nothing is written
        although the apply fails, and is not written where Terraform applies named resources only (`-target`).
        """
        output = TerraformOutput(self, name, value=value, description=description)
        if depends_on:  # its own argument writes `${…}`, which Terraform refuses there
            places = [f"{one.terraform_resource_type}.{one.friendly_unique_id}" for one in depends_on]
            output.add_override("depends_on", places)

    def add_file(self, name: str, text: str) -> None:
        """Puts a file into the stack's folder, beside its JSON; a second one of the same name is a ValueError."""
        if name in self._files:
            raise ValueError(f"two files of stack {self.node.id} have the name {name}")
        self._files[name] = text

    @property
    def files(self) -> Mapping[str, str]:
        """Texts of the files beside the JSON, by name."""
        return MappingProxyType(self._files)

    def depends_on_stack(self, stack: str) -> None:
        """Is applied after an earlier stack, and destroyed before it."""
        if stack not in self.upstream:
            self.upstream.append(stack)

    def read(self, stack: str, output: str, *, key: str | None = None, through: str | None = None) -> str:
        """A value that an earlier stack offers, or that of `key` in it; `through` names a function of Terraform's."""
        if stack not in self.reads:
            self.depends_on_stack(stack)
            self.reads[stack] = remote_state.read(self, self.spec, stack, self._state_folder)
        value = f"data.terraform_remote_state.{address(stack)}.outputs.{output}"
        if key is not None:
            value = f'{value}["{key}"]'
        return f"${{{value}}}" if through is None else f"${{{through}({value})}}"

    def require(self, stack: str, output: str, service: str, what: str = "") -> None:
        """Ends a plan at once, with the next step, where an earlier stack was applied before it knew of a service.

        `output` of that stack is a map by service; `what` is what services.yaml had not then, if not the service.
        """
        self.read(stack, output)
        message = (
            f"Stack {stack} was last applied before services.yaml had {what or service}. "
            f"Apply it first: make deploy STACK={self.names.stack(stack)}."
        )
        condition = {"condition": f'${{can(self.outputs.{output}["{service}"])}}', "error_message": message}
        self._required.setdefault(stack, []).append(condition)
        self.reads[stack].add_override("lifecycle.postcondition", self._required[stack])

    def read_list(self, stack: str, output: str, *, key: str | None = None) -> list[str]:
        """A list of strings that an earlier stack offers, or that of `key` in it."""
        return Token.as_list(self.read(stack, output, key=key))

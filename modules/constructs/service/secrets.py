"""The secret values of a service: what Terraform knows of them, which is their ARNs and versions and never a value."""

from typing import Any

from modules.bindings.aws import DataAwsSecretsmanagerSecret, DataAwsSecretsmanagerSecretVersions
from modules.constructs.component import Component
from modules.constructs.permissions.owner import Owner
from modules.design import adopted, secrets, service_policy
from modules.iam.statement import Statement
from modules.naming import address
from modules.permissions.secrets import Secret
from modules.spec.secret import SecretValue

_DIGEST = 10


class ServiceSecrets(Component):
    """Reads which version of each secret is the current one, so that a new value is a change of the next plan.

    `values` go into `local.values`: the ARN and the version of each secret, and the name of the Kubernetes Secret that
    holds this list of values in these versions. `grants` are for the service's role.
    """

    def __init__(self, owner: Owner, own: Secret | None) -> None:
        super().__init__(owner.stack, "secret-values")
        self.name, self.service = owner.name, owner.service
        self.values: dict[str, str] = {}
        self.grants: list[Statement] = []
        sources = secrets.sources(self.name, self.service)
        if not sources:
            return
        made_elsewhere, of_others = [], []
        for key, source in sources.items():
            arn = self._versions(key, source, own)
            if source.of is not None:
                of_others.append((arn, self.stack.read(source.of, "stores_key_arn")))
            elif source.source is not None:
                made_elsewhere.append(arn)
        self.grants = service_policy.secret_statements(
            self.service,
            made_elsewhere=made_elsewhere,
            of_others=of_others,
            keys=[self._keys(source.source) for source in sources.values() if source.source],
            region=self.stack.region,
        )
        versions = " ".join(f"${{{_current(_address(key))}}}" for key in sources)
        digest = f'sha256("{secrets.digest(self.name, self.service)} {versions}")'
        self.values[secrets.SECRET_NAME] = f"{self.name}-${{substr({digest}, 0, {_DIGEST})}}"

    def _versions(self, key: str, source: SecretValue, own: Secret | None) -> str:
        """Declares the data sources of one secret; returns the secret's ARN."""
        if source.of is not None:
            arn, name = self.stack.read(source.of, "secret_arn"), adopted.secret(self.stack.spec, source.of)
        elif source.source is not None:
            arn, name = self._arn(key, source.source), source.source
        else:
            arn, name = own.secret_arn if own else "", adopted.secret(self.stack.spec, self.name)
        found = DataAwsSecretsmanagerSecretVersions(self, key, secret_id=arn)
        self.set_address(found, key)
        found.add_override("lifecycle.postcondition", [self._has_a_value(name)])
        self.values |= {
            secrets.placeholder(secrets.ARN, key): arn,
            secrets.placeholder(secrets.VERSION, key): f"${{{_current(_address(key))}}}",
        }
        return arn

    def _arn(self, key: str, secret: str) -> str:
        """The ARN of a secret that is made elsewhere, whose name ends in signs that only Secrets Manager knows."""
        if secret.startswith("arn:"):
            return secret
        found = DataAwsSecretsmanagerSecret(self, f"{key}-secret", name=secret)
        self.set_address(found, key)
        return found.arn

    def _keys(self, secret: str) -> str:
        """The pattern of the keys of the account that a secret is in."""
        own = self.stack.arn("kms", "key/*")
        return own if not secret.startswith("arn:") else ":".join((*own.split(":")[:4], secret.split(":")[4], "key/*"))

    def _has_a_value(self, name: str) -> dict[str, Any]:
        """So that a plan says it too, and no pod waits for a Secret that can't be made."""
        command = f"aws secretsmanager put-secret-value --region {self.stack.region} --secret-id {name}"
        step = f"Fill it: {command} --secret-string file://secrets.json"
        if name == self.stack.names.login_secret(self.name):
            step = f"A job sets it: make deploy STACK={self.stack.names.stack('platform')}."
        return {
            "condition": f'${{{_current("self")} != ""}}',
            "error_message": f"Secret {name} has no value. {step}",
        }


def _current(versions: str) -> str:
    """The id of the current version; empty while there is none, so that a destroy can be planned.

    The list of a secret that never had a value is null, not empty (hashicorp/aws 5.100.0).
    """
    found = f'[for one in {versions}.versions : one.version_id if contains(one.version_stages, "AWSCURRENT")]'
    return f'try(join("", {found}), "")'


def _address(key: str) -> str:
    return f"data.aws_secretsmanager_secret_versions.{address(key)}"

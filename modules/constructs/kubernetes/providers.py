"""How Terraform connects to the Kubernetes API: with outputs of stack `cluster`, and a token from the AWS CLI."""

from typing import Any

from modules.bindings.helm import HelmProvider
from modules.bindings.kubernetes import KubernetesProvider
from modules.constructs.stack import Stack
from modules.facts import terraform


def log_in(stack: Stack) -> None:
    """Configures the Kubernetes and Helm providers; each run gets a new token, which is stored nowhere."""
    cluster = stack.read("cluster", "cluster_name")
    arguments = ["eks", "get-token", "--cluster-name", cluster, "--region", stack.region, "--output", "json"]
    if stack.spec.deployer_role:
        arguments += ["--role-arn", stack.spec.deployer_role]
    login: dict[str, Any] = {
        "host": stack.read("cluster", "cluster_endpoint"),
        "cluster_ca_certificate": stack.read("cluster", "cluster_certificate_authority", through="base64decode"),
    }
    execute = {"api_version": "client.authentication.k8s.io/v1beta1", "command": "aws", "args": arguments}
    KubernetesProvider(stack, "kubernetes", **login, exec=[execute])
    HelmProvider(stack, "helm", kubernetes={**login, "exec": execute})
    stack.add_override("terraform.required_providers.kubernetes", terraform.KUBERNETES)
    stack.add_override("terraform.required_providers.helm", terraform.HELM)

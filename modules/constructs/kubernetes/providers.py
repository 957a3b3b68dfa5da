"""How Terraform connects to the Kubernetes API: with outputs of stack `cluster`, and a new token each run."""

from typing import Any

from modules.bindings.helm import HelmProvider
from modules.bindings.kubernetes import KubernetesProvider
from modules.constructs.stack import Stack
from modules.facts import terraform


def log_in(stack: Stack) -> None:
    """Configures the Kubernetes and Helm providers; the token is stored nowhere."""
    cluster = stack.read("cluster", "cluster_name")
    login: dict[str, Any] = {
        "host": stack.read("cluster", "cluster_endpoint"),
        "cluster_ca_certificate": stack.read("cluster", "cluster_certificate_authority", through="base64decode"),
    }
    if stack.spec.state and stack.spec.state.hcp:
        login["token"] = _token(stack, cluster)
        KubernetesProvider(stack, "kubernetes", **login)
        HelmProvider(stack, "helm", kubernetes=login)
    else:
        execute = _command(stack, cluster)
        KubernetesProvider(stack, "kubernetes", **login, exec=[execute])
        HelmProvider(stack, "helm", kubernetes={**login, "exec": execute})
    stack.add_override("terraform.required_providers.kubernetes", terraform.KUBERNETES)
    stack.add_override("terraform.required_providers.helm", terraform.HELM)


def _command(stack: Stack, cluster: str) -> dict[str, Any]:
    """The AWS CLI, which also renews a token in the middle of a run."""
    arguments = ["eks", "get-token", "--cluster-name", cluster, "--region", stack.region, "--output", "json"]
    if stack.spec.deployer_role:
        arguments += ["--role-arn", stack.spec.deployer_role]
    return {"api_version": "client.authentication.k8s.io/v1beta1", "command": "aws", "args": arguments}


def _token(stack: Stack, cluster: str) -> str:
    """From the AWS provider, since no AWS CLI is where HCP Terraform runs; it ends after 15 minutes."""
    stack.add_override("ephemeral.aws_eks_cluster_auth.cluster.name", cluster)
    return "${ephemeral.aws_eks_cluster_auth.cluster.token}"

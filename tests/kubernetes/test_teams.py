"""What teams may do in the cluster, tried as somebody of the team: rights, and what objects may name of AWS."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from modules.design import team_access
from modules.paths import ROOT
from tests.support import helm
from tests.support.control_plane import GROUPS, CommandFailed, ControlPlane
from tests.synth.conftest import spec_of

OWN, OTHER = "web-orders", "web-users"
ALL_READY = ("--for=jsonpath={.status.readyReplicas}=3", "--timeout=90s")
POD_GROUPS = ["sg-0a1b2c3d4e5f60001", "sg-0a1b2c3d4e5f60002"]
ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup"
ROLE = "arn:aws:iam::111122223333:role"
LEVELS = dict(zip(GROUPS, ("view", "edit", "deploy"), strict=True))
NOBODY, ALL, EDIT, DEPLOY = (), tuple(LEVELS.values()), ("edit", "deploy"), ("deploy",)
BY_RIGHTS, BY_POLICY = "is forbidden: User", "ValidatingAdmissionPolicy '{}'"
Json = dict[str, Any]


class Call(NamedTuple):
    """What somebody tries, the access that allows it, and by what those that have the rights are refused."""

    what: str
    allowed: tuple[str, ...]
    words: tuple[str, ...]
    object: Json | None = None
    policy: str = ""


def _can(what: str, allowed: tuple[str, ...], verb: str, resource: str, *more: str, namespace: str = OWN) -> Call:
    return Call(what, allowed, ("auth", "can-i", verb, resource, f"--namespace={namespace}", *more))


def _make(what: str, allowed: tuple[str, ...], made: Json, policy: str = "", verb: str = "create") -> Call:
    return Call(what, allowed, (verb, "--dry-run=server", "--filename=-"), made, policy)


def _object(kind: str, group: str, spec: Json, *, name: str = "new", **metadata: Any) -> Json:
    return {"apiVersion": group, "kind": kind, "metadata": {"name": name, "namespace": OWN, **metadata}, "spec": spec}


def _groups(*ids: str, name: str = "new") -> Json:
    spec = {"podSelector": {}, "securityGroups": {"groupIds": list(ids)}}
    return _object("SecurityGroupPolicy", "vpcresources.k8s.aws/v1beta1", spec, name=name)


def _binding(group: str, **more: str) -> Json:
    spec = {"serviceRef": {"name": OWN, "port": 8080}, "targetGroupARN": f"{ARN}/{group}/73e2d6bc24d8a067", **more}
    return _object("TargetGroupBinding", "elbv2.k8s.aws/v1beta1", spec)


def _service(**spec: Any) -> Json:
    return _object("Service", "v1", {"ports": [{"port": 80}], **spec})


def _store(service: str) -> Json:
    aws = {"service": service, "region": "eu-west-1", "auth": {"jwt": {"serviceAccountRef": {"name": OWN}}}}
    return _object("SecretStore", "external-secrets.io/v1", {"provider": {"aws": aws}})


def _trigger(kind: str) -> Json:
    spec = {"scaleTargetRef": {"name": OWN}, "triggers": [{"type": kind, "metadata": {"value": "1"}}]}
    return _object("ScaledObject", "keda.sh/v1alpha1", spec)


def _account(role: str) -> Json:
    made = _object("ServiceAccount", "v1", {}, annotations={"eks.amazonaws.com/role-arn": f"{ROLE}/{role}"})
    return {key: value for key, value in made.items() if key != "spec"}


CALLS = (
    _can("see pods", ALL, "list", "pods"),
    _can("read logs", ALL, "get", "pods", "--subresource=log"),
    _can("see deployments", ALL, "list", "deployments.apps"),
    _can("see which groups pods get", ALL, "get", "securitygrouppolicies.vpcresources.k8s.aws"),
    _can("restart: patch a Deployment", EDIT, "patch", "deployments.apps"),
    _can("delete a pod", EDIT, "delete", "pods"),
    _can("run: make a Job", EDIT, "create", "jobs.batch"),
    _can("run: remove a Job", EDIT, "delete", "jobs.batch"),
    _can("shell: exec", EDIT, "create", "pods", "--subresource=exec"),
    _can("shell: attach", EDIT, "create", "pods", "--subresource=attach"),
    _can("scale", EDIT, "patch", "deployments.apps", "--subresource=scale"),
    _can("read Secrets", DEPLOY, "get", "secrets"),
    _can("delete its SecurityGroupPolicy", DEPLOY, "delete", f"securitygrouppolicies.vpcresources.k8s.aws/{OWN}"),
    _can("delete that of all pods", NOBODY, "delete", "securitygrouppolicies.vpcresources.k8s.aws/every-pod"),
    _can("change that of all pods", NOBODY, "patch", "securitygrouppolicies.vpcresources.k8s.aws/every-pod"),
    _can("make a service account", NOBODY, "create", "serviceaccounts"),
    _can("change a service account", NOBODY, "patch", "serviceaccounts"),
    _can("make a token of an account", NOBODY, "create", "serviceaccounts", "--subresource=token"),
    _can("give rights", NOBODY, "create", "rolebindings.rbac.authorization.k8s.io"),
    _can("write endpoints", NOBODY, "create", "endpointslices.discovery.k8s.io"),
    _can("see pods of another service", NOBODY, "list", "pods", namespace=OTHER),
    _can("read logs of another service", NOBODY, "get", "pods", "--subresource=log", namespace=OTHER),
    _can("exec in another service", NOBODY, "create", "pods", "--subresource=exec", namespace=OTHER),
    _can("read Secrets of another service", NOBODY, "get", "secrets", namespace=OTHER),
    _can("read Secrets of the platform", NOBODY, "get", "secrets", namespace="kube-system"),
    Call("see all pods", NOBODY, ("auth", "can-i", "list", "pods", "--all-namespaces")),
    Call("relax pod security", NOBODY, ("auth", "can-i", "patch", f"namespaces/{OWN}")),
    Call("lift a policy", NOBODY, ("auth", "can-i", "delete", "validatingadmissionpolicies")),
    Call("be somebody else", NOBODY, ("auth", "can-i", "impersonate", "users")),
    _make("take its own groups", DEPLOY, _groups(*POD_GROUPS)),
    _make("take another's group", NOBODY, _groups("sg-0a1b2c3d4e5f60009"), "own-security-groups"),
    _make("take its own and another's", NOBODY, _groups(*POD_GROUPS, "sg-0a1b2c3d4e5f60009"), "own-security-groups"),
    _make("register with its target group", DEPLOY, _binding("shop-web-orders")),
    _make("register with that of HTTP/2", DEPLOY, _binding("shop-web-orders-HTTP2")),
    _make("register with another's", NOBODY, _binding("shop-web-users"), "own-target-groups"),
    _make("register with one that begins alike", NOBODY, _binding("shop-web-orders-2"), "own-target-groups"),
    _make("register by a name", NOBODY, _binding("shop-web-orders", targetGroupName="x"), "own-target-groups"),
    _make(
        "register with another role",
        NOBODY,
        _binding("shop-web-orders", iamRoleArnToAssume=f"{ROLE}/other"),
        "own-target-groups",
    ),
    _make("make a Service", DEPLOY, _service()),
    _make("ask for a load balancer", NOBODY, _service(type="LoadBalancer"), "own-addresses"),
    _make("take an address", NOBODY, _service(externalIPs=["10.0.0.7"]), "own-addresses"),
    _make("read its secrets", DEPLOY, _store("SecretsManager")),
    _make("read another kind of store", NOBODY, _store("ParameterStore"), "own-secret-stores"),
    _make("scale by a queue", DEPLOY, _trigger("aws-sqs-queue")),
    _make("let KEDA ask a URL", NOBODY, _trigger("metrics-api"), "own-triggers"),
)


@pytest.fixture(scope="module")
def plane(control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """Two services as their stacks make them, and the rights of three teams that have one of the two."""
    folder = tmp_path_factory.mktemp("teams")
    for name in (OWN, OTHER):
        labels = {"pod-security.kubernetes.io/enforce": "restricted"}
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
        control_plane.kubectl("apply", "--filename=-", input=json.dumps(namespace))
        control_plane.kubectl(f"--namespace={name}", "create", "serviceaccount", name)
    values = folder / "values.json"
    values.write_text(json.dumps(_values(folder)))
    where = ("--namespace=kube-system", f"--values={values}", "--wait")
    control_plane.helm("upgrade", "--install", helm.TEAMS, str(helm.CHARTS / helm.TEAMS), *where)
    _until_policies_count(control_plane)
    yield control_plane
    control_plane.helm("uninstall", helm.TEAMS, "--namespace=kube-system", "--wait")
    control_plane.kubectl("delete", "namespace", OWN, OTHER, "--wait=false")


def _values(folder: Path) -> Json:
    """As stack `platform` writes them, with what Terraform fills in."""
    teams = {
        name.removeprefix("team-"): {"services": OWN, "role": f"{ROLE}/{name}", "access": access}
        for name, access in LEVELS.items()
    }
    services: Json = {name: {"path": f"/{name}", "image": "v1"} for name in (OWN, OTHER)}
    bound = {"permissions_boundary": "arn:aws:iam::111122223333:policy/shop-boundary"}
    system = {"project": "shop", "region": "eu-west-1", **bound, "cluster": {"teams": teams}, "services": services}
    known = {"account_id": "111122223333", team_access.PODS_GROUP: POD_GROUPS[0], team_access.group(OWN): POD_GROUPS[1]}
    text = json.dumps(team_access.values(spec_of(system, folder)))
    for name, value in known.items():
        text = text.replace(f"${{{name}}}", value)
    found: Json = json.loads(text)
    return found


def _until_policies_count(plane: ControlPlane) -> None:
    """The API server learns of a policy a moment after it is made."""
    for _ in range(100):
        try:
            made = json.dumps(_service(type="LoadBalancer"))
            plane.kubectl("create", "--dry-run=server", "--filename=-", input=made)
        except CommandFailed:
            return
    raise AssertionError("the policies do not count")


def _try(plane: ControlPlane, group: str, call: Call) -> str:
    """Nothing where it is allowed; else what kubectl said."""
    words = (f"--kubeconfig={plane.login(group)}", *call.words)
    try:
        plane.kubectl(*words, input=json.dumps(call.object) if call.object else None)
    except CommandFailed as refused:
        return str(refused)
    return ""


def test_each_access_allows_what_it_says_and_nothing_else(plane: ControlPlane) -> None:
    wrong, lines = [], [f"{'call':36} {'view':8} {'edit':8} {'deploy':8} refused by"]
    for call in CALLS:
        said = {access: _try(plane, group, call) for group, access in LEVELS.items()}
        shown = ("refused" if said[access] else "allowed" for access in LEVELS.values())
        by = "" if call.allowed == ALL else "policy and rights" if call.policy else "rights"
        lines.append(f"{call.what:36} {' '.join(f'{one:8}' for one in shown)} {by}".rstrip())
        if tuple(access for access, refusal in said.items() if not refusal) != call.allowed:
            wrong.append(f"{call.what}: {said}")
        elif call.policy and BY_POLICY.format(call.policy) not in said["deploy"]:
            wrong.append(f"{call.what}: {call.policy} does not refuse it: {said['deploy']}")
        elif call.object and BY_RIGHTS not in said["view"]:
            wrong.append(f"{call.what}: rights do not refuse it to who views: {said['view']}")
    print("\n".join(["", *lines]))
    assert not wrong, "\n".join(wrong)
    assert {call.allowed for call in CALLS} == {NOBODY, ALL, EDIT, DEPLOY}


def test_an_administrator_too_gives_an_account_its_own_role_only(plane: ControlPlane) -> None:
    options = ("create", "--dry-run=server", "--filename=-")
    plane.kubectl(*options, input=json.dumps(_account("shop-web-orders")))
    with pytest.raises(CommandFailed, match="accounts of web-orders may have this role only"):
        plane.kubectl(*options, input=json.dumps(_account("shop-web-users")))
    elsewhere = _account("shop-web-users")
    elsewhere["metadata"]["namespace"] = OTHER
    plane.kubectl(*options, input=json.dumps(elsewhere))


@pytest.fixture(scope="module")
def deployed(plane: ControlPlane) -> ControlPlane:
    """By the team that may: the releases of its service's stack, from nothing."""
    for chart, release in ((helm.NETWORK, f"{OWN}-network"), (helm.PODS, OWN)):
        _release(plane, chart, release)
    return plane


def _release(plane: ControlPlane, chart: str, release: str, **changes: Any) -> None:
    own: Json = {"service": OWN, "securityGroups": POD_GROUPS, **changes}
    arn = f"{ARN}/shop-web-orders/73e2d6bc24d8a067"
    more = {"targetGroup.arn": arn} if chart == helm.NETWORK else {"serviceAccount": OWN}
    file = plane.folder / f"{release}.json"
    file.write_text(json.dumps(helm.values(chart, own | more)))
    where = (f"--namespace={OWN}", f"--values={file}", "--atomic", "--timeout=60s")
    login = f"--kubeconfig={plane.login('team-deployers')}"
    plane.helm("upgrade", "--install", release, str(helm.CHARTS / chart), *where, login)
    if chart == helm.PODS:  # Helm waits for the one pod that a Deployment begins with: the autoscaler asks for the rest
        plane.kubectl("wait", f"deployment/{OWN}", f"--namespace={OWN}", *ALL_READY)


def test_a_team_installs_upgrades_and_removes_its_own_releases(deployed: ControlPlane) -> None:
    _release(deployed, helm.PODS, OWN, image="docker.io/hashicorp/http-echo:1.0.1")
    login = f"--kubeconfig={deployed.login('team-deployers')}"
    assert f"{OWN}-network" in deployed.helm("list", f"--namespace={OWN}", login)
    with pytest.raises(CommandFailed, match="forbidden"):
        deployed.helm("list", f"--namespace={OTHER}", login)


def test_an_install_that_fails_is_cleared_away_by_the_team(deployed: ControlPlane) -> None:
    login = f"--kubeconfig={deployed.login('team-deployers')}"
    for release in (OWN, f"{OWN}-network"):
        deployed.helm("uninstall", release, f"--namespace={OWN}", "--wait", login)
    left = deployed.kubectl("get", "securitygrouppolicies", f"--namespace={OWN}", "--output=name").split()
    assert left == ["securitygrouppolicy.vpcresources.k8s.aws/every-pod"]
    for chart, release in ((helm.NETWORK, f"{OWN}-network"), (helm.PODS, OWN)):
        _release(deployed, chart, release)


def _main(plane: ControlPlane, group: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    file = folder / "services.yaml"
    file.write_text(f"project: shop\nregion: eu-west-1\nservices: {{{OWN}: {{image: v1}}, {OTHER}: {{image: v1}}}}\n")
    main = [sys.executable, "-m", "tests.support.main_on_plane", str(plane.login(group))]
    return subprocess.run(
        [*main, *words, f"--file={file}"], cwd=ROOT, capture_output=True, text=True, timeout=90, check=False
    )


def test_who_views_asks_for_the_status_of_a_service_and_restarts_none(deployed: ControlPlane, tmp_path: Path) -> None:
    seen = _main(deployed, "team-viewers", tmp_path, "status", OWN)
    assert (seen.returncode, f"{OWN}: 3 of 3 pods ready" in seen.stdout) == (0, True), seen.stdout + seen.stderr
    all_ = _main(deployed, "team-viewers", tmp_path, "status")
    assert (all_.returncode, f"{OWN}: 3 of 3 pods ready" in all_.stdout) == (0, True), all_.stdout + all_.stderr
    assert f"{OTHER}: your login may not see it" in all_.stdout
    refused = _main(deployed, "team-viewers", tmp_path, "restart", OWN)
    assert refused.returncode == 1
    assert "The cluster does not allow that to your login" in refused.stderr
    others = _main(deployed, "team-viewers", tmp_path, "status", OTHER)
    assert (others.returncode, "forbidden" in others.stderr) == (1, True), others.stderr


def test_who_edits_restarts_a_service(deployed: ControlPlane, tmp_path: Path) -> None:
    done = _main(deployed, "team-editors", tmp_path, "restart", OWN)
    assert done.returncode == 0, done.stderr

"""What `make deploy` and `make destroy` ask the cluster about a stack's Helm releases; without an answer both go on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from modules import terminal
from modules.deploy import interrupted_releases, kept_objects, orphaned_scaling, orphaned_secrets, pod_watch
from modules.deploy.kubernetes_api import KubernetesApi, KubernetesError
from modules.deploy.pod_watch import PodWatch, Release
from modules.doctor.account import Account
from modules.errors import CommandError
from modules.facts.charts import CONTROLLER
from modules.state.applied_stacks import Stack

_BINDINGS = "/apis/elbv2.k8s.aws/v1beta1/targetgroupbindings"
_NOT_FOUND = 404


class InCluster:
    """The cluster of a system, connected to when something is asked; `say` gets each line for the user."""

    def __init__(self, name: str, account: Account, say: Callable[[str], None]) -> None:
        self.name, self.account, self.say = name, account, say
        self._api: KubernetesApi | None = None
        self._connecting = threading.Lock()  # several stacks may be deployed at once

    def heal(self, stack: Stack) -> None:
        """Lets Helm go on with releases of the stack that an ended run left half done."""
        declared = stack.declared("helm_release").values()
        if declared:
            try:
                interrupted_releases.heal(self._connected(), declared, stack.local_state, self.say)
            except KubernetesError as problem:
                self.say(f"Whether a Helm release is half done can't be seen: {problem}.")

    def prune(self, stack: Stack) -> None:
        """Deletes what was kept for revisions of the stack's releases that are gone."""
        for namespace in dict.fromkeys(str(one["namespace"]) for one in stack.declared("helm_release").values()):
            try:
                gone = kept_objects.prune(self._connected(), namespace)
                ended = orphaned_secrets.end(self._connected(), namespace)
                scaled = orphaned_scaling.end(self._connected(), namespace)
            except KubernetesError as problem:
                self.say(f"Whether something of older revisions is left in {namespace} can't be seen: {problem}.")
                continue
            if gone:
                self.say(f"Deleted what no revision of {namespace} uses any more: {', '.join(gone)}.")
            if ended:
                self.say(f"Ended ExternalSecrets whose operator is gone: {', '.join(ended)}.")
            if scaled:
                self.say(f"Ended ScaledObjects, as KEDA is gone: {', '.join(scaled)}.")

    @contextmanager
    def watching(self, stack: Stack) -> Iterator[PodWatch | None]:
        """Looks at the pods of the stack's releases during the block; None where it has none, or can't be asked."""
        releases = [Release(str(one["name"]), str(one["namespace"])) for one in stack.declared("helm_release").values()]
        watch: PodWatch | None = None
        if releases:
            try:
                watch = PodWatch(self._connected(), releases)
            except KubernetesError as problem:
                self.say(f"Should pods not become ready, the reason can't be shown: {problem}.")
        if watch is None:
            yield None
            return
        with pod_watch.running(watch):
            yield watch

    def require_no_bindings(self, stack: Stack) -> None:
        """Raises CommandError where the stack holds the load balancer controller, and bindings need it.

        Only the controller can release a TargetGroupBinding: without it their namespaces stay Terminating.
        """
        if not any(one["name"] == CONTROLLER.name for one in stack.declared("helm_release").values()):
            return
        try:
            found = self._connected().items(_BINDINGS)
        except KubernetesError as problem:
            if problem.status != _NOT_FOUND:
                self.say(f"Whether TargetGroupBindings are left can't be seen: {problem}.")
            return
        if found:
            names = sorted(f"{one['metadata']['namespace']}/{one['metadata']['name']}" for one in found)
            what = f"These TargetGroupBindings still need the load balancer controller: {', '.join(names)}."
            service = names[0].partition("/")[0]
            step = f"Destroy the stacks of their services first: make destroy STACK={service}"
            raise CommandError(f"destroy {stack.name}", what, f"{step} (docs/faults.md says what to do if it is gone).")

    def _connected(self) -> KubernetesApi:
        with self._connecting:
            if self._api is None:
                with terminal.Waiting("Logging in to the Kubernetes API"):
                    self._api = KubernetesApi.of_cluster(self.name, self.account)
            return self._api

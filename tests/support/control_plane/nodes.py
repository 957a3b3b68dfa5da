"""Nodes labelled as those of EKS on Fargate; kwok plays their kubelets."""

import itertools
import json

MANAGED = "kwok.x-k8s.io/node"
REGION = "eu-west-1"
ROOM = {"cpu": "16", "memory": "120Gi", "pods": "110"}


def manifest(count: int) -> str:
    zones = itertools.cycle(f"{REGION}{letter}" for letter in "abc")
    nodes = [_node(f"fargate-{number}", next(zones)) for number in range(1, count + 1)]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": nodes})


def labels(name: str, zone: str) -> dict[str, str]:
    """Those that charts and schedulers select nodes by."""
    return {
        "eks.amazonaws.com/compute-type": "fargate",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/region": REGION,
        "topology.kubernetes.io/zone": zone,
    }


def _node(name: str, zone: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels(name, zone), "annotations": {MANAGED: "fake"}},
        "status": {"allocatable": ROOM, "capacity": ROOM},
    }

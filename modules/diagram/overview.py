"""The page `overview`: the way of a request from the left, the services in rows, and what they may use on the right.

Every place follows from the order of services.yaml, of the zones and of the columns alone. A service is a row: another
one below leaves it where it is, and another AWS service is a column further right.
"""

from collections.abc import Iterator
from dataclasses import replace

from modules.design import job_watcher, keda, secrets
from modules.design.vpc_endpoints import endpoints
from modules.diagram import crossbar, legend, parts, places, platform, tracks, way_in, zones
from modules.diagram.scene import LINE, Box, Dot, Edge, Page
from modules.diagram.text_width import wrap
from modules.spec.model import Service, Spec

# So many calls cross before the cluster grows.
_TRACKS = 4


def page(spec: Spec) -> Page:
    """The overview of a system."""
    cards = {name: _card(spec, name, service, row) for row, (name, service) in enumerate(spec.services.items())}
    calls, count = tracks.route(spec, cards)
    cluster = _cluster(spec, len(cards), count)
    stores = _stores(spec, cluster.right + 28)
    vpc = _vpc(spec, cluster, stores["endpoints"].right)
    region = list(_region(spec, vpc))
    tiles = stores | {box.icon: box for box in region if box.is_tile and box.icon}
    labels, permissions, dots = crossbar.join(spec, cards, tiles)
    labels += crossbar.row_names(spec, cards, stores["endpoints"])
    cloud = _cloud(spec, max(box.right for box in region), vpc.bottom)
    key = list(legend.entries(places.CLOUD_X, ("traffic", "permission", "call", "subscription"), dots=True))
    outer = [
        _heading(spec),
        cloud,
        vpc,
        *way_in.boxes(spec, cards),
        *zones.boxes(spec, places.CLUSTER_X, places.BAND_Y),
    ]
    inner = [cluster, _system_pods(spec), *cards.values(), *stores.values(), *region, *labels]
    return Page(
        "overview",
        "Overview",
        cloud.right + places.MARGIN,
        cloud.bottom + places.MARGIN,
        (*outer, *inner, *(one for one in key if isinstance(one, Box))),
        (*permissions, *way_in.edges(spec, cards), *calls, *(one for one in key if isinstance(one, Edge))),
        (*dots, *(one for one in key if isinstance(one, Dot))),
    )


def _heading(spec: Spec) -> Box:
    services = parts.count(len(spec.services), "service")
    pods = parts.count(sum(service.pods for service in spec.services.values()), "pod")
    line = f"{services} with {pods} at rest, in {len(spec.zones)} zones of {spec.region}"
    return legend.heading(places.CLOUD_X, f"{spec.project}: overview", line)


def _card(spec: Spec, name: str, service: Service, row: int) -> Box:
    place = (places.CARD_X, places.ROWS_Y + row * places.ROW, places.CARD, places.CARD_HEIGHT)
    box = Box(f"service:{name}", "cluster", "card", *place, name, (), "fargate", link=f"service-{name}")
    words = wrap(parts.words(service), box.room, LINE, between=" · ", most=1) or ["no AWS permission"]
    return replace(box, lines=(f"{parts.size(service)} · {spec.names.profile(name)}", words[0]))


def _cluster(spec: Spec, rows: int, tracks_count: int) -> Box:
    right = places.CARD_X + places.CARD + tracks.PITCH * (max(tracks_count, _TRACKS) + 1) + 8
    bottom = places.ROWS_Y + max(rows, 1) * places.ROW + 6
    lines = (f"Kubernetes {spec.cluster.version} · every pod on Fargate, in private subnets",)
    place = (places.CLUSTER_X, places.CLUSTER_Y, right - places.CLUSTER_X, bottom - places.CLUSTER_Y)
    return Box("cluster", "vpc", "cluster", *place, f"EKS cluster {spec.names.cluster}", lines, "eks")


def _system_pods(spec: Spec) -> Box:
    controllers = [
        *(["load balancer controller"] if spec.load_balancer else []),
        *(["External Secrets"] if secrets.users(spec) else []),
        *(["KEDA"] if keda.users(spec) else []),
        *(["job watcher"] if job_watcher.users(spec) else []),
    ]
    lines = ("CoreDNS · metrics-server", *([" · ".join(controllers)] if controllers else []))
    place = (places.CARD_X, places.TILES_Y + 12, places.CARD, places.CARD_HEIGHT)
    return Box("kube-system", "cluster", "card", *place, "kube-system", lines, "eks")


def _stores(spec: Spec, x: int) -> dict[str, Box]:
    """Tiles of the VPC, by their word; what is left out keeps its place free."""
    lines = {"rds": _database(spec), "redis": _cache(spec), "endpoints": (f"{len(endpoints(spec))} private",)}
    return {
        word: crossbar.tile(word, "vpc", x + number * crossbar.PITCH, places.TILES_Y, about)
        for number, (word, about) in enumerate(lines.items())
        if about
    }


def _database(spec: Spec) -> tuple[str, ...]:
    if (database := spec.database) is None:
        return ()
    capacity = f"{database.min_acu:g}\N{EN DASH}{database.max_acu:g} ACU"
    return parts.count(database.instances, "instance"), capacity


def _cache(spec: Spec) -> tuple[str, ...]:
    return (parts.count(spec.cache.nodes, "node"), spec.cache.node_type) if spec.cache else ()


def _vpc(spec: Spec, cluster: Box, stores_right: int) -> Box:
    right = max(stores_right, places.CLUSTER_X + zones.width(spec)) + places.PAD
    place = (places.VPC_X, places.VPC_Y, right - places.VPC_X, cluster.bottom + places.PAD - places.VPC_Y)
    return Box("vpc", "cloud", "vpc", *place, parts.vpc(spec), (), "vpc", link="network")


def _region(spec: Spec, vpc: Box) -> Iterator[Box]:
    """What is beside the VPC: the platform's services above, the columns of the services' below."""
    x, words = vpc.right + places.PAD, [word for word in parts.columns(spec) if word not in parts.IN_VPC]
    wide = max(platform.WIDTH, crossbar.width(len(words)) + 2 * places.PAD)
    yield from platform.boxes(spec, x, places.VPC_Y, wide, places.TITLE + zones.HEIGHT)
    place = (x, places.CLUSTER_Y, wide, vpc.bottom - places.CLUSTER_Y)
    yield Box("region", "cloud", "region", *place, "AWS services that the pods use", (), "region")
    for number, word in enumerate(words):
        lines = tuple(line for line in (parts.reached_by(spec, word),) if line)
        yield crossbar.tile(word, "region", x + places.PAD + number * crossbar.PITCH, places.TILES_Y, lines)


def _cloud(spec: Spec, right: int, bottom: int) -> Box:
    place = (places.CLOUD_X, places.CLOUD_Y, right + places.PAD - places.CLOUD_X, bottom + places.PAD - places.CLOUD_Y)
    account = (f"account {spec.account}",) if spec.account else ()
    return Box("cloud", None, "cloud", *place, f"AWS Cloud · {spec.region}", account, "cloud")

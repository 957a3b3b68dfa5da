"""Warnings: what does not stop a build but its owner should know. One function a code; `accept:` silences it."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from math import ceil

from modules.checks import escalation
from modules.design import (
    connectivity,
    fargate_profiles,
    fargate_vcpu,
    hosts,
    images,
    load_balancers,
    log_routing,
    pod_security,
    queues,
    scaling,
    service_ports,
    subnets,
    unused,
)
from modules.design import listener_rules as design_rules
from modules.design.vpc_endpoints import endpoints
from modules.facts import eks, fargate, load_balancer, regions, vpc, zones
from modules.permissions import KINDS
from modules.spec.model import Spec
from modules.spec.problem import Edit, Path, Problem, did_you_mean, listed, nearest, remove

_TITLES = {word: kind.title for kind in KINDS.values() for word in kind.endpoints if len(kind.endpoints) == 1}
Warn = Callable[[Spec, date], Iterator[Problem]]


def eks_version_support(spec: Spec, today: date) -> Iterator[Problem]:
    """A Kubernetes version leaves standard support, then extended support, which costs extra."""
    version, notice = spec.cluster.version, timedelta(eks.SUPPORT_NOTICE_DAYS)
    place = ("cluster", "version")
    newest = f'Write `version: "{eks.DEFAULT_VERSION}"`, one minor version at a time on a running cluster.'
    support = eks.VERSIONS.get(version)
    if support is None:
        what = f"Kubernetes {version} is not in the list of known versions: {', '.join(eks.VERSIONS)}."
        yield Problem(place, what, "Check that EKS offers it in your region.")
    elif today > support.extended:
        what = f"EKS ended all support of Kubernetes {version} on {support.extended}: new clusters can't use it."
        yield Problem(place, what, newest)
    elif today > support.extended - notice:
        what = f"EKS ends all support of Kubernetes {version} on {support.extended}, and then upgrades clusters."
        yield Problem(place, what, newest)
    elif today > support.standard:
        price = f"{eks.EXTENDED_PRICE:.2f} USD an hour instead of {eks.STANDARD_PRICE:.2f}"
        what = f"Standard support of Kubernetes {version} ended on {support.standard}: the cluster costs {price}."
        yield Problem(place, what, newest)
    elif today > support.standard - notice:
        yield Problem(place, f"Standard support of Kubernetes {version} ends on {support.standard}.", newest)


def unknown_region(spec: Spec, today: date) -> Iterator[Problem]:
    """A region that is not in the list is a typing mistake, or new."""
    if spec.region not in regions.REGIONS:
        what = f'"{spec.region}" is not in the list of regions with EKS, as of {regions.AS_OF}.'
        best = nearest(spec.region, regions.REGIONS)
        edit = Edit(("region",), best) if best else None
        yield Problem(("region",), what, did_you_mean(spec.region, regions.REGIONS), edit=edit)


def unknown_zone(spec: Spec, today: date) -> Iterator[Problem]:
    """A zone that a region does not offer to new accounts; older ones can have more, and AWS adds some."""
    offered = zones.letters(spec.region)
    others = [zone for zone in spec.zones if zone not in offered]
    if others and spec.region in regions.REGIONS:
        kept = [zone for zone in spec.zones if zone in offered]
        free = [zone for zone in offered if zone not in kept]
        fixed = f"[{', '.join(sorted([*kept, *free[: len(others)]]))}]"
        what = f"{spec.region} had the zones {', '.join(offered)} as of {zones.AS_OF}, and not {', '.join(others)}."
        step = f"Write `zones: {fixed}`, unless `aws ec2 describe-availability-zones --region {spec.region}` lists it."
        yield Problem(("zones",), what, step, edit=Edit(("zones",), fixed))


def region_lacks_service(spec: Spec, today: date) -> Iterator[Problem]:
    """Not every AWS service is offered in every region."""
    step = "Use another region, or check that AWS offers it there by now."
    for offer, without in regions.WITHOUT.items():
        if spec.region in without:
            yield Problem(("region",), f"According to AWS's documentation, {spec.region} has no {offer}.", step)
    for name, service in spec.services.items():
        for word in service.permissions:
            if spec.region in regions.WITHOUT_KIND.get(word, ()):
                what = f"{KINDS[word].title} was not available in {spec.region} as of {regions.AS_OF}."
                yield Problem(("services", name, "aws", word), what, step)


def elastic_ip_quota(spec: Spec, today: date) -> Iterator[Problem]:
    """A new account has five Elastic IP addresses per region, and each NAT gateway needs one."""
    needed = len(spec.nat_zones)
    if needed > vpc.ELASTIC_IPS:
        what = f"{needed} NAT gateways need an Elastic IP address each, and a region has {vpc.ELASTIC_IPS} by default."
        yield Problem(("zones",), what, f"Ask AWS to raise quota {vpc.ELASTIC_IPS_QUOTA} to {needed}.")


def fargate_profile_quota(spec: Spec, today: date) -> Iterator[Problem]:
    """A new account has ten Fargate profiles per cluster, and the platform needs two."""
    needed = fargate_profiles.count(spec)
    if needed > eks.PROFILES_PER_CLUSTER:
        what = f"{needed} Fargate profiles are needed, and a cluster has {eks.PROFILES_PER_CLUSTER} by default."
        step = (
            f"Ask AWS to raise quota {eks.PROFILES_QUOTA} to {needed}, or let services share one: list under "
            "`fargate_profiles:` of `cluster:` those that keep their own, or write `shared` before the first deploy."
        )
        yield Problem(("services",), what, step)


def fargate_vcpu_quota(spec: Spec, today: date) -> Iterator[Problem]:
    """A new account has six Fargate vCPU per region, and a pod over the quota stays pending."""
    needed = fargate_vcpu.needed(spec)
    if needed.rolling > fargate.VCPU_DEFAULT:
        what = (
            f"The pods need {needed.at_rest:g} vCPU at rest ({needed.platform:g} of them for the platform), "
            f"{needed.rolling:g} while a deployment replaces all of them, and up to {needed.most:g} when they have "
            f"scaled to their maximum; a new account has {fargate.VCPU_DEFAULT}."
        )
        step = f"Ask AWS to raise quota {fargate.VCPU_QUOTA} to {ceil(needed.most)} or more."
        yield Problem(("services",), what, step)


def subnet_addresses(spec: Spec, today: date) -> Iterator[Problem]:
    """Each pod has an address of a private subnet, and one that finds none stays pending."""
    network = spec.network
    for cidr in network.own_cidrs:
        pods = [
            fargate_vcpu.most_pods(service)
            for name, service in spec.services.items()
            if (network.secondary_cidr(name) or network.cidr) == cidr
        ]
        needed = sum(pods) + (fargate_vcpu.platform_pods(spec) if cidr == network.cidr else 0)
        if needed > (addresses := subnets.addresses(cidr, spec.zones)):
            what = f"At their most, {needed} pods need an address of {cidr}, whose private subnets have {addresses}."
            step = "Lower `max_pods:`, or name new services in another range: `secondary_cidrs:` of `network:`."
            yield Problem(("services",), what, step)


def nat_traffic(spec: Spec, today: date) -> Iterator[Problem]:
    """Traffic to an AWS service without a private endpoint leaves through the NAT gateways: one warning for each."""
    declared = set(endpoints(spec))
    users: dict[str, dict[str, Path]] = {}
    for name, service in spec.services.items():
        base: Path = ("services", name)
        places = {word: (*base, "aws", kind) for kind in service.permissions for word in KINDS[kind].endpoints}
        for sid, prefixes in service.raw_prefixes.items():
            places |= {
                word: (*base, "statements", sid)
                for prefix in prefixes
                for word in vpc.endpoints_of(prefix)
                if word not in places
            }
        for word, place in places.items():
            if word not in declared:
                users.setdefault(word, {})[name] = place
    for word, places in users.items():
        who = listed([*places])
        way = "through NAT" if spec.network.vpc_id is None else "by the routes of the existing VPC"
        what = f"{_TITLES.get(word, word)} has no private endpoint here, so traffic of {who} leaves {way}."
        step = "Accept it under `accept:` if that is intended: the generator knows no endpoint for it."
        if word in vpc.ENDPOINTS:
            step = f"Add {word} to `endpoints:` of `network:`, or write `endpoints: auto`."
        if word in vpc.ENDPOINTS and spec.network.vpc_id is not None:
            step = f"Where the VPC has one, add {word} to `endpoints:` of `network:`. Else accept it under `accept:`."
        yield Problem(next(iter(places.values())), what, step)


def http_only(spec: Spec, today: date) -> Iterator[Problem]:
    """Without a certificate the load balancer serves plain HTTP."""
    # `make doctor` asks what protocol an existing one has.
    own = [found for name, found in load_balancers.routed(spec).items() if not load_balancers.is_existing(spec, name)]
    if not spec.serves_https and any(own):
        step = f"{load_balancers.https_step(spec)}."
        yield Problem(("domain",), "The load balancer serves HTTP only, so traffic can be read on its way.", step)


def private_api(spec: Spec, today: date) -> Iterator[Problem]:
    """Helm releases are installed through the Kubernetes API."""
    if not spec.cluster.api_access:
        what = "The Kubernetes API is reachable from the VPC only, so deployments must run inside it."
        step = "Deploy from inside the VPC, or list your VPN's range or your address in `api_access:` under `cluster:`."
        yield Problem(("cluster", "api_access"), what, step)


def public_api(spec: Spec, today: date) -> Iterator[Problem]:
    """A range of /0 exposes the Kubernetes API to the whole internet."""
    for index, cidr in enumerate(spec.cluster.api_access):
        if cidr.endswith("/0"):
            what = "The Kubernetes API is reachable from the whole internet; only authentication protects it."
            yield Problem(("cluster", "api_access", index), what, "List the addresses that need it.")


def public_image(spec: Spec, today: date) -> Iterator[Problem]:
    """Pulling an image from a public registry needs access to the whole internet; the placeholder is not reported."""
    for name, service in spec.services.items():
        if service.image is None:
            continue
        for place, image in images.written(service).items():
            if (source := connectivity.registry(spec, image)) is None:
                continue
            what = f"The image comes from {source}, so the pods of {name} can connect to the whole internet by HTTPS."
            reasons = connectivity.internet_egress_reasons(spec, service)
            others = [reason for reason in reasons if reason != connectivity.image_reason(source)]
            then = f"The way stays open: {'; '.join(others)}." if others else "Then that way closes."
            step = f"Copy it to the service's own repository, and write only its tag. {then}"
            yield Problem(("services", name, *place), what, step)


def privilege_escalation(spec: Spec, today: date) -> Iterator[Problem]:
    """A statement can allow more than the service's own resources."""
    yield from escalation.problems(spec)


def pod_security_level(spec: Spec, today: date) -> Iterator[Problem]:
    """A namespace admits pods of the level `restricted` only, unless the file says otherwise."""
    for name, service in spec.services.items():
        for why in pod_security.exceptions(service):
            what = f"The pods of {name} do not meet Kubernetes' level `restricted`: {why}."
            step = "Name the user that the image is made for, such as `user: 1000`; or accept it."
            yield Problem(("services", name, "user"), what, step)
        if (port := service_ports.unprivileged_start(service)) is not None:
            what = (
                f"Port {port} is below 1024, so the pods of {name} set the sysctl net.ipv4.ip_unprivileged_port_start. "
                "Kubernetes allows it at level `restricted`; that Fargate does is not proven."
            )
            step = (
                f"Accept it and try it; or let the program listen on 8080, and write `port: 8080` and {_behind(port)}."
            )
            yield Problem(("services", name, "port" if port == service.port else "ports"), what, step)


def _behind(port: int) -> str:
    return f"`ports: {{{port}: 8080}}`, so that others still call port {port}"


def stop_time(spec: Spec, today: date) -> Iterator[Problem]:
    """A pod that is told to end has a message in hand, which SQS hides for the visibility timeout of its queue."""
    for name, service in spec.services.items():
        for queue, hidden in queues.read_by(spec, name):
            if hidden == service.stop:
                continue
            place: Path = ("services", name, "stop")
            if hidden > service.stop:
                most = min(hidden, fargate.MAX_STOP_SECONDS)
                what = (
                    f"A message of {queue} can be in hand for {hidden} s, its visibility timeout, and a pod of {name} "
                    f"that has to go is killed after {service.stop} s: the message is delivered again, as one more try."
                )
                if most == service.stop:
                    step = f"{most} s is the longest `stop`: accept it, or shorten `visibility_timeout`."
                    yield Problem(place, what, step)
                else:
                    step = f"Write `stop: {most}`, the time that a message takes at most; or accept it."
                    yield Problem(place, what, step, edit=Edit(place, str(most)))
            else:
                what = (
                    f"A pod of {name} that has to go may go on for {service.stop} s, and {queue} delivers a message "
                    f"again after {hidden} s, its visibility timeout: two pods would handle it."
                )
                step = f"Write `visibility_timeout: {service.stop}` for the queue, or `stop: {max(hidden, 1)}`."
                yield Problem(place, what, step)


def no_pod_at_rest(spec: Spec, today: date) -> Iterator[Problem]:
    """A deployment waits for new pods, and there are none of a service that has none at rest."""
    for name, service in spec.services.items():
        if service.has_pods and not service.pods:
            what = (
                f"While its queue is empty, {name} has no pods: a deployment at that time succeeds whether its image "
                "starts or not, and the first message shows it."
            )
            step = "Write `pods: 1` where that is too late; or accept it, and send a message after a deployment."
            yield Problem(("services", name, "pods"), what, step)


def listener_rules(spec: Spec, today: date) -> Iterator[Problem]:
    """A new load balancer has 100 rules, and each path needs one, and another for each three to five hosts."""
    for balancer, services in load_balancers.routed(spec).items():
        rules = sum(len(design_rules.rules(name, service)) for name, service in services.items())
        if rules > load_balancer.RULES:
            most, step = load_balancer.RULES, _more(load_balancer.RULES_QUOTA, rules)
            what = f"Paths and hosts need {rules} listener rules, and a load balancer has {most} by default."
            yield Problem(_routed_by(balancer), what, step)


def load_balancer_targets(spec: Spec, today: date) -> Iterator[Problem]:
    """A new load balancer has 1,000 targets, and each pod of a service with a path is one."""
    for balancer, targets in scaling.load_balancer_targets(spec).items():
        if targets > load_balancer.TARGETS:
            most, step = load_balancer.TARGETS, _more(load_balancer.TARGETS_QUOTA, targets)
            what = (
                f"Services with a path have {targets} pods at most, and a load balancer has {most} targets by default."
            )
            yield Problem(_routed_by(balancer), what, step)


def listener_certificates(spec: Spec, today: date) -> Iterator[Problem]:
    """A load balancer has 25 certificates besides its default one, and each host that `domain` is not for needs one."""
    for balancer, services in load_balancers.routed(spec).items():
        own = [host for name in services for host in hosts.certificates(spec, name)]
        if len(own) > load_balancer.CERTIFICATES:
            most, step = load_balancer.CERTIFICATES, _more(load_balancer.CERTIFICATES_QUOTA, len(own))
            what = f"{len(own)} hosts need a certificate of their own, and a load balancer has {most} by default."
            step = f"Use a wildcard, such as *.example.com. {step}"
            yield Problem(_routed_by(balancer), what, step)


def _routed_by(balancer: str | None) -> Path:
    return ("services",) if balancer is None else load_balancers.place(balancer)


def _more(quota: str, count: int) -> str:
    return f"Ask AWS to raise quota {quota} to {count}. Or give some of the services another of `load_balancers:`."


def security_group_rules(spec: Spec, today: date) -> Iterator[Problem]:
    """A security group has 60 rules per direction; each service that connects to a store or a service needs one."""
    for word, store in connectivity.STORES.items():
        users = [name for name, service in spec.services.items() if word in service.permissions]
        if len(users) > vpc.RULES_NOTICE:
            place = ("services", users[-1], "aws", word)
            yield Problem(place, *_near_the_end(f"{store.title}'s security group", len(users)))
    callers = Counter(name for service in spec.services.values() for name in service.calls)
    for name, service in spec.services.items():
        rules = callers[name] * len(service.container_ports) + 1
        if rules > vpc.RULES_NOTICE:
            yield Problem(("services", name), *_near_the_end(f"The security group of {name}", rules))


def shared_log_group(spec: Spec, today: date) -> Iterator[Problem]:
    """Fargate's log router accepts a configuration of 5,300 characters, and each service needs an output in it."""
    if names := log_routing.sharing(spec):
        what = (
            f"The last {len(names)} services of the file, from {names[0]} on, share the log group "
            f"{spec.names.log_group(log_routing.SHARED)}: an output for each exceeds the "
            f"{log_routing.MAX_CHARACTERS} characters of Fargate's log router."
        )
        step = "To find a service there, search for log streams with its name. What is added at the end moves no other."
        yield Problem(("services", names[0]), what, step)


def unused_resource(spec: Spec, today: date) -> Iterator[Problem]:
    """What no service uses is billed all the same."""
    for one in unused.unused(spec):
        bill = f" It is billed: {unused.about(one.usd)} a month at rest." if one.usd else ""
        what = f"No service uses {one.title}: none has {one.by}.{bill}"
        if len(one.place) > 1:
            yield Problem(one.place, what, "Remove it, or accept it if one will.", edit=remove(one.place))
        elif one.place == ("load_balancer",) and spec.load_balancers:
            step = (
                "Before the first deploy, write what another has under `load_balancer:`. Later, accept it if one will."
            )
            yield Problem(one.place, what, step)
        else:
            step = f"Write `{one.place[0]}: none`, or accept it if one will."
            is_alone = one.place != ("load_balancer",) or not (spec.domain or spec.certificate_arn)
            yield Problem(one.place, what, step, edit=Edit(one.place, "none") if is_alone else None)


def local_state(spec: Spec, today: date) -> Iterator[Problem]:
    """Terraform builds a system a second time where it does not find the states of the first."""
    if spec.state is None:
        what = "The Terraform states are files on one machine (state/): from another, all would be built a second time."
        step = "Before a second person or a pipeline deploys, run `make bootstrap`: it moves them to a bucket in S3."
        yield Problem(("state",), what, step)


def _near_the_end(group: str, rules: int) -> tuple[str, str]:
    what = f"{group} needs {rules} ingress rules, and can have {vpc.RULES_PER_GROUP}."
    return what, f"Ask AWS to raise quota {vpc.RULES_QUOTA}."


WARNINGS: dict[str, Warn] = {
    "unknown-region": unknown_region,
    "unknown-zone": unknown_zone,
    "region-lacks-service": region_lacks_service,
    "elastic-ip-quota": elastic_ip_quota,
    "eks-version-support": eks_version_support,
    "fargate-profile-quota": fargate_profile_quota,
    "fargate-vcpu-quota": fargate_vcpu_quota,
    "subnet-addresses": subnet_addresses,
    "nat-traffic": nat_traffic,
    "http-only": http_only,
    "private-api": private_api,
    "public-api": public_api,
    "public-image": public_image,
    "privilege-escalation": privilege_escalation,
    "pod-security": pod_security_level,
    "stop-time": stop_time,
    "no-pod-at-rest": no_pod_at_rest,
    "listener-rules": listener_rules,
    "load-balancer-targets": load_balancer_targets,
    "listener-certificates": listener_certificates,
    "security-group-rules": security_group_rules,
    "shared-log-group": shared_log_group,
    "local-state": local_state,
    "unused-resource": unused_resource,
}

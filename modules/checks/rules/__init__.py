"""What can be wrong with a system although each value is well formed: one rule, one function, listed in RULES."""

from collections.abc import Callable, Iterator

from modules.checks.rules import (
    access,
    database,
    environment,
    images,
    names,
    network,
    permissions,
    pods,
    references,
    routes,
)
from modules.spec.model import Spec
from modules.spec.problem import Problem

Rule = Callable[[Spec], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    names.services_have_valid_names,
    names.the_project_fits_all_names,
    names.tags_fit_aws,
    pods.sizes_are_offered,
    pods.counts_fit,
    pods.ports_are_free,
    environment.variables_are_given_once,
    images.tags_do_not_move,
    access.admins_are_named_once,
    routes.paths_are_unique,
    routes.paths_are_named_once,
    routes.priorities_have_a_path,
    routes.paths_are_shallow,
    routes.priorities_are_unique,
    routes.priorities_are_in_range,
    routes.nested_paths_come_first,
    routes.one_load_balancer_suffices,
    routes.https_is_complete,
    routes.the_certificate_fits,
    references.services_exist,
    references.no_service_names_itself,
    references.services_are_named_once,
    references.no_cycles,
    permissions.senders_are_named,
    permissions.senders_have_one_owner,
    permissions.keys_differ,
    permissions.resources_of_others_exist,
    permissions.what_is_shared_belongs_to_its_owner,
    permissions.names_do_not_meet,
    permissions.warehouses_have_their_zones,
    permissions.statements_are_narrow,
    permissions.statements_have_names_of_their_own,
    permissions.statements_fit,
    network.ranges_are_ranges,
    network.the_vpc_has_room,
    network.ranges_do_not_overlap,
    network.pods_have_addresses,
    network.zones_suffice,
    network.api_access_is_private_or_public,
    database.capacity_is_in_halves,
    database.the_database_has_a_name,
    database.the_version_can_exist,
)

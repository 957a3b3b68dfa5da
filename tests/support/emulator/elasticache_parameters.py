"""ElastiCache parameter groups, which moto lacks. Any parameter's name and value is taken."""

from typing import Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from .errors import error

Parameters = dict[str, Any]
NotFound, AlreadyExists = error("CacheParameterGroupNotFound"), error("CacheParameterGroupAlreadyExists")
InvalidState, InvalidValue = error("InvalidCacheParameterGroupState"), error("InvalidParameterValue")
FAMILIES = ("redis5.0", "redis6.x", "redis7", "valkey7", "valkey8", "valkey9")


class ParameterGroups:
    """The parameter groups of an ElastiCache backend; `default.<family>` is always there."""

    parameter_groups: dict[str, Parameters]
    parameter_values: dict[str, dict[str, str]]

    def create_parameter_group(self: Any, wish: Parameters) -> Parameters:
        name, family = wish["CacheParameterGroupName"], wish["CacheParameterGroupFamily"]
        if name in self.parameter_groups:
            raise AlreadyExists(f"Cache Parameter Group {name} already exists.")
        if family not in FAMILIES:
            raise InvalidValue(f"CacheParameterGroupFamily {family} is not a valid parameter group family.")
        self.parameter_values[name] = {}
        self.parameter_groups[name] = {
            "CacheParameterGroupName": name,
            "CacheParameterGroupFamily": family,
            "Description": wish["Description"],
            "IsGlobal": False,
            "ARN": self.arn("parametergroup", name, wish),
        }
        return self.parameter_groups[name]

    def parameter_group(self: Any, name: str) -> Parameters:
        family = name.removeprefix("default.")
        if name.startswith("default.") and family in FAMILIES:
            arn = self.arn("parametergroup", name, {})
            return {"CacheParameterGroupName": name, "CacheParameterGroupFamily": family, "IsGlobal": False, "ARN": arn}
        if name not in self.parameter_groups:
            raise NotFound(f"CacheParameterGroup {name} not found.")
        return self.parameter_groups[name]

    def delete_parameter_group(self: Any, name: str) -> None:
        self.parameter_group(name)
        if any(member["CacheParameterGroup"]["CacheParameterGroupName"] == name for member in self.members.values()):
            raise InvalidState(f"Cache Parameter Group {name} is in use.")
        del self.parameter_groups[name], self.parameter_values[name]


class ParameterCalls(BaseResponse):
    backend: Any

    def create_cache_parameter_group(self) -> ActionResult:
        return ActionResult({"CacheParameterGroup": self.backend.create_parameter_group(self.params)})

    def describe_cache_parameter_groups(self) -> ActionResult:
        asked = self.params.get("CacheParameterGroupName")
        groups = [self.backend.parameter_group(asked)] if asked else list(self.backend.parameter_groups.values())
        return ActionResult({"CacheParameterGroups": groups})

    def delete_cache_parameter_group(self) -> ActionResult:
        self.backend.delete_parameter_group(self.params["CacheParameterGroupName"])
        return EmptyResult()

    @property
    def _name(self) -> str:
        return str(self.backend.parameter_group(self.params["CacheParameterGroupName"])["CacheParameterGroupName"])

    def modify_cache_parameter_group(self) -> ActionResult:
        for one in self.params["ParameterNameValues"]:
            self.backend.parameter_values[self._name][one["ParameterName"]] = one["ParameterValue"]
        return ActionResult({"CacheParameterGroupName": self._name})

    def reset_cache_parameter_group(self) -> ActionResult:
        values = self.backend.parameter_values[self._name]
        for name in [one["ParameterName"] for one in self.params.get("ParameterNameValues") or []] or list(values):
            values.pop(name, None)
        return ActionResult({"CacheParameterGroupName": self._name})

    def describe_cache_parameters(self) -> ActionResult:
        values = self.backend.parameter_values.get(self._name, {})
        parameters = [{"ParameterName": n, "ParameterValue": v, "Source": "user"} for n, v in values.items()]
        return ActionResult({"Parameters": parameters if self.params.get("Source") in (None, "user") else []})

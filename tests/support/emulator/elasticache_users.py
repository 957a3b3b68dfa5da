"""ElastiCache users and user groups: moto has no groups and no ModifyUser, and calls every refused user `user1`.

Two answers of AWS that make plans differ for ever are kept (guide "Role-Based Access Control" and the CLI's reference,
their examples): access strings come back in Redis's own order and with more words, and a user without password has the
type `no-password`, which is no value that `authentication_mode` takes: `no_password_required = true` is the way to
write it.
"""

from typing import Any

from moto.core.responses import ActionResult, BaseResponse

from .errors import error

Parameters = dict[str, Any]
UserNotFound, UserAlreadyExists = error("UserNotFound"), error("UserAlreadyExists")
GroupNotFound, GroupAlreadyExists = error("UserGroupNotFound"), error("UserGroupAlreadyExists")
GroupState, DuplicateUserName = error("InvalidUserGroupState"), error("DuplicateUserName")
DefaultUserRequired, InvalidValue = error("DefaultUserRequired"), error("InvalidParameterValue")
AUTHENTICATION = {"no-password-required": "no-password"}


class Users:
    """The users and user groups of an ElastiCache backend, in the shapes of AWS's answers."""

    cache_users: dict[str, Parameters]
    user_groups: dict[str, Parameters]

    def create_cache_user(self: Any, wish: Parameters) -> Parameters:
        name, identity = wish["UserName"], wish["UserId"]
        if identity in self.cache_users:
            raise UserAlreadyExists(f"User {identity} already exists.")
        if (wish.get("AuthenticationMode") or {}).get("Type") == "iam" and name != identity:
            raise InvalidValue("The UserName and UserId must be identical for an IAM-enabled user.")
        user = {
            "UserId": identity,
            "UserName": name,
            "Status": "active",
            "Engine": wish["Engine"].lower(),
            "MinimumEngineVersion": "7.0" if (wish.get("AuthenticationMode") or {}).get("Type") == "iam" else "6.0",
            "ARN": self.arn("user", identity, wish),
        }
        self.cache_users[identity] = user
        return self.modify_cache_user(wish)

    def modify_cache_user(self: Any, wish: Parameters) -> Parameters:
        user: Parameters = self.cache_user(wish["UserId"])
        mode = wish.get("AuthenticationMode") or {}
        passwords = wish.get("Passwords") or mode.get("Passwords") or []
        kind = "no-password-required" if wish.get("NoPasswordRequired") else mode.get("Type") or "password"
        if mode or passwords or "NoPasswordRequired" in wish:
            user["Authentication"] = {"Type": AUTHENTICATION.get(kind, kind), "PasswordCount": len(passwords)}
        if "AccessString" in wish:
            user["AccessString"] = canonical(wish["AccessString"])
        return self.with_groups(user)

    def cache_user(self, identity: str) -> Parameters:
        if identity not in self.cache_users:
            raise UserNotFound(f"User {identity} not found.")
        return self.cache_users[identity]

    def with_groups(self, user: Parameters) -> Parameters:
        groups = [name for name, group in self.user_groups.items() if user["UserId"] in group["UserIds"]]
        return {**user, "UserGroupIds": groups}

    def delete_cache_user(self: Any, identity: str) -> Parameters:
        """As on AWS, the user leaves its groups."""
        user = self.with_groups(self.cache_user(identity))
        for group in user["UserGroupIds"]:
            self.user_groups[group]["UserIds"].remove(identity)
        del self.cache_users[identity]
        return {**user, "Status": "deleting"}

    def create_user_group(self: Any, wish: Parameters) -> Parameters:
        name = wish["UserGroupId"]
        if name in self.user_groups:
            raise GroupAlreadyExists(f"User Group {name} already exists.")
        users = list(wish.get("UserIds") or [])
        self._check_names(users)
        self.user_groups[name] = {
            "UserGroupId": name,
            "Status": "active",
            "Engine": wish["Engine"].lower(),
            "UserIds": users,
            "MinimumEngineVersion": "6.0",
            "ARN": self.arn("usergroup", name, wish),
        }
        return self.user_group(name)

    def modify_user_group(self: Any, wish: Parameters) -> Parameters:
        group = self.user_group(wish["UserGroupId"])
        removed = wish.get("UserIdsToRemove") or []
        users = [user for user in group["UserIds"] if user not in removed] + (wish.get("UserIdsToAdd") or [])
        self._check_names(users)
        self.user_groups[wish["UserGroupId"]]["UserIds"] = users
        return self.user_group(wish["UserGroupId"])

    def _check_names(self, users: list[str]) -> None:
        names = [self.cache_user(user)["UserName"] for user in users]
        if "default" not in names:
            raise DefaultUserRequired("You must add default user to a user group.")
        if len(set(names)) < len(names):
            raise DuplicateUserName("A user with the same name is already in the user group.")

    def user_group(self: Any, name: str) -> Parameters:
        if name not in self.user_groups:
            raise GroupNotFound(f"User Group {name} not found.")
        groups = self.groups.values()
        used = [group["ReplicationGroupId"] for group in groups if name in group["UserGroupIds"]]
        return {**self.user_groups[name], "ReplicationGroups": used}

    def delete_user_group(self, name: str) -> Parameters:
        group = self.user_group(name)
        if group["ReplicationGroups"]:
            raise GroupState(f"User Group {name} is associated with replication groups.")
        del self.user_groups[name]
        return {**group, "Status": "deleting"}


def canonical(access: str) -> str:
    """On or off, keys, channels, commands; off and without any command unless it says otherwise.

    A category is followed by those that lie in it; here by two of +@read's.
    """
    words = access.split()
    switch = [word for word in words if word in ("on", "off")][-1:] or ["off"]
    keys = [word for word in words if word[0] in "~%"]
    commands = [word for word in words if word[0] in "+-"]
    channels = [word for word in words if word not in (*switch, *keys, *commands, "on", "off")]
    if commands[:1] not in (["+@all"], ["-@all"]):
        commands.insert(0, "-@all")
    if "+@read" in commands:
        at = commands.index("+@read") + 1
        commands[at:at] = ["+@hash", "+@bitmap"]
    return " ".join((*switch, *keys, *channels, *commands))


class UserCalls(BaseResponse):
    backend: Any

    def create_user(self) -> ActionResult:
        return ActionResult(self.backend.create_cache_user(self.params))

    def modify_user(self) -> ActionResult:
        return ActionResult(self.backend.modify_cache_user(self.params))

    def delete_user(self) -> ActionResult:
        return ActionResult(self.backend.delete_cache_user(self.params["UserId"]))

    def describe_users(self) -> ActionResult:
        asked = self.params.get("UserId")
        users = [self.backend.cache_user(asked)] if asked else self.backend.cache_users.values()
        return ActionResult({"Users": [self.backend.with_groups(user) for user in users]})

    def create_user_group(self) -> ActionResult:
        return ActionResult(self.backend.create_user_group(self.params))

    def modify_user_group(self) -> ActionResult:
        return ActionResult(self.backend.modify_user_group(self.params))

    def delete_user_group(self) -> ActionResult:
        return ActionResult(self.backend.delete_user_group(self.params["UserGroupId"]))

    def describe_user_groups(self) -> ActionResult:
        asked = self.params.get("UserGroupId")
        names = [asked] if asked else list(self.backend.user_groups)
        return ActionResult({"UserGroups": [self.backend.user_group(name) for name in names]})

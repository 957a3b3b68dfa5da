"""`redis`: the Redis user of a service."""

from modules.bindings.aws import ElasticacheUser, ElasticacheUserAuthenticationMode, ElasticacheUserGroupAssociation
from modules.bindings.cdktf import TerraformResourceLifecycle
from modules.constructs.component import Component
from modules.constructs.permissions.owner import Owner
from modules.design import cache
from modules.permissions import redis


class CacheUser(Component):
    """A user that logs in with IAM tokens, and touches only keys with its prefix."""

    def __init__(self, owner: Owner, options: redis.RedisOptions) -> None:
        super().__init__(owner.stack, "redis")
        stack = owner.stack
        rule = cache.access_string(stack.spec, owner.name, options)
        name = redis.user_name(stack.names, owner.name, rule)
        user = ElasticacheUser(
            self,
            "user",
            user_id=name,
            # With IAM, the name must be the id.
            user_name=name,
            engine="redis",
            access_string=rule,
            # AWS reads it back in other words (+@read as +@read +@hash +@bitmap …), and no plan would be empty:
            # https://docs.aws.amazon.com/cli/latest/reference/elasticache/create-user.html.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["access_string"], create_before_destroy=True),
            authentication_mode=ElasticacheUserAuthenticationMode(type="iam"),
            # The user of `platform` that the pods have, so that a deployment takes it away after the pods.
            tags={"PasswordUser": redis.password_user(stack.names, owner.name)}
            if options.login == "password"
            else None,
        )
        self.set_address(user, owner.name)
        member = ElasticacheUserGroupAssociation(
            self,
            "member",
            user_group_id=stack.read("data", "redis_user_group_id"),
            user_id=user.user_id,
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.depends_on = [self.set_address(member, owner.name)]
        self.outputs = redis.CacheUser(
            cache_arn=stack.read("data", "redis_replication_group_arn"),
            cache_name=stack.names.redis,
            cache_host=stack.read("data", "redis_endpoint"),
            cache_port=stack.read("data", "redis_port"),
            cache_user_arn=user.arn,
            cache_user_name=user.user_name,
            cache_key_prefix=cache.key_prefix(stack.spec, owner.name, options),
        )

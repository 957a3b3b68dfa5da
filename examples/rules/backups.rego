# Aurora keeps its backups for two weeks or more.
package backups

least_days := 14

# Clusters that may keep them for less: name -> reason.
accepted := {"reports": "it is filled anew every night"}

# In generated/, where `input` is a stack's cdk.tf.json.
deny contains found if {
	some name, cluster in input.resource.aws_rds_cluster
	not accepted[name]
	cluster.backup_retention_period < least_days
	found := {"msg": message(cluster.backup_retention_period), "address": sprintf("aws_rds_cluster.%s", [name])}
}

# In a plan, where `input` is what `terraform show -json` says.
deny contains found if {
	some change in input.resource_changes
	change.type == "aws_rds_cluster"
	not accepted[change.name]
	change.change.after.backup_retention_period < least_days
	found := {"msg": message(change.change.after.backup_retention_period), "address": change.address}
}

message(days) := sprintf("backups are kept for %d days, and %d is the least", [days, least_days])

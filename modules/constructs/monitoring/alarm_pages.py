"""The pages of docs/operations/alarms/, one for each kind of alarm, with what its mail says to do first."""

PAGES = {
    "aurora-capacity": "Find what causes the load, or raise max_acu",
    "aurora-connections": "Find who holds them; the limit grows with database.max_acu",
    "aurora-memory": "Raise max_acu, or find the queries that need the memory",
    "redis-memory": "Choose a larger cache.node_type, or let keys expire sooner",
    "redis-cpu": "Find the slow commands, or choose a larger cache.node_type",
    "redis-evictions": "Choose a larger cache.node_type, unless losing keys is intended",
    "nat-ports": "Find who opens so many connections to one address",
    "load-balancer-errors": "Find which service, and look at its pods",
    "waf-blocked": "Look up the rule and the addresses in its log",
    "service-errors": "Look at its log, and at what was deployed last",
    "service-latency": "Find whether it waits for something or has too little CPU",
    "service-unhealthy": "Look at its pods and their events",
    "service-dead-letters": "Look at a message, fix the cause, and move the messages back",
    "service-waiting": "Look whether it has pods, and whether KEDA runs",
    "job-failed": "Look at its log, and run it again",
    "job-late": "Look at its CronJob and its events",
    "jobs-unwatched": "Look at pod job-watcher in kube-system, and at its log",
}

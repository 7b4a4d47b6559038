"""The exit codes of OCF's resource agent API; plain numbers, since `enum` takes time to import.

https://github.com/ClusterLabs/OCF-spec/blob/main/ra/1.1/resource-agent-api.md
"""

SUCCESS = 0
ERR_GENERIC = 1
ERR_ARGS = 2
"""A parameter cannot be used on this node."""
ERR_UNIMPLEMENTED = 3
ERR_PERM = 4
"""Not allowed on this node: Pacemaker does not try again here until the failure is forgotten."""
ERR_INSTALLED = 5
"""A program or a library is missing on this node."""
ERR_CONFIGURED = 6
"""A parameter cannot be used on any node."""
NOT_RUNNING = 7

"""The agent `ocf:ha-cluster:virtual-ip`: see docs/agent.md.

`client` is what Pacemaker starts for each action. `helper` is a process that stays: it has boto3
loaded, and answers the client by the socket that `launch` opens.
"""

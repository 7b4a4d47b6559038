"""The nodes: machines that boot and crash, and the cluster engine that runs on them."""

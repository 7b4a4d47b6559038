"""Load balancers of the second generation: application, network, gateway."""

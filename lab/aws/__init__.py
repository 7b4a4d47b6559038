"""What the nodes see of AWS: the endpoint for the EC2 API, and the instance metadata."""

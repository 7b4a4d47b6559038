"""What the rules ask of a network: each question has one module and is worked out once."""

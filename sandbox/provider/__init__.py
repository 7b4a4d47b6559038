"""The aws provider of the sandbox: Pulumi's `ResourceProvider` over boto3 to a local AWS."""

"""Operations on a running cluster, with boto3 only: `python -m ops COMMAND`."""

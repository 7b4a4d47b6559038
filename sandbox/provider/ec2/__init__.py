"""Resource types of EC2, VPC networking and EBS."""

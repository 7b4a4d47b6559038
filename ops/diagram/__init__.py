"""`python -m ops diagram`: a cluster as Mermaid or SVG."""

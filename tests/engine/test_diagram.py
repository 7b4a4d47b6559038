"""The diagrams in README.md and docs/ are those of the cluster that the program builds."""

from ops.diagram.builder import draw_live
from ops.diagram.mermaid import as_mermaid
from ops.diagram.svg import as_svg
from tests.support.cluster import ROOT
from tests.support.operations import Operated


def test_the_readme_shows_the_diagram_of_the_programs_own_cluster(operated: Operated) -> None:
    chart = as_mermaid(draw_live(operated.situation(), {}, with_ids=False))
    assert f"```mermaid\n{chart}```" in (ROOT / "README.md").read_text()


def test_the_drawing_in_docs_is_that_of_the_programs_own_cluster(operated: Operated) -> None:
    drawing = as_svg(draw_live(operated.situation(), {}, with_ids=False))
    assert drawing == (ROOT / "docs" / "cluster.svg").read_text()


def test_a_diagram_with_ids_names_every_node_table_and_subnet(operated: Operated) -> None:
    chart = as_mermaid(draw_live(operated.situation(), {}))
    cluster = operated.cluster
    for key in (
        *cluster.subnet_ids.values(),
        *cluster.route_table_ids.values(),
        *(node.network_interface_id for node in cluster.nodes),
    ):
        assert key in chart

"""Diagrams: what they show of a picture, what is red, and that nothing breaks out of its label."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from ops.cluster import read_cluster
from ops.diagram.builder import draw_outputs
from ops.diagram.mermaid import as_mermaid
from ops.diagram.picture import Item, Kind, Picture, Route, Subnet, Table
from ops.diagram.svg import as_svg
from tests.support.stack_outputs import OUTPUTS


@pytest.fixture
def picture() -> Picture:
    node = Item(keys=("eni-1", "i-1"), kind=Kind.NODE, label="node-a", detail="10.0.110.10")
    gateway = Item(keys=("igw-1",), kind=Kind.GATEWAY, label="internet gateway")
    routes = (
        Route(destination="0.0.0.0/0", target="igw-1"),
        Route(destination="20.0.0.100/32", target="eni-1"),
    )
    return Picture(
        title="cluster in eu-west-1",
        vpc_key="vpc-1",
        vpc="vpc-1 10.0.0.0/16",
        virtual_ip="20.0.0.100",
        subnets=(
            Subnet(
                key="subnet-1",
                label="Subnet-1a",
                zone="eu-west-1a",
                cidr="10.0.110.0/24",
                table="rtb-1",
                items=(node,),
            ),
        ),
        tables=(Table(key="rtb-1", label="Main", routes=routes),),
        outside=(gateway,),
        flaws={},
    )


def texts(svg: str) -> list[str]:
    root = ET.fromstring(svg)
    return ["".join(each.itertext()).strip() for each in root.iter() if each.tag.endswith("}text")]


def test_mermaid_leads_each_route_to_its_target(picture: Picture) -> None:
    chart = as_mermaid(picture)
    assert '    table1 -->|"0.0.0.0/0"| gateway1' in chart
    assert '    table1 -->|"20.0.0.100/32"| node1' in chart
    assert "    subnet1 --- table1" in chart
    assert "flaw" not in chart


def test_mermaid_marks_what_has_a_finding_and_names_the_finding(picture: Picture) -> None:
    flawed = replace(picture, flaws={"i-1": ("instance-impaired",), "rtb-1": ("x-is-wrong",)})
    chart = as_mermaid(flawed)
    assert 'node1["node-a<br>10.0.110.10<br>eni-1<br>instance-impaired"]' in chart
    assert "    class node1,table1 flaw" in chart
    # Arrows are counted from 0: the subnet's, the default route's, the virtual IP's.
    assert "    linkStyle 2 stroke:#c00" in chart


def test_the_svg_has_the_same_facts_and_marks(picture: Picture) -> None:
    flawed = replace(picture, flaws={"i-1": ("instance-impaired",)})
    assert 'class="box flaw"' not in as_svg(picture)
    shown = texts(as_svg(flawed))
    assert "virtual IP 20.0.0.100, leads to node-a" in shown
    assert "20.0.0.100/32 to node-a" in shown
    assert "instance-impaired" in shown
    assert as_svg(flawed).count('class="box flaw"') == 1


def test_a_finding_about_the_vpc_marks_its_frame(picture: Picture) -> None:
    flawed = replace(picture, flaws={"vpc-1": ("vpc-dns-off",)})
    assert 'subgraph vpc["VPC vpc-1 10.0.0.0/16<br>vpc-dns-off"]' in as_mermaid(flawed)
    assert "    class vpc flaw" in as_mermaid(flawed)
    assert 'class="frame flaw"' in as_svg(flawed)
    assert "VPC vpc-1 10.0.0.0/16 vpc-dns-off" in texts(as_svg(flawed))


def test_a_finding_about_what_is_not_drawn_is_listed_in_red(picture: Picture) -> None:
    flawed = replace(picture, flaws={"sg-1": ("peer-port-closed",), "eni-1": ("x-y",)})
    assert flawed.unplaced == (("sg-1", ("peer-port-closed",)),)
    assert '    others["sg-1: peer-port-closed"]' in as_mermaid(flawed)
    assert "    class node1,others flaw" in as_mermaid(flawed)
    assert "sg-1: peer-port-closed" in texts(as_svg(flawed))


def test_without_ids_only_names_are_shown(picture: Picture) -> None:
    drawn = replace(picture, with_ids=False)
    for text in (as_mermaid(drawn), as_svg(drawn)):
        assert "eni-1" not in text
        assert "subnet-1" not in text


def test_a_label_cannot_leave_its_quotes(picture: Picture) -> None:
    evil = replace(picture.tables[0], label='a"]; click x "javascript:alert(1)" <b>&')
    drawn = replace(picture, tables=(evil,))
    assert "#quot;" in as_mermaid(drawn)
    assert '"]; click' not in as_mermaid(drawn)
    assert any("javascript:alert(1)" in each for each in texts(as_svg(drawn)))


def test_outputs_alone_are_drawn_without_a_target() -> None:
    picture = draw_outputs(read_cluster(OUTPUTS, "test"))
    chart = as_mermaid(picture)
    assert 'node1["node-a<br>10.0.110.10<br>eni-1"]' in chart
    assert '    table1 -->|"20.0.0.100/32"| vip' in chart
    assert "20.0.0.100/32 to the node that has it" in texts(as_svg(picture))

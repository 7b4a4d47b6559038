"""What docs/expresscluster.md tells a reader to write and to type."""

import re

import yaml

from components import expresscluster_names as names
from settings import read_settings
from tests.support.configured import configured
from tests.support.stack_config import ROOT, stack_config

PAGE = (ROOT / "docs" / "expresscluster.md").read_text()
CONSTANTS = (ROOT / "components" / "expresscluster_names.py").read_text()


def test_the_configuration_of_the_page_is_accepted() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    given = yaml.safe_load(text.replace("BUCKET", "media"))["config"]
    with configured(stack_config() | given):
        found = read_settings()
    assert found.expresscluster["partition_witness"] == "10.0.130.20:80"
    packages = found.expresscluster["packages"]
    assert packages is not None
    assert packages["licences"] == ["base.key", "replicator.key"]
    assert [port["port"] for port in found.application_ports] == [443]


def test_the_files_that_are_uploaded_are_those_of_the_configuration() -> None:
    uploaded = re.findall(r"^aws s3 cp (\S+) s3://BUCKET/expresscluster/5.3/$", PAGE, re.MULTILINE)
    assert uploaded == ["expresscls-5.3.0-1.x86_64.rpm", "base.key", "replicator.key"]


def test_the_page_names_the_objects_of_the_configuration() -> None:
    for name in (names.GROUP, names.VIRTUAL_IP, names.MIRROR, names.MIRROR_DRIVER):
        assert f"`{name}`" in PAGE or f" {name}\n" in PAGE
    assert f"number {names.MIRROR_DEVICE}" in PAGE


def test_what_no_source_shows_is_marked_where_the_name_stands() -> None:
    for name in ("STARTUP_DELAY_PATH", "HEARTBEAT_INTERVAL_SECONDS", "MIRROR_MODE_PATH"):
        before = CONSTANTS.partition(f"\n{name} =")[0].rpartition("\n\n")[2]
        assert "not verified" in " ".join(before.lower().replace("#", "").split())


def test_the_services_that_the_page_restarts_are_those_of_the_boot_script() -> None:
    (restarted,) = re.findall(r"^systemctl restart (.+)$", PAGE, re.MULTILINE)
    script = (ROOT / "components" / "bootstrap" / "linux" / "start.sh").read_text()
    (services,) = re.findall(r"^readonly SERVICES=\((.+?)\)$", script, re.DOTALL | re.MULTILINE)
    assert restarted.split() == services.split()


def test_the_first_push_of_the_page_is_that_of_the_boot_script() -> None:
    pushed = re.findall(r"^clpcfctrl --push (--force) -x \.$", PAGE, re.MULTILINE)
    script = (ROOT / "components" / "bootstrap" / "linux" / "cluster.sh").read_text()
    assert [f'push {each} -x "$PUSHED"' in script for each in pushed] == [True]

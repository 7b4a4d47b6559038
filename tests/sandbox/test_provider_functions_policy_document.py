import json
import zlib
from typing import Any

import pytest

from sandbox.provider.wire import UNKNOWN
from tests.support.provider import FailedError, Instance

DOCUMENT = "aws:iam/getPolicyDocument:getPolicyDocument"


def statement_of(aws: Instance, **statement: Any) -> dict[str, Any]:
    """Return the one statement of a document, Effect left out."""
    document = json.loads(aws.invoke(DOCUMENT, statements=[statement])["json"])
    (found,) = document["Statement"]
    assert found.pop("Effect") == statement.get("effect", "Allow")
    return found


def failure(aws: Instance, **arguments: Any) -> str:
    with pytest.raises(FailedError) as caught:
        aws.invoke(DOCUMENT, **arguments)
    return str(caught.value).removeprefix(f"{DOCUMENT}: ")


def test_a_document_is_written_as_upstream_writes_it(aws: Instance) -> None:
    result = aws.invoke(
        DOCUMENT,
        policyId="move",
        statements=[
            {
                "sid": "Move",
                "actions": ["ec2:ReplaceRoute"],
                "resources": ["arn:aws:ec2:*:*:route-table/rtb-1"],
                "conditions": [
                    {"test": "StringEquals", "variable": "aws:SourceVpce", "values": ["vpce-1"]}
                ],
            }
        ],
    )
    assert (
        result["json"]
        == """{
  "Version": "2012-10-17",
  "Id": "move",
  "Statement": [
    {
      "Sid": "Move",
      "Effect": "Allow",
      "Action": "ec2:ReplaceRoute",
      "Resource": "arn:aws:ec2:*:*:route-table/rtb-1",
      "Condition": {
        "StringEquals": {
          "aws:SourceVpce": "vpce-1"
        }
      }
    }
  ]
}"""
    )
    assert result["minifiedJson"] == (
        '{"Version":"2012-10-17","Id":"move","Statement":[{"Sid":"Move","Effect":"Allow",'
        '"Action":"ec2:ReplaceRoute","Resource":"arn:aws:ec2:*:*:route-table/rtb-1",'
        '"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}}]}'
    )
    assert result["id"] == str(zlib.crc32(result["json"].encode()))


def test_an_empty_document_has_a_version_only(aws: Instance) -> None:
    result = aws.invoke(DOCUMENT)
    assert result["json"] == '{\n  "Version": "2012-10-17"\n}'
    assert result["version"] == "2012-10-17"
    assert "region" not in result


def test_the_elements_of_a_statement_come_in_upstreams_order(aws: Instance) -> None:
    everything = {
        "conditions": [{"test": "t", "variable": "v", "values": ["x"]}],
        "notPrincipals": [{"type": "AWS", "identifiers": ["b"]}],
        "principals": [{"type": "AWS", "identifiers": ["a"]}],
        "notResources": ["r"], "resources": ["s"], "notActions": ["c"], "actions": ["d"],
        "effect": "Deny", "sid": "S",
    }  # fmt: skip
    document = aws.invoke(DOCUMENT, statements=[everything])["json"]
    assert list(json.loads(document)["Statement"][0]) == [
        "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal",
        "NotPrincipal", "Condition",
    ]  # fmt: skip


def test_one_of_a_list_is_a_text_and_several_are_sorted_downwards(aws: Instance) -> None:
    found = statement_of(aws, actions=["ec2:A", "ec2:C", "ec2:B", "ec2:A"], resources=["*"])
    assert found == {"Action": ["ec2:C", "ec2:B", "ec2:A"], "Resource": "*"}


@pytest.mark.parametrize(
    ("principals", "written"),
    [
        ([{"type": "*", "identifiers": ["*"]}], "*"),
        ([{"type": "AWS", "identifiers": ["*"]}], {"AWS": "*"}),
        ([{"type": "AWS", "identifiers": ["1", "2"]}], {"AWS": ["2", "1"]}),
        (
            [
                {"type": "Service", "identifiers": ["ec2.amazonaws.com"]},
                {"type": "AWS", "identifiers": ["1"]},
            ],
            {"AWS": "1", "Service": "ec2.amazonaws.com"},
        ),
    ],
)
def test_principals_are_written_by_kind(
    aws: Instance, principals: list[dict[str, Any]], written: Any
) -> None:
    assert statement_of(aws, principals=principals) == {"Principal": written}
    assert statement_of(aws, notPrincipals=principals) == {"NotPrincipal": written}


def test_principals_of_one_kind_are_joined(aws: Instance) -> None:
    blocks = [{"type": "AWS", "identifiers": [name]} for name in ("1", "2")]
    written = statement_of(aws, principals=blocks)["Principal"]
    assert sorted(written["AWS"]) == ["1", "2"]


def test_conditions_are_grouped_and_keep_the_order_of_values(aws: Instance) -> None:
    conditions = [
        {"test": "StringLike", "variable": "s3:prefix", "values": ["b", "a"]},
        {"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]},
    ]
    assert statement_of(aws, actions=["s3:*"], conditions=conditions)["Condition"] == {
        "Bool": {"aws:SecureTransport": "true"},
        "StringLike": {"s3:prefix": ["b", "a"]},
    }


def test_policy_variables_are_spelled_with_an_ampersand(aws: Instance) -> None:
    found = statement_of(
        aws,
        actions=["s3:&{x}"],
        resources=["arn:aws:s3:::&{aws:username}/*"],
        conditions=[{"test": "t", "variable": "v", "values": ["&{a}"]}],
    )
    assert found["Resource"] == "arn:aws:s3:::${aws:username}/*"
    assert found["Condition"]["t"]["v"] == "${a}"
    assert found["Action"] == "s3:&{x}"


def test_the_old_version_knows_no_variables(aws: Instance) -> None:
    statement = {"actions": ["s3:*"], "resources": ["&{a}"]}
    assert failure(aws, version="2008-10-17", statements=[statement]) == (
        "reading resources: found &{ sequence in (&{a}), which is not supported in document "
        "version 2008-10-17"
    )


def test_html_is_escaped_as_in_go(aws: Instance) -> None:
    document = aws.invoke(DOCUMENT, statements=[{"actions": ["a:<b>"]}])
    assert r"a:\u003cb\u003e" in document["json"]


SOURCE = json.dumps(
    {
        "Version": "2008-10-17",
        "Id": "source",
        "Statement": [
            {"Sid": "One", "Effect": "Allow", "Action": ["a:a"], "Resource": "*"},
            {"Effect": "Deny", "Action": "b:b", "Principal": {"AWS": ["1", "2"]}},
        ],
    }
)


def test_statements_replace_those_of_sources_by_their_sid(aws: Instance) -> None:
    result = aws.invoke(
        DOCUMENT,
        sourcePolicyDocuments=[SOURCE],
        statements=[{"sid": "One", "actions": ["c:c"]}, {"actions": ["d:d"]}],
    )
    assert json.loads(result["json"]) == {
        "Version": "2012-10-17",
        "Id": "source",
        "Statement": [
            {"Sid": "One", "Effect": "Allow", "Action": "c:c"},
            {"Effect": "Deny", "Action": "b:b", "Principal": {"AWS": ["2", "1"]}},
            {"Effect": "Allow", "Action": "d:d"},
        ],
    }


def test_overrides_have_the_last_word(aws: Instance) -> None:
    override = json.dumps({"Id": "o", "Statement": [{"Sid": "One", "Effect": "Deny"}]})
    result = aws.invoke(
        DOCUMENT,
        policyId="own",
        statements=[{"sid": "One", "actions": ["c:c"]}],
        overridePolicyDocuments=[override],
    )
    assert json.loads(result["json"]) == {
        "Version": "2012-10-17",
        "Id": "o",
        "Statement": [{"Sid": "One", "Effect": "Deny"}],
    }


def test_a_sid_is_used_once(aws: Instance) -> None:
    assert failure(aws, statements=[{"sid": "A"}, {"sid": "A"}]) == (
        "writing IAM Policy Document: duplicate Sid (A). Remove the Sid or ensure the Sid is "
        "unique."
    )
    assert failure(aws, sourcePolicyDocuments=[SOURCE, SOURCE]) == (
        "writing IAM Policy Document: merging source document 1: duplicate Sid (One) in "
        "source_policy_documents (statement 0). Remove the Sid or ensure Sids are unique."
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"version": "2020-01-01"}, "version must be one of '2008-10-17', '2012-10-17'"),
        ({"statements": [{"effect": "Maybe"}]}, "effect must be one of 'Allow', 'Deny'"),
        ({"statements": [{"sid": "a-b"}]}, "sid must only include alphanumeric characters"),
        ({"statements": [{"principals": [{"type": "AWS"}]}]}, "identifiers is required"),
        ({"sourceJson": "{}"}, "sourceJson must be an empty string"),
        ({"sourcePolicyDocuments": ["{"]}, "must be a JSON document"),
        ({"statement": []}, "did you mean statements"),
    ],
)
def test_a_bad_argument_is_named(aws: Instance, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(AssertionError) as caught:
        aws.invoke(DOCUMENT, **arguments)
    assert words in str(caught.value)


def test_an_unknown_argument_leaves_the_document_unknown(aws: Instance) -> None:
    assert aws.invoke(DOCUMENT, statements=[{"resources": [UNKNOWN]}]) == {}

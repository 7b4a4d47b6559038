"""Every declared type has exactly the properties of its class in the Pulumi SDK."""

import importlib
import inspect
import re
import typing
from collections.abc import Mapping
from typing import Any

import pytest
from pulumi import _types

from sandbox.provider.function import Function
from sandbox.provider.registry import Registry
from sandbox.provider.resource import Resource
from sandbox.provider.schema import Kind, Property

RESOURCES = Registry().resources
FUNCTIONS = Registry().functions


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def sdk_module(token: str) -> tuple[Any, str]:
    """Return the SDK's module of a token, and the name in it."""
    package, module, name = re.fullmatch(r"aws:(\w+)/(\w+):(\w+)", token).groups()
    folder = "" if package == "index" else f".{package}"
    return importlib.import_module(f"pulumi_aws{folder}.{snake(module)}"), name


def sdk_classes(token: str) -> tuple[type, type]:
    """Return the SDK's classes of a type: the resource and its arguments."""
    module, name = sdk_module(token)
    # "InitArgs" where an input type of the same name exists.
    arguments = getattr(module, f"{name}Args", None) or getattr(module, f"{name}InitArgs")
    return getattr(module, name), arguments


def names(sdk_class: type) -> set[str]:
    return {name for _, name, _ in _types._py_properties(sdk_class)}


def nested_class(annotation: Any) -> type | None:
    """Find the one input type within `Optional[Input[Sequence[Input[X]]]]`."""
    if isinstance(annotation, type):
        return annotation if _types.is_input_type(annotation) else None
    found = (nested_class(part) for part in typing.get_args(annotation))
    return next((each for each in found if each), None)


def nested_types(sdk_class: type) -> Mapping[str, type]:
    annotations = _types.input_type_types(sdk_class)
    found = {name: nested_class(each) for name, each in annotations.items()}
    return {name: each for name, each in found.items() if each}


def differences(
    path: str, declared: Mapping[str, Property], sdk_class: type, unmodelled: set[str]
) -> set[str]:
    """List the input properties, at all depths, that only one side has."""
    # Below the top the SDK lists computed fields among the inputs too.
    settable = {name for name, each in declared.items() if each.settable or path}
    unlisted = {name for name in names(sdk_class) if f"{path}{name}" not in unmodelled}
    found = {f"{path}{name}" for name in settable ^ unlisted}
    for name, nested in nested_types(sdk_class).items():
        inner = declared.get(name)
        while inner is not None and inner.kind in (Kind.LIST, Kind.SET, Kind.MAP):
            inner = inner.element
        if inner is not None and inner.kind is Kind.OBJECT and inner.settable:
            found |= differences(f"{path}{name}.", inner.fields, nested, unmodelled)
    return found


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=RESOURCES)
def test_a_type_takes_what_the_sdk_gives(resource: Resource) -> None:
    _, arguments = sdk_classes(resource.pulumi_name)
    unmodelled = set(resource.unmodelled)

    assert differences("", resource.schema.properties, arguments, unmodelled) == set()


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=RESOURCES)
def test_a_type_has_the_outputs_that_the_sdk_reads(resource: Resource) -> None:
    outputs, _ = sdk_classes(resource.pulumi_name)
    unmodelled = {name for name in resource.unmodelled if "." not in name}

    declared = set(resource.schema.properties)
    assert declared - names(outputs) == set()
    assert names(outputs) - declared - unmodelled == set()


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=RESOURCES)
def test_rules_name_only_properties_that_exist(resource: Resource) -> None:
    schema = resource.schema
    known = {*schema.properties, *schema.unmodelled}
    rules = [rule for group in (*schema.exactly_one_of, *schema.at_least_one_of) for rule in group]
    for declared in schema.properties.values():
        rules += [*declared.conflicts_with, *declared.required_with, *declared.unknown_after]

    assert set(rules) <= known


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=RESOURCES)
def test_required_properties_are_those_of_the_sdk(resource: Resource) -> None:
    _, arguments = sdk_classes(resource.pulumi_name)
    properties = resource.schema.properties
    translated = _types.input_type_py_to_pulumi_names(arguments)
    required = {
        translated[name]
        for name, parameter in inspect.signature(arguments).parameters.items()
        if parameter.default is inspect.Parameter.empty
    }
    named = {name for name, each in properties.items() if each.named}

    assert {name for name, each in properties.items() if each.required} - named == required


def always_has_a_value(sdk_class: type, name: str) -> bool:
    """Tell whether the SDK says so of an output: upstream's property is required or computed."""
    annotation = inspect.getattr_static(sdk_class, name).fget.__annotations__["return"]
    (value,) = typing.get_args(annotation)
    return type(None) not in typing.get_args(value)


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=RESOURCES)
def test_what_aws_decides_is_declared_also_where_a_program_may_not_give_it(
    resource: Resource,
) -> None:
    """Else it would be missing in a preview, where the real provider shows it as unknown."""
    outputs, _ = sdk_classes(resource.pulumi_name)
    properties = resource.schema.properties
    decided = {
        translated
        for name, translated, _ in _types._py_properties(outputs)
        if translated not in ("id", "urn") and always_has_a_value(outputs, name)
    }
    declared = {
        name
        for name, each in properties.items()
        if each.required
        or each.decided_by_aws
        or each.derived
        or each.named
        or each.default is not None
    }
    assert decided - declared == set()


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_function_takes_what_the_sdk_gives(function: Function) -> None:
    module, name = sdk_module(function.pulumi_name)
    parameters = set(inspect.signature(getattr(module, snake(name))).parameters) - {"opts"}
    declared = {snake(each) for each in function.schema.inputs}
    unmodelled = {snake(each) for each in function.unmodelled if "." not in each}

    assert declared - parameters == set()
    assert parameters - declared - unmodelled == set()


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_function_has_the_results_that_the_sdk_reads(function: Function) -> None:
    module, name = sdk_module(function.pulumi_name)
    results = names(getattr(module, f"{name[0].upper()}{name[1:]}Result"))
    unmodelled = {name for name in function.unmodelled if "." not in name}

    assert results - set(function.schema.properties) - unmodelled - {"id"} == set()

"""From YAML files to typed rules, proven by a JSON Schema on the way."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any, Final, TypeVar

import jsonschema_rs
import msgspec
import yaml

from contracts.suite.amounts import Amount, read_amount
from contracts.suite.rule import AnyRule, Profile, Rule

RuleT = TypeVar("RuleT", bound=AnyRule)

FAMILIES: Final = (
    "official",
    "manifest",
    "authorize",
    "settle",
    "cancel",
    "refund",
    "callbacks",
    "resilience",
    "configuration",
    "audit",
)
"""The files of rules, in the order in which they are shown."""

_FOLDER: Final = files("contracts") / "rules"


class RuleError(ValueError):
    """A file of rules that is not what the schema says; names the place."""


# The loader in C takes a tenth of the time; a few platforms have none.
_SafeLoader: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _ExactLoader(_SafeLoader):  # type: ignore[misc, valid-type]  # which of the two is known at run time
    """YAML whose numbers are exact."""


def _exact(_loader: _ExactLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(node.value)


_ExactLoader.add_constructor("tag:yaml.org,2002:float", _exact)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule for connectors, in the order in which they are shown.

    Raises:
        RuleError: a file breaks the schema, or an id stands twice.
    """
    return unique(rule for family in FAMILIES for rule in read_rules(family, text_of(f"{family}.yaml")))


def unique(rules: Iterable[RuleT]) -> tuple[RuleT, ...]:
    """These rules, each with an id of its own.

    Raises:
        RuleError: an id stands twice.
    """
    kept = tuple(rules)
    twice = [rule_id for rule_id, times in Counter(rule.id for rule in kept).items() if times > 1]
    if twice:
        raise RuleError(f"ids are permanent and unique; twice: {', '.join(twice)}")
    return kept


def read_rules(family: str, text: str) -> tuple[Rule, ...]:
    """The rules of one file.

    Args:
        family: the name of the file; every id in it begins with it.
        text: YAML.

    Raises:
        RuleError: it breaks the schema.
    """
    return read_family(family, text, Rule, _validator())


def read_family(
    family: str, text: str, kind: type[RuleT], validator: jsonschema_rs.Draft202012Validator
) -> tuple[RuleT, ...]:
    """The rules of one file, of whatever kind.

    Args:
        family: the name of the file; every id in it begins with it.
        text: YAML.
        kind: the struct of a rule.
        validator: the schema of a file of such rules.

    Raises:
        RuleError: it breaks the schema.
    """
    documents = yaml.load(text, _ExactLoader)  # noqa: S506 - a SafeLoader, with exact numbers
    broken = [
        f"{'/'.join(map(str, each.instance_path))}: {each.message}" for each in validator.iter_errors(documents)
    ]
    if broken:
        raise RuleError(f"{family}.yaml: {'; '.join(broken)}")
    try:
        many: type[tuple[RuleT, ...]] = tuple[kind, ...]  # type: ignore[valid-type]  # known at run time
        rules = msgspec.convert(documents, many, builtin_types=(Decimal,), dec_hook=_read)
    except msgspec.ValidationError as error:
        raise RuleError(f"{family}.yaml: {error}") from error
    strangers = [rule.id for rule in rules if rule.family != family]
    if strangers:
        raise RuleError(f"{family}.yaml: ids begin with {family}/, not {', '.join(strangers)}")
    return rules


def chosen_rules(only: Sequence[str] = (), profile: Profile = Profile.FULL) -> tuple[Rule, ...]:
    """The rules to run.

    Args:
        only: glob patterns of ids; none: no restriction. A pattern overrides the profile.
        profile: the largest profile to run.
    """
    return chosen(all_rules(), only, profile)


def chosen(rules: Iterable[RuleT], only: Sequence[str] = (), profile: Profile = Profile.FULL) -> tuple[RuleT, ...]:
    """Those of some rules that are to be run; as `chosen_rules`."""
    if only:
        return tuple(rule for rule in rules if any(fnmatchcase(rule.id, pattern) for pattern in only))
    contained = list(Profile)[: list(Profile).index(profile) + 1]
    return tuple(rule for rule in rules if rule.profile in contained)


def providers(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules that prove what these rules need, and what those need themselves, in order."""
    needed = {need for rule in rules for need in rule.needs}
    while True:
        proving = tuple(rule for rule in all_rules() if rule.provides in needed)
        more = needed.union(*(rule.needs for rule in proving))
        if more == needed:
            return tuple(each for wave in waves(proving) for each in wave)
        needed = more


def waves(proving: Iterable[Rule]) -> Iterator[tuple[Rule, ...]]:
    """Rules that prove abilities, so that each comes after those that prove what it needs.

    Args:
        proving: rules in any order; what they need and none of them proves is proven elsewhere.
    """
    left = {rule.id: rule for rule in proving}
    while left:
        unproven = {rule.provides for rule in left.values()}
        wave = tuple(rule for rule in left.values() if not unproven & set(rule.needs)) or tuple(left.values())
        yield wave
        left = {rule_id: rule for rule_id, rule in left.items() if rule not in wave}


def meta_schema() -> dict[str, Any]:
    """The JSON Schema of a file of rules."""
    schema: dict[str, Any] = msgspec.json.decode(text_of("schema.json"))
    return schema


def text_of(name: str) -> str:
    """A file of the folder of rules."""
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(meta_schema())


def _read(kind: type, written: object) -> object:
    """What msgspec does not know: amounts, and the free values of a patch."""
    return read_amount(written) if kind is Amount else written

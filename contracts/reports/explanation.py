"""A rule explained in plain text, for `ppp-contracts explain`."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct, structs

from contracts.suite.gateway.vocabulary import Base as GatewayBase
from contracts.suite.gateway.vocabulary import GatewayRule
from contracts.suite.play import describe
from contracts.suite.rule import AnyRule, Rule
from contracts.suite.vocabulary import Expect, Likeness, Sending, Step


def explanation(rule: AnyRule) -> str:
    """Everything that a rule says, for a reader."""
    return "\n".join(_lines(rule))


def _lines(rule: AnyRule) -> Iterator[str]:
    yield f"{rule.id}\n{rule.title}\n"
    yield f"{rule.requirement}\n"
    yield f"kind      {rule.kind}"
    yield f"profile   {rule.profile}"
    yield from (f"source    {source}" for source in rule.sources)
    if rule.needs:
        yield f"needs     {', '.join(rule.needs)}"
    if rule.provides:
        yield f"proves    {rule.provides}"
    if rule.modes:
        yield f"breaks    {', '.join(rule.modes)} mode"
    if isinstance(rule, Rule | GatewayRule):
        yield from _part("given", rule.given)
        yield from _part("judged", rule.steps)
    if rule.audit:
        yield f"\nasked about the whole run: {rule.audit}"


def _part(title: str, steps: tuple[Step | GatewayBase, ...]) -> Iterator[str]:
    if steps:
        yield f"\n{title}"
    for number, step in enumerate(steps, start=1):
        details = _members(step) if isinstance(step, GatewayBase) else _details(step)
        yield f"  {number}. {', '.join((describe(step), *details))}"


def _members(step: GatewayBase) -> Iterator[str]:
    """Whatever a step for gateways says, but for what already stands in its description."""
    for member in structs.fields(step):
        value = getattr(step, member.name)
        if member.name != "value" and value not in (member.default, {}, Expect()):
            yield f"{member.encode_name} {_shown(value, ' and ' if member.name in ALL_OF else ' or ')}"


ALL_OF: Final = frozenset({"hears", "payments", "items", "steps"})
"""Lists of which all is true; of the others one is enough."""


def _shown(value: object, joined: str = " or ") -> str:
    if isinstance(value, Struct):
        said = {each.encode_name: getattr(value, each.name) for each in structs.fields(value)}
        return _shown({name: each for name, each in said.items() if each not in (None, (), {}, "")})
    if isinstance(value, Mapping):
        return " ".join(f"{name} {_shown(each)}" for name, each in value.items())
    if isinstance(value, tuple):
        return joined.join(map(_shown, value)) or "nothing"
    return str(value)


def _details(step: Step) -> Iterator[str]:
    if step.payment != "payment":
        yield f"payment {step.payment}"
    if isinstance(step, Sending) and step.lost:
        yield f"lost: {step.lost}"
    if isinstance(step, Sending) and step.patch:
        yield f"changed: {', '.join(step.patch)}"
    words = step.expect.words or (() if isinstance(step, Sending) and step.lost else step.words)
    if words:
        yield f"answered {' or '.join(words)}"
    yield from _expected(step.expect)
    if step.lacks_when:
        yield f"not supported when {' or '.join(step.lacks_when)}"


def _expected(expect: Expect) -> Iterator[str]:
    for name, value in structs.asdict(expect).items():
        if value in ((), {}, None) or name == "words":
            continue
        if isinstance(value, Likeness):
            yield f"{name} {', '.join(value.fields)} as in {value.step}"
        else:
            yield f"{name.replace('_', ' ')} {_shown(value, ', ')}"

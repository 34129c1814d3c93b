"""A rule as the suite reads it."""

from enum import StrEnum

from contracts.suite.vocabulary import Step, Wording


class Kind(StrEnum):
    """How much a rule weighs."""

    MUST = "must"
    SHOULD = "should"
    ADVICE = "advice"


class Profile(StrEnum):
    """How much of the suite is run; each profile contains those before it."""

    OFFICIAL = "official"
    PARTIAL = "partial"
    FULL = "full"


class Tag(StrEnum):
    """How sure a source is."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"
    RECOMMENDED = "recommended"


class Mode(StrEnum):
    """How the gateway passes settlements and cancellations on."""

    TOTAL = "total"
    HOLD = "hold"
    PARTIAL = "partial"


class Source(Wording, frozen=True, kw_only=True):
    """Where a rule comes from."""

    tag: Tag
    text: str

    def __str__(self) -> str:
        return f"{self.text} ({self.tag})"


class AnyRule(Wording, frozen=True, kw_only=True):
    """What every rule says, whoever is judged by it.

    Attributes:
        id: permanent, `family/what-is-true`.
        title: what is true of whoever is correct.
        requirement: why, and what exactly.
        kind: whether a breach is a failure or advice.
        profile: the smallest profile that contains it.
        sources: where it comes from.
        needs: what the judged has to offer, or be able to do; see `contracts.suite.abilities`.
        provides: the ability that it proves.
        modes: the settlement modes that do not work where it is broken.
        alone: whether nothing else runs meanwhile, because time is measured.
        audit: the question of an auditor that is asked about the whole run instead of playing steps.
    """

    id: str
    title: str
    requirement: str
    kind: Kind
    sources: tuple[Source, ...]
    profile: Profile = Profile.FULL
    needs: tuple[str, ...] = ()
    provides: str | None = None
    modes: tuple[Mode, ...] = ()
    alone: bool = False
    audit: str | None = None

    @property
    def family(self) -> str:
        """What stands before the slash."""
        return self.id.partition("/")[0]


class Rule(AnyRule, frozen=True, kw_only=True):
    """A rule for connectors.

    Attributes:
        given: steps that lead there; when one does not work, the rule is blocked.
        steps: what is judged.
    """

    given: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()

"""Locust's tags: they choose visits of the plan by their purpose."""

from collections.abc import Collection

from scenarios.plan import PURPOSES
from scenarios.scenario import ScenarioError


def chosen_purposes(tags: Collection[str] | None, exclude_tags: Collection[str] | None) -> list[str] | None:
    """Give the purposes of visits that --tags and --exclude-tags choose; None: all.

    Raises ScenarioError where a tag is no purpose.

    >>> chosen_purposes(["pay", "status", "register"], ["status"])
    ['register', 'pay']
    """
    purposes: list[str] = PURPOSES.categories.to_list()
    for tag in (*(tags or ()), *(exclude_tags or ())):
        if tag not in purposes:
            raise ScenarioError(f"there is no tag {tag}: tags are purposes of visits: {', '.join(purposes)}")
    if not tags and not exclude_tags:
        return None
    return [it for it in purposes if it in (tags or purposes) and it not in (exclude_tags or ())]

"""The workflows by area, for the pages that tell of all of them."""

from workflows.access import Resource
from workflows.engine import WORKFLOWS as BY_MODEL
from workflows.engine import Workflow
from workflows.visibility import GOVERNED


def workflows() -> dict[Resource, Workflow]:
    """The workflow of each area, in the order of the table of rights."""
    found = {GOVERNED[model].resource: workflow for model, workflow in BY_MODEL.items()}
    return {resource: found[resource] for resource in Resource if resource in found}

"""The workflows by area, for the pages that tell of all of them."""

from workflows import providers, suspensions, visits
from workflows.access import Resource
from workflows.engine import Workflow
from workflows.registers import proposals

WORKFLOWS: dict[Resource, Workflow] = {
    Resource.visits: visits.WORKFLOW,
    Resource.suspensions: suspensions.WORKFLOW,
    Resource.services: providers.WORKFLOW,
    Resource.registers: proposals.WORKFLOW,
}

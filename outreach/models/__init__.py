"""Households, the ledger, and what is built from it."""

from outreach.models.allowances import AllowanceRule
from outreach.models.assessments import Assessment, Consent, ResidentSkill
from outreach.models.assignments import Assignment
from outreach.models.classes import Referral, Session
from outreach.models.exports import Export, ExportFetch
from outreach.models.households import Household, Placement, Resident
from outreach.models.indicators import Indicator, Rule, Tally, Target
from outreach.models.ledger import LedgerEvent
from outreach.models.report_forms import ReportForm
from outreach.models.rosters import HeadingMeaning, ImportRules, RosterImport
from outreach.models.server import Restoration, ServerState
from outreach.models.sync import Change, PushBatch, WardFeed
from outreach.models.visits import FollowUp, Visit

__all__ = [
    "AllowanceRule",
    "Assessment",
    "Assignment",
    "Change",
    "Consent",
    "Export",
    "ExportFetch",
    "FollowUp",
    "HeadingMeaning",
    "Household",
    "ImportRules",
    "Indicator",
    "LedgerEvent",
    "Placement",
    "PushBatch",
    "Referral",
    "ReportForm",
    "Resident",
    "ResidentSkill",
    "Restoration",
    "RosterImport",
    "Rule",
    "ServerState",
    "Session",
    "Tally",
    "Target",
    "Visit",
    "WardFeed",
]

"""Users, roles, areas, teams and phones."""

from volunteers.models.areas import Area
from volunteers.models.devices import Device, DeviceActor, EnrolmentCode, FailedEnrolment
from volunteers.models.roles import RoleGrant
from volunteers.models.teams import Membership, Team
from volunteers.models.users import User

__all__ = [
    "Area",
    "Device",
    "DeviceActor",
    "EnrolmentCode",
    "FailedEnrolment",
    "Membership",
    "RoleGrant",
    "Team",
    "User",
]

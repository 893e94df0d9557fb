"""Users, roles, areas and teams."""

from volunteers.models.areas import Area
from volunteers.models.roles import RoleGrant
from volunteers.models.teams import Membership, Team
from volunteers.models.users import User

__all__ = ["Area", "Membership", "RoleGrant", "Team", "User"]

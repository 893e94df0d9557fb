"""A request that came with a phone's credential."""

from django.http import HttpRequest

from volunteers.models import Device


class PhoneRequest(HttpRequest):
    auth: Device

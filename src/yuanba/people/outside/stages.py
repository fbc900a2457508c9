"""The second factor as a step of signing in, left out where the outside service has asked for one."""

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    def _should_handle(self, request: HttpRequest) -> bool:
        if (self.login.signal_kwargs or {}).get("second_factor"):
            return False
        return bool(super()._should_handle(request))

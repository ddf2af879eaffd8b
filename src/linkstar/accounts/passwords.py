"""What a password has to be, said in the reader's language."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Django's rule in words of ours: its own are not there in Chinese."""

    def get_error_message(self) -> str:
        """Why a password is not taken."""
        return _("The password is too short: %(least)s characters at least.") % {
            "least": self.min_length
        }

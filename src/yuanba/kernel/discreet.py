"""Logs are read by those who run the system, who see no matters: the secret of a resident's link stays out of them."""

import logging
import re

# The addresses of residents' own pages, of what they follow by mail, and a key that a client put into an address.
_SECRET = re.compile(r"(/m/|/follow/|\byb_|[?&]api_key=)[A-Za-z0-9_.~%-]{8,}")


class NoSecrets(logging.Filter):
    """Stars out the secrets in a record; the rest of it stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if (discreet := _SECRET.sub(r"\1***", said)) != said:
            record.msg, record.args = discreet, ()
        return True

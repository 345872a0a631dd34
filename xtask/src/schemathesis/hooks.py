"""Gives each generated callback the token that belongs to it, so that more than 403 is reached.

A request that schemathesis has broken on purpose keeps what it has.
"""

import base64
import hashlib
import hmac
import os
import time

import schemathesis

ID, SECRET = "demo", open(os.environ["SKY_CALLBACK_SECRET"], "rb").read().rstrip()


def token(signed):
    issued_at = str(int(time.time()))
    signed = signed.format(id=ID, issued_at=issued_at)
    mac = hmac.new(SECRET, signed.encode(), hashlib.sha256).digest()
    return f"{ID}.{issued_at}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is not None and case.meta.generation.mode.is_negative:
        return
    request_id = case.body.get("request_id") if isinstance(case.body, dict) else None
    if case.path == "/v1/on_card_saved":
        case.query = {"token": token("on_card_saved\n{id}\n{issued_at}")}
    elif isinstance(request_id, str):
        case.query = {"token": token("on_payment_completed\n{id}\n{issued_at}\n" + request_id)}

"""Charges an order's saved card once more, and follows that payment.

Needs Python 3.10 or newer and `pip install -r requirements.txt`. It finds Temporal like the `temporal` command, by
TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and TEMPORAL_TLS_*, or else at localhost:7233.

    python payment.py charge '{"request_id": "ride-7-extra-1", "order_id": "ride-7",
                               "amount": "125.5", "currency": "KGS", "country": "KG"}'
    python payment.py state ride-7-extra-1
    python payment.py signal ride-7-extra-1
    python payment.py check-now ride-7-extra-1
    python payment.py resolve ride-7-extra-1 '{"as": "abandoned", "operator": "ann", "reason": "paid in cash"}'
"""

import asyncio
import json
import os
import sys
from contextlib import suppress
from typing import Any

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError, CancelledError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

Json = dict[str, Any]


class InvalidRequest(Exception):
    """The request breaks a rule. Nothing was sent: correct it, then start the same id again (docs/contract.md)."""

    def __init__(self, detail: Json) -> None:
        super().__init__(detail["message"])
        self.detail = detail


class NoOutcome(Exception):
    """The payment ended without a result."""


def payment(client: Client, request_id: str) -> WorkflowHandle[Any, Any]:
    return client.get_workflow_handle(f"sky-payment-{request_id}")


async def charge(client: Client, request: Json) -> Json:
    """Waits for the result, whose `outcome` says whether money moved. Calling it again charges nobody twice, so after
    an error of the network, or a restart, call it again with the same request."""
    handle = payment(client, request["request_id"])
    try:
        await client.start_workflow(
            "process_extra_payment",  # or process_payment_reversal, to give money back
            request,
            id=handle.id,
            task_queue="sky-technologies-integration",
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
    except WorkflowAlreadyStartedError:
        # It runs or has ended. Its first request counts: the result names the order and the amount.
        print("already started")
    try:
        return await handle.result()
    except WorkflowFailureError as failure:
        raise ended_without_result(failure.cause) from failure


def ended_without_result(cause: BaseException) -> Exception:
    if isinstance(cause, ApplicationError) and cause.type == "InvalidRequest":
        return InvalidRequest(cause.details[0])
    if isinstance(cause, CancelledError):
        return NoOutcome("cancelled before anything was sent")
    # Terminated, for instance: money may have moved. Don't charge under another id, but tell a person.
    return NoOutcome(f"ended by force, look at the partner: {json.dumps(str(cause))}")


def parsed(text: str) -> Json:
    """The workflow checks the other fields. Without an id there is no workflow to ask."""
    with suppress(ValueError, KeyError, TypeError):
        request = json.loads(text)
        if isinstance(request["request_id"], str):
            return request
    raise InvalidRequest({"field": "input", "message": "must be a JSON object with a request_id"})


async def run(command: str, subject: str, *arguments: str) -> None:
    client = await Client.connect(**{"target_host": "localhost:7233"} | ClientConfig.load_client_connect_config())
    match command:
        case "charge":
            print("result", json.dumps(await charge(client, parsed(subject))))
        case "state":
            print("state", json.dumps(await payment(client, subject).query("state")))
        case "signal":
            # Something happened at the partner: ask it now. It is no proof of anything.
            await payment(client, subject).signal("payment_completed")
        case "check-now":
            print("state", json.dumps(await payment(client, subject).execute_update("check_now")))
        case "resolve":
            resolution = json.loads(arguments[0])
            print("state", json.dumps(await payment(client, subject).execute_update("resolve", resolution)))
        case _:
            raise ValueError(f"{command}: charge, state, signal, check-now or resolve")


def main() -> int:
    try:
        asyncio.run(run(*sys.argv[1:]))
        return 0
    except InvalidRequest as invalid:
        print("invalid_request", json.dumps(invalid.detail))
    except NoOutcome as end:
        print("no outcome:", end)
    except WorkflowUpdateFailedError as refusal:
        # Quoted, since it may contain what the partner said.
        print("refused:", json.dumps(str(refusal.cause)))
    except RPCError as error:
        # There is no such payment, or it has ended. What is worth repeating, the client has repeated by itself.
        if error.status != RPCStatusCode.NOT_FOUND:
            raise
        print("refused:", json.dumps(str(error)))
    return 1


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    status = main()
    # Python may crash when it takes down a process that ends right after a call (temporalio/sdk-python, issue 300), so
    # this one is ended without that. A service that stays up needs no such thing.
    sys.stdout.flush()
    os._exit(status)

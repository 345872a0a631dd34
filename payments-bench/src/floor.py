"""The plain floor in Python: the same steps as in floor.rs, on Temporal's SDK for Python."""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

TASK_QUEUE = "floor-python"
ACCOUNT_QUEUE = TASK_QUEUE + ":account"
STEP = timedelta(seconds=10)
CALLED_BACK_AFTER = 0.1
ATTRIBUTES = [
    SearchAttributeKey.for_keyword("SkyOrderId").value_set("o-1"),
    SearchAttributeKey.for_keyword("SkyMerchant").value_set("account"),
    SearchAttributeKey.for_keyword("SkyCurrency").value_set("KGS"),
    SearchAttributeKey.for_int("SkyAmountMinor").value_set(12550),
    SearchAttributeKey.for_keyword("SkyPhase").value_set("closed"),
    SearchAttributeKey.for_keyword("SkyOutcome").value_set("completed"),
]


@dataclass
class Shape:
    to_submit: int
    to_ask: int
    is_billed: bool


class Steps:
    def __init__(self, client):
        self.client = client
        self.key = ec.generate_private_key(ec.SECP521R1())
        self.tasks = set()

    def sign_times(self, times):
        for number in range(times):
            self.key.sign(number.to_bytes(8, "big"), ec.ECDSA(hashes.SHA512()))

    @activity.defn
    async def nothing(self) -> None:
        pass

    @activity.defn
    async def sign(self, times: int) -> None:
        self.sign_times(times)

    @activity.defn
    async def submit(self, times: int) -> None:
        self.sign_times(times)
        task = asyncio.create_task(self.call_back(activity.info().workflow_id))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def call_back(self, workflow_id):
        await asyncio.sleep(CALLED_BACK_AFTER)
        await self.client.get_workflow_handle(workflow_id).signal("called_back")


@workflow.defn(name="floor")
class Floor:
    def __init__(self):
        self.is_called_back = False

    @workflow.run
    async def run(self, shape: Shape) -> None:
        within = {"start_to_close_timeout": STEP}
        await workflow.execute_local_activity(Steps.nothing, **within)
        await workflow.execute_activity(Steps.submit, shape.to_submit, task_queue=ACCOUNT_QUEUE, **within)
        await workflow.wait_condition(lambda: self.is_called_back, timeout=STEP)
        await workflow.execute_activity(Steps.sign, shape.to_ask, task_queue=ACCOUNT_QUEUE, **within)
        if shape.is_billed:
            await workflow.execute_activity(Steps.nothing, **within)
        workflow.upsert_search_attributes(ATTRIBUTES)

    @workflow.signal
    def called_back(self) -> None:
        self.is_called_back = True


async def main():
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"])
    steps = Steps(client)
    activities = [steps.nothing, steps.sign, steps.submit]
    account = Worker(
        client, task_queue=ACCOUNT_QUEUE, activities=activities, max_concurrent_activity_task_polls=8
    )
    common = Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[Floor],
        activities=activities,
        max_concurrent_workflow_task_polls=16,
        max_concurrent_activity_task_polls=16,
        nonsticky_to_sticky_poll_ratio=0.5,
        workflow_task_executor=ThreadPoolExecutor(4),
    )
    print(json.dumps({"task_queue": TASK_QUEUE}), flush=True)
    await asyncio.gather(account.run(), common.run())


# The sandbox of the workflows imports this file again.
if __name__ == "__main__":
    asyncio.run(main())

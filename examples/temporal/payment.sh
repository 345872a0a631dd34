#!/usr/bin/env bash
# Charges an order's saved card once more, and follows that payment, with the `temporal` command.
#
# Needs Temporal's CLI (https://docs.temporal.io/cli) and jq. The CLI finds Temporal by TEMPORAL_ADDRESS,
# TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and TEMPORAL_TLS_*, or else at localhost:7233.
#
#     ./payment.sh charge '{"request_id": "ride-7-extra-1", "order_id": "ride-7",
#                           "amount": "125.5", "currency": "KGS", "country": "KG"}'
#     ./payment.sh state ride-7-extra-1
#     ./payment.sh signal ride-7-extra-1
#     ./payment.sh check-now ride-7-extra-1
#     ./payment.sh resolve ride-7-extra-1 '{"as": "abandoned", "operator": "ann", "reason": "paid in cash"}'
set -euo pipefail

# Waits for the result, whose `outcome` says whether money moved. Calling it again charges nobody twice, so after an error
# of the network, or a restart, call it again with the same request.
charge() {
    local request=$1 id problem end
    # The workflow checks the other fields. Without an id there is no workflow to ask.
    id=sky-payment-$(jq -er '.request_id | strings' <<<"$request" 2>/dev/null) || {
        echo 'invalid_request {"field":"input","message":"must be a JSON object with a request_id"}'
        exit 1
    }
    # Or process_payment_reversal, to give money back.
    if ! problem=$(temporal workflow start --type process_extra_payment --task-queue sky-technologies-integration \
        --workflow-id "$id" --id-reuse-policy RejectDuplicate --fail-existing --input "$request" 2>&1 >/dev/null); then
        case $problem in
        # Its first request counts: the result names the order and the amount.
        *'is already running'* | *'already finished'*) echo 'already started' ;;
        *) fail 'not known whether it started, so run it again' "$problem" ;;
        esac
    fi
    # It ends with 1 where there is no result, and prints nothing where it could not ask.
    end=$(temporal workflow result --workflow-id "$id" --output json) || [[ $end ]]
    # After a termination, for instance, money may have moved. Don't charge under another id, but tell a person.
    jq -r '.closeEvent
        | .workflowExecutionFailedEventAttributes.failure.applicationFailureInfo as $failure
        | if .workflowExecutionCompletedEventAttributes then
            "result \(.workflowExecutionCompletedEventAttributes.result[0])"
          elif $failure.type == "InvalidRequest" then
            # Nothing was sent: correct it, then start the same id again (docs/contract.md).
            "invalid_request \($failure.details[0])"
          elif .eventType == "EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED" then
            "no outcome: cancelled before anything was sent"
          else "no outcome: ended by force, look at the partner: \(.eventType)" end' <<<"$end"
    jq -e '.status == "COMPLETED"' <<<"$end" >/dev/null
}

state() {
    temporal workflow query --workflow-id "sky-payment-$1" --type state --output json | jq -r '"state \(.queryResult[0])"'
}

# Answers with the state after it, or refuses.
update() {
    local answer
    answer=$(temporal workflow update execute --workflow-id "sky-payment-$1" --name "$2" "${@:3}" --output json 2>&1) ||
        fail refused "$answer"
    jq -r '"state \(.result)"' <<<"$answer"
}

# Quotes what it says, since that may contain what the partner said.
fail() {
    jq -Rsr --arg what "$1" '"\($what): \(rtrimstr("\n") | @json)"' <<<"$2"
    exit 1
}

usage() {
    echo 'charge, state, signal, check-now or resolve'
    exit 1
}

case ${1:-} in
charge) charge "$2" ;;
state) state "$2" ;;
# Something happened at the partner: ask it now. It is no proof of anything.
signal) temporal workflow signal --workflow-id "sky-payment-$2" --name payment_completed >/dev/null ;;
check-now) update "$2" check_now ;;
resolve) update "$2" resolve --input "$3" ;;
*) usage ;;
esac

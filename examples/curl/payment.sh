#!/usr/bin/env bash
# Charges an order's saved card once more, and follows that payment, over Temporal's HTTP API.
#
# Needs curl 7.82 or newer and jq. TEMPORAL_HTTP is the address of that API, or else http://localhost:7243
# (`temporal server start-dev --http-port 7243`), and TEMPORAL_NAMESPACE the namespace, or else `default`.
#
#     ./payment.sh charge '{"request_id": "ride-7-extra-1", "order_id": "ride-7",
#                           "amount": "125.5", "currency": "KGS", "country": "KG"}'
#     ./payment.sh state ride-7-extra-1
#     ./payment.sh signal ride-7-extra-1
#     ./payment.sh check-now ride-7-extra-1
#     ./payment.sh resolve ride-7-extra-1 '{"as": "abandoned", "operator": "ann", "reason": "paid in cash"}'
set -euo pipefail

workflows=${TEMPORAL_HTTP:-http://localhost:7243}/api/v1/namespaces/${TEMPORAL_NAMESPACE:-default}/workflows

# Waits for the result, whose `outcome` says whether money moved. Calling it again charges nobody twice, so after an error
# of the network, or a restart, call it again with the same request.
charge() {
    local request=$1 id
    # The workflow checks the other fields. Without an id there is no workflow to ask.
    id=sky-payment-$(jq -er '.request_id | strings' <<<"$request" 2>/dev/null) || {
        echo 'invalid_request {"field":"input","message":"must be a JSON object with a request_id"}'
        exit 1
    }
    # Or process_payment_reversal, to give money back.
    call "$id" --json "$(jq -n --argjson request "$request" '{
        workflowType: {name: "process_extra_payment"},
        taskQueue: {name: "sky-technologies-integration"},
        workflowIdReusePolicy: "WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE",
        input: [$request]
    }')"
    case $status in
    200) ;;
    # Its first request counts: the result names the order and the amount.
    409) echo 'already started' ;;
    4*) fail "not started, $status" "$answer" ;;
    *) fail "not known whether it started, so run it again: $status" "$answer" ;;
    esac
    result "$id"
}

result() {
    # An answer comes after 20 seconds at the latest, without an event while the workflow runs. It may go on as a new run.
    local end=EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW
    while [[ $end == *_CONTINUED_AS_NEW ]]; do
        succeed "$1/history?waitNewEvent=true&historyEventFilterType=HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT"
        end=$(jq -r '.history.events[0].eventType // "_CONTINUED_AS_NEW"' <<<"$answer")
    done
    # After a termination, for instance, money may have moved. Don't charge under another id, but tell a person.
    jq -r '.history.events[0]
        | .workflowExecutionFailedEventAttributes.failure.applicationFailureInfo as $failure
        | if .workflowExecutionCompletedEventAttributes then
            "result \(.workflowExecutionCompletedEventAttributes.result[0])"
          elif $failure.type == "InvalidRequest" then
            # Nothing was sent: correct it, then start the same id again (docs/contract.md).
            "invalid_request \($failure.details[0])"
          elif .eventType == "EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED" then
            "no outcome: cancelled before anything was sent"
          else "no outcome: ended by force, look at the partner: \(.eventType)" end' <<<"$answer"
    [[ $end == *_COMPLETED ]]
}

state() {
    succeed "sky-payment-$1/query/state" --json '{}'
    jq -r '"state \(.queryResult[0])"' <<<"$answer"
}

# Something happened at the partner: ask it now. It is no proof of anything.
signal() {
    succeed "sky-payment-$1/signal/payment_completed" --json '{}'
}

# Answers with the state after it, or refuses. Under its id, the update that is asked for again is still the same one.
update() {
    local body
    body=$(jq -n --arg id "$(cat /proc/sys/kernel/random/uuid)" --argjson arguments "[${3:-}]" '{
        waitPolicy: {lifecycleStage: "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED"},
        request: {meta: {updateId: $id}, input: {args: $arguments}}
    }')
    answer='{}'
    until jq -e .outcome <<<"$answer" >/dev/null; do
        succeed "sky-payment-$1/update/$2" --json "$body"
    done
    jq -r 'if .outcome.success then "state \(.outcome.success[0])"
        else "refused: \(.outcome.failure.message | @json)" end' <<<"$answer"
    jq -e .outcome.success <<<"$answer" >/dev/null
}

# Sets `answer` and `status`. Every call may be repeated.
call() {
    answer=$(curl --silent --show-error --retry 5 --retry-connrefused --write-out '\n%{http_code}' "$workflows/$1" "${@:2}")
    status=${answer##*$'\n'} answer=${answer%$'\n'*}
}

succeed() {
    call "$@"
    [[ $status == 200 ]] || fail refused "$(jq -r .message <<<"$answer")"
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
charge | state | signal) "$@" ;;
check-now) update "$2" check_now ;;
resolve) update "$2" resolve "$3" ;;
*) usage ;;
esac

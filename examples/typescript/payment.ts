// Charges an order's saved card once more, and follows that payment.
//
// Needs node 20.3 or newer, `npm ci` and `npm run build`. It finds Temporal like the `temporal` command, by
// TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and TEMPORAL_TLS_*, or else at localhost:7233.
//
//     node payment.js charge '{"request_id": "ride-7-extra-1", "order_id": "ride-7",
//                              "amount": "125.5", "currency": "KGS", "country": "KG"}'
//     node payment.js state ride-7-extra-1
//     node payment.js signal ride-7-extra-1
//     node payment.js check-now ride-7-extra-1
//     node payment.js resolve ride-7-extra-1 '{"as": "abandoned", "operator": "ann", "reason": "paid in cash"}'

import {
  ApplicationFailure, CancelledFailure, Client, Connection, WorkflowExecutionAlreadyStartedError, WorkflowFailedError,
  WorkflowNotFoundError, WorkflowUpdateFailedError, type WorkflowHandle,
} from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

/** Money is a decimal string, never a number. */
interface PaymentRequest {
  request_id: string;
  order_id: string;
  amount: string;
  currency: string;
  country?: string;
}

interface Result {
  outcome: 'completed' | 'declined' | 'rejected' | 'abandoned';
  order_id: string;
  amount: string;
  currency: string;
}

/** The request breaks a rule. Nothing was sent: correct it, then start the same id again (docs/contract.md). */
class InvalidRequest extends Error {
  readonly detail: { field: string; message: string };

  constructor(detail: { field: string; message: string }) {
    super(detail.message);
    this.detail = detail;
  }
}

/** The payment ended without a result. */
class NoOutcome extends Error {}

function payment(client: Client, requestId: string): WorkflowHandle {
  return client.workflow.getHandle(`sky-payment-${requestId}`);
}

/**
 * Waits for the result, whose `outcome` says whether money moved. Calling it again charges nobody twice, so after an
 * error of the network, or a restart, call it again with the same request.
 */
async function charge(client: Client, request: PaymentRequest): Promise<Result> {
  const handle = payment(client, request.request_id);
  try {
    // Or process_payment_reversal, to give money back.
    await client.workflow.start('process_extra_payment', {
      workflowId: handle.workflowId,
      taskQueue: 'sky-technologies-integration',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [request],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    // It runs or has ended. Its first request counts: the result names the order and the amount.
    console.log('already started');
  }
  try {
    return await handle.result();
  } catch (error) {
    throw error instanceof WorkflowFailedError ? endedWithoutResult(error.cause) : error;
  }
}

function endedWithoutResult(cause: Error | undefined): Error {
  if (cause instanceof ApplicationFailure && cause.type === 'InvalidRequest') {
    return new InvalidRequest(cause.details?.[0] as InvalidRequest['detail']);
  }
  if (cause instanceof CancelledFailure) return new NoOutcome('cancelled before anything was sent');
  // Terminated, for instance: money may have moved. Don't charge under another id, but tell a person.
  return new NoOutcome(`ended by force, look at the partner: ${JSON.stringify(cause?.message)}`);
}

/** The workflow checks the other fields. Without an id there is no workflow to ask. */
function parsed(text: string): PaymentRequest {
  try {
    const request = JSON.parse(text);
    if (typeof request.request_id === 'string') return request;
  } catch {
    // It is no JSON.
  }
  throw new InvalidRequest({ field: 'input', message: 'must be a JSON object with a request_id' });
}

async function run(client: Client, command: string, subject: string, argument: string): Promise<void> {
  const print = (what: string, json: unknown) => console.log(what, JSON.stringify(json));
  const handle = payment(client, subject);
  switch (command) {
    case 'charge':
      return print('result', await charge(client, parsed(subject)));
    case 'state':
      return print('state', await handle.query('state'));
    case 'signal':
      // Something happened at the partner: ask it now. It is no proof of anything.
      return handle.signal('payment_completed');
    case 'check-now':
      return print('state', await handle.executeUpdate('check_now'));
    case 'resolve':
      return print('state', await handle.executeUpdate('resolve', { args: [JSON.parse(argument)] }));
    default:
      throw new Error('charge, state, signal, check-now or resolve');
  }
}

const { connectionOptions, namespace } = loadClientConnectConfig();
const connection = await Connection.connect(connectionOptions);
try {
  const [command, subject, argument] = process.argv.slice(2);
  await run(new Client({ connection, namespace }), command, subject, argument);
} catch (error) {
  process.exitCode = 1;
  if (error instanceof InvalidRequest) console.log('invalid_request', JSON.stringify(error.detail));
  else if (error instanceof NoOutcome) console.log('no outcome:', error.message);
  // Quoted, since it may contain what the partner said.
  else if (error instanceof WorkflowUpdateFailedError) console.log('refused:', JSON.stringify(error.cause?.message));
  // There is no such payment, or it has ended.
  else if (error instanceof WorkflowNotFoundError) console.log('refused:', JSON.stringify(error.message));
  else throw error;
} finally {
  await connection.close();
}

import type { PushOutcome } from '../../agent/push.ts';
import { parse } from '../../agent/receipt.ts';

/** Where and as whom was pushed. */
export interface PushedAs {
  readonly hubUrl: string;
  readonly instanceId: string;
}

/** The document that `push-to-hub --json` prints, whatever the outcome (docs/cli.md). */
export function pushDocument(outcome: PushOutcome, { hubUrl, instanceId }: PushedAs): Record<string, unknown> {
  const { status, reason, checks, waiting, sent, spooled, folded } = outcome;
  return {
    status,
    reason,
    hub_url: hubUrl,
    instance_id: instanceId,
    checks,
    waiting,
    sent,
    spooled,
    folded,
    refused: outcome.refused.map((one) => ({ fingerprint: one.alert.fingerprint, reason: one.reason })),
    hub: answerOf(outcome),
  };
}

/** What the hub said: its last answer, with the counts of all of this run's pushes. */
function answerOf({ hub }: PushOutcome): Record<string, unknown> | null {
  if (hub === null) return null;
  const { status, body = '', counts } = hub;
  const answer = parse(body) ?? (body === '' ? {} : { text: body.slice(0, 1000).toWellFormed() });
  return { http_status: status, ...answer, ...counts };
}

/** The line that a delivered push prints for people. */
export function pushLine(outcome: PushOutcome, { hubUrl }: PushedAs): string {
  const { ok, warning, critical, unknown } = outcome.checks;
  const firing = warning + critical + unknown;
  const results = ok + firing;
  const states = [firing > 0 ? `${firing} firing` : '', ok > 0 ? `${ok} ok` : ''].filter((part) => part !== '');
  const earlier = outcome.waiting > 0 ? ` and ${outcome.waiting} from the spool` : '';
  const pushed = `Pushed ${results} ${results === 1 ? 'result' : 'results'} (${states.join(', ')})${earlier}`;
  return `${pushed} to ${hubUrl}; hub: ${madeOf(outcome)}`;
}

const PARTS = [
  ['alerts_created', 'created'],
  ['alerts_updated', 'updated'],
  ['alerts_resolved', 'resolved'],
  ['incidents_created', 'opened'],
  ['incidents_updated', 'changed'],
] as const;

function madeOf({ hub }: PushOutcome): string {
  const parts = PARTS.flatMap(([name, word]) => {
    const count = hub?.counts[name];
    if (count === undefined) return [];
    const incidents = count === 1 ? 'incident' : 'incidents';
    return [{ count, text: name.startsWith('incidents') ? `${count} ${incidents} ${word}` : `${count} ${word}` }];
  });
  if (parts.length === 0) return `HTTP ${hub?.status ?? 0}`;
  const changed = parts.filter((part) => part.count > 0);
  return changed.length === 0 ? 'nothing new' : changed.map((part) => part.text).join(', ');
}

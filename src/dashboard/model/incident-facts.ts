import type { Explanation, Incident, IncidentDetail, Muted, Notice } from '../wire/documents.ts';
import { nextWord } from '../words/next.ts';
import { countOf } from '../words/numbers.ts';

/** A fact about an incident: what it is about, what is so, and what stands below. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly detail: string;
  /** A time in `value` or `detail`, which are written around it. */
  readonly at?: string | null;
}

/** How an incident stands, in a word and by whom. */
export function stateFact(incident: Incident): Fact {
  const { status, acknowledged_by: by, acknowledged_at: at, assignee, resolved_at: end } = incident;
  const name = 'State';
  if (status === 'resolved' || status === 'closed')
    return { name, value: status === 'closed' ? 'Closed' : 'Resolved', detail: '', at: end };
  const who = assignee ? `assigned to ${assignee}` : '';
  if (status === 'acknowledged') return { name, value: 'Acknowledged', detail: by ? `by ${by}` : who, at };
  return { name, value: 'Open', detail: who || 'not acknowledged' };
}

/** How many alerts. */
export function alertsFact({ firing_count: firing, unknown_count: unknown, alert_count: all }: Incident): Fact {
  const parts = [firing > 0 ? `${firing} firing` : '', unknown > 0 ? `${unknown} unknown` : ''].filter(Boolean);
  return { name: 'Alerts', value: parts.join(', ') || 'None fires', detail: `${countOf(all, 'alert')} in all` };
}

/** Who was told. */
export function notifiedFact(explanation: Explanation | undefined): Fact {
  const name = 'Notified';
  if (explanation === undefined) return { name, value: '…', detail: '' };
  const told = explanation.channels.filter((one) => one.told.length > 0);
  if (told.length === 0) return { name, value: 'Nobody', detail: explanation.untold?.text ?? '' };
  const first = told.flatMap((one) => one.told.map(({ at }) => at)).sort()[0];
  return { name, value: told.map(({ channel }) => channel).join(', '), detail: 'first', at: first ?? null };
}

const WAITS: Readonly<Record<string, string>> = {
  group_wait: 'First notice',
  group_interval: 'Notice of changes',
  repeat: 'Reminder',
  reminder: 'Reminder',
  escalation: 'Escalation',
};

/** What happens next, and when; or that nothing does, and why. */
export function nextFact(incident: Incident, notices: readonly Notice[]): Fact {
  const name = 'Next';
  if (incident.next) {
    const { channel, at } = incident.next;
    return { name, value: nextWord(incident.next), detail: channel === undefined ? '' : `${channel},`, at };
  }
  if (incident.status === 'resolved' || incident.status === 'closed')
    return { name, value: 'Nothing', detail: 'it is over' };
  const timed = notices.flatMap(({ channel, state, reason, next_at: next, until }) => {
    const at = next ?? until;
    return at === null
      ? []
      : [{ channel, at, what: state === 'retry' ? 'Another try' : (WAITS[reason ?? ''] ?? wordOf(reason)) }];
  });
  const [first] = timed.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (first !== undefined) return { name, value: first.what, detail: `${first.channel},`, at: first.at };
  if (notices.some(({ state }) => state === 'dead')) return { name, value: 'Nothing', detail: 'a notice was given up' };
  return {
    name,
    value: 'Nothing',
    detail: notices.length === 0 ? 'no channel is to be told' : 'everyone has been told',
  };
}

function wordOf(reason: string | null): string {
  const words = (reason ?? 'notice').replaceAll('_', ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** Labels that all of some alerts share. */
export function sharedLabels(
  alerts: readonly { readonly labels: Readonly<Record<string, string>> }[],
): [string, string][] {
  const [first, ...others] = alerts;
  return Object.entries(first?.labels ?? {}).filter(([name, value]) =>
    others.every(({ labels }) => labels[name] === value),
  );
}

/** Incidents of the same key before this one: how many, and the last. */
export function seenBefore(incident: Incident, others: readonly Incident[]) {
  const earlier = others
    .filter(({ id, key, opened_at: at }) => key === incident.key && id !== incident.id && at < incident.opened_at)
    .sort((a, b) => Date.parse(b.opened_at) - Date.parse(a.opened_at));
  return { count: earlier.length, last: earlier[0] };
}

/**
 * What mutes an incident: what holds its notices back, or, where nobody was to be told any more, the silence that holds
 * all its alerts, the one that ends first.
 */
export function mutedBy({ muted, alerts }: Pick<IncidentDetail, 'muted' | 'alerts'>): Muted | null {
  if (muted) return muted;
  const firing = alerts.filter(({ status }) => status !== 'resolved');
  const held = firing.flatMap((alert) => alert.muted ?? []);
  if (firing.length === 0 || held.length < firing.length) return null;
  return held.reduce((first, one) => ((one.until ?? '9') < (first.until ?? '9') ? one : first));
}

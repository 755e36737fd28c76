import type { IncomingNote } from '../../core/alert/note.ts';
import { oneLine } from '../../core/one-line.ts';
import { presentText } from '../../core/reading/absent.ts';
import { isObject, type JsonObject } from '../../core/reading/read.ts';

/** Event types that say something of an incident without firing or resolving it, and what they say. */
const KINDS: ReadonlyMap<string, IncomingNote['kind'] | null> = new Map([
  ['triggered', null],
  ['reopened', null],
  ['resolved', null],
  ['acknowledged', 'acknowledged'],
  ['unacknowledged', 'unacknowledged'],
  ['escalated', 'escalated'],
  ['delegated', 'assigned'],
  ['reassigned', 'assigned'],
  ['priority_updated', 'priority_changed'],
  ...[
    ...['annotated', 'status_update_published', 'responder.added', 'responder.replied', 'conference_bridge.updated'],
    ...['custom_field_values.updated', 'incident_type.changed', 'service_updated', 'role.assigned', 'task.created'],
    ...['task.updated', 'task.completed', 'action_invocation.created', 'action_invocation.updated'],
    ...['action_invocation.terminated', 'workflow.started', 'workflow.completed'],
  ].map((type) => [type, 'noted'] as const),
]);

/** The kind of note that `incident.<type>` becomes: null for one that is no note, undefined for one nobody knows. */
export function noteKind(type: string): IncomingNote['kind'] | null | undefined {
  return KINDS.get(type);
}

/** One line of what an event says: the text of a note, the new priority, who it was given to, else the type in words. */
export function noteMessage(type: string, data: JsonObject): string {
  const what = oneLine(type.replaceAll(/[._]/g, ' '));
  const told = presentText(data.content) ?? presentText(data.message);
  if (told !== undefined) return type === 'annotated' ? oneLine(told, 500) : `${what}: ${oneLine(told, 500)}`;
  if (type === 'priority_updated') return `priority ${summaryOf(data.priority) ?? 'none'}`;
  if (type === 'service_updated') return `service ${summaryOf(data.service) ?? 'unknown'}`;
  if (['escalated', 'delegated', 'reassigned'].includes(type)) {
    const people = namesOf(data.assignees);
    const policy = summaryOf(data.escalation_policy);
    return `${what}${people === '' ? '' : ` to ${people}`}${policy === undefined ? '' : ` (policy ${policy})`}`;
  }
  return what;
}

/** The name of what PagerDuty refers to, on one line. */
export function summaryOf(reference: unknown): string | undefined {
  const text = isObject(reference) ? presentText(reference.summary) : undefined;
  return text === undefined ? undefined : oneLine(text);
}

/** Names of a list of references, apart by commas; '' when it has none. */
export function namesOf(references: unknown): string {
  const list = Array.isArray(references) ? references.slice(0, 20) : [];
  return list.flatMap((one) => summaryOf(one) ?? []).join(', ');
}

import { type Confinement, isWithin } from '../../core/access/confinement.ts';
import type { Labels } from '../../core/alert/alert.ts';
import type { HistoryEvent } from '../../core/history.ts';
import type { Position } from '../../core/history-position.ts';

/** An event of the history on its way to live streams. */
export interface StreamedEvent extends Pick<HistoryEvent, 'kind' | 'subject'> {
  readonly position: Position;
  /** Labels of what it is about, as matchers see them: of an incident, those of each of its alerts. */
  readonly labels: readonly Labels[];
  /** It has more alerts than these labels are of: nobody knows whether they are all within what somebody is confined to. */
  readonly isPartial?: boolean;
  /** As the API shows it: JSON on one line. */
  readonly text: string;
}

/** Which events a stream wants; all of them, where nothing is given. */
export interface StreamFilter {
  readonly kinds: readonly string[];
  readonly subjects: readonly HistoryEvent['subject'][];
  /** Matchers of labels, compiled; null for none. */
  readonly matches: ((labels: Labels) => boolean) | null;
  readonly confinement: Confinement | null;
  /** Whether it is told who has access, and who logs in. */
  readonly seesAccess: boolean;
  /** Streams with the same key want the same. */
  readonly key: string;
}

/** Whether a stream that wants this must be given labels. */
export function needsLabels({ matches, confinement }: StreamFilter): boolean {
  return matches !== null || confinement !== null;
}

/** Whether a stream wants an event. What has no labels is not told to those who are confined, or ask for some. */
export function isWanted(filter: StreamFilter, event: StreamedEvent): boolean {
  const { kinds, subjects, matches, confinement } = filter;
  if (kinds.length > 0 && !kinds.includes(event.kind)) return false;
  if (subjects.length > 0 && !subjects.includes(event.subject)) return false;
  if (event.subject === 'access' && !filter.seesAccess) return false;
  if (!needsLabels(filter)) return true;
  if (confinement !== null && event.isPartial === true) return false;
  // An incident that holds alerts of others is theirs, too.
  if (!event.labels.every((labels) => isWithin(labels, confinement))) return false;
  return event.labels.some((labels) => matches === null || matches(labels));
}

/** Events as Server-Sent Events; '' for none. */
export function eventsText(events: readonly StreamedEvent[]): string {
  return events.map(({ position, text }) => `id: ${position}\ndata: ${text}\n\n`).join('');
}

/** The first lines of a stream: how soon to come back, and where it begins, so that this is resumed too. */
export function openingText(position: Position): string {
  return `retry: 1000\nid: ${position}\n\n`;
}

/** Says that what was missed cannot be given any more: what was loaded before must be loaded anew. */
export function resetText(reason: string, position: Position): string {
  return `event: reset\nid: ${position}\ndata: ${JSON.stringify({ reason, position })}\n\n`;
}

/** A comment, which shows that the connection lives. */
export const KEEP_ALIVE = ': keep-alive\n\n';

import type { ExplainedStep } from '../wire/documents.ts';
import type { IconName } from '../words/icons.ts';
import type { Badness } from '../words/severity.ts';

/** A line of a time line: when, its mark, what happened, and why. */
export interface TimelineEntry {
  readonly at: string;
  readonly mark: { readonly badness: Badness } | { readonly icon: IconName };
  readonly text: string;
  /** Other lines of the same minute and kind, folded into it. */
  readonly folded: readonly string[];
}

const MINUTE = 60_000;

/** What happened, newest first. Attempts of one minute fold into one line; whatever else happened stands by itself. */
export function timelineOf(steps: readonly ExplainedStep[]): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  let isOpen = false;
  for (const step of steps.toReversed()) {
    const last = entries.at(-1);
    const isAttempt = step.kind === 'attempt';
    const isNear = last !== undefined && Math.abs(Date.parse(last.at) - Date.parse(step.at)) < MINUTE;
    if (isAttempt && isOpen && isNear && isArrived(step)) {
      entries[entries.length - 1] = { ...last, folded: [...last.folded, upper(step.text)] };
      continue;
    }
    entries.push({ at: step.at, mark: markOf(step), text: upper(step.text), folded: [] });
    isOpen = isAttempt && isArrived(step);
  }
  return entries;
}

function isArrived({ attempt }: ExplainedStep): boolean {
  return attempt?.outcome === 'ok';
}

const ICONS: Readonly<Record<string, IconName>> = {
  ...{ acknowledged: 'person', unacknowledged: 'person', assigned: 'person', unassigned: 'person', noted: 'note' },
  ...{ notice_held: 'mute', notice_sent: 'send', notice_dead: 'send', notice_skipped: 'mute', shelved: 'mute' },
  ...{ unshelved: 'mute', silent: 'clock', heard_again: 'clock', reopened: 'triangle', closed: 'check' },
};

function markOf({ kind, event, attempt }: ExplainedStep): TimelineEntry['mark'] {
  if (kind === 'attempt') return attempt?.outcome === 'ok' ? { icon: 'send' } : { badness: 'warning' };
  if (event === undefined) return { icon: 'clock' };
  if (event.kind === 'resolved') return { badness: 'ok' };
  if (event.kind === 'notice_dead') return { badness: 'warning' };
  const { severity } = event.data;
  if (['opened', 'updated', 'severity_changed', 'reopened'].includes(event.kind) && isSeverity(severity))
    return { badness: severity };
  return { icon: ICONS[event.kind] ?? 'clock' };
}

function isSeverity(given: unknown): given is Badness {
  return given === 'critical' || given === 'warning' || given === 'info';
}

/** A sentence begins with a capital; a name, such as that of a channel, stands as it is. */
function upper(text: string): string {
  return /^(alert|incident) /.test(text) ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}` : text;
}

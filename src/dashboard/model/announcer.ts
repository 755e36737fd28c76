import type { Incident } from '../wire/documents.ts';
import { shown } from '../words/outside.ts';
import { incidentBadness } from '../words/severity.ts';
import { announcement } from './merge.ts';

// Between two sentences: who listens to them is to understand one before the next.
const REST_MS = 5000;

/** Told the open incidents whenever they are read; those of before the page was opened are news to nobody. */
export type Announcer = (open: readonly Incident[]) => void;

/** What it waits by. */
export interface Timer {
  now(): number;
  after(ms: number, call: () => void): () => void;
}

/** Says which critical incidents are new, those of five seconds in one sentence. What is muted is announced to nobody. */
export function createAnnouncer(clock: Timer, say: (text: string) => void): Announcer {
  let known: ReadonlySet<string> | null = null;
  let waiting: string[] = [];
  let spokenAt = Number.NEGATIVE_INFINITY;
  let isScheduled = false;
  const speak = () => {
    isScheduled = false;
    spokenAt = clock.now();
    say(announcement(waiting));
    waiting = [];
  };
  return (open) => {
    const critical = open.filter((incident) => incidentBadness(incident) === 'critical' && !incident.muted);
    const before = known;
    known = new Set(critical.map(({ id }) => id));
    if (before === null) return;
    waiting.push(...critical.filter(({ id }) => !before.has(id)).map(({ title }) => shown(title)));
    if (waiting.length === 0 || isScheduled) return;
    const rest = spokenAt + REST_MS - clock.now();
    if (rest <= 0) return speak();
    isScheduled = true;
    clock.after(rest, speak);
  };
}

import type { NextStep } from '../wire/documents.ts';

const WORDS: Readonly<Record<string, string>> = {
  notify: 'Notice',
  retry: 'Another try',
  remind: 'Reminder',
  escalate: 'Escalation',
  resolve: 'Notice of the end',
};

/** What comes next for an incident, in words: `Reminder`. */
export function nextWord({ what }: Pick<NextStep, 'what'>): string {
  return Object.hasOwn(WORDS, what) ? (WORDS[what] ?? what) : what;
}

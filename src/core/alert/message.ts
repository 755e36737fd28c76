import { oneLine } from '../one-line.ts';
import type { Alert } from './alert.ts';

// Where senders say what is wrong, the most telling first.
const SAID = ['message', 'summary', 'description'] as const;
const LONGEST = 500;

/** What an alert says, on one line; '' where it says nothing. */
export function messageOf(annotations: Alert['annotations']): string {
  for (const name of SAID) {
    const line = Object.hasOwn(annotations, name) ? oneLine(annotations[name] ?? '', LONGEST) : '';
    if (line !== '') return line;
  }
  return '';
}

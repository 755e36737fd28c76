import type { Alert, Labels } from './alert.ts';

/** Labels by which tools name the machine that an alert is about, the most telling first. */
export const HOST_LABELS = [
  ...['instance_id', 'instance', 'host', 'hostname', 'host_name', 'node', 'nodename', 'server', 'machine'],
] as const;

/** The machine that an alert is about; '' where it names none. */
export function hostOf({ labels, origin }: Pick<Alert, 'labels' | 'origin'>): string {
  const named = HOST_LABELS.flatMap((label) => textOf(labels, label));
  return origin === '' ? (named[0] ?? '') : origin;
}

/** What an alert says of itself, for one line of a list; '' where it says nothing. */
export function messageOf({ annotations }: Pick<Alert, 'annotations'>): string {
  return ['summary', 'description', 'message'].flatMap((name) => textOf(annotations, name))[0] ?? '';
}

function textOf(map: Labels, name: string): string[] {
  const text = Object.hasOwn(map, name) ? (map[name] ?? '') : '';
  return text.trim() === '' ? [] : [text];
}

import type { Labels } from '../alert/alert.ts';

/** A metric and what tells its series apart from others of it. */
export interface SeriesName {
  readonly metric: string;
  readonly labels: Labels;
}

/** Labels in the order of their names as one text: equal labels have equal texts. */
export function labelsKey(labels: Labels): string {
  return JSON.stringify(
    Object.keys(labels)
      .sort()
      .map((name) => [name, labels[name]]),
  );
}

/** A series as people write it: `disk.used_percent{mount="/var"}`. */
export function seriesText({ metric, labels }: SeriesName): string {
  const names = Object.keys(labels).sort();
  if (names.length === 0) return metric;
  return `${metric}{${names.map((name) => `${name}=${JSON.stringify(labels[name])}`).join(',')}}`;
}

const PAIR = /([A-Za-z_][\w.]*)=("(?:[^"\\]|\\.)*")(?:,|$)/y;

/** Reads what `seriesText` writes; null for what is none. */
export function parseSeries(text: string): SeriesName | null {
  const begin = text.indexOf('{');
  if (begin === -1) return text === '' ? null : { metric: text, labels: {} };
  if (!text.endsWith('}') || begin === 0) return null;
  const inner = text.slice(begin + 1, -1);
  const pairs: [string, string][] = [];
  const pattern = new RegExp(PAIR.source, 'y');
  while (pattern.lastIndex < inner.length) {
    const found = pattern.exec(inner);
    if (found === null) return null;
    try {
      pairs.push([found[1] ?? '', JSON.parse(found[2] ?? '') as string]);
    } catch {
      return null;
    }
  }
  return { metric: text.slice(0, begin), labels: Object.fromEntries(pairs) };
}

/** Those of the labels that have these names. */
export function labelsOf(labels: Labels, names: readonly string[]): Labels {
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(labels, name) ? [[name, labels[name] ?? '']] : [])));
}

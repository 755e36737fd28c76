import { type Query, queryText, valueIn } from './address.ts';

/** The part of a segment: a severity, what is unknown, or all. */
export type Segment = 'all' | 'critical' | 'unknown' | 'warning' | 'info';

/** In the order in which they stand. */
export const SEGMENTS = ['all', 'critical', 'unknown', 'warning', 'info'] as const satisfies readonly Segment[];

// What is open, unless another state is asked for.
const OPEN = ['firing', 'unknown'];
const PASSED = ['source', 'instance_id', 'name', 'incident_id', 'label', 'since'] as const;

/** Which segment an address means. */
export function segmentOf(query: Query): Segment {
  if (valueIn(query, 'status') === 'unknown') return 'unknown';
  return SEGMENTS.find((one) => one !== 'unknown' && one === valueIn(query, 'severity')) ?? 'all';
}

/** The change of an address that chooses a segment. */
export function segmentChange(segment: Segment, query: Query): Readonly<Record<string, string | null>> {
  const isEnded = valueIn(query, 'status') === 'resolved';
  if (segment === 'unknown') return { status: 'unknown', severity: null };
  return { status: isEnded ? 'resolved' : null, severity: segment === 'all' ? null : segment };
}

/** Filters of an address as the API takes them, for one segment of it. */
export function alertFilters(
  query: Query,
  segment: Segment = segmentOf(query),
): Readonly<Record<string, readonly string[]>> {
  const given = valueIn(query, 'status');
  const status =
    segment === 'unknown' ? ['unknown'] : given === 'resolved' ? ['resolved'] : segment === 'all' ? OPEN : ['firing'];
  const passed = PASSED.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]] as const]));
  const text = valueIn(query, 'q')?.trim() ?? '';
  const searched = searchText(text);
  return {
    ...Object.fromEntries(passed),
    status,
    ...(segment !== 'all' && segment !== 'unknown' && { severity: [segment] }),
    // Of signs alone nothing is indexed.
    ...(searched !== '' ? { q: [searched] } : text !== '' && { name: [`*${text}*`] }),
  };
}

// Words of one search; a hub refuses more.
const MOST_WORDS = 20;

/** A text as the hub can search for it; '' where it has no word. Of a whole sentence its first words are enough. */
export function searchText(text: string): string {
  const words = text.slice(0, 1000).match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return words.length > MOST_WORDS
    ? words.slice(0, MOST_WORDS).join(' ')
    : words.length === 0
      ? ''
      : text.slice(0, 1000);
}

/** Where a page of the list is read. */
export function alertsPath(filters: ReturnType<typeof alertFilters>, more: Readonly<Record<string, string>>): string {
  return `/api/v1/alerts${queryText({ ...filters, ...more })}`;
}

/** Conditions on labels in what was typed, and the text that is left. */
export function readFilterText(typed: string): { readonly labels: readonly string[]; readonly text: string } {
  const labels: string[] = [];
  const text = typed.replace(/(?:^|\s)([\w.:/-]+!?=(?:"[^"]*"|\S*))/g, (_, condition: string) => {
    labels.push(condition.replace(/^([^=]*=)"(.*)"$/, '$1$2'));
    return '';
  });
  return { labels, text: text.trim() };
}

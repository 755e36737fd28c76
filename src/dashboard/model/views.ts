import { parseQuery, type Query, queryText } from './address.ts';

/** Filters that somebody has given a name. */
export interface View {
  readonly name: string;
  /** As behind the `?` of an address. */
  readonly search: string;
}

const MOST = 50;

/** Reads what was kept; what is none is none. */
export function readViews(text: string): readonly View[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isView).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function isView(value: unknown): value is View {
  const { name, search } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return typeof name === 'string' && typeof search === 'string';
}

/** With one more, or one of this name changed; as it is kept. */
export function withView(views: readonly View[], name: string, query: Query): string {
  const others = views.filter((one) => one.name !== name);
  return JSON.stringify([...others, { name, search: queryText(query) }].slice(-MOST));
}

/** Without the one of this name; as it is kept. */
export function withoutView(views: readonly View[], name: string): string {
  return JSON.stringify(views.filter((one) => one.name !== name));
}

/** The view that is shown, if it is one. */
export function shownView(views: readonly View[], query: Query): View | undefined {
  return views.find(({ search }) => queryText(parseQuery(search)) === queryText(query));
}

/** Where in the dashboard somebody is: a page, the item that it shows, and its filters. */
export interface Address {
  readonly page: PageName;
  /** The id or name of one item; null on lists. */
  readonly item: string | null;
  readonly query: Query;
}

/** Filters by name, each with its values in the order given. */
export type Query = Readonly<Record<string, readonly string[]>>;

/** Every page, by the first word of its address. */
export const PAGES = [
  ...(['now', 'incidents', 'alerts', 'instances', 'endpoints', 'silences', 'channels', 'rules'] as const),
  ...(['probes', 'peers', 'people', 'audit', 'sources'] as const),
] as const;

/** Name of a page. */
export type PageName = (typeof PAGES)[number];

/** Reads an address of this hub; null when it is none of the dashboard's. */
export function parseAddress(path: string, search: string): Address | null {
  const [first = '', item = '', ...rest] = path.replace(/^\/|\/$/g, '').split('/');
  const page = first === '' ? 'now' : PAGES.find((one) => one === first && one !== 'now');
  if (page === undefined || rest.length > 0) return null;
  return { page, item: item === '' ? null : decoded(item), query: parseQuery(search) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Reads filters. */
export function parseQuery(search: string): Query {
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    const values = Object.hasOwn(query, name) ? (query[name] ?? []) : [];
    Object.defineProperty(query, name, {
      value: [...values, value],
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return query;
}

/** Writes filters as they stand behind the `?` of a link; '' for none. */
export function queryText(query: Readonly<Record<string, string | readonly string[] | null | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(query)) {
    for (const value of [values ?? []].flat()) parameters.append(name, value);
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** The path of a page, or of one of its items. */
export function hrefOf(page: PageName, item?: string | null, query: Parameters<typeof queryText>[0] = {}): string {
  const path = page === 'now' ? '/' : `/${page}`;
  return `${path}${item ? `/${encodeURIComponent(item)}` : ''}${queryText(query)}`;
}

/** The one value of a filter; undefined when it is not given. */
export function valueIn(query: Query, name: string): string | undefined {
  return Object.hasOwn(query, name) ? query[name]?.[0] : undefined;
}

/** The filters with some changed: null takes one away. */
export function changed(query: Query, change: Readonly<Record<string, string | readonly string[] | null>>): Query {
  const entries = Object.entries({ ...query, ...change }).flatMap(([name, values]) => {
    const list = values === null ? [] : [values].flat().filter((value) => value !== '');
    return list.length === 0 ? [] : [[name, list] as const];
  });
  return Object.fromEntries(entries);
}

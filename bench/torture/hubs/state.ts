import pg from 'pg';
import { type EventRow, QUERIES, type Rows } from '../facts.ts';

/** Reads what a PostgreSQL store holds. */
export async function readPostgres(url: string): Promise<Rows> {
  const client = new pg.Client({ connectionString: url });
  client.setTypeParser(pg.types.builtins.INT8, Number);
  await client.connect();
  try {
    const [alerts, events, incidents] = [
      (await client.query(QUERIES.alerts)).rows,
      (await client.query(QUERIES.events)).rows,
      (await client.query(QUERIES.incidents)).rows,
    ];
    return { alerts, events, incidents };
  } finally {
    await client.end();
  }
}

// What differs between two hubs that were told the same: ids, handles, and times of arrival.
const OF_THE_HUB = [
  'rid',
  'id',
  'incident_id',
  'received_at',
  'last_seen_at',
  'opened_at',
  'resolved_at',
  'changed_at',
  'content',
];

/**
 * Everything that a store holds, but for what a hub makes up by itself, as lines that can be compared: each alert and
 * each incident with its history.
 */
export function linesOf({ alerts, events, incidents }: Rows): string[] {
  const nameOf = new Map<unknown, string>();
  for (const { id, source, origin, fingerprint } of alerts) nameOf.set(id, `${source}/${origin}/${fingerprint}`);
  const turns = new Map<string, number>();
  // In the order of opening: ids begin with their time.
  for (const { id, key } of [...incidents].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    turns.set(key, (turns.get(key) ?? 0) + 1);
    nameOf.set(id, `${key} ${turns.get(key)}`);
  }
  const history = new Map<string, string[]>();
  for (const event of events) {
    const list = history.get(event.subject_id) ?? [];
    history.set(event.subject_id, list);
    list.push(lineOf(event, (id) => nameOf.get(id) ?? String(id)));
  }
  const rows = [...alerts, ...incidents].map((row) => {
    const columns = Object.entries(row).filter(([column]) => !OF_THE_HUB.includes(column));
    const content = 'content' in row ? JSON.parse(String(row.content)) : null;
    const incident = 'incident_id' in row ? nameOf.get(row.incident_id) : null;
    const all = { ...Object.fromEntries(columns.toSorted()), content, incident, history: history.get(row.id) };
    return `${nameOf.get(row.id)} ${JSON.stringify(all)}`;
  });
  return rows.sort();
}

function lineOf(event: EventRow, nameOf: (id: unknown) => string): string {
  const { kind, reason, actor, data } = event as EventRow & { readonly reason: string; readonly actor: string };
  const told = Object.entries(JSON.parse(data) as Record<string, unknown>).map(
    ([key, value]) => `${key}=${key.endsWith('_id') ? nameOf(value) : value}`,
  );
  return [kind, reason, actor, ...told.sort()].join(' ');
}

/** Lines that only one of two states has, at most `limit` of each. */
export function differencesOf(one: readonly string[], other: readonly string[], limit = 5): string[] {
  const [inOne, inOther] = [new Set(one), new Set(other)];
  const only = (list: readonly string[], known: ReadonlySet<string>, name: string) =>
    list.filter((line) => !known.has(line)).map((line) => `only ${name}: ${line}`);
  return [
    ...only(one, inOther, 'with several hubs').slice(0, limit),
    ...only(other, inOne, 'with one hub').slice(0, limit),
  ];
}

import type { AuditRecord } from '../../core/audit/chain.ts';
import type { AuditPair } from '../../core/audit/verify.ts';
import { AUDIT_CHAIN } from '../tables/audit.ts';
import { listOf, type Row, readRow } from '../tables/columns.ts';
import { EVENTS } from '../tables/tables.ts';
import type { Session, Upkeep } from './contract.ts';

// Rows that are read at a time.
const PAGE = 1000;

const CHAIN = `SELECT ${listOf(AUDIT_CHAIN.columns, 'c')}, e.seq, ${listOf(EVENTS.columns, 'e')}
  FROM audit_chain c LEFT JOIN events e ON e.seq = c.seq ORDER BY c.n`;

const UNCHAINED = 'NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.seq = e.seq)';

// The place of an event in the order in which events are followed.
const PLACE = {
  sqlite: { of: 'seq', columns: 'seq', backwards: 'seq DESC' },
  postgres: { of: '(xid, seq)', columns: 'xid, seq', backwards: 'xid DESC, seq DESC' },
} as const;

/** Each entry with its event, read a page at a time. */
export async function* chainOf(session: Session): AsyncGenerator<AuditPair> {
  const width = AUDIT_CHAIN.columns.length;
  for await (const rows of session.pages(CHAIN, PAGE)) {
    for (const row of rows) {
      const record = row.slice(width);
      yield {
        entry: readRow(AUDIT_CHAIN.columns, row.map(numberOf)),
        record: record[0] === null ? null : recordOf(record),
      };
    }
  }
}

/** Texts of the notes, in their order. */
export async function notesOf(session: Session): Promise<readonly string[]> {
  const rows = await session.rows('SELECT note FROM audit_chain WHERE note IS NOT NULL ORDER BY n');
  return rows.map(([note]) => String(note));
}

/** How many events have no entry. */
export async function unchained(session: Session): Promise<number> {
  return Number((await session.rows(`SELECT count(*) FROM events e WHERE ${UNCHAINED}`))[0]?.[0]);
}

/** The first event without an entry before one that has one; null for none. */
export async function firstInserted(session: Session, engine: Upkeep['engine']): Promise<number | null> {
  const { of, columns, backwards } = PLACE[engine];
  const [row] = await session.rows(
    `SELECT seq FROM events e WHERE ${UNCHAINED} AND ${of} <
       (SELECT ${columns} FROM events l WHERE EXISTS (SELECT 1 FROM audit_chain c WHERE c.seq = l.seq)
        ORDER BY ${backwards} LIMIT 1)
     ORDER BY ${columns} LIMIT 1`,
  );
  return row === undefined ? null : Number(row[0]);
}

function recordOf([seq, at, ...texts]: Row): AuditRecord {
  const [subject, subjectId, kind, reason, actor, data] = texts.map(String);
  return [Number(seq), Number(at), subject ?? '', subjectId ?? '', kind ?? '', reason ?? '', actor ?? '', data ?? ''];
}

/** A number of PostgreSQL comes as text where it may be a large one. */
function numberOf(cell: Row[number], at: number): Row[number] {
  return AUDIT_CHAIN.columns[at]?.type === 'bigint' && cell !== null ? Number(cell) : cell;
}

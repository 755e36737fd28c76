import type { OpenSession, Person, Session, Token } from '../../core/access/account.ts';
import { type Confinement, confinementText, parseConfinement } from '../../core/access/confinement.ts';
import type { AccessReads, AccessTransaction } from '../contract/access.ts';
import type { Execute } from '../notices/rows.ts';
import { type Codec, listOf, type Row, readRow, type Table, table, takenFrom, valuesOf } from './columns.ts';
import type { Ask } from './reads.ts';
import { names, sql } from './sql.ts';
import { EVENTS } from './tables.ts';

const CONFINEMENT: Codec<{ readonly confinement: Confinement | null }> = {
  write: ({ confinement }) => confinementText(confinement),
  read: (fields, cell) => {
    fields.confinement = parseConfinement(String(cell));
  },
};

/** Tokens for the API. */
export const TOKENS = table<Token>('tokens', {
  id: ['text', 'id', 'fixed'],
  name: ['text', 'name'],
  hash: ['text', 'hash', 'fixed'],
  role: ['text', 'role'],
  confinement: ['text', CONFINEMENT],
  created_at: ['bigint', 'createdAt', 'fixed'],
  created_by: ['text', 'createdBy', 'fixed'],
  expires_at: ['bigint', 'expiresAt'],
  last_used_at: ['bigint', 'lastUsedAt'],
});

/** People who log in. */
export const PEOPLE = table<Person>('people', {
  id: ['text', 'id', 'fixed'],
  name: ['text', 'name'],
  password: ['text', 'password'],
  subject: ['text', 'subject'],
  role: ['text', 'role'],
  confinement: ['text', CONFINEMENT],
  created_at: ['bigint', 'createdAt', 'fixed'],
  created_by: ['text', 'createdBy', 'fixed'],
});

/** Who is logged in. */
export const SESSIONS = table<Session>('sessions', {
  id: ['text', 'id', 'fixed'],
  person_id: ['text', 'personId', 'fixed'],
  created_at: ['bigint', 'createdAt', 'fixed'],
  last_seen_at: ['bigint', 'lastSeenAt'],
  expires_at: ['bigint', 'expiresAt'],
  address: ['text', 'address'],
  agent: ['text', 'agent'],
});

/** What is read of them. */
export function createAccessReads(ask: Ask): AccessReads {
  const all = async <T>({ columns }: Table<T>, query: Parameters<Ask>[0], name?: string) =>
    (await ask(query, name)).map((row) => readRow(columns, row));
  const tokens = sql`SELECT ${names(TOKENS.columns)} FROM tokens`;
  const people = sql`SELECT ${names(PEOPLE.columns)} FROM people`;
  const sessions = sql`SELECT ${names(SESSIONS.columns)} FROM sessions`;
  const open = sql`SELECT ${names(SESSIONS.columns, 's')}, ${names(PEOPLE.columns, 'p')}
    FROM sessions AS s JOIN people AS p ON p.id = s.person_id`;
  return {
    findToken: async (id) => (await all(TOKENS, sql`${tokens} WHERE id = ${id}`, 'find_token'))[0],
    listTokens: () => all(TOKENS, sql`${tokens} ORDER BY created_at DESC, id`),
    findPerson: async (name) => (await all(PEOPLE, sql`${people} WHERE name = ${name}`, 'find_person'))[0],
    listPeople: () => all(PEOPLE, sql`${people} ORDER BY name`),
    findSession: async (id) => (await ask(sql`${open} WHERE s.id = ${id}`, 'find_session')).map(openSessionOf)[0],
    listSessions: (personId) =>
      all(
        SESSIONS,
        personId === undefined
          ? sql`${sessions} ORDER BY last_seen_at DESC, id`
          : sql`${sessions} WHERE person_id = ${personId} ORDER BY last_seen_at DESC, id`,
      ),
  };
}

function openSessionOf(row: Row): OpenSession {
  return { session: readRow(SESSIONS.columns, row), person: readRow(PEOPLE.columns, row, SESSIONS.columns.length) };
}

function saveInto<T>({ name, columns, changing }: Table<T>): string {
  return `INSERT INTO ${name} (${listOf(columns)}) VALUES (${columns.map(() => '?').join(', ')})
    ON CONFLICT (id) DO UPDATE SET ${takenFrom('excluded', changing)}`;
}

const OPEN = `SELECT ${listOf(SESSIONS.columns, 's')}, ${listOf(PEOPLE.columns, 'p')}
  FROM sessions AS s JOIN people AS p ON p.id = s.person_id WHERE s.id = ?`;
const STATEMENTS = {
  saveToken: saveInto(TOKENS),
  savePerson: saveInto(PEOPLE),
  addSession: saveInto(SESSIONS),
  forgetSessions: 'DELETE FROM sessions WHERE expires_at <= ?',
  boundSessions: `DELETE FROM sessions WHERE person_id = ? AND id NOT IN
    (SELECT id FROM sessions WHERE person_id = ? ORDER BY last_seen_at DESC, created_at DESC, id LIMIT ?)`,
  addEvent: `INSERT INTO events (${listOf(EVENTS.columns)}) VALUES (${EVENTS.columns.map(() => '?').join(', ')})
    RETURNING seq`,
  touch: {
    token: 'UPDATE tokens SET last_used_at = ? WHERE id = ?',
    session: 'UPDATE sessions SET last_seen_at = ? WHERE id = ?',
  },
} as const;

/** The transaction over that of an engine. `lock` is what the engine wants behind a query whose rows nobody else may change. */
export function createAccessTransaction(execute: Execute, lock: '' | ' FOR UPDATE'): AccessTransaction {
  const one = async <T>({ name, columns }: Table<T>, column: string, value: string): Promise<T | undefined> => {
    const rows = await execute(`SELECT ${listOf(columns)} FROM ${name} WHERE ${column} = ?${lock}`, [value]);
    return rows.map((row) => readRow(columns, row))[0];
  };
  const run = async (text: string, ...values: Row) => void (await execute(text, values));
  return {
    findToken: (id) => one(TOKENS, 'id', id),
    findPerson: (name) => one(PEOPLE, 'name', name),
    findSubject: (subject) => one(PEOPLE, 'subject', subject),
    findSession: async (id) => (await execute(OPEN, [id])).map(openSessionOf)[0],
    saveToken: (token) => run(STATEMENTS.saveToken, ...valuesOf(TOKENS.columns, token)),
    removeToken: (id) => run('DELETE FROM tokens WHERE id = ?', id),
    savePerson: (person) => run(STATEMENTS.savePerson, ...valuesOf(PEOPLE.columns, person)),
    removePerson: async (id) => {
      await run('DELETE FROM sessions WHERE person_id = ?', id);
      await run('DELETE FROM people WHERE id = ?', id);
    },
    addSession: async (session, most) => {
      await run(STATEMENTS.forgetSessions, session.createdAt);
      await run(STATEMENTS.addSession, ...valuesOf(SESSIONS.columns, session));
      await run(STATEMENTS.boundSessions, session.personId, session.personId, most);
    },
    removeSession: (id) => run('DELETE FROM sessions WHERE id = ?', id),
    removeSessions: async (personId, except) =>
      (await execute('DELETE FROM sessions WHERE person_id = ? AND id <> ? RETURNING id', [personId, except ?? '']))
        .length,
    touch: (what, id, at) => run(STATEMENTS.touch[what], at, id),
    addEvents: async (events) => {
      let seq: number | null = null;
      for (const event of events) {
        const [[number] = []] = await execute(STATEMENTS.addEvent, valuesOf(EVENTS.columns, event));
        seq = Number(number);
      }
      return seq;
    },
  };
}

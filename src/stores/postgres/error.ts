import { oneLine } from '../../core/one-line.ts';
import { FencedError, StoreError } from '../contract/error.ts';

/** Where a connection goes, for messages; without the password. */
export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** The engine's code for a second row where a unique index allows one. */
export const UNIQUE_VIOLATION = '23505';

/** Another transaction wrote what this one was about to: it begins anew and finds it. Never leaves the store. */
export class WriteConflict extends Error {
  override name = 'WriteConflict';
  readonly code = UNIQUE_VIOLATION;
}

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** The engine's code of an error: five characters of SQLSTATE, or the system's name such as ECONNREFUSED. */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

// Node's names beginning with ERR_ are errors of a program; these are what it says of a connection that has ended.
const ENDED = ['ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_SOCKET_CLOSED'];

// Not by instanceof: errors of the system may be of another realm.
function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}

/** Whether an error says that its connection is gone, rather than that a statement failed on it. */
export function isLost(error: unknown): boolean {
  if (!isError(error)) return false;
  const code = codeOf(error);
  // Class 08 is connection_exception; 57P01 to 57P05 end the session; 25P03 and 25P04 are sessions ended for idling in
  // a transaction (PostgreSQL, appendix A).
  if (/^(08|57P0|25P0[34])/.test(code)) return true;
  return code === ''
    ? /^(Connection terminated|Client has|Query read timeout|timeout exceeded|Cannot use a pool)/.test(error.message)
    : /^E(?!RR_)[A-Z_]+$/.test(code) || ENDED.includes(code);
}

function mayNotCreate({ user, database }: Destination): string {
  return `${user} may not create or use the tables in ${database}; make it the owner: ALTER DATABASE … OWNER TO ${user}`;
}

/** One line for each way in which a server cannot be used. What is left out is told in the engine's own words. */
const REASONS: Readonly<Record<string, (at: Destination) => string>> = {
  ECONNREFUSED: ({ host, port }) => `nothing listens at ${host}:${port}; is the server running, and the port right?`,
  ENOENT: ({ host, port }) => `there is no socket ${host}/.s.PGSQL.${port}; is the server running?`,
  ENOTFOUND: ({ host }) => `there is no host ${host}`,
  EAI_AGAIN: ({ host }) => `the name ${host} cannot be resolved at the moment`,
  ECONNRESET: () => 'the connection was lost',
  EPIPE: () => 'the connection was lost',
  ETIMEDOUT: ({ host }) => `${host} does not answer`,
  '28P01': ({ user }) => `the password of ${user} is wrong`,
  '28000': ({ user, database }) =>
    `the server does not allow ${user} to connect to ${database} from here (pg_hba.conf)`,
  '3D000': ({ database }) => `there is no database ${database}; create it, or correct the name`,
  '42501': mayNotCreate,
  '3F000': mayNotCreate,
  '25006': () => 'the server is read-only (a standby?); point DATABASE_URL at the primary',
  '53100': () => "the server's disk is full",
  '53200': () => 'the server is out of memory',
  '53300': () => 'the server has no free connection; raise its max_connections, or lower MONITOR_DATABASE_POOL',
  '42P07': ({ database }) =>
    `${database} has tables of another program with the same names; give monitor a database of its own: CREATE DATABASE monitor`,
  '57P01': () => 'the server is stopping',
  '57P02': () => 'the server has crashed and is recovering',
  '57P03': () => 'the server is starting or stopping',
  '40001': () => 'other transactions conflicted with it repeatedly',
  '40P01': () => 'it deadlocked with other transactions repeatedly',
  '57014': () => 'the server took too long for a statement',
  '55P03': () => 'another transaction held a lock for too long',
  '25P03': () => 'the server ended a transaction that was idle for too long',
};

// What ends by itself or by the hand of whoever runs the server, and fails or holds up every statement meanwhile.
const AWAY = /^(08|53|57P|58|25006|28|3D000|42501|3F000|XX001|XX002|40001|40P01|55P03|57014)/;

/** The store's own error for one of the engine or of the network; FencedError and StoreError stay what they are. */
export function storeError(error: unknown, at: Destination): Error {
  if (error instanceof StoreError || error instanceof FencedError) return error;
  // What the work itself threw is its own affair.
  if (!isError(error) || !isOfEngine(error)) return error as Error;
  const code = codeOf(error);
  const reason =
    special(error, at) ?? (Object.hasOwn(REASONS, code) ? REASONS[code]?.(at) : undefined) ?? wordsOf(error, at);
  const message = `PostgreSQL at ${at.host}: ${reason}${SQLSTATE.test(code) ? ` (${code})` : ''}`;
  const unavailable = isLost(error) || isOfTls(error) || AWAY.test(code);
  return new StoreError(message, { code: code || undefined, unavailable });
}

/** What the server's words tell beside its code. */
function special(error: Error, { user }: Destination): string | undefined {
  const code = codeOf(error);
  if (code === '28000' && /no encryption|SSL off/i.test(error.message))
    return `the server requires TLS of ${user}; set MONITOR_DATABASE_TLS=require, or verify`;
  if (code === '53300' && /for role/.test(error.message))
    return `${user} has no free connection; raise its limit (ALTER ROLE ${user} CONNECTION LIMIT …), or lower MONITOR_DATABASE_POOL`;
  return undefined;
}

function isOfEngine(error: Error): boolean {
  return (
    error instanceof WriteConflict ||
    isLost(error) ||
    SQLSTATE.test(codeOf(error)) ||
    isOfTls(error) ||
    /^SASL/.test(error.message)
  );
}

function isOfTls(error: Error): boolean {
  // The server's own words may quote what an alert says.
  if (SQLSTATE.test(codeOf(error))) return false;
  return /SSL|TLS|certificate|self.signed/i.test(error.message) || /CERT|SSL|TLS|SELF_SIGNED/.test(codeOf(error));
}

function wordsOf(error: Error, { host, user }: Destination): string {
  const words = oneLine(error.message);
  if (/does not support SSL/.test(words))
    return 'the server has no TLS; set MONITOR_DATABASE_TLS=off to connect without it';
  if (isOfTls(error))
    return `TLS failed: ${words}; MONITOR_DATABASE_TLS and MONITOR_DATABASE_TLS_CA decide what is trusted`;
  if (/^SASL.*password must be/.test(words)) return `the server asks for the password of ${user}, and none is set`;
  if (/^Connection terminated due to connection timeout/.test(words)) return `${host} does not answer`;
  if (/^timeout exceeded when trying to connect/.test(words))
    return 'no connection became free; raise MONITOR_DATABASE_POOL';
  if (/^Cannot use a pool/.test(words)) return 'this hub has closed its connections';
  if (/^Query read timeout/.test(words)) return 'the server no longer answers';
  if (/^(Connection terminated|Client has)/.test(words)) return 'the connection was lost';
  return words;
}

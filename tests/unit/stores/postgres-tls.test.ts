import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/lib/clock.ts';
import { Secret } from '../../../src/lib/crypto/secret.ts';
import type { PostgresOptions } from '../../../src/stores/postgres/connection.ts';
import { openPostgresStore } from '../../../src/stores/postgres/store.ts';
import { makeCertificate } from '../../support/certificates.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';

let server: PostgresServer;
let url: string;
let ca: string;
let otherCa: string;
beforeAll(async () => {
  server = await startPostgres();
  const authority = makeCertificate({ name: 'authority', isAuthority: true });
  const own = makeCertificate({ name: 'server', issuer: authority, addresses: ['127.0.0.1'] });
  const keep = (name: string, text: string) => {
    const file = join(server.data, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (process.getuid?.() === 0) chownSync(file, 65_534, 65_534);
    return file;
  };
  keep('server.crt', own.cert);
  keep('server.key', own.key);
  ca = keep('ca.pem', authority.cert);
  otherCa = keep('other.pem', makeCertificate({ name: 'another authority', isAuthority: true }).cert);
  await server.configure('ssl = on');
  url = await server.createDatabase();
});
afterAll(() => server?.remove());

const open = async (options: Partial<PostgresOptions>, address = url) => {
  const store = await openPostgresStore({ url: new Secret(address), pool: 2, ...options }, systemClock);
  const [row] = await server.query<{ ssl: boolean }>(
    `SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'monitor'`,
  );
  await store.close();
  return row?.ssl;
};

test('off, require and verify, by setting or by sslmode', async () => {
  expect(await open({})).toBe(false);
  expect(await open({ tls: 'off' }, `${url}?sslmode=require`)).toBe(false);
  expect(await open({}, `${url}?sslmode=require`)).toBe(true);
  expect(await open({ tls: 'require' })).toBe(true);
  expect(await open({ tls: 'verify', tlsCa: ca })).toBe(true);
  expect(await open({ tlsCa: ca })).toBe(true);
});

test.each([
  ['an authority that nobody knows', () => open({ tls: 'verify' })],
  ['the certificate of another authority', () => open({ tls: 'verify', tlsCa: otherCa })],
  [
    'another name than that of the certificate',
    () => open({ tls: 'verify', tlsCa: ca }, url.replace('127.0.0.1', 'localhost')),
  ],
])('verify refuses %s', async (_, work) => {
  await expect(work()).rejects.toMatchObject({
    name: 'StoreError',
    message: expect.stringMatching(/TLS failed: .*MONITOR_DATABASE_TLS_CA/),
  });
});

test('a file of authorities that cannot be read is told by its setting', async () => {
  await expect(open({ tlsCa: '/nowhere/ca.pem' })).rejects.toMatchObject({
    message: expect.stringMatching(/^MONITOR_DATABASE_TLS_CA: cannot be read/),
  });
});

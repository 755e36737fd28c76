import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createTarget, lookAt } from '../../../src/endpoints/look.ts';
import { type Certificate, makeCertificate, makeRevocationList } from '../../support/certificates.ts';
import { lookWorld, startServer, type TestServer } from '../../support/look-world.ts';

const DAY = 86_400_000;
const NOW = Date.now();
const place = { dnsNames: ['localhost'], addresses: ['127.0.0.1'] };

let folder = '';
let root: Certificate;
let middle: Certificate;
const open: TestServer[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-certificates-'));
  root = makeCertificate({ name: 'Root', isAuthority: true, notAfter: new Date(NOW + 900 * DAY) });
  middle = makeCertificate({ name: 'Middle', issuer: root, isAuthority: true, notAfter: new Date(NOW + 10 * DAY) });
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
async function serve(own: Certificate, chain: readonly Certificate[] = [], more: object = {}) {
  const cert = [own, ...chain].map((one) => one.cert).join('');
  const https = createServer({ cert, key: own.key, ...more }, (_, response) => response.end('ok'));
  https.on('tlsClientError', () => {});
  const server = await startServer(https);
  open.push(server);
  return server;
}
const look = (server: TestServer, client: object = {}, scheme = 'https', tls: object = {}) => {
  const ca = file('root.pem', root.cert);
  const options = { client: { ...client, tls: { ca_file: ca, ...tls } } };
  const conditions = ['[CONNECTED] == true'];
  const target = createTarget({ url: `${scheme}://127.0.0.1:${server.port}`, options, conditions, timeoutMs: 60_000 });
  return lookAt(target, lookWorld());
};
const leaf = (more: object = {}) =>
  makeCertificate({ name: 'server', issuer: middle, notAfter: new Date(NOW + 30 * DAY), ...place, ...more });

test('a chain is as good as the first of it to expire', async () => {
  const found = await look(await serve(leaf(), [middle]));
  expect(found).toMatchObject({ success: true, look: { status: 200, error: null, certificate: { fault: null } } });
  const days = ((found.look.certificate?.expiresAt ?? 0) - NOW) / DAY;
  expect([Math.round(days), found.look.certificate?.chain.map(({ subject }) => subject)]).toEqual([
    ...[10, ['server', 'Middle', 'Root']],
  ]);
});

describe.each(['https', 'tls'])('over %s', (scheme) => {
  const cases: readonly [string, () => Promise<TestServer>, object?][] = [
    ['expired', () => serve(leaf({ notBefore: new Date(NOW - 9 * DAY), notAfter: new Date(NOW - DAY) }), [middle])],
    ['not_yet_valid', () => serve(leaf({ notBefore: new Date(NOW + DAY) }), [middle])],
    ['self_signed', () => serve(makeCertificate({ name: 'server', ...place }))],
    ['wrong_name', () => serve(leaf({ dnsNames: ['other.example.com'], addresses: [] }), [middle])],
    ['incomplete_chain', () => serve(leaf())],
    [
      'unknown_authority',
      () => {
        const stranger = makeCertificate({ name: 'Stranger', isAuthority: true });
        return serve(makeCertificate({ name: 'server', issuer: stranger, ...place }), [stranger]);
      },
    ],
  ];
  test.each(cases)('%s is a reason of its own, and its expiry is known all the same', async (fault, started) => {
    const server = await started();
    const found = await look(server, {}, scheme);
    expect(found).toMatchObject({
      success: false,
      look: { connected: false, error: { reason: `tls_${fault}` }, certificate: { fault } },
    });
    expect(found.look.certificate?.expiresAt).not.toBeNull();
    const passed = await look(server, { insecure: true }, scheme);
    expect(passed).toMatchObject({ success: true, look: { error: null, certificate: { fault } } });
  });

  test.each([
    ['the server', 0],
    ['an authority between', 1],
  ])('one that is revoked, that of %s', async (_, index) => {
    const own = leaf();
    const server = await serve(own, [middle]);
    const lists = [
      makeRevocationList(root, index === 1 ? [middle] : []),
      makeRevocationList(middle, index === 0 ? [own] : []),
    ];
    const revoked = await look(server, {}, scheme, { crl_file: file('revoked.pem', lists.join('')) });
    expect(revoked).toMatchObject({ success: false, look: { error: { reason: 'tls_revoked' } } });
    const clean = [makeRevocationList(root, []), makeRevocationList(middle, [])].join('');
    const fine = await look(server, {}, scheme, { crl_file: file('clean.pem', clean) });
    expect(fine).toMatchObject({ success: true, look: { certificate: { fault: null } } });
  });

  test('one for another name is accepted under that name', async () => {
    const server = await serve(leaf({ dnsNames: ['other.example.com'], addresses: [] }), [middle]);
    expect((await look(server, {}, scheme, { server_name: 'other.example.com' })).success).toBe(true);
  });
});

test('a server that wants a client certificate has it, and is down without it', async () => {
  const server = await serve(leaf(), [middle], { ca: root.cert, requestCert: true, rejectUnauthorized: true });
  const own = makeCertificate({ name: 'client', issuer: root });
  const files = { certificate_file: file('client.pem', own.cert), private_key_file: file('client.key', own.key) };
  expect((await look(server, {}, 'https', files)).success).toBe(true);
  const without = await look(server);
  expect(without).toMatchObject({ success: false, look: { connected: false } });
  expect(['tls', 'reset']).toContain(without.look.error?.reason);
  const missing = await look(server, {}, 'https', { ...files, private_key_file: join(folder, 'no.key') });
  expect(missing.look.error?.message).toContain('no.key');
});

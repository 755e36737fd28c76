import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeCertificate } from '../support/certificates.ts';
import { type HttpProxy, startHttpProxy } from '../support/http-proxy.ts';
import { type HttpReceiver, startHttpReceiver } from '../support/http-receiver.ts';
import { type HubHome, makeHubHome } from '../support/hub.ts';

// From the settings to a receiver behind a private authority and a proxy, by the process that people run.
let home: HubHome;
let receiver: HttpReceiver;
let proxy: HttpProxy;
let caFile: string;
beforeEach(async () => {
  const authority = makeCertificate({ name: 'a private authority', isAuthority: true });
  const names = { addresses: ['127.0.0.1'], dnsNames: ['hooks.example.com'] };
  receiver = await startHttpReceiver(makeCertificate({ name: 'receiver', issuer: authority, ...names }));
  proxy = await startHttpProxy(receiver.port, 'me:canary-secret');
  home = makeHubHome();
  caFile = join(home.folder, 'ca.pem');
  writeFileSync(caFile, authority.cert);
});
afterEach(async () => {
  await home.remove();
  await proxy.close();
  await receiver.close();
});

const tryOut = (env: Record<string, string>) => home.run(['notify', 'test', '--all', '--without-hub'], env);

test('MONITOR_CA_FILE names the authority of a receiver; without it the reason names MONITOR_CA_FILE', async () => {
  const env = { MONITOR_NOTIFY_URL: receiver.url, MONITOR_ALLOW_PRIVATE_TARGETS: '127.0.0.1' };
  const without = await tryOut(env);
  expect([without.code, without.stdout]).toEqual([1, expect.stringContaining('set MONITOR_CA_FILE')]);
  expect(receiver.requests).toEqual([]);
  expect(await tryOut({ ...env, MONITOR_CA_FILE: caFile })).toMatchObject({ code: 0 });
  expect(receiver.requests).toHaveLength(1);
});

test('HTTPS_PROXY leads to a receiver whose name nobody here knows, and no secret is told', async () => {
  const env = {
    MONITOR_NOTIFY_URL: 'https://hooks.example.com/canary-path',
    MONITOR_CA_FILE: caFile,
    HTTPS_PROXY: `http://me:canary-secret@${proxy.host}`,
  };
  const sent = await tryOut(env);
  expect([sent.code, sent.stdout]).toEqual([0, expect.stringMatching(/^webhook at hooks\.example\.com: arrived/)]);
  expect(proxy.asked.map(({ line }) => line)).toEqual(['CONNECT hooks.example.com:443']);
  const refused = await tryOut({ ...env, HTTPS_PROXY: `http://me:canary-wrong@${proxy.host}` });
  expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('requires a user and a password')]);
  for (const { stdout, stderr } of [sent, refused]) expect(stdout + stderr).not.toContain('canary');
});

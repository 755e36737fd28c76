import { expect, test } from '@jest/globals';
import { readPeerLinks } from '../../../../src/config/peers/links.ts';
import { importAlerta } from '../../../../src/imports/alerta/convert.ts';

const SETTINGS = `
BASE_URL = 'http://alerta-1:8080'
SECRET_KEY = 'not told'
FWD_DESTINATIONS = [
    ('http://alerta-2:8080', {'username': 'user', 'password': 'pa55word', 'timeout': 10}, ['alerts', 'actions']),
    ('https://alerta-3/api', dict(key='access-key', secret='secret-key', ssl_verify=False), ['*']),
    ('http://alerta-4', dict(key='demo-key'), ['delete']),
]
HMAC_AUTH_CREDENTIALS = [
    {'key': 'access-key', 'secret': 'secret-key', 'algorithm': 'sha256'},
]
`;

test('the settings of an Alerta become peers and keys, without one of its secrets', () => {
  const { configuration, lost, problems, variables } = importAlerta(SETTINGS, 'alertad.conf');
  expect(problems).toEqual([]);
  expect(lost).toEqual(['alertad.conf:3: SECRET_KEY: has no counterpart here']);
  expect(JSON.stringify([configuration, lost])).not.toMatch(/pa55word|secret-key|demo-key|not told/);
  expect([...variables.keys()]).toEqual([
    'MONITOR_PEER_ALERTA_2_8080_1_PASSWORD',
    'MONITOR_PEER_ALERTA_3_2_SECRET',
    'MONITOR_PEER_ALERTA_4_3_KEY',
    'MONITOR_PEER_KEY_1',
  ]);
  expect(configuration).toMatchObject({
    base_url: 'http://alerta-1:8080',
    peer_keys: [{ key: 'access-key', secret: 'env:MONITOR_PEER_KEY_1' }],
  });
  const env = Object.fromEntries([...variables.keys()].map((name) => [name, 'x']));
  const peersFile = { values: { peers: configuration.peers }, at: () => '', folder: '/' };
  const read = readPeerLinks({ peersFile, peers: {} }, { env });
  expect(read.problems).toEqual([]);
  expect(
    read.links.map(({ url, kind, auth, timeoutMs, tls, filter }) => [
      url,
      kind,
      auth?.scheme,
      timeoutMs,
      tls,
      filter.words,
    ]),
  ).toEqual([
    ['http://alerta-2:8080', 'alerta', 'basic', 10_000, {}, ['alerts', 'actions']],
    ['https://alerta-3/api', 'alerta', 'hawk', 5000, { isUnverified: true }, ['*']],
    ['http://alerta-4', 'alerta', 'key', 5000, {}, ['delete']],
  ]);
});

test('what is no plain value, or no destination, is refused with its line', () => {
  const text = "FWD_DESTINATIONS = [('nowhere', {}, [])]\nBASE_URL = os.environ['B']\n";
  expect(importAlerta(text, 'a').problems).toEqual([
    'a:2: BASE_URL: is no plain value: write it out, for nothing of this file is run',
    expect.stringMatching(/^a:1: FWD_DESTINATIONS/),
  ]);
});

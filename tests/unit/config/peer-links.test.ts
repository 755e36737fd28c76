import { describe, expect, test } from '@jest/globals';
import { readDestinations, readPeerLinks } from '../../../src/config/peers/links.ts';

function read(peers: unknown, env: Record<string, string> = {}, baseUrl?: string) {
  const peersFile = {
    values: { peers },
    at: (keys: readonly string[]) => `m.yaml:${keys.length}`,
    folder: '/etc/monitor',
  };
  return readPeerLinks({ peersFile, peers: baseUrl === undefined ? {} : { baseUrl } }, { env, cwd: '/' });
}

describe('peers', () => {
  test('are read with their secrets in place, and what is left out is as documented', () => {
    const { links, problems } = read(
      [
        { name: 'b', url: 'http://hub-b:8080/', auth: { key: 'a', secret: 'env:S' } },
        {
          ...{ name: 'old', url: 'https://alerta/api', kind: 'alerta', auth: { username: 'u', password: 'p' } },
          ...{ filter: ['alerts', 'ack', 'delete'], match: ['severity="critical"'], timeout: '3s' },
          tls: { ca_file: 'ca.pem', verify: 'off' },
          paths: { alert: '/v2/alert' },
        },
      ],
      { S: 'the secret' },
    );
    expect(problems).toEqual([]);
    expect(links[0]).toMatchObject({
      ...{ name: 'b', url: 'http://hub-b:8080', kind: 'native', timeoutMs: 10_000, tls: {} },
      ...{ auth: { scheme: 'hawk', id: 'a', secret: 'the secret' }, filter: { words: ['*'], match: [] } },
    });
    expect(links[1]).toMatchObject({
      ...{ kind: 'alerta', timeoutMs: 3000, auth: { scheme: 'basic', username: 'u', password: 'p' } },
      tls: { caFile: '/etc/monitor/ca.pem', isUnverified: true },
      paths: { alert: '/v2/alert', action: '/alert/{id}/action' },
      filter: { match: [{ name: 'severity', value: 'critical', isRegex: false, isEqual: true }] },
    });
  });

  test.each([
    [
      'one twice',
      [
        { name: 'b', url: 'http://b' },
        { name: 'b', url: 'http://c' },
      ],
      /peers\[?\.?1\]?.*name: stands there twice/,
    ],
    ['the hub itself', [{ name: 'b', url: 'http://A:80/' }], /url: is the base_url of this hub itself/],
    [
      'verification off by a word that is no name',
      [{ name: 'b', url: 'http://b', tls: { verify: false } }],
      /verify: must be true, or off by name/,
    ],
    [
      'a secret that is not set',
      [{ name: 'b', url: 'http://b', auth: { token: 'env:NOT' } }],
      /token: the environment variable NOT is not set/,
    ],
    [
      'half of a certificate',
      [{ name: 'b', url: 'http://b', tls: { cert_file: 'x' } }],
      /tls: needs cert_file and key_file together/,
    ],
    ['a filter of nothing', [{ name: 'b', url: 'http://b', filter: [] }], /filter: must name at least one thing/],
    [
      'an unknown setting',
      [{ name: 'b', url: 'http://b', filters: ['*'] }],
      /filters: unknown setting; did you mean filter/,
    ],
    ['no list', { name: 'b' }, /peers: must be a list/],
  ])('refuse %s, with the place and the fix', (_, peers, problem) => {
    const { problems } = read(peers, {}, 'http://a');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });
});

describe('FWD_DESTINATIONS', () => {
  test('means what it means in Alerta, and the first credentials that fit count', () => {
    const text = JSON.stringify([
      ['http://one:8080/', { username: 'u', password: 'p', key: 'k' }, ['*']],
      ['http://two', { key: 'k', secret: 's', timeout: 1.5 }, ['alerts', 'ack']],
      ['https://two', { key: 'k', ssl_verify: false }, ['delete']],
      ['http://four', { token: 't' }, ['actions']],
    ]);
    const { links, problems } = readDestinations(text);
    expect(problems).toEqual([]);
    expect(links.map(({ name, kind, auth, timeoutMs, tls }) => [name, kind, auth?.scheme, timeoutMs, tls])).toEqual([
      ['one-8080', 'alerta', 'basic', 5000, {}],
      ['two', 'alerta', 'hawk', 1500, {}],
      ['two-3', 'alerta', 'key', 5000, { isUnverified: true }],
      ['four', 'alerta', 'bearer', 5000, {}],
    ]);
    expect(links[1]?.filter.words).toEqual(['alerts', 'ack']);
  });

  test.each([
    ["[('http://a', dict(key='k'), ['*'])]", /must be JSON/],
    ['[["ftp://a", {}, ["*"]]]', /destination 1 must be/],
    ['[["http://a", {}]]', /destination 1 must be/],
    ['{}', /must be JSON, a list/],
  ])('refuses %s, and tells none of it', (text, problem) => {
    const { problems } = readDestinations(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });
});

import { expect, test } from '@jest/globals';
import { createHubLink } from '../../../../src/endpoints/probe/hub-link.ts';
import { Secret } from '../../../../src/lib/crypto/secret.ts';
import type { HttpResult } from '../../../../src/lib/http/client.ts';

const OK: HttpResult = { ok: true, status: 200, body: '', headers: {} };
const AWAY: HttpResult = { ok: false, kind: 'refused', permanent: false, reason: 'refused' };
const status = (code: number): HttpResult => ({ ...AWAY, kind: 'status', status: code });
const { signal } = new AbortController();

function made(answer: (host: string, token: string) => HttpResult, renewed = 'old') {
  const asked: string[] = [];
  let token = 'old';
  const link = createHubLink({
    ...{ hubs: ['https://a', 'https://b', 'https://c'], id: 'p 1', token: () => new Secret(token) },
    renewToken: () => {
      const isOther = renewed !== token;
      token = renewed;
      return isOther;
    },
    outbound: {
      send: async ({ url, headers }) => {
        asked.push(`${url.host}${url.pathname} ${headers.authorization} ${headers['if-none-match'] ?? ''}`.trim());
        return answer(url.host, headers.authorization ?? '');
      },
    },
  });
  return { link, asked };
}

test('the next hub is asked when one is away or cannot, and it stays with the one that answers', async () => {
  const { link, asked } = made((host) => (host === 'a' ? AWAY : host === 'b' ? status(503) : OK));
  expect((await link.get('/assignments', 'abc', signal)).ok).toBe(true);
  await link.post('/results', {}, signal);
  expect(asked).toEqual([
    'a/api/v1/probes/p%201/assignments Bearer old "abc"',
    'b/api/v1/probes/p%201/assignments Bearer old "abc"',
    'c/api/v1/probes/p%201/assignments Bearer old "abc"',
    'c/api/v1/probes/p%201/results Bearer old',
  ]);
  expect(link.current()).toBe('https://c');
});

test('where none answers, the first answer stands, and no other is asked for what one refuses', async () => {
  const away = made(() => AWAY);
  expect(await away.link.get('/assignments', null, signal)).toEqual(AWAY);
  expect(away.asked).toHaveLength(3);
  const limited = made(() => status(429));
  await limited.link.post('/results', {}, signal);
  expect(limited.asked).toHaveLength(1);
});

test('a token that is refused is read again, and tried once more where it is another one', async () => {
  const answer = (_: string, token: string) => (token === 'Bearer new' ? OK : status(401));
  const rotated = made(answer, 'new');
  expect((await rotated.link.get('/assignments', null, signal)).ok).toBe(true);
  const wrong = made(answer);
  expect((await wrong.link.get('/assignments', null, signal)).status).toBe(401);
  expect([rotated.asked.length, wrong.asked.length]).toEqual([2, 1]);
});

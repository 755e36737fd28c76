import { Agent, get } from 'node:http';
import { createConnection } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ask, bodyOf, items, PUSH_PATH, push, v1, wire } from '../support/cluster-push.ts';
import { eventually, type Hub, type HubHome, makeHubHome } from '../support/hub.ts';

let home: HubHome;
beforeEach(() => {
  home = makeHubHome({ MONITOR_LIMITS_REQUESTS_PER_SECOND: '1000000', MONITOR_LIMITS_BURST: '1000000' });
});
afterEach(() => home.remove());

/** What senders were told: fingerprints that the hub took, and how the others ended. */
interface Told {
  readonly taken: string[];
  readonly refused: number[];
  /** Nobody was listening, or a connection was closed that had not been answered. */
  readonly unanswered: string[];
}

/** Eight senders that push new alerts as fast as they are answered, until nobody listens. */
function load(hub: Hub, told: Told): Promise<unknown> {
  const sender = async (who: number) => {
    for (let index = 0; ; index += 1) {
      const fingerprint = `f${who}-${index}`;
      try {
        const { status, headers } = await push(hub.url, `web-${who}`, [wire(fingerprint)]);
        if (status === 200) told.taken.push(fingerprint);
        else {
          told.refused.push(status);
          if (status === 503) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
        }
      } catch (error) {
        told.unanswered.push((error as NodeJS.ErrnoException).code ?? String(error));
        return;
      }
    }
  };
  return Promise.all(Array.from({ length: 8 }, (_, who) => sender(who)));
}

/** Fingerprints that a hub holds. */
async function held(url: string): Promise<Set<string>> {
  const found = new Set<string>();
  for (let cursor: unknown = ''; cursor !== null; ) {
    const page = await ask(url, `alerts?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`);
    for (const { fingerprint } of page.items as { fingerprint: string }[]) found.add(fingerprint);
    cursor = page.next_cursor;
  }
  return found;
}

describe('under load', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: all that was taken is answered and kept, and the end is 0',
    async (signal) => {
      const hub = await home.serve();
      const told: Told = { taken: [], refused: [], unanswered: [] };
      const senders = load(hub, told);
      await eventually(() => expect(told.taken.length).toBeGreaterThanOrEqual(300));
      hub.child.kill(signal);
      const { code, stderr } = await hub.ended;
      await senders;
      expect([code, stderr.match(/"level":"(warn|error|fatal)"/)]).toEqual([0, null]);
      // How many incidents were opened and joined before it stopped is a matter of time.
      const said = hub.lines().map((line) => line.msg);
      expect(said.filter((msg) => !/^incident (opened|joined)$/.test(String(msg)))).toEqual([
        'starting',
        'started',
        'stopping',
        'stopped',
      ]);
      expect(told.refused.filter((status) => status !== 503)).toEqual([]);
      // A sender that was not answered had not been heard: the connection was refused, or closed before its request.
      expect(told.unanswered.filter((code) => !['ECONNREFUSED', 'ECONNRESET'].includes(code))).toEqual([]);
      const again = await home.serve();
      const kept = await held(again.url);
      expect(told.taken.filter((fingerprint) => !kept.has(fingerprint))).toEqual([]);
    },
  );

  test('SIGKILL: all that was answered is kept', async () => {
    const hub = await home.serve();
    const told: Told = { taken: [], refused: [], unanswered: [] };
    const senders = load(hub, told);
    await eventually(() => expect(told.taken.length).toBeGreaterThanOrEqual(300));
    await hub.kill();
    await senders;
    const again = await home.serve();
    const kept = await held(again.url);
    expect(told.taken.filter((fingerprint) => !kept.has(fingerprint))).toEqual([]);
    expect((await items(again.url, 'incidents')).length).toBe(8);
  });
});

test('a hub that is idle stops at once, though connections are held open', async () => {
  const hub = await home.serve();
  const agent = new Agent({ keepAlive: true });
  await new Promise((resolve, reject) => {
    get(`${hub.url}/healthz`, { agent }, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
  expect((await hub.stop()).code).toBe(0);
  agent.destroy();
});

test('a push that begins while it stops: 503 with Retry-After, and nothing of it is kept', async () => {
  const hub = await home.serve();
  const socket = createConnection(Number(new URL(hub.url).port), '127.0.0.1').setEncoding('utf8');
  let text = '';
  const first = new Promise<void>((resolve) => {
    socket.on('data', (data: string) => {
      text += data;
      if (text.includes('"status":"success"')) resolve();
    });
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const [early, late] = [bodyOf('web-1', wire('early')), bodyOf('web-1', wire('late'))];
  const head = (body: string) =>
    `POST ${PUSH_PATH} HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\nX-Cluster-Signature: ${v1(body)['x-cluster-signature']}\r\n`;
  // One packet holds a whole push and the beginning of the next: the answer to the first says that the second has begun.
  socket.write(`${head(early)}\r\n${early}${head(late)}`);
  await first;
  const stopped = hub.stop();
  await hub.line('stopping');
  socket.write(`\r\n${late}`);
  expect((await stopped).code).toBe(0);
  await closed;
  expect(text).toMatch(/HTTP\/1\.1 503 .*Retry-After: 5\r\n.*"message":"the hub is stopping"/s);
  const again = await home.serve();
  expect((await items(again.url, 'alerts')).map((one) => one.fingerprint)).toEqual(['early']);
});

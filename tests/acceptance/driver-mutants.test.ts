import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DRIVERS } from '../../src/drivers/registry.ts';
import { items } from '../support/cluster-push.ts';
import { type Hub, type HubHome, makeHubHome } from '../support/hub.ts';
import { BROKEN, mutants } from '../support/mutants.ts';
import { asOfNow, bodiesOf, firingBodies } from '../support/payloads.ts';

// Bodies that are nearly right, over HTTP to a real hub: what the contract tests show of drivers holds of all that comes after them.
const home: HubHome = makeHubHome({
  WEBHOOK_SECRET_CLUSTER: '',
  MONITOR_CHECKERS: '',
  MONITOR_LIMITS_BURST: '1000000',
});
let hub: Hub;
beforeAll(async () => {
  hub = await home.serve();
});
afterAll(async () => {
  const { code, stderr } = await hub.stop();
  await home.remove();
  expect([code, stderr.match(/"level":"(error|fatal)".*/)]).toEqual([0, null]);
});

interface Answer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

async function send(driver: string, body: unknown): Promise<Answer> {
  const response = await fetch(`${hub.url}/alerts/webhook/${driver}/`, { method: 'POST', body: asOfNow(body) });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

/** Whether an answer is one that its sender can do something with. */
function isClear({ status, json }: Answer): boolean {
  if (status === 200) return json.status === 'success' || (json.status === 'partial' && Array.isArray(json.errors));
  const { message } = json;
  return [400, 413].includes(status) && json.status === 'error' && typeof message === 'string' && message.length > 3;
}

/** Does it for all of the list, some at once. */
async function forAll<T>(list: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  const rest = list.values();
  const worker = async () => {
    for (const one of rest) await act(one);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

describe.each(DRIVERS.map((driver) => [driver.name, driver] as const))('%s', (name, driver) => {
  test('a word that nobody knows, in any field, is kept with the alert, refused or remarked on', async () => {
    // The one with most to change.
    const [whole] = firingBodies(driver).toSorted((a, b) => JSON.stringify(b).length - JSON.stringify(a).length);
    await send(name, whole);
    const list = () => items(hub.url, `alerts?source=${name}&limit=500`);
    const stateOf = ({ status, severity }: Record<string, unknown>) => `${status} ${severity}`;
    const silent: string[] = [];
    let heard = 0;
    for (const [index, { path, mutant }] of [...mutants(whole, ['@'])].entries()) {
      const word = `zorblax${index}`;
      const before = new Map((await list()).map((alert) => [alert.id, stateOf(alert)]));
      const answer = await send(name, JSON.parse(JSON.stringify(mutant).replace('"@"', `"${word}"`)));
      expect([path, isClear(answer)]).toEqual([path, true]);
      const said = JSON.stringify(answer.json);
      const isTold = answer.status !== 200 || said.includes('remarks') || said.includes('errors');
      let isKept = false;
      for (const alert of await list()) {
        const known = before.get(alert.id);
        const { annotations } = alert as { annotations: Record<string, string> };
        isKept ||= [annotations.original_status, annotations.original_severity].includes(word);
        // Another identity makes another alert, in the state of the one that it was.
        const isChanged =
          known === undefined ? ![...before.values()].includes(stateOf(alert)) : known !== stateOf(alert);
        if (isChanged && !isTold && !JSON.stringify(alert).includes(word))
          silent.push(`${path}: ${known} → ${stateOf(alert)}`);
      }
      if (isKept || isTold) heard += 1;
      await send(name, whole);
    }
    expect(silent).toEqual([]);
    expect(heard).toBeGreaterThanOrEqual(1);
  });

  test('whatever one of its fields is, no answer is a fault of the hub', async () => {
    // One kind of damage a field, another one each time.
    let turn = 0;
    const damaged = bodiesOf(name).flatMap(([file, body]) => {
      const paths = new Map([...mutants(body, [null])].map(({ path }, index) => [path, index]));
      return [...paths.keys()].flatMap((path) => {
        turn += 1;
        const kind = BROKEN.slice(turn % BROKEN.length).slice(0, 1);
        return [...mutants(body, kind)]
          .filter((one) => one.path === path)
          .map(({ mutant }) => ({ at: `${file}${path}`, mutant }));
      });
    });
    const faults: string[] = [];
    await forAll(damaged, async ({ at, mutant }) => {
      const answer = await send(name, mutant);
      if (!isClear(answer)) faults.push(`${at}: ${answer.status} ${JSON.stringify(answer.json)}`);
    });
    expect(faults).toEqual([]);
    expect(damaged.length).toBeGreaterThan(0);
  });
});

import type { ModelAlert, Observation } from './model.ts';
import { pause } from './process.ts';
import type { Random } from './random.ts';
import { type Answer, type Connections, connections, type Push, sign } from './requests.ts';

/** What senders have done, in numbers. */
export interface Tally {
  pushes: number;
  alerts: number;
  retries: number;
  replays: number;
  given_up: number;
}

/** Something that pushes, and remembers everything it pushed. */
export interface Sender {
  readonly alerts: readonly ModelAlert[];
  /** Bodies of its pushes, in order; each was acknowledged unless the sender gives up. */
  readonly bodies: readonly string[];
  /** Pushes without pause until `over`, then until all is acknowledged. Throws when the hub answers what it must not. */
  run(over: () => boolean): Promise<void>;
}

/**
 * `timed`: both signatures and observed_at, like our agent; pushes what it has again after a lost answer, under a new
 * nonce or as an exact replay, and long afterwards once more; sometimes gives a push up. `plain`: version 1 and no
 * observed_at, like other implementations of the format; in order, again until it is acknowledged. `faithful`: as
 * `timed`, but never gives up, and all its alerts fire in its first push: an end without a beginning is not kept, so what
 * a hub makes of its later pushes hangs on no order.
 */
export type SenderKind = 'timed' | 'plain' | 'faithful';

/** An hour: the senders' clock stays behind the hub's however much they push. */
const BEHIND_MS = 3_600_000;

interface Sent {
  readonly body: string;
  readonly observations: readonly Observation[];
}

/** A sender of the hub at `port`, speaking as `instance`. */
export function createSender(
  kind: SenderKind,
  instance: string,
  port: number,
  random: Random,
  tally: Tally,
  pool: number = random.between(1, 10),
): Sender {
  const timed = kind !== 'plain';
  const alerts = Array.from({ length: pool }, (_, index): ModelAlert => {
    return { source: 'cluster', origin: instance, fingerprint: `f${index}`, timed, observations: [] };
  });
  const lane = connections(port);
  const late: Promise<void>[] = [];
  const bodies: string[] = [];
  let now = Date.now() - BEHIND_MS;

  const compose = (): Sent => {
    const observations: Observation[] = [];
    const wire: unknown[] = [];
    // The hub orders what has no time by its arrival: two states of one alert in one push would be a race with a retry.
    const isFirst = kind === 'faithful' && bodies.length === 0;
    const chosen = isFirst ? alerts : alerts.filter(() => random.chance(0.5));
    for (const alert of chosen.length > 0 ? chosen : alerts.slice(0, 1)) {
      for (let states = timed && !isFirst ? random.between(1, 3) : 1; states > 0; states -= 1) {
        now += random.between(1, 5);
        const status = !isFirst && random.chance(0.4) ? 'resolved' : 'firing';
        const severity =
          status === 'resolved' ? 'info' : random.pick(['critical', 'critical', 'warning', 'info'] as const);
        const observation: Observation = { at: now, status, severity, acknowledged: false };
        alert.observations.push(observation);
        observations.push(observation);
        wire.push(wireOf(alert, observation));
      }
    }
    const envelope = { source: 'cluster', instance_id: instance, hostname: 'h', version: '1.0' };
    const body = JSON.stringify({ ...envelope, alerts: wire });
    bodies.push(body);
    return { body, observations };
  };

  const submit = async ({ body, observations }: Sent, over: () => boolean): Promise<void> => {
    let push = sign(body, timed ? 2 : 1);
    for (let tries = 0; ; tries += 1) {
      const answer = await ask(lane, push);
      if (answer !== null) {
        for (const observation of observations) observation.acknowledged = true;
        tally.pushes += 1;
        tally.alerts += observations.length;
        if (timed && random.chance(0.2)) keep(again(push, body, answer));
        return;
      }
      if (kind === 'timed' && random.chance(0.1) && !over()) {
        tally.given_up += 1;
        return;
      }
      await pause(random.between(1, 20));
      if (random.chance(0.5)) push = sign(body, timed ? 2 : 1);
      if (tries > 5000) throw new Error(`${instance}: a push had no answer in ${tries} tries`);
      tally.retries += 1;
    }
  };

  /** A copy that comes late: the very same request gets the first answer again, a newly signed one changes nothing. */
  const again = async (push: Push, body: string, first: Answer): Promise<void> => {
    await pause(random.between(0, 60));
    const isReplay = random.chance(0.6);
    const answer = await ask(lane, isReplay ? push : sign(body, 2));
    if (answer === null) return;
    tally.replays += 1;
    if (isReplay && answer.body !== first.body) {
      throw new Error(`${instance}: a replay was answered ${answer.body}, at first ${first.body}`);
    }
  };

  /** What fails late is told when the round is over. */
  const keep = (copy: Promise<void>) => {
    copy.catch(() => {});
    late.push(copy);
  };

  return {
    alerts,
    bodies,
    async run(over) {
      while (!over()) {
        await submit(compose(), over);
        if (random.chance(0.3)) await pause(random.between(0, 10));
      }
      await Promise.all(late);
      lane.close();
    },
  };
}

/** An answer that means something: 200 is committed, 503 and a lost connection are not. */
async function ask(lane: Connections, push: Push): Promise<Answer | null> {
  const answer = await lane.post(push);
  if (answer === null || answer.status === 503) return null;
  if (answer.status !== 200 || !answer.body.includes('"status":"success"')) {
    throw new Error(`a valid push was answered ${answer.status}: ${answer.body}`);
  }
  return answer;
}

function wireOf(alert: ModelAlert, { at, status, severity }: Observation): Record<string, unknown> {
  const { fingerprint, timed } = alert;
  return {
    fingerprint,
    name: `Check ${fingerprint}`,
    status,
    severity,
    started_at: '2026-03-29T12:00:00Z',
    ...(timed ? { observed_at: new Date(at).toISOString() } : {}),
    labels: { checker: fingerprint },
    annotations: { message: `at ${at}` },
    metrics: { at },
  };
}

import { type Push, sign } from '../torture/requests.ts';

/** Machines that push. */
const INSTANCES = 1000;
/** Pushes of one machine until its alerts are where they were. */
const CYCLE = 20;

/**
 * An endless supply of pushes, machine after machine. Over a cycle each alert of a machine fires, repeats, gets worse
 * and resolves at a time of its own, so that every push changes something and most of what it says is a repetition.
 */
export function createPushes(alerts: number): () => Push {
  let count = 0;
  return () => {
    const instance = count % INSTANCES;
    const round = Math.floor(count / INSTANCES);
    count += 1;
    const now = new Date().toISOString();
    const list = Array.from({ length: alerts }, (_, index) => {
      const phase = (round + index * 7 + instance) % CYCLE;
      const status = phase < CYCLE - 3 ? 'firing' : 'resolved';
      const severity = status === 'resolved' ? 'info' : phase < 8 ? 'warning' : 'critical';
      return {
        fingerprint: `check-${index}-web-${instance}`,
        name: `Check ${index}`,
        status,
        severity,
        started_at: '2026-03-29T12:00:00Z',
        observed_at: now,
        labels: { checker: `check-${index}`, hostname: `ip-10-0-${instance}` },
        annotations: { message: `check ${index} at ${90 + phase}.2%` },
        metrics: { percent: 90.2 + phase },
      };
    });
    const envelope = {
      source: 'cluster',
      instance_id: `web-${instance}`,
      hostname: `ip-10-0-${instance}`,
      version: '1.0',
    };
    return sign(JSON.stringify({ ...envelope, alerts: list }), 2);
  };
}

import { isObject, type JsonObject } from '../../core/reading/read.ts';

/** Whether a body is the test of a notification of Uptime Kuma: about no monitor. */
export function isKumaTest(body: unknown): boolean {
  return isObject(body) && body.heartbeat === null && body.monitor === null && typeof body.msg === 'string';
}

const STATES: ReadonlyMap<unknown, string> = new Map([
  [0, 'down'],
  [1, 'up'],
  [2, 'pending'],
  [3, 'maintenance'],
]);

/** A notification of Uptime Kuma with its fields under common names; null when it is none. */
export function kumaAlert(body: unknown): JsonObject | null {
  if (!isObject(body) || !isObject(body.heartbeat) || !isObject(body.monitor)) return null;
  const { heartbeat, monitor, msg } = body;
  if (!('status' in heartbeat) || !('id' in monitor)) return null;
  return {
    ...{ id: monitor.id, title: monitor.name, message: heartbeat.msg ?? msg, url: monitor.url },
    ...{ status: STATES.get(heartbeat.status) ?? heartbeat.status, tags: monitor.tags },
  };
}

import type { EndpointState, MomentParts } from './state.ts';
import type { WatchedEndpoint } from './watched.ts';

// A look that is due may take so long.
const LOOK_MS = 15_000;

/**
 * Whether something that an endpoint depends on may be the reason that it is down; undefined where it depends on nothing.
 * That is so while another is down; while its last looks fail, too, and its thresholds have not decided yet; and while it
 * was not looked at since the endpoint failed, for as long as the next look at it may take. Once it is up again, the
 * endpoint must have failed after that.
 */
export function heldBy(
  { dependsOn = [] }: WatchedEndpoint,
  watched: ReadonlyMap<string, WatchedEndpoint>,
  states: ReadonlyMap<string, EndpointState>,
  now: number,
): MomentParts['isHeld'] {
  if (dependsOn.length === 0) return undefined;
  return (state) => {
    const failedAt = state.uptime.outageAt ?? state.uptime.divergedAt ?? now;
    const seenAt = newest(state);
    return dependsOn.some((key) => {
      const [endpoint, other] = [watched.get(key), states.get(key)];
      if (endpoint === undefined || other === undefined) return false;
      if (other.verdict === 'down' || other.uptime.standing === 'down') return true;
      if (other.verdict === 'up' && seenAt < other.since) return true;
      if (endpoint.push !== undefined) return false;
      return newest(other) < failedAt && now < failedAt + endpoint.intervalMs + LOOK_MS;
    });
  };
}

function newest({ runs }: EndpointState): number {
  return Math.max(0, ...Object.values(runs).map(({ at }) => at));
}

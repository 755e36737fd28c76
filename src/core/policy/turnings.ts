import { nextChange } from './interval.ts';
import type { MaintenanceWindow } from './policy.ts';
import type { RouteNode } from './route.ts';

/**
 * The times at which routes begin or cease to match: what is open goes another way from then on. In the form of windows
 * that hold back nothing, because who watches for the one watches for the other.
 */
export function turningsOf({ during = [], matches, place, routes }: RouteNode): readonly MaintenanceWindow[] {
  const own = during.map((interval) => {
    // Asked at every turn, and the same for hours.
    let known: { readonly from: number; readonly next: number | null } | null = null;
    const nextStart = (at: number): number | null => {
      if (known === null || at < known.from || (known.next !== null && at >= known.next)) {
        known = { from: at, next: nextChange([interval], at) };
      }
      return known.next;
    };
    return { name: interval.name, place, matches, endAt: () => null, nextStart };
  });
  return [...own, ...routes.flatMap(turningsOf)];
}

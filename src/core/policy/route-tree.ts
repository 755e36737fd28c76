import { iso } from '../iso-time.ts';
import type { Zone } from '../time/zone.ts';
import { createIntervalTimes, type Interval } from './interval.ts';
import type { MaintenanceWindow } from './policy.ts';
import type { RouteNode } from './route.ts';
import type { WindowSpans } from './window.ts';

/** What there is to show of a configuration by which people are told. */
export interface ShownPolicy {
  readonly root: RouteNode;
  readonly windows: readonly (Pick<MaintenanceWindow, 'name' | 'place'> &
    Pick<WindowSpans, 'spans'> & { readonly zone: Zone })[];
  readonly intervals: readonly Interval[];
  readonly warnings: readonly string[];
}

/** Routes as they are shown, as JSON: snake_case, spans in milliseconds, times in ISO 8601. */
export interface RoutesJson {
  /** In the order in which they are asked, the catch-all last. */
  readonly items: readonly ReturnType<typeof rowOf>[];
  readonly next_cursor: null;
  readonly windows: readonly {
    readonly name: string;
    readonly place: string;
    readonly zone: string;
    readonly next: readonly { readonly starts_at: string; readonly ends_at: string }[];
  }[];
  readonly intervals: readonly {
    readonly name: string;
    readonly place: string;
    readonly holds: boolean;
    readonly until: string | null;
  }[];
  readonly warnings: readonly string[];
}

/** What a hub shows that tells nobody. */
export const NO_ROUTES: RoutesJson = { items: [], next_cursor: null, windows: [], intervals: [], warnings: [] };

// Spans of a window that are shown.
const SPANS = 3;

/** Shows a policy at a time, UTC milliseconds; until something changes by the clock, the intervals are worked out once. */
export function createRoutesJson({ root, windows, intervals, warnings }: ShownPolicy): (now: number) => RoutesJson {
  const times = createIntervalTimes();
  const alone = intervals.map((interval) => [interval]);
  const items = [...root.routes.flatMap((route) => rowsOf(route, 0)), rowOf(root, 0)];
  return (now) => ({
    ...{ items, next_cursor: null, warnings },
    windows: windows.map(({ name, place, zone, spans }) => ({
      ...{ name, place, zone: zone.name },
      next: spans(now, SPANS).map(({ start, end }) => ({ starts_at: iso(start), ends_at: iso(end) })),
    })),
    intervals: alone.map((own) => ({
      ...{ name: own[0]?.name ?? '', place: own[0]?.place ?? '' },
      ...{ holds: times.isOn(own, now), until: iso(times.nextChange(own, now)) },
    })),
  });
}

function rowsOf(node: RouteNode, depth: number): readonly ReturnType<typeof rowOf>[] {
  return [rowOf(node, depth), ...node.routes.flatMap((route) => rowsOf(route, depth + 1))];
}

/** What a route sets itself; null for what it has from the one above. Templates are those with what is above. */
function rowOf({ place, shown, settings, goOn, mute, active, templates = {} }: RouteNode, depth: number) {
  return {
    ...{ place, depth, name: shown?.name ?? null, conditions: shown?.conditions ?? [] },
    ...{ channels: settings.channels ?? null, group_by: settings.groupBy ?? null },
    group_wait_ms: settings.groupWaitMs ?? null,
    group_interval_ms: settings.groupIntervalMs ?? null,
    repeat_interval_ms: settings.repeatMs ?? null,
    // '' ends one from above.
    escalation: settings.escalation ?? null,
    ...{ mute: mute.map(({ name }) => name), active: active.map(({ name }) => name) },
    ...{ templates: Object.keys(templates), continue: goOn },
  };
}

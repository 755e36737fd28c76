import type { Labels } from '../alert/alert.ts';
import { holds, type Interval } from './interval.ts';

/** What a node of the tree sets; what it leaves out comes from the node above it. */
export interface RouteSettings {
  readonly channels?: readonly string[];
  /** Wait before the first message, in milliseconds, by whether the incident is critical. */
  readonly groupWaitMs?: number;
  readonly groupIntervalMs?: number;
  /** Time between reminders in milliseconds; 0 for none. */
  readonly repeatMs?: number;
  /** Name of the escalation. */
  readonly escalation?: string;
  /** Labels whose values make one incident; `...` for each alert by itself, none for what its source says. */
  readonly groupBy?: readonly string[];
}

/** Texts in place of those of a channel, as templates, for what comes by a route. */
export type RouteTemplates = { readonly [K in 'title' | 'text' | 'html']?: string };

/** A node of the route tree, compiled. */
export interface RouteNode {
  /** Where it stands in the configuration, for people: `notify.route.routes[1] (monitor.yaml:12)`. */
  readonly place: string;
  /** Its name and conditions as they are written, for people. */
  readonly shown?: { readonly name: string | null; readonly conditions: readonly string[] };
  /** Where the settings stand, when that is known more closely than by `place`. */
  readonly settingPlaces?: { readonly [K in keyof RouteSettings]?: string };
  /** Whether its matchers all hold of the labels; a root has none and takes everything. */
  readonly matches: (labels: Labels) => boolean;
  /** Its templates, with those of the nodes above it. */
  readonly templates?: RouteTemplates;
  /** Times in which it matches at all; none for always. */
  readonly during?: readonly Interval[];
  /** Whether the siblings after it are asked too when it has matched. */
  readonly goOn: boolean;
  readonly settings: RouteSettings;
  /** Times in which notices of this node are held back; not inherited. */
  readonly mute: readonly Interval[];
  /** Times outside of which they are held back; none for always. Not inherited. */
  readonly active: readonly Interval[];
  readonly routes: readonly RouteNode[];
}

/** A value, and the place in the configuration that it came from. */
export interface Placed<T> {
  readonly value: T;
  readonly place: string;
}

/** One node that an alert has reached, with what it inherited. */
export interface Hop {
  readonly place: string;
  readonly channels: Placed<readonly string[]>;
  /** undefined where no node says: then the severity decides. */
  readonly groupWaitMs: Placed<number> | undefined;
  readonly groupIntervalMs: Placed<number>;
  readonly repeatMs: Placed<number>;
  readonly escalation: Placed<string> | undefined;
  /** undefined where no node says: then it is what holds for all alerts. */
  readonly groupBy: Placed<readonly string[]> | undefined;
  readonly mute: readonly Interval[];
  readonly active: readonly Interval[];
}

/** What holds where no node says. */
export const ROUTE_DEFAULTS = { groupIntervalMs: 300_000, repeatMs: 14_400_000 } as const;

const DEFAULT_PLACE = 'the default';

/**
 * The nodes that an alert with these labels reaches at `at` (UTC milliseconds), as in Alertmanager: depth first; a node that matches hands it to its
 * children, and keeps it when none of them matches; the siblings after a node that matched are asked only when it says so.
 */
export function hopsOf(root: RouteNode, labels: Labels, at: number): readonly Hop[] {
  const start: Hop = {
    place: DEFAULT_PLACE,
    channels: { value: [], place: DEFAULT_PLACE },
    groupWaitMs: undefined,
    groupIntervalMs: { value: ROUTE_DEFAULTS.groupIntervalMs, place: DEFAULT_PLACE },
    repeatMs: { value: ROUTE_DEFAULTS.repeatMs, place: DEFAULT_PLACE },
    escalation: undefined,
    groupBy: undefined,
    mute: [],
    active: [],
  };
  return reached(root, labels, at, start);
}

function reached(node: RouteNode, labels: Labels, at: number, above: Hop): readonly Hop[] {
  if (!node.matches(labels) || !isItsTime(node, at)) return [];
  const hop = inherit(node, above);
  const below: Hop[] = [];
  for (const child of node.routes) {
    const found = reached(child, labels, at, hop);
    below.push(...found);
    if (found.length > 0 && !child.goOn) break;
  }
  return below.length > 0 ? below : [hop];
}

function isItsTime({ during = [] }: RouteNode, at: number): boolean {
  return during.length === 0 || during.some((interval) => holds(interval, at));
}

function inherit({ place, settings, settingPlaces, mute, active }: RouteNode, above: Hop): Hop {
  const own = <T, O>(key: keyof RouteSettings, value: T | undefined, otherwise: O): Placed<T> | O =>
    value === undefined ? otherwise : { value, place: settingPlaces?.[key] ?? place };
  return {
    place,
    channels: own('channels', settings.channels, above.channels),
    groupWaitMs: own('groupWaitMs', settings.groupWaitMs, above.groupWaitMs),
    groupIntervalMs: own('groupIntervalMs', settings.groupIntervalMs, above.groupIntervalMs),
    repeatMs: own('repeatMs', settings.repeatMs, above.repeatMs),
    escalation: own('escalation', settings.escalation, above.escalation),
    groupBy: own('groupBy', settings.groupBy, above.groupBy),
    mute,
    active,
  };
}

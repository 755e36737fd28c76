import type { RouteInput } from '../../config/notify/schema.ts';
import type { Interval } from '../../core/policy/interval.ts';
import { conflictingMatchers, matcherText } from '../../core/policy/matchers.ts';
import { ROUTE_DEFAULTS, type RouteNode, type RouteSettings, type RouteTemplates } from '../../core/policy/route.ts';
import type { Compiler, Keys } from './compiler.ts';

/** The names that routes may use. */
export interface KnownNames {
  readonly channels: readonly string[];
  readonly intervals: ReadonlyMap<string, Interval>;
  readonly escalations: readonly string[];
}

/**
 * The route tree. Its root takes everything: it is the catch-all, with the channels that `catch_all` names, and where that
 * is not set, with `otherwise`.
 */
export function compileRoutes(
  compiler: Compiler,
  known: KnownNames,
  otherwise: { readonly channels: readonly string[]; readonly place: string },
): RouteNode {
  const { catch_all: catchAll, defaults = {}, routes = [] } = compiler.document.sections;
  const channels =
    catchAll === undefined
      ? otherwise.channels
      : catchAll === false
        ? []
        : compiler.names(['catch_all'], 'channel', catchAll, known.channels);
  const place = catchAll === undefined ? otherwise.place : compiler.placeAt(['catch_all']);
  const own = settingsOf(defaults, ['defaults'], compiler, known);
  return {
    place,
    shown: { name: 'catch-all', conditions: [] },
    ...{ matches: () => true, goOn: false, mute: [], active: [] },
    settings: { ...ROUTE_DEFAULTS, ...own.settings, channels },
    settingPlaces: {
      ...own.settingPlaces,
      groupIntervalMs: own.settingPlaces.groupIntervalMs ?? DEFAULT,
      repeatMs: own.settingPlaces.repeatMs ?? DEFAULT,
      channels: place,
    },
    routes: siblings(routes, ['routes'], { reaches: channels.length > 0, templates: {} }, compiler, known),
  };
}

const DEFAULT = 'the default';

/** What a route has from those above it. */
interface Above {
  /** Whether one of them names a channel. */
  readonly reaches: boolean;
  readonly templates: RouteTemplates;
}

function given(templates: RouteInput['templates'] = {}): RouteTemplates {
  return Object.fromEntries(Object.entries(templates).filter(([, text]) => text !== undefined));
}

/** A route that has templates, with the channels that it has itself or from above. */
export interface TemplatedRoute {
  readonly keys: Keys;
  readonly place: string;
  readonly templates: RouteTemplates;
  readonly channels: readonly string[];
}

/** The routes of a tree that have templates. */
export function templatedRoutes({ settings, routes }: RouteNode, keys: Keys = ['routes']): readonly TemplatedRoute[] {
  return routes.flatMap((route, index) => {
    const channels = route.settings.channels ?? settings.channels ?? [];
    const { place, templates = {} } = route;
    const own = Object.keys(templates).length === 0 ? [] : [{ keys: [...keys, index], place, templates, channels }];
    const below = templatedRoutes({ ...route, settings: { ...route.settings, channels } }, [...keys, index, 'routes']);
    return [...own, ...below];
  });
}

function siblings(
  routes: readonly RouteInput[],
  keys: Keys,
  above: Above,
  compiler: Compiler,
  known: KnownNames,
): readonly RouteNode[] {
  const nodes = routes.map((route, index) => nodeOf(route, [...keys, index], above, compiler, known));
  nodes.forEach((node, index) => {
    const before = nodes.slice(0, index).find((one, other) => {
      const route = routes[other];
      return !one.goOn && route?.during === undefined && isCovered(one, node);
    });
    if (before !== undefined)
      compiler.warn([...keys, index], `is never reached: ${before.place} takes all that it would`);
  });
  return nodes;
}

/** Whether one takes all that the other would: it asks for nothing that the other does not ask for. */
function isCovered({ shown: first }: RouteNode, { shown: second }: RouteNode): boolean {
  return first?.conditions.every((condition) => second?.conditions.includes(condition)) ?? false;
}

function nodeOf(route: RouteInput, keys: Keys, above: Above, compiler: Compiler, known: KnownNames): RouteNode {
  const { specs, matches } = compiler.matchers([...keys, 'matchers'], route.matchers);
  const conflict = conflictingMatchers(specs);
  if (conflict !== null) compiler.warn([...keys, 'matchers'], `can never match: ${conflict}`);
  const intervals = (name: 'during' | 'mute' | 'active') =>
    compiler
      .names([...keys, name], 'interval', route[name] ?? [], [...known.intervals.keys()])
      .flatMap((one) => known.intervals.get(one) ?? []);
  const during = intervals('during');
  const { settings, settingPlaces } = settingsOf(route, keys, compiler, known);
  const reaches = above.reaches || route.channels !== undefined;
  const templates = { ...above.templates, ...given(route.templates) };
  const { routes = [] } = route;
  if (!reaches && routes.length === 0)
    compiler.tell(keys, 'names no channel, and neither does a route above it; add channels');
  return {
    place: compiler.placeAt(keys, route.name),
    shown: {
      name: route.name ?? null,
      conditions: [...specs.map(matcherText), ...during.map(({ name }) => `during ${name}`)],
    },
    ...{ matches, during, goOn: route.continue, settings, settingPlaces },
    ...{ mute: intervals('mute'), active: intervals('active'), templates },
    routes: siblings(routes, [...keys, 'routes'], { reaches, templates }, compiler, known),
  };
}

type Timing = Pick<RouteInput, 'group_wait' | 'group_interval' | 'repeat_interval' | 'escalation'> & {
  readonly channels?: RouteInput['channels'];
  readonly group_by?: RouteInput['group_by'];
};

function settingsOf(written: Timing, keys: Keys, compiler: Compiler, known: KnownNames) {
  const { channels, group_wait: wait, group_interval: interval, repeat_interval: repeat, escalation } = written;
  if (typeof escalation === 'string')
    compiler.names([...keys, 'escalation'], 'escalation', [escalation], known.escalations);
  const settings: RouteSettings = {
    ...(channels !== undefined && {
      channels: compiler.names([...keys, 'channels'], 'channel', channels, known.channels),
    }),
    ...(wait !== undefined && { groupWaitMs: wait }),
    ...(interval !== undefined && { groupIntervalMs: interval }),
    ...(repeat !== undefined && { repeatMs: repeat }),
    ...(written.group_by !== undefined && { groupBy: written.group_by }),
    // No escalation has this name: it ends what a route above has set.
    ...(escalation !== undefined && { escalation: escalation === false ? '' : escalation }),
  };
  const places = Object.entries(WRITTEN).flatMap(([name, key]) => {
    const line = compiler.lineOf([...keys, key]);
    return line === undefined ? [] : [[name, line]];
  });
  return { settings, settingPlaces: Object.fromEntries(places) as NonNullable<RouteNode['settingPlaces']> };
}

const WRITTEN: Readonly<Record<keyof RouteSettings, string>> = {
  channels: 'channels',
  groupWaitMs: 'group_wait',
  groupIntervalMs: 'group_interval',
  repeatMs: 'repeat_interval',
  escalation: 'escalation',
  groupBy: 'group_by',
};

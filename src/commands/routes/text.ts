import { spanText } from '../../core/figures.ts';
import { holds, type Interval, nextChange } from '../../core/policy/interval.ts';
import type { RouteNode } from '../../core/policy/route.ts';
import { type WallTime, weekdayOf, type Zone } from '../../core/time/zone.ts';
import type { Trace, TracedHop } from '../../notify/policy/trace.ts';
import type { RecurringWindow } from '../../notify/policy/windows.ts';
import { columns, mapText } from '../columns.ts';

const REASONS: Readonly<Record<string, string>> = {
  silenced: 'silence',
  maintenance: 'window',
  muted_time: 'interval',
  inactive_time: 'outside of interval',
};

/** The lines of a trace. */
export function traceLines({ labels, at, hops, heldBy, holds }: Trace, zone: Zone): readonly string[] {
  const isAlone = hops.every(({ channels }) => channels.value.length === 0);
  return [
    `${mapText(labels)}  at ${timeText(at, zone)}`,
    ...(isAlone ? ['', 'Nobody is told.'] : []),
    ...hops.flatMap((hop) => ['', hop.place, ...hopLines(hop, zone)]),
    ...(heldBy.length === 0
      ? []
      : ['', 'Held back while other alerts fire, by', ...heldBy.map((place) => `  ${place}`)]),
    ...(holds.length === 0
      ? []
      : ['', 'Holds back other alerts while it fires, by', ...holds.map((place) => `  ${place}`)]),
  ];
}

function hopLines(
  { channels, groupBy, groupWaitMs, groupIntervalMs, repeatMs, escalation, mute }: TracedHop,
  zone: Zone,
): readonly string[] {
  const span = (ms: number) => (ms === 0 ? 'none' : spanText(ms));
  const steps = escalation?.steps.map(({ afterMs, channels: told }) => `after ${spanText(afterMs)} ${told.join(', ')}`);
  const rows = [
    ['channels', channels.value.length === 0 ? 'none' : channels.value.join(', '), channels.place],
    ...(groupBy === null ? [] : [['group_by', groupBy.value.join(', ') || 'what the source says', groupBy.place]]),
    ['group_wait', span(groupWaitMs.value), groupWaitMs.place],
    ['group_interval', span(groupIntervalMs.value), groupIntervalMs.place],
    ['repeat_interval', span(repeatMs.value), repeatMs.place],
    ...(escalation === null ? [] : [['escalation', `${escalation.value}: ${steps?.join('; ')}`, escalation.place]]),
  ];
  return [...columns(['', '', ''], rows).slice(1), heldText(mute, zone)].map((line) => `  ${line}`);
}

function heldText(mute: TracedHop['mute'], zone: Zone): string {
  if (mute === null) return 'told at that time';
  const until = mute.until === null ? '' : ` until ${timeText(mute.until, zone)}`;
  return `held back${until}: ${REASONS[mute.reason] ?? mute.reason} ${mute.place || mute.by}`;
}

/** The tree, with the lines that it stands on. */
export function treeLines(node: RouteNode, depth = 0): readonly string[] {
  const { settings, shown, mute, active, goOn, templates } = node;
  const conditions = shown?.conditions.join(', ') || (depth === 0 ? 'everything else' : 'everything');
  const words = [
    settings.channels === undefined ? '' : `→ ${settings.channels.join(', ') || 'nobody'}`,
    settings.groupBy === undefined ? '' : `group_by ${settings.groupBy.join(', ') || 'what the source says'}`,
    settings.groupWaitMs === undefined ? '' : `group_wait ${spanText(settings.groupWaitMs)}`,
    settings.groupIntervalMs === undefined ? '' : `group_interval ${spanText(settings.groupIntervalMs)}`,
    settings.repeatMs === undefined
      ? ''
      : `repeat_interval ${settings.repeatMs === 0 ? 'none' : spanText(settings.repeatMs)}`,
    settings.escalation === undefined ? '' : `escalation ${settings.escalation || 'none'}`,
    mute.length === 0 ? '' : `mute ${mute.map(({ name }) => name).join(', ')}`,
    active.length === 0 ? '' : `active ${active.map(({ name }) => name).join(', ')}`,
    templates === undefined || Object.keys(templates).length === 0
      ? ''
      : `templates ${Object.keys(templates).join(', ')}`,
    goOn ? 'continue' : '',
  ].filter((word) => word !== '');
  const own = `${'  '.repeat(depth)}${conditions}  ${words.join('; ')}  [${node.place}]`;
  const below = node.routes.flatMap((route) => treeLines(route, depth + 1));
  return depth === 0 ? [...below.map((line) => line.slice(2)), own] : [own, ...below];
}

/** The next spans of each window, in its zone and in UTC. */
export function windowLines(windows: readonly RecurringWindow[], now: number): readonly string[] {
  return windows.flatMap(({ name, place, zone, spans }) => {
    const next = spans(now, 3).map(({ start, end }) => `  ${timeText(start, zone)} to ${timeText(end, zone)}`);
    return ['', `window ${name}  [${place}]`, ...(next.length === 0 ? ['  comes round no more'] : next)];
  });
}

/** Whether each interval holds, and until when. */
export function intervalLines(intervals: readonly Interval[], now: number): readonly string[] {
  return intervals.flatMap((interval) => {
    const zones = [...new Map(interval.rules.map(({ zone }) => [zone.name, zone])).values()];
    const next = nextChange([interval], now);
    const [zone] = zones;
    const state = holds(interval, now) ? 'holds now' : 'does not hold now';
    const until = next === null || zone === undefined ? '' : `, until ${timeText(next, zone)}`;
    return [
      '',
      `interval ${interval.name}  [${interval.place}]`,
      `  in ${zones.map(({ name }) => name).join(', ')}: ${state}${until}`,
    ];
  });
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A time by the wall clock of a zone, and in UTC where that is another. */
export function timeText(at: number, zone: Zone): string {
  const utc = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  if (zone.name === 'UTC') return utc;
  const wall: WallTime = zone.wallTime(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${DAYS[weekdayOf(wall)]} ${wall.year}-${two(wall.month)}-${two(wall.day)} ${two(wall.hour)}:${two(wall.minute)} ${zone.name} (${utc})`;
}

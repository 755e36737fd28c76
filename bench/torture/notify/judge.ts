import type { Life, State } from './lives.ts';
import type { Arrival } from './receiver.ts';

/** What people were told of one life, message by message; repeats under one key are one message. */
export interface Told {
  readonly key: string;
  readonly status: 'firing' | 'resolved';
  readonly severity: string;
  /** Which state of the life its alert had; NaN where the message lists no alert. */
  readonly number: number;
  /** Whether the receiver accepted it, or may have. */
  readonly accepted: boolean;
}

/** What arrived, by instance, each message where it arrived last. A message of something else, such as the hub's own alerts, is left out. */
export function toldOf(arrivals: readonly Arrival[], instance: string): readonly Told[] {
  const told = new Map<string, Told>();
  for (const { key, body, mood } of arrivals) {
    const alert = body.alerts.find(({ labels }) => labels.instance_id === instance);
    if (alert === undefined) continue;
    const one: Told = {
      ...{ key, status: alert.status, severity: alert.labels.severity ?? '' },
      number: Number(alert.annotations.message),
      accepted: mood === 'accept' || mood === 'deaf',
    };
    const before = told.get(key);
    // What is said again under the same key may be newer: people know what was accepted last.
    if (before?.accepted && !one.accepted) continue;
    told.delete(key);
    told.set(key, one);
  }
  return [...told.values()];
}

/** Whether people know how the life ended. One that ended before anybody heard of it need not be told. */
export function isKnown({ states }: Pick<Life, 'states'>, told: readonly Told[]): boolean {
  const last = states.at(-1);
  const heard = told.filter(({ accepted }) => accepted).at(-1);
  if (last === undefined) return true;
  if (heard === undefined) return last.status === 'resolved' && told.length === 0;
  return heard.status === last.status && (last.status === 'resolved' || heard.severity === last.severity);
}

/** What is wrong with what people heard of a life, one fault a line. */
export function faultsOf(
  { instance, states }: Pick<Life, 'instance' | 'states'>,
  arrivals: readonly Arrival[],
): string[] {
  const told = toldOf(arrivals, instance);
  const lines: string[] = [];
  let highest = 0;
  for (const { key, number, status } of told) {
    if (key === '') lines.push('a message without a key');
    const state = states[number - 1];
    if (state === undefined) lines.push(`a message of state ${number}, which there is not`);
    else if (state.status !== status) lines.push(`${status} was told of state ${number}, which is ${state.status}`);
    if (number < highest) lines.push(`state ${number} was told after state ${highest}`);
    highest = Math.max(highest, number || 0);
  }
  lines.push(...mixedKeys(arrivals, instance));
  if (!isKnown({ states }, told))
    lines.push(`lost: the last state is ${words(states.at(-1))}, told was ${summary(told)}`);
  if (lines.length > 0) lines.push(`it got ${arrivedOf(arrivals, instance).join(', ')}`);
  return lines.map((line) => `${instance}: ${line}`);
}

/** Each arrival of an instance in a few words, for people who look into a fault. */
function arrivedOf(arrivals: readonly Arrival[], instance: string): string[] {
  return arrivals.flatMap(({ key, body, mood }) => {
    const alert = body.alerts.find(({ labels }) => labels.instance_id === instance);
    return alert === undefined ? [] : `${alert.status} (${alert.annotations.message}) ${key.slice(0, 4)} ${mood}`;
  });
}

function mixedKeys(arrivals: readonly Arrival[], instance: string): string[] {
  const seen = new Map<string, string>();
  const mixed = new Set<string>();
  for (const { key, body } of arrivals) {
    const alert = body.alerts.find(({ labels }) => labels.instance_id === instance);
    if (alert === undefined) continue;
    if (seen.has(key) && seen.get(key) !== alert.status) mixed.add(key);
    seen.set(key, alert.status);
  }
  return [...mixed].map((key) => `the key ${key} stands for firing and for resolved`);
}

function words(state: State | undefined): string {
  return state === undefined ? 'none' : `${state.status} ${state.severity} (${state.number})`;
}

function summary(told: readonly Told[]): string {
  const list = told.map(({ number, status, accepted }) => `${status} (${number})${accepted ? '' : ' refused'}`);
  return list.length === 0 ? 'nothing' : list.join(', ');
}

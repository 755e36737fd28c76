import { iso } from '../../core/iso-time.ts';
import type { MatcherSpec } from '../../core/policy/silence.ts';
import type { SilenceRequest } from '../../core/policy/silence-change.ts';
import type { JsonObject } from '../../core/reading/read.ts';
import type { alertmanagerSilence } from '../alertmanager/silence-views.ts';
import { AlertaError, listOf, secondsOf, textOf, timeOf } from './read.ts';

/** How long a blackout lasts where nobody says, in seconds. */
export const BLACKOUT_S = 3600;

// What a blackout names, by the label that an alert bears it in.
const LABELS = {
  environment: 'environment',
  resource: 'resource',
  event: 'alertname',
  group: 'group',
  customer: 'customer',
};
type Field = keyof typeof LABELS;
const FIELDS = Object.keys(LABELS) as readonly Field[];

/** A blackout as a client asks for it, as a window of the hub. `id` names the one that is changed; null for a new one. Throws AlertaError. */
export function readBlackout(given: JsonObject, id: string | null, user: string, now: number): SilenceRequest {
  if ((textOf(given, 'environment') ?? '') === '')
    throw new AlertaError(400, "Missing mandatory value for 'environment'");
  if (textOf(given, 'origin') !== null)
    throw new AlertaError(400, 'origin is no label of an alert here: name its resource, service or a tag instead');
  const startsAt = timeOf(given, 'startTime') ?? now;
  const endsAt = timeOf(given, 'endTime') ?? startsAt + (secondsOf(given, 'duration') ?? BLACKOUT_S) * 1000;
  const named = FIELDS.flatMap((field) => {
    const value = textOf(given, field) ?? '';
    return value === '' ? [] : [exactly(LABELS[field], value)];
  });
  const matchers = [
    ...named,
    ...listOf(given, 'service').map(amongServices),
    ...listOf(given, 'tags').map((tag) => {
      const [name, value] = tagLabel(tag);
      return exactly(name, value);
    }),
  ];
  return { id, kind: 'maintenance', matchers, startsAt, endsAt, createdBy: user, comment: textOf(given, 'text') ?? '' };
}

function exactly(name: string, value: string): MatcherSpec {
  return { name, value, isRegex: false, isEqual: true };
}

/** A tag as the label that it becomes. */
export function tagLabel(tag: string): readonly [name: string, value: string] {
  const [, name = tag, value = 'true'] = /^([^=:]+)[=:](.*)$/s.exec(tag) ?? [];
  return [name, value];
}

// An alert names several services in one label, with commas between them.
const [BEFORE, BEHIND] = ['(?:.*,)?', '(?:,.*)?'];

function amongServices(service: string): MatcherSpec {
  const text = service.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return { name: 'service', value: `${BEFORE}${text}${BEHIND}`, isRegex: true, isEqual: true };
}

type Shown = ReturnType<typeof alertmanagerSilence>;

/** A silence or window as a blackout; null where Alerta has no words for it, or it is over. */
export function blackoutJson({ id, status, matchers, ...silence }: Shown, now: number) {
  const named: Partial<Record<Field, string>> = {};
  const service: string[] = [];
  const tags: string[] = [];
  for (const { name, value, isRegex, isEqual } of matchers) {
    const field = FIELDS.find((one) => LABELS[one] === name);
    if (!isEqual) return null;
    if (!isRegex && field !== undefined) named[field] = value;
    else if (!isRegex) tags.push(value === 'true' ? name : `${name}=${value}`);
    else if (name === 'service' && value.startsWith(BEFORE) && value.endsWith(BEHIND))
      service.push(value.slice(BEFORE.length, -BEHIND.length).replaceAll(/\\(.)/g, '$1'));
    else return null;
  }
  const { environment, resource = null, event = null, group = null, customer = null } = named;
  if (environment === undefined || status.state === 'expired') return null;
  const [startsAt, endsAt] = [Date.parse(silence.startsAt ?? ''), Date.parse(silence.endsAt ?? '')];
  const duration = Math.round((endsAt - startsAt) / 1000);
  return {
    ...{ id, href: `/blackout/${id}`, environment, service, resource, event, group, tags, origin: null, customer },
    priority: priorityOf({ resource, event, group, service, tags }),
    ...{ startTime: iso(startsAt), endTime: iso(endsAt), duration, status: status.state },
    remaining: status.state === 'active' ? Math.max(0, Math.round((endsAt - now) / 1000)) : duration,
    ...{ user: silence.createdBy, createTime: silence.updatedAt, text: silence.comment },
  };
}

interface Named {
  readonly resource: string | null;
  readonly event: string | null;
  readonly group: string | null;
  readonly service: readonly string[];
  readonly tags: readonly string[];
}

/** How much a blackout names, in Alerta's numbers. */
function priorityOf({ resource, event, group, service, tags }: Named): number {
  if (resource !== null && event === null) return 2;
  if (service.length > 0) return 3;
  if (event !== null && resource === null) return 4;
  if (group !== null) return 5;
  if (resource !== null) return 6;
  return tags.length > 0 ? 7 : 1;
}

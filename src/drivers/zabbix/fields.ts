import type { Labels } from '../../core/alert/alert.ts';
import { presentMap, presentText } from '../../core/reading/absent.ts';
import { parsedJson, pick } from '../../core/reading/fields.ts';
import { isObject, type JsonObject } from '../../core/reading/read.ts';
import { joinedTags, tagLabels } from '../../core/reading/tags.ts';

/**
 * UTC milliseconds of a date `yyyy.mm.dd` and a time `hh:mm:ss` on a clock of that IANA zone; undefined when they are
 * none. Of an hour that comes twice, it is the first.
 */
export function timeInZone(date: string | undefined, time: string | undefined, zone: string): number | undefined {
  const day = /^(\d{4})[.-](\d\d)[.-](\d\d)$/.exec(date ?? '');
  const clock = /^(\d\d):(\d\d):(\d\d)$/.exec(time ?? '');
  if (day === null || clock === null) return undefined;
  const asUtc = Date.parse(`${day[1]}-${day[2]}-${day[3]}T${clock[0]}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  const before = asUtc - offsetAt(asUtc - 86_400_000, zone);
  const after = asUtc - offsetAt(asUtc + 86_400_000, zone);
  return [before, after].find((at) => at + offsetAt(at, zone) === asUtc) ?? before;
}

/** How far clocks of a zone are ahead of UTC, in milliseconds. */
function offsetAt(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  }).formatToParts(at);
  const [year = 0, month = 1, day, hour, minute, second] = ['year', 'month', 'day', 'hour', 'minute', 'second'].map(
    (type) => Number(parts.find((part) => part.type === type)?.value),
  );
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.trunc(at / 1000) * 1000;
}

/** Tags as `{EVENT.TAGSJSON}` (text or list), as `key: value` apart by commas, or as lists of values by name. */
export function tagsOf(given: unknown): Labels {
  const value = typeof given === 'string' && /^\s*[[{]/.test(given) ? parsedJson(given) : given;
  if (typeof value === 'string') return tagLabels(value);
  const pairs: (readonly [unknown, unknown])[] = [];
  if (Array.isArray(value)) for (const tag of value) if (isObject(tag)) pairs.push([tag.tag, tag.value]);
  if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) for (const one of [inner].flat()) pairs.push([key, one]);
  }
  return joinedTags(pairs.map(([key, one]) => [presentText(key)?.trim() ?? '', presentText(one)?.trim() ?? '']));
}

/** What names the place of a problem, and its tags. */
export function labelsOf(body: JsonObject): Labels {
  const own = presentMap({
    hostname: pick(body, 'host_name', 'hostname', 'host_host', 'host'),
    host_ip: pick(body, 'host_ip'),
    host_groups: Array.isArray(body.host_groups)
      ? body.host_groups.flatMap((one) => presentText(one) ?? []).join(',')
      : pick(body, 'host_groups', 'host_group'),
    trigger_id: triggerOf(body),
    event_source: pick(body, 'event_source'),
  });
  return { ...tagsOf(body.event_tags ?? body.event_tags_json), ...own };
}

/** The trigger's id; a link of Zabbix holds it too. */
export function triggerOf(body: JsonObject): string | undefined {
  return pick(body, 'trigger_id') ?? /[?&]triggerid=(\d+)/.exec(pick(body, 'link', 'url') ?? '')?.[1];
}

/** What a person reads. */
export function annotationsOf(body: JsonObject): Labels {
  const server = withoutLastSlashes(pick(body, 'zabbix_url') ?? '');
  const [trigger, event] = [triggerOf(body), pick(body, 'event_id')];
  const page = server && trigger && event ? `${server}/tr_events.php?triggerid=${trigger}&eventid=${event}` : undefined;
  return presentMap({
    message: pick(body, 'alert_message', 'message')?.replaceAll('\r\n', '\n'),
    operational_data: pick(body, 'event_opdata', 'operation_data', 'item'),
    description: pick(body, 'trigger_description'),
    url: page ?? pick(body, 'link', 'trigger_url', 'url'),
    runbook_url: page === undefined ? undefined : pick(body, 'trigger_url'),
    event_id: event,
    event_date: [pick(body, 'event_date'), pick(body, 'event_time')].filter((one) => one !== undefined).join(' '),
    acknowledged: pick(body, 'event_ack_status', 'acknowledged'),
  });
}

// By hand: a regular expression for it takes time by the square of a long run of slashes in the midst.
function withoutLastSlashes(address: string): string {
  let end = address.length;
  while (address[end - 1] === '/') end -= 1;
  return address.slice(0, end);
}

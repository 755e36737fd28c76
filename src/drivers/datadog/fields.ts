import type { Labels } from '../../core/alert/alert.ts';
import { presentMap } from '../../core/reading/absent.ts';
import { listOf, pick } from '../../core/reading/fields.ts';
import { isObject, type JsonObject } from '../../core/reading/read.ts';
import { respelled } from '../../core/reading/spelling.ts';
import { tagLabels } from '../../core/reading/tags.ts';
import { identityBy } from '../../lib/crypto/digest.ts';

/** Names of variables that templates give other spellings, or nest. */
const NAMES = [
  ...['alert_id', 'alert_scope', 'alert_transition', 'alert_type', 'alert_title', 'alert_priority', 'alert_cycle_key'],
  ...[
    'alert_status',
    'alert_metric',
    'alert_query',
    'aggreg_key',
    'event_type',
    'event_title',
    'event_msg',
    'org_name',
  ],
  ...['last_updated', 'text_only_msg', 'monitor_id', 'monitor_name', 'monitor_scope', 'monitor_scopes', 'alert_scopes'],
  ...['monitor_transition', 'monitor_priority', 'cycle_key', 'aggregation_key', 'alert_name', 'event_tags'],
];
/** Other names of variables, each by the one it is known by here. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  alert_id: ['monitor_id'],
  alert_scope: ['alert_scopes', 'monitor_scope', 'monitor_scopes', 'scope', 'scopes'],
  alert_transition: ['monitor_transition'],
  alert_title: ['alert_name', 'monitor_name'],
  alert_priority: ['monitor_priority'],
  alert_cycle_key: ['cycle_key'],
  aggreg_key: ['aggregation_key'],
};

/** A body whose variables have one set of names, however its template spells and nests them. */
export function variablesOf(given: JsonObject): JsonObject {
  const body: Record<string, unknown> = { ...respelled(given, NAMES, ['alert', 'monitor', 'event']) };
  for (const [name, others] of Object.entries(ALIASES)) {
    const found = listOf(body[name]) ?? others.map((other) => listOf(body[other])).find((text) => text !== undefined);
    if (found !== undefined) body[name] = found;
  }
  return body;
}

/**
 * The monitor's priority: `alert_priority`, else `priority`, which is `$PRIORITY` (normal, low) in most templates and the
 * monitor's, P1 to P5, in some, else that of the title.
 */
export function priorityOf(body: JsonObject, title: { readonly priority?: string }): string | undefined {
  const other = pick(body, 'priority');
  return pick(body, 'alert_priority') ?? (/^P[1-5]$/i.test(other ?? '') ? other : title.priority);
}

/**
 * The fingerprint of a notice: monitor and scope, else `$AGGREG_KEY`, else the monitor, else `$ALERT_CYCLE_KEY`, else
 * the hash of name, organisation and scope. Never `$ID`, which is new for every notice.
 */
export function identityFrom(
  body: JsonObject,
  { name, scope: prefixed, suffix }: { name: string; scope: string | undefined; suffix: string },
) {
  const id = pick(body, 'alert_id');
  const scope = pick(body, 'alert_scope');
  const aggregated = pick(body, 'aggreg_key');
  const cycle = pick(body, 'alert_cycle_key');
  const org = isObject(body.org) ? (pick(body.org, 'id', 'name') ?? '') : '';
  const group = inOrder(scope ?? prefixed ?? '');
  const monitor = id === undefined ? undefined : group === '' ? id : `${id}:${group}`;
  const given =
    (scope === undefined ? undefined : monitor) ??
    (aggregated === undefined ? undefined : `aggreg:${aggregated}`) ??
    monitor ??
    (cycle === undefined ? undefined : `cycle:${cycle}`);
  return identityBy(given === undefined ? undefined : `${given}${suffix}`, `${name}${suffix}`, { org, scope: group });
}

/** A scope with its tags in one order. */
function inOrder(scope: string): string {
  return scope
    .split(',')
    .map((tag) => tag.trim())
    .sort()
    .join(',');
}

/** Tags, and beside them what Datadog says of monitor and group. */
export function labelsOf(body: JsonObject, title: { readonly scope?: string; readonly priority?: string }): Labels {
  const labels = tagLabels(body.tags ?? body.event_tags);
  // Only the driver says that an alert is about missing data.
  delete labels.alert_kind;
  const own = {
    alert_id: pick(body, 'alert_id'),
    scope: pick(body, 'alert_scope') ?? title.scope,
    hostname: pick(body, 'hostname', 'host'),
    metric: pick(body, 'alert_metric', 'metric'),
    event_type: pick(body, 'event_type'),
    priority: priorityOf(body, title),
    org: isObject(body.org) ? pick(body.org, 'name', 'id') : pick(body, 'org_name', 'org'),
  };
  return { ...labels, ...presentMap(own) };
}

/** What a person reads, and what is not the same in the next notice. */
export function annotationsOf(body: JsonObject, type: string | undefined): Labels {
  const message = pick(body, 'text_only_msg', 'body', 'event_msg', 'message', 'text');
  return presentMap({
    message: message?.replaceAll('%%%', '').trim(),
    url: pick(body, 'link', 'url'),
    snapshot: pick(body, 'snapshot'),
    query: pick(body, 'alert_query'),
    alert_status: pick(body, 'alert_status'),
    alert_type: type,
    cycle_key: pick(body, 'alert_cycle_key'),
    event_id: pick(body, 'event_id', 'id'),
  });
}

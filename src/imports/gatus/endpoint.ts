import { ENDPOINT, PUSH_ENDPOINT } from '../../config/endpoints/schema.ts';
import { endpointKey } from '../../core/endpoint/endpoint.ts';
import type { Protocol } from '../../protocols/contract.ts';
import { protocolOf } from '../../protocols/registry.ts';
import { type Fields, fieldsOf, given, isYes, type Keys, listOf, type Reporter, textOf } from '../report.ts';
import { underscored } from './spelling.ts';

/** What an endpoint is read with. */
export interface Given {
  readonly keys: Keys;
  /** Of each provider of alerts: what its alerts have where they say nothing. */
  readonly defaults: ReadonlyMap<string, Fields>;
  /** Those that all endpoints have. */
  readonly windows: readonly Fields[];
  readonly reporter: Reporter;
}

/** An endpoint of ours, with the providers that are told of it. */
export interface ImportedEndpoint {
  readonly fields: Fields;
  readonly key: string;
  readonly group: string;
  readonly providers: readonly string[];
}

const ALERT = [
  'failure_threshold',
  'success_threshold',
  'description',
  'minimum_reminder_interval',
  'send_on_resolved',
  'agent_quorum',
];

/** `alerting.<provider>.default-alert` of each. */
export function defaultAlerts(alerting: Fields): ReadonlyMap<string, Fields> {
  return new Map(
    Object.entries(alerting).map(([provider, options]) => [provider, fieldsOf(fieldsOf(options)['default-alert'])]),
  );
}

/** One of `endpoints`. */
export function endpointOf(entry: Fields, { keys, defaults, windows, reporter }: Given): ImportedEndpoint {
  const { alerts, 'maintenance-windows': own, ...others } = entry;
  const protocol = protocolOf(textOf(entry.url) ?? '', entry);
  if (protocol === undefined) reporter.lose([...keys, 'url'], 'there is no protocol for it');
  const options = Object.keys(protocol?.options.shape ?? {});
  const { values, rest } = underscored(others, [...Object.keys(ENDPOINT.shape), ...options], {
    ...{ keys, reporter },
    mayRefer: options,
  });
  reporter.rest(keys, rest, []);
  const told = alertsOf(alerts, { keys, defaults, reporter });
  return {
    ...named(entry),
    providers: told.map(({ provider }) => provider),
    fields: {
      ...withoutForeign(values, protocol, keys, reporter),
      alerts: told.map(({ fields }) => fields),
      ...maintenance([...windows, ...windowsOf(own, keys, reporter)]),
    },
  };
}

/** Values without what stands within an option and is not known to the protocol. */
function withoutForeign(values: Fields, protocol: Protocol | undefined, keys: Keys, reporter: Reporter): Fields {
  const kept = structuredClone(values) as Record<string, unknown>;
  const options = Object.entries(kept).filter(([key]) => Object.hasOwn(protocol?.options.shape ?? {}, key));
  const read = protocol?.options.safeParse(Object.fromEntries(options));
  for (const issue of read?.error?.issues ?? []) {
    if (issue.code !== 'unrecognized_keys') continue;
    const within = issue.path.reduce<unknown>((value, key) => fieldsOf(value)[String(key)], kept);
    for (const key of issue.keys) {
      // Read as that of the endpoint.
      if (key === 'timeout' && issue.path.length === 1) continue;
      reporter.lose([...keys, ...issue.path, key], 'has no counterpart here');
      delete (within as Record<string, unknown>)[key];
    }
  }
  for (const [key, value] of options) if (isEmpty(value)) delete kept[key];
  return kept;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** One of `external-endpoints`. */
export function pushEndpointOf(entry: Fields, { keys, defaults, windows, reporter }: Given): ImportedEndpoint {
  const { alerts, 'maintenance-windows': own, ...others } = entry;
  const known = Object.keys(PUSH_ENDPOINT.shape);
  const { values, rest } = underscored(others, known, { keys, reporter, mayRefer: ['token'] });
  reporter.rest(keys, rest, []);
  const { heartbeat, token, ...kept } = values;
  const period = textOf(fieldsOf(heartbeat).interval);
  const told = alertsOf(alerts, { keys, defaults, reporter });
  return {
    ...named(entry),
    providers: told.map(({ provider }) => provider),
    fields: given({
      ...kept,
      token,
      // There, what is late is a failure at once.
      ...(period === undefined ? {} : { period, grace: '0s' }),
      // Ours is raised by the first failure, theirs by the third.
      alerts: told.map(({ fields }) => ({ failure_threshold: 3, success_threshold: 2, ...fields })),
      ...maintenance([...windows, ...windowsOf(own, keys, reporter)]),
    }),
  };
}

/** A window of maintenance; none for one that is switched off or has no time. */
export function windowOf(window: Fields, keys: Keys, reporter: Reporter): readonly Fields[] {
  const { enabled, start, duration, timezone, every, ...rest } = window;
  reporter.rest(keys, rest, []);
  if (enabled === false || start === undefined || duration === undefined) return [];
  return [given({ start: textOf(start), duration: textOf(duration), zone: textOf(timezone), every })];
}

function windowsOf(windows: unknown, keys: Keys, reporter: Reporter): readonly Fields[] {
  return listOf(windows).flatMap((window, index) =>
    windowOf(fieldsOf(window), [...keys, 'maintenance-windows', index], reporter),
  );
}

function maintenance(windows: readonly Fields[]): Fields {
  return windows.length === 0 ? {} : { maintenance_windows: windows };
}

function named(entry: Fields): { readonly key: string; readonly group: string } {
  const group = textOf(entry.group) ?? '';
  return { key: endpointKey(group, textOf(entry.name) ?? ''), group };
}

function alertsOf(
  alerts: unknown,
  { keys, defaults, reporter }: Omit<Given, 'windows'>,
): readonly { readonly provider: string; readonly fields: Fields }[] {
  return listOf(alerts).flatMap((entry, index) => {
    const place: Keys = [...keys, 'alerts', index];
    const own = fieldsOf(entry);
    const provider = textOf(own.type) ?? '';
    const { type: _, enabled = true, ...alert } = { ...defaults.get(provider), ...own };
    if (!isYes(enabled)) return [];
    const { values, rest } = underscored(alert, ALERT, { keys: place, reporter, mayRefer: [] });
    const { 'provider-override': override, ...others } = rest;
    if (override !== undefined)
      reporter.lose([...place, 'provider-override'], 'write a channel of its own and a route to it');
    reporter.rest(place, others, []);
    // There, nobody is told of the end unless the file says so.
    const ends = values.send_on_resolved === undefined ? { send_on_resolved: false } : {};
    return [{ provider, fields: { ...values, ...ends } }];
  });
}

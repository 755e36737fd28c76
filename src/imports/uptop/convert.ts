import { type ChannelKind, createChannels } from '../channels.ts';
import {
  createReporter,
  type Fields,
  fieldsOf,
  given,
  type Imported,
  type Keys,
  listOf,
  type Reporter,
  textOf,
} from '../report.ts';
import { importWatches, statusConditions, type Watch } from '../watch.ts';

const KINDS: Readonly<Record<string, ChannelKind>> = {
  discord: { type: 'discord', secret: { url: 'url' } },
  slack: { type: 'slack', secret: { url: 'url' } },
  webhook: {
    type: 'webhook',
    secret: { url: 'url' },
    remark: 'is sent the body of Alertmanager; write another in body',
  },
  email: {
    type: 'email',
    plain: { host: 'host', port: 'port', user: 'user', from: 'from', to: 'to' },
    secret: { pass: 'password' },
  },
  ntfy: { type: 'ntfy', plain: { url: 'base_url', topic: 'topic' } },
  telegram: { type: 'telegram', plain: { chat_id: 'chat' }, secret: { token: 'token' } },
  pagerduty: { type: 'pagerduty', secret: { routing_key: 'routing_key' } },
  pushover: { type: 'pushover', secret: { token: 'token', user: 'user' } },
  gotify: { type: 'gotify', plain: { url: 'base_url' }, secret: { token: 'token' } },
  opsgenie: { type: 'opsgenie', secret: { api_key: 'api_key' } },
};
// A backup of its interface names fields as Go does; the file of `uptop export` has those of YAML.
const SPELLING: Readonly<Record<string, string>> = {
  ID: 'id',
  URL: 'url',
  AlertID: 'alert_id',
  CheckSSL: 'check_ssl',
  ExpiryThreshold: 'expiry_threshold',
  MaxRetries: 'max_retries',
  ParentID: 'parent_id',
  AcceptedCodes: 'accepted_codes',
  DNSResolveType: 'dns_resolve_type',
  DNSServer: 'dns_server',
  IgnoreTLS: 'ignore_tls',
};
const KNOWN = [
  ...['id', 'name', 'type', 'url', 'token', 'interval', 'alert', 'alert_id', 'check_ssl', 'expiry_threshold'],
  ...['max_retries', 'hostname', 'port', 'timeout', 'method', 'description', 'parent_id', 'accepted_codes'],
  ...['dns_resolve_type', 'dns_server', 'ignore_tls', 'paused', 'regions', 'monitors'],
];

interface Monitor {
  readonly fields: Fields;
  readonly keys: Keys;
  readonly group: string;
  /** Name or number of who is told, also that of its group. */
  readonly alerts: readonly string[];
}

/** Turns a file of `uptop export`, or a backup of its interface, into ours. `at` gives the line of a place in the file. */
export function importUptop(file: Fields, at: (keys: readonly string[]) => string): Imported {
  const reporter = createReporter(at);
  const isBackup = file.sites !== undefined;
  reporter.rest([], file, isBackup ? ['sites', 'alerts', 'maintenance_windows'] : ['monitors', 'alerts']);
  if (file.maintenance_windows !== undefined && listOf(file.maintenance_windows).length > 0)
    reporter.lose(['maintenance_windows'], 'write them anew as windows: notify.windows');
  const monitors = isBackup ? sitesOf(file.sites) : nested(listOf(file.monitors), ['monitors'], '', []);
  if (monitors.length === 0) reporter.refuse([isBackup ? 'sites' : 'monitors'], 'there are none');
  const watched = monitors.flatMap((monitor) => {
    const watch = watchOf(monitor, reporter);
    return watch === null ? [] : [{ monitor, watch }];
  });
  const { endpoints, pushEndpoints, keys } = importWatches(
    watched.map(({ watch }) => watch),
    reporter,
  );
  const told = watched.map(({ monitor }, index) => ({ key: keys[index] ?? '', alerts: monitor.alerts }));
  const some = (list: readonly Fields[]) => (list.length === 0 ? undefined : list);
  const notify = importAlerts(listOf(file.alerts).map(spelt), told, reporter);
  return {
    ...reporter,
    configuration: given({ endpoints: some(endpoints), push_endpoints: some(pushEndpoints), notify }),
  };
}

function spelt(value: unknown): Fields {
  const entries = Object.entries(fieldsOf(value)).map(([key, one]) => [SPELLING[key] ?? lower(key), one]);
  return Object.fromEntries(entries);
}

function lower(key: string): string {
  return /^[A-Z][a-z]+$/.test(key) ? key.toLowerCase() : key;
}

function nested(list: readonly unknown[], keys: Keys, group: string, alerts: readonly string[]): readonly Monitor[] {
  return list.flatMap((value, index) => {
    const fields = spelt(value);
    const place = [...keys, index];
    const own = [...alerts, ...listOf(fields.alert).map(String)];
    if (fields.type !== 'group') return [{ fields, keys: place, group, alerts: own }];
    return nested(listOf(fields.monitors), [...place, 'monitors'], textOf(fields.name) ?? '', own);
  });
}

function sitesOf(sites: unknown): readonly Monitor[] {
  const all = listOf(sites).map(spelt);
  const idsOf = ({ alert_id: id }: Fields) => (id === undefined || id === 0 ? [] : [String(id)]);
  return all.flatMap((fields, index) => {
    if (fields.type === 'group') return [];
    const parent = all.find(({ id, type }) => type === 'group' && id !== 0 && id === fields.parent_id);
    const alerts = [...idsOf(parent ?? {}), ...idsOf(fields)];
    return [{ fields, keys: ['sites', index], group: textOf(parent?.name) ?? '', alerts }];
  });
}

function watchOf({ fields, keys, group }: Monitor, reporter: Reporter): Watch | null {
  reporter.rest(keys, fields, KNOWN);
  const type = textOf(fields.type) ?? 'http';
  const seen = lookOf(type, fields, keys, reporter);
  if (seen === null && type !== 'push') {
    reporter.lose([...keys, 'type'], `there is no protocol for ${type}`);
    return null;
  }
  const seconds = (field: string) =>
    typeof fields[field] === 'number' && fields[field] > 0 ? fields[field] : undefined;
  const interval = seconds('interval');
  const regions = (textOf(fields.regions) ?? '').split(',').map((one) => one.trim());
  const timeout = seconds('timeout');
  return {
    ...{ keys, group, ...(seen ?? { url: '', options: {} }) },
    name: textOf(fields.name) ?? `monitor ${textOf(fields.id) ?? ''}`,
    intervalSeconds: interval,
    timeoutSeconds: timeout === undefined ? undefined : Math.min(timeout, interval ?? timeout),
    retries: seconds('max_retries') ?? 0,
    reminderSeconds: 0,
    enabled: fields.paused !== true,
    description: textOf(fields.description),
    labels: {},
    regions: regions.filter((one) => one !== ''),
    push: type === 'push' ? { token: textOf(fields.token) } : undefined,
  };
}

function lookOf(type: string, fields: Fields, keys: Keys, reporter: Reporter): Pick<Watch, 'url' | 'options'> | null {
  const name = textOf(fields.hostname) ?? '';
  const host = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  const connected = { conditions: ['[CONNECTED] == true'] };
  if (type === 'http') return { url: textOf(fields.url) ?? '', options: httpOf(fields, keys, reporter) };
  if (type === 'ping') return { url: `ping://${host}`, options: connected };
  if (type === 'port') return { url: `tcp://${host}:${textOf(fields.port) ?? ''}`, options: connected };
  if (type !== 'dns') return null;
  const server = textOf(fields.dns_server) ?? '1.1.1.1';
  const dns = { query_name: name, query_type: textOf(fields.dns_resolve_type) ?? 'A' };
  return { url: `dns://${server}`, options: { dns, conditions: ['[DNS_RCODE] == NOERROR'] } };
}

function httpOf(fields: Fields, keys: Keys, reporter: Reporter): Fields {
  const accepted = (textOf(fields.accepted_codes) ?? '200-299').split(',');
  const status = statusConditions(accepted);
  if (status === null) reporter.lose([...keys, 'accepted_codes'], `${accepted.join(',')}: write the condition anew`);
  const method = textOf(fields.method)?.toUpperCase();
  const days = typeof fields.expiry_threshold === 'number' && fields.expiry_threshold > 0 ? fields.expiry_threshold : 7;
  const isChecked = fields.check_ssl === true && (textOf(fields.url) ?? '').startsWith('https:');
  const expiry = isChecked ? [`[CERTIFICATE_EXPIRATION] > ${days * 24}h`] : [];
  const conditions = [...(status ?? []), ...expiry];
  return given({
    method: method === 'GET' ? undefined : method,
    client: fields.ignore_tls === true ? { insecure: true } : undefined,
    conditions: conditions.length === 0 ? undefined : conditions,
  });
}

function importAlerts(
  alerts: readonly Fields[],
  told: readonly { readonly key: string; readonly alerts: readonly string[] }[],
  reporter: Reporter,
): Fields | undefined {
  const channels = createChannels(KINDS, reporter);
  for (const [index, alert] of alerts.entries()) {
    const keys = ['alerts', index];
    const kind = channels.kindOf(textOf(alert.type) ?? '', keys);
    if (kind === undefined) continue;
    const names = [textOf(alert.name), textOf(alert.id)];
    const those = told.filter((one) => one.alerts.some((name) => names.includes(name))).map(({ key }) => key);
    channels.add(kind, textOf(alert.name) ?? kind.type, fieldsOf(alert.settings), [...keys, 'settings'], those);
  }
  return channels.notify();
}

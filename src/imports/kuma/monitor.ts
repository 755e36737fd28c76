import { type Fields, fieldsOf, given, type Keys, listOf, type Reporter, textOf } from '../report.ts';
import { statusConditions, type Watch } from '../watch.ts';
import { isOn, jsonOf, numberOf } from './values.ts';

/** Where a monitor stands. */
export interface MonitorPlace {
  /** All of them, for those that are groups. */
  readonly monitors: readonly Fields[];
  readonly keys: Keys;
  readonly reporter: Reporter;
}

/** What a type of monitor looks at; null when nothing of it can be kept. */
type Look = (monitor: Fields, lose: (field: string, message: string) => void) => Pick<Watch, 'url' | 'options'> | null;

const host = (monitor: Fields) => {
  const name = textOf(monitor.hostname) ?? '';
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
};
const connected = (scheme: string, port?: number): Look => {
  return (monitor) => {
    const own = numberOf(monitor.port) ?? port;
    return { url: `${scheme}://${host(monitor)}${own === undefined ? '' : `:${own}`}`, options: CONNECTED };
  };
};
const CONNECTED: Fields = { conditions: ['[CONNECTED] == true'] };

const LOOKS: Readonly<Record<string, Look>> = {
  http: (monitor, lose) => http(monitor, [], lose),
  keyword: (monitor, lose) => {
    const word = textOf(monitor.keyword) ?? '';
    if (word.includes('*')) lose('keyword', 'its asterisk stands for any text here');
    return http(monitor, [`[BODY] ${isOn(monitor.invertKeyword) ? '!=' : '=='} pat(*${word}*)`], lose);
  },
  'json-query': (monitor, lose) => {
    const condition = jsonCondition(monitor);
    if (condition === null)
      lose('jsonPath', `${textOf(monitor.jsonPath) ?? ''}: write the condition anew, such as [BODY].a.b == ok`);
    return http(monitor, condition === null ? [] : [condition], lose);
  },
  ping: connected('ping'),
  'tailscale-ping': connected('ping'),
  port: connected('tcp'),
  'websocket-upgrade': (monitor) => ({ url: textOf(monitor.url) ?? '', options: CONNECTED }),
  smtp: (monitor) => {
    const security = textOf(monitor.smtpSecurity) ?? 'nostarttls';
    const scheme = security === 'secure' ? 'tls' : security === 'starttls' ? 'starttls' : 'tcp';
    const port = numberOf(monitor.port) ?? (scheme === 'tls' ? 465 : 25);
    return { url: `${scheme}://${host(monitor)}:${port}`, options: CONNECTED };
  },
  dns: (monitor, lose) => {
    const [server = '', ...others] = (textOf(monitor.dns_resolve_server) ?? '').split(',').map((one) => one.trim());
    if (others.length > 0) lose('dns_resolve_server', `one name server is asked: ${server}`);
    const port = numberOf(monitor.port) ?? 53;
    const dns = { query_name: textOf(monitor.hostname), query_type: textOf(monitor.dns_resolve_type) ?? 'A' };
    if (listOf(jsonOf(monitor.conditions)).length > 0) lose('conditions', 'write them anew');
    const address = server.includes(':') ? `[${server}]` : server;
    return { url: `dns://${address}:${port}`, options: { dns, conditions: ['[DNS_RCODE] == NOERROR'] } };
  },
};

/** A monitor of Uptime Kuma; null for one that only groups others, and for one that cannot be kept, which is told. */
export function watchOf(monitor: Fields, { monitors, keys, reporter }: MonitorPlace): Watch | null {
  const type = textOf(monitor.type) ?? '';
  const name = textOf(monitor.name) ?? `monitor ${textOf(monitor.id) ?? ''}`.trim();
  const lose = (field: string, message: string) => reporter.lose([...keys, field], `${name}: ${message}`);
  if (type === 'group') {
    if (Object.values(fieldsOf(monitor.notificationIDList)).some(isOn))
      lose('notificationIDList', 'a group tells nobody; its endpoints do');
    return null;
  }
  const look = Object.hasOwn(LOOKS, type) ? LOOKS[type] : undefined;
  if (look === undefined && type !== 'push') {
    lose('type', `there is no protocol for ${type || 'it'}; tcp://HOST:PORT sees whether something answers`);
    return null;
  }
  const seen = look?.(monitor, lose) ?? { url: '', options: {} };
  const interval = numberOf(monitor.interval);
  const retries = Math.max(0, numberOf(monitor.maxretries) ?? 0);
  const retryInterval = numberOf(monitor.retryInterval);
  if (retries > 0 && retryInterval !== undefined && retryInterval > 0 && retryInterval !== interval)
    lose('retryInterval', 'a failed look is repeated at the interval');
  const isUpsideDown = isOn(monitor.upsideDown);
  if (isUpsideDown) lose('upsideDown', 'it is switched off here: turn its conditions round, and enable it');
  for (const field of ['proxyId', 'docker_host', 'remote_browser']) {
    if (numberOf(monitor[field]) !== undefined) lose(field, 'has no counterpart here');
  }
  return {
    ...{ keys, name, ...seen, retries },
    group: groupOf(monitor, monitors),
    intervalSeconds: interval,
    timeoutSeconds: type === 'push' ? undefined : timeoutOf(monitor, interval),
    reminderSeconds: Math.max(0, numberOf(monitor.resendInterval) ?? 0) * (interval ?? 60),
    enabled: !isUpsideDown && monitor.active !== 0 && monitor.active !== false && monitor.active !== '0',
    description: textOf(monitor.description),
    labels: labelsOf(monitor.tags),
    regions: [],
    push: type === 'push' ? { token: textOf(monitor.pushToken) } : undefined,
  };
}

/** Not longer than the interval, which may be shorter there. */
function timeoutOf(monitor: Fields, interval: number | undefined): number | undefined {
  const timeout = numberOf(monitor.timeout);
  return timeout === undefined || timeout <= 0 ? undefined : Math.min(timeout, interval ?? timeout);
}

function http(
  monitor: Fields,
  conditions: readonly string[],
  lose: (field: string, message: string) => void,
): Pick<Watch, 'url' | 'options'> {
  const accepted = listOf(jsonOf(monitor.accepted_statuscodes) ?? monitor.accepted_statuscodes).map(String);
  const status = statusConditions(accepted.length === 0 ? ['200-299'] : accepted);
  if (status === null) lose('accepted_statuscodes', `${accepted.join(', ')}: write the condition anew`);
  const method = textOf(monitor.method)?.toUpperCase();
  const redirects = numberOf(monitor.maxredirects);
  const client = given({
    insecure: isOn(monitor.ignoreTls) ? true : undefined,
    ignore_redirect: redirects === 0 ? true : undefined,
    max_redirects: redirects === 0 || redirects === 10 ? undefined : redirects,
  });
  const encoding = textOf(monitor.httpBodyEncoding) ?? 'json';
  const body = method === 'GET' || method === 'HEAD' ? undefined : textOf(monitor.body);
  const auth = textOf(monitor.authMethod) ?? (textOf(monitor.basic_auth_user) === undefined ? '' : 'basic');
  if (auth !== '') lose('authMethod', `${auth}: write the header Authorization as env:NAME or file:PATH`);
  return {
    url: textOf(monitor.url) ?? '',
    options: given({
      method: method === 'GET' ? undefined : method,
      body,
      headers: headersOf(monitor, body === undefined ? undefined : encoding, lose),
      client: Object.keys(client).length > 0 ? client : undefined,
      conditions: someOf([...(status ?? []), ...conditions]),
    }),
  };
}

/** Left out, what the protocol itself wants holds. */
function someOf(conditions: readonly string[]): readonly string[] | undefined {
  return conditions.length === 0 ? undefined : conditions;
}

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  xml: 'text/xml; charset=utf-8',
  form: 'application/x-www-form-urlencoded',
};

function headersOf(
  { headers }: Fields,
  encoding: string | undefined,
  lose: (field: string, message: string) => void,
): Fields | undefined {
  const own = fieldsOf(jsonOf(headers));
  if (textOf(headers) !== undefined && Object.keys(own).length === 0 && String(headers).trim() !== '{}')
    lose('headers', 'are no JSON');
  const isTyped = Object.keys(own).some((name) => name.toLowerCase() === 'content-type');
  const type = encoding === undefined || isTyped ? undefined : TYPES[encoding];
  const all = given({ ...(type !== undefined && { 'Content-Type': type }), ...own });
  return Object.keys(all).length === 0 ? undefined : all;
}

/** A path of plain names and numbers with what is expected there; null for more of JSONata. */
function jsonCondition(monitor: Fields): string | null {
  const [, path] =
    /^\$?\.?((?:[A-Za-z_]\w*|\[\d+\])(?:\.[A-Za-z_]\w*|\[\d+\])*)$/.exec(textOf(monitor.jsonPath) ?? '') ?? [];
  const expected = textOf(monitor.expectedValue);
  const operator = textOf(monitor.jsonPathOperator) ?? '==';
  if (path === undefined || expected === undefined) return null;
  const left = `[BODY]${path.startsWith('[') ? '' : '.'}${path}`;
  if (operator === 'contains') return `${left} == pat(*${expected}*)`;
  return /^([=!]=|[<>]=?)$/.test(operator) ? `${left} ${operator} ${expected}` : null;
}

/** The names of the groups above it, outermost first. */
function groupOf(monitor: Fields, monitors: readonly Fields[]): string {
  const names: string[] = [];
  const seen = new Set<unknown>();
  for (let id = monitor.parent; id !== null && id !== undefined && !seen.has(id); ) {
    seen.add(id);
    const group = monitors.find((one) => String(one.id) === String(id));
    if (group === undefined) break;
    names.unshift(textOf(group.name) ?? '');
    id = group.parent;
  }
  return names.filter((name) => name !== '').join(' / ');
}

function labelsOf(tags: unknown): Fields {
  const pairs = listOf(tags)
    .map(fieldsOf)
    .flatMap((tag) => {
      const name = (textOf(tag.name) ?? '').replaceAll(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d)/, '_');
      return name === '' || name === '_' ? [] : [[name, textOf(tag.value) ?? 'true']];
    });
  return Object.fromEntries(pairs);
}

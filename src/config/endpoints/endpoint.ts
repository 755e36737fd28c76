import { parseCondition } from '../../core/endpoint/condition/parse.ts';
import { LOCAL_PROBE } from '../../core/endpoint/endpoint.ts';
import { nearest } from '../../core/nearest.ts';
import { isObject } from '../../core/reading/read.ts';
import { Secret } from '../../lib/crypto/secret.ts';
import { TargetError } from '../../protocols/contract.ts';
import { bindTarget, PROTOCOLS, protocolOf } from '../../protocols/registry.ts';
import { type Tell, tellIssue } from '../issues.ts';
import type { EndpointEntry } from './document.ts';
import { namedPart } from './named.ts';
import { ENDPOINT } from './schema.ts';
import { type SecretPlaces, withSecretsInPlace } from './secrets.ts';

const TIMEOUT_MS = 10_000;
type Values = Readonly<Record<string, unknown>>;

/** One entry of `endpoints`; null for one that cannot be read. What is wrong with it is told. */
export function readEndpoint(value: Values, places: SecretPlaces, tell: Tell): EndpointEntry | null {
  const { own, rest } = divided(value);
  const read = ENDPOINT.safeParse(own);
  const url = typeof value.url === 'string' ? value.url : '';
  const options = url === '' ? null : optionsOf(url, rest, places, tell);
  tellConditions(value.conditions, tell);
  if (!read.success) {
    for (const issue of read.error.issues) tellIssue(ENDPOINT, issue, [], tell);
    return null;
  }
  const protocol = protocolOf(url, rest);
  const { data } = read;
  const { monitored_by: monitoredBy = [], regions = [], quorum, strategy } = data;
  if (monitoredBy.length > 0 && regions.length > 0) tell(['regions'], 'stand beside monitored_by; remove one of them');
  if (quorum !== undefined && strategy !== undefined) tell(['quorum'], 'stands beside strategy; remove one of them');
  const witnesses = monitoredBy.length > 0 ? monitoredBy : regions.length > 0 ? [] : [LOCAL_PROBE];
  tellQuorums(data, witnesses, tell);
  for (const [index, id] of witnesses.entries()) {
    if (witnesses.indexOf(id) !== index) tell(['monitored_by', index], `names ${id} twice; remove one`);
  }
  return {
    ...namedPart(data),
    url: options?.url ?? url,
    options: new Secret(JSON.stringify(options?.values ?? {})),
    conditions: data.conditions ?? protocol?.conditions ?? [],
    intervalMs: data.interval,
    timeoutMs: data.timeout ?? Math.min(TIMEOUT_MS, data.interval),
    retries: data.retries,
    confirm: data.confirm,
    monitoredBy: witnesses,
    regions,
    strategy: strategy ?? 'any-down',
    quorum: quorum ?? null,
    ui: {
      hideUrl: data.ui?.hide_url ?? false,
      hideHostname: data.ui?.hide_hostname ?? false,
      hideConditions: data.ui?.hide_conditions ?? false,
      hideErrors: data.ui?.hide_errors ?? false,
      hidePort: data.ui?.hide_port ?? false,
      conditionsAsWritten: data.ui?.dont_resolve_failed_conditions ?? false,
      conditionsResolved: data.ui?.resolve_successful_conditions ?? false,
      badgeSteps: data.ui?.badge?.response_time?.thresholds ?? null,
    },
  };
}

/** What an endpoint has of its own, and what is for its protocol. `client.timeout` is Gatus's place for the timeout. */
function divided(value: Values): { readonly own: Values; readonly rest: Values } {
  const own = Object.entries(value).filter(([key]) => Object.hasOwn(ENDPOINT.shape, key));
  const others = Object.entries(value).filter(([key]) => !Object.hasOwn(ENDPOINT.shape, key));
  const client = isObject(value.client) ? value.client : {};
  const { timeout, ...restOfClient } = client;
  if (timeout === undefined) return { own: Object.fromEntries(own), rest: Object.fromEntries(others) };
  const kept = others.filter(([key]) => key !== 'client');
  return {
    own: Object.fromEntries([['timeout', timeout], ...own]),
    rest: Object.fromEntries([...kept, ...(Object.keys(restOfClient).length > 0 ? [['client', restOfClient]] : [])]),
  };
}

/** The options of the protocol, put through it; null for what it does not accept, which is told. */
function optionsOf(url: string, rest: Values, places: SecretPlaces, tell: Tell) {
  const protocol = protocolOf(url, rest);
  const { bare, authorization } = withoutUser(url);
  const given = authorization === null ? rest : withHeader(rest, authorization);
  const values = withSecretsInPlace(given, places, [], tell);
  if (protocol !== undefined) {
    const read = protocol.options.safeParse(values);
    for (const issue of read.error?.issues ?? []) {
      tellIssue(protocol.options, issue, [], tell, (key, known) => explainKey(key, known, protocol.name));
    }
    if (!read.success) return null;
  }
  try {
    bindTarget(bare, values);
    return { url: bare, values };
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    tell(['url'], error.message);
    return null;
  }
}

function explainKey(key: string, known: readonly string[], protocol: string): string {
  const own = Object.keys(ENDPOINT.shape);
  const word = nearest(key, [...known, ...own]);
  if (word !== null) return `unknown setting; did you mean ${word}?`;
  const others = PROTOCOLS.filter(({ options }) => Object.hasOwn(options.shape, key)).map(({ name }) => name);
  if (others.length > 0) return `is an option of ${others.join(', ')} and not of ${protocol}; remove it`;
  return `unknown setting; there are ${[...own, ...known].join(', ')}`;
}

/** A URL without its user and password, and the header that says them. */
function withoutUser(url: string): { readonly bare: string; readonly authorization: string | null } {
  if (!/^(https?|wss?):\/\//i.test(url) || !URL.canParse(url)) return { bare: url, authorization: null };
  const parsed = new URL(url);
  if (parsed.username === '' && parsed.password === '') return { bare: url, authorization: null };
  const user = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
  parsed.username = '';
  parsed.password = '';
  return { bare: parsed.href, authorization: `Basic ${Buffer.from(user).toString('base64')}` };
}

function withHeader(rest: Values, authorization: string): Values {
  const headers = isObject(rest.headers) ? rest.headers : {};
  const isGiven = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  return isGiven ? rest : { ...rest, headers: { ...headers, Authorization: authorization } };
}

function tellConditions(conditions: unknown, tell: Tell): void {
  if (!Array.isArray(conditions)) return;
  for (const [index, text] of conditions.entries()) {
    const parsed = typeof text === 'string' ? parseCondition(text) : null;
    if (parsed !== null && !parsed.ok) {
      tell(['conditions', index], `"${text}" is no condition: at character ${parsed.at + 1}: ${parsed.message}`);
    }
  }
}

function tellQuorums(
  {
    quorum,
    alerts = [],
  }: {
    quorum?: number | undefined;
    alerts?: readonly { quorum?: number | undefined; agent_quorum?: number | undefined }[] | undefined;
  },
  witnesses: readonly string[],
  tell: Tell,
): void {
  // How many probes a region has is only known where they are.
  if (witnesses.length === 0) return;
  const told = (keys: readonly PropertyKey[], wanted: number | undefined) => {
    if (wanted === undefined || wanted <= witnesses.length) return;
    const count = witnesses.length === 1 ? 'one probe looks' : `only ${witnesses.length} probes look`;
    tell(keys, `wants ${wanted} of ${witnesses.length}: ${count} at this endpoint; name more of them in monitored_by`);
  };
  told(['quorum'], quorum);
  for (const [index, one] of alerts.entries()) {
    told(['alerts', index, 'quorum'], one.quorum);
    told(['alerts', index, 'agent_quorum'], one.agent_quorum);
  }
}

import { isObject } from '../../core/reading/read.ts';
import { createReporter, type Fields, type Imported, type Reporter } from '../report.ts';
import { type PythonValue, readAssignments } from './python.ts';

// What counts there for the pages, users and plug-ins of Alerta itself, and has nothing to do with what it is told.
const KNOWN = ['FWD_DESTINATIONS', 'BASE_URL', 'HMAC_AUTH_CREDENTIALS'];

/** The settings file of an Alerta server as ours: whom it forwards to, how it is called, and whose signatures it takes. */
export function importAlerta(text: string, path: string): Imported {
  const all = readAssignments(text);
  const lines = new Map(all.map(({ name, line }) => [name, line]));
  const report = createReporter(([name = '']) => `${path}:${lines.get(name) ?? 1}`);
  const set = new Map(all.map(({ name, value }) => [name, value]));
  for (const { name } of all) if (!KNOWN.includes(name)) report.lose([name], 'has no counterpart here');
  for (const name of KNOWN)
    if (set.has(name) && set.get(name) === undefined)
      report.refuse([name], 'is no plain value: write it out, for nothing of this file is run');
  const baseUrl = set.get('BASE_URL');
  const peers = listIn(set.get('FWD_DESTINATIONS')).flatMap((item, index) => peerOf(item, index, report));
  const keys = listIn(set.get('HMAC_AUTH_CREDENTIALS')).flatMap((item, index) => keyOf(item, index, report));
  return {
    ...report,
    configuration: {
      ...(typeof baseUrl === 'string' && baseUrl !== '' && { base_url: baseUrl }),
      ...(peers.length > 0 && { peers }),
      ...(keys.length > 0 && { peer_keys: keys }),
    },
  };
}

function listIn(value: PythonValue | undefined): readonly PythonValue[] {
  return Array.isArray(value) ? (value as readonly PythonValue[]) : [];
}

function peerOf(item: PythonValue, index: number, report: Reporter): Fields[] {
  const at = ['FWD_DESTINATIONS', index];
  const [url, auth, filter] = listIn(item);
  if (typeof url !== 'string' || !URL.canParse(url)) {
    report.refuse(at, 'must be (address, credentials, filter)');
    return [];
  }
  const name = `${new URL(url).host.replaceAll(/[^\w.-]/g, '-')}-${index + 1}`;
  const given = isObject(auth) ? auth : {};
  const known = ['username', 'password', 'key', 'secret', 'token', 'timeout', 'ssl_verify'];
  report.rest([...at, 1], given, known);
  const { timeout, ssl_verify: isVerified } = given;
  const credentials = authOf(given, name, report);
  return [
    {
      ...{ name, url, kind: 'alerta' },
      ...(credentials !== null && { auth: credentials }),
      ...(listIn(filter).length > 0 && { filter }),
      timeout: typeof timeout === 'number' ? timeout : 5,
      ...(isVerified === false && { tls: { verify: 'off' } }),
    },
  ];
}

/** The first that fits counts, as in Alerta's client; what is secret goes to variables. */
function authOf(given: Fields, name: string, report: Reporter): Fields | null {
  const secret = (what: string) => {
    const variable = `MONITOR_PEER_${name}_${what}`.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
    report.variable(variable, `the ${what} for the peer ${name}`);
    return `env:${variable}`;
  };
  const { username, password, key, secret: shared, token } = given;
  if (username && password) return { username, password: secret('password') };
  if (key && shared) return { key, secret: secret('secret') };
  if (key) return { key: secret('key') };
  return token ? { token: secret('token') } : null;
}

function keyOf(item: PythonValue, index: number, report: Reporter): Fields[] {
  const { key, secret, algorithm = 'sha256' } = (isObject(item) ? item : {}) as Record<string, PythonValue>;
  const at = ['HMAC_AUTH_CREDENTIALS', index];
  if (typeof key !== 'string' || typeof secret !== 'string') {
    report.refuse(at, 'must have a key and a secret');
    return [];
  }
  if (algorithm !== 'sha256') report.lose([...at, 'algorithm'], 'signatures are by SHA-256 alone');
  const variable = `MONITOR_PEER_KEY_${index + 1}`;
  report.variable(variable, `the secret of the key ${key}`);
  return [{ key, secret: `env:${variable}` }];
}

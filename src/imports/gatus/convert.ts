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
import { defaultAlerts, endpointOf, type Given, pushEndpointOf, windowOf } from './endpoint.ts';
import { importProviders } from './providers.ts';
import { underscored } from './spelling.ts';

// What is not about what is looked at, and what takes its place.
const ELSEWHERE: Readonly<Record<string, string>> = {
  storage: 'state is kept in the store: MONITOR_STATE_DIR, or MONITOR_DATABASE_URL for PostgreSQL',
  security: 'people and their roles are kept in the store: monitor people add',
  ui: 'the pages have no such settings',
  remote: 'what another server looks at is taken from that server',
  connectivity: 'has no counterpart here',
  suites: 'a look at one endpoint uses nothing of another; write its endpoints alone',
  tunneling: 'has no counterpart here',
  announcements: 'has no counterpart here',
  concurrency: 'has no counterpart here',
};
// What is so here in any case, or says nothing.
const ALWAYS = ['metrics', 'debug', 'skip-invalid-config-update', 'disable-monitoring-lock'];
const SECTIONS = ['endpoints', 'services', 'external-endpoints', 'agents', 'alerting', 'maintenance', 'web'];

/** Turns a configuration of Gatus, or of its fork with agents, into ours. `at` gives the line of a place in the file. */
export function importGatus(file: Fields, at: (keys: readonly string[]) => string): Imported {
  const reporter = createReporter(at);
  for (const [key, message] of Object.entries(ELSEWHERE)) if (file[key] != null) reporter.lose([key], message);
  // Names that begin with x- hold what anchors mark.
  const named = Object.fromEntries(Object.entries(file).filter(([key]) => !key.startsWith('x-')));
  reporter.rest([], named, [...SECTIONS, ...Object.keys(ELSEWHERE), ...ALWAYS]);
  const section = file.endpoints === undefined ? 'services' : 'endpoints';
  const shared: Omit<Given, 'keys'> = {
    defaults: defaultAlerts(fieldsOf(file.alerting)),
    windows: windowsOf(file.maintenance, reporter),
    reporter,
  };
  const endpoints = listOf(file[section]).map((entry, index) =>
    endpointOf(fieldsOf(entry), { ...shared, keys: [section, index] }),
  );
  const pushed = listOf(file['external-endpoints']).map((entry, index) =>
    pushEndpointOf(fieldsOf(entry), { ...shared, keys: ['external-endpoints', index] }),
  );
  if (endpoints.length + pushed.length === 0)
    reporter.refuse(['endpoints'], 'there are none: this is no configuration of Gatus');
  const { port, address, ...web } = fieldsOf(file.web);
  reporter.rest(['web'], web, []);
  const some = (list: readonly Fields[]) => (list.length === 0 ? undefined : list);
  const configuration = given({
    host: textOf(address),
    port: port === undefined ? undefined : Number(port),
    endpoints: some(endpoints.map(({ fields }) => fields)),
    push_endpoints: some(pushed.map(({ fields }) => fields)),
    probes: some(listOf(file.agents).map((entry, index) => probeOf(fieldsOf(entry), ['agents', index], reporter))),
    notify: importProviders(fieldsOf(file.alerting), [...endpoints, ...pushed], reporter),
  });
  return { ...reporter, configuration };
}

function windowsOf(maintenance: unknown, reporter: Reporter): readonly Fields[] {
  return listOf(maintenance).flatMap((window) => windowOf(fieldsOf(window), ['maintenance'], reporter));
}

function probeOf(fields: Fields, keys: Keys, reporter: Reporter): Fields {
  const known = ['id', 'name', 'token', 'region', 'rate_per_second', 'stale_after'];
  const { rest, values } = underscored(fields, known, { keys, reporter, mayRefer: ['token'] });
  reporter.rest(keys, rest, []);
  return values;
}

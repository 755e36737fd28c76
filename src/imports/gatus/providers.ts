import { type ChannelKind, createChannels } from '../channels.ts';
import { type Fields, fieldsOf, type Keys, type Reporter, textOf } from '../report.ts';
import type { ImportedEndpoint } from './endpoint.ts';
import { underscored } from './spelling.ts';

const WEBHOOK = { secret: { webhook_url: 'url' } };
const KINDS: Readonly<Record<string, ChannelKind>> = {
  custom: {
    type: 'webhook',
    plain: { headers: 'headers' },
    secret: { url: 'url' },
    remark: 'is sent the body of Alertmanager; write another as a template, in body',
  },
  discord: { type: 'discord', ...WEBHOOK },
  email: {
    type: 'email',
    plain: { from: 'from', host: 'host', port: 'port', to: 'to', username: 'user' },
    secret: { password: 'password' },
  },
  googlechat: { type: 'googlechat', ...WEBHOOK },
  gotify: { type: 'gotify', plain: { server_url: 'base_url' }, secret: { token: 'token' } },
  matrix: {
    type: 'matrix',
    plain: { server_url: 'base_url', internal_room_id: 'room' },
    secret: { access_token: 'token' },
  },
  mattermost: { type: 'mattermost', plain: { channel: 'channel' }, ...WEBHOOK },
  ntfy: { type: 'ntfy', plain: { topic: 'topic', url: 'base_url' }, secret: { token: 'token' } },
  opsgenie: { type: 'opsgenie', plain: { tags: 'tags' }, secret: { api_key: 'api_key' } },
  pagerduty: { type: 'pagerduty', secret: { integration_key: 'routing_key' } },
  pushover: { type: 'pushover', secret: { application_token: 'token', user_key: 'user' } },
  slack: { type: 'slack', ...WEBHOOK },
  teams: {
    type: 'teams',
    ...WEBHOOK,
    remark: 'connectors of Office 365 have ended: make a flow of Workflows and set its address',
  },
  'teams-workflows': { type: 'teams', ...WEBHOOK },
  telegram: {
    type: 'telegram',
    plain: { id: 'chat', topic_id: 'topic', api_url: 'base_url' },
    secret: { token: 'token' },
  },
  twilio: { type: 'twilio', plain: { sid: 'account', from: 'from', to: 'to' }, secret: { token: 'secret' } },
};

/** `alerting` as channels, with a route for each of them to the endpoints that name it; undefined where there is none. */
export function importProviders(
  alerting: Fields,
  endpoints: readonly ImportedEndpoint[],
  reporter: Reporter,
): Fields | undefined {
  const channels = createChannels(KINDS, reporter);
  for (const [provider, value] of Object.entries(alerting)) {
    const keys: Keys = ['alerting', provider];
    const kind = channels.kindOf(provider, keys);
    if (kind === undefined) continue;
    const { 'default-alert': _, overrides: given, ...own } = fieldsOf(value);
    const overrides = (Array.isArray(given) ? given : []).map(fieldsOf);
    const told = endpoints.filter(({ providers }) => providers.includes(provider));
    const groups = overrides.map(({ group }) => textOf(group) ?? '');
    const add = (wanted: string, options: Fields, place: Keys, isTold: (one: ImportedEndpoint) => boolean) => {
      const names = [...Object.keys(kind.plain ?? {}), ...Object.keys(kind.secret ?? {})];
      const { values, rest } = underscored(options, names, { keys: place, reporter, mayRefer: names });
      reporter.rest(place, rest, []);
      const those = told.filter(isTold).map(({ key }) => key);
      channels.add(kind, wanted, values, place, those);
    };
    for (const [index, { group, ...options }] of overrides.entries()) {
      const name = groups[index] ?? '';
      const isTold = (one: ImportedEndpoint) => one.group === name;
      add(`${provider}-${name}`, { ...own, ...options }, [...keys, 'overrides', index], isTold);
    }
    add(provider, own, keys, ({ group }) => !groups.includes(group));
  }
  for (const name of new Set(endpoints.flatMap(({ providers }) => providers))) {
    if (alerting[name] === undefined)
      reporter.lose(['alerting', name], 'endpoints have alerts of it, and it is not configured: nobody is told by it');
  }
  return channels.notify();
}

import { type ChannelKind, channelOf, freeId, routeOf } from '../channels.ts';
import { type Fields, fieldsOf, type Keys, nameOf, type Reporter, textOf } from '../report.ts';
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
  const channels: Record<string, Fields> = {};
  const routes: Fields[] = [];
  for (const [provider, value] of Object.entries(alerting)) {
    const keys: Keys = ['alerting', provider];
    const kind = Object.hasOwn(KINDS, provider) ? KINDS[provider] : undefined;
    if (kind === undefined) {
      reporter.lose(keys, `there is no channel for ${provider}; nobody is told by it`);
      continue;
    }
    const { 'default-alert': _, overrides: given, ...own } = fieldsOf(value);
    const overrides = (Array.isArray(given) ? given : []).map(fieldsOf);
    const told = endpoints.filter(({ providers }) => providers.includes(provider));
    const groups = overrides.map(({ group }) => textOf(group) ?? '');
    const add = (wanted: string, options: Fields, place: Keys, those: readonly ImportedEndpoint[]) => {
      const id = freeId(nameOf(wanted), channels);
      const names = [...Object.keys(kind.plain ?? {}), ...Object.keys(kind.secret ?? {})];
      const { values, rest } = underscored(options, names, { keys: place, reporter, mayRefer: names });
      reporter.rest(place, rest, []);
      channels[id] = channelOf(kind, id, values, place, reporter);
      if (those.length > 0)
        routes.push(
          routeOf(
            those.map(({ key }) => key),
            id,
          ),
        );
    };
    for (const [index, { group, ...options }] of overrides.entries()) {
      const name = groups[index] ?? '';
      const those = told.filter((one) => one.group === name);
      add(`${provider}-${name}`, { ...own, ...options }, [...keys, 'overrides', index], those);
    }
    add(
      provider,
      own,
      keys,
      told.filter(({ group }) => !groups.includes(group)),
    );
  }
  for (const name of new Set(endpoints.flatMap(({ providers }) => providers))) {
    if (alerting[name] === undefined)
      reporter.lose(['alerting', name], 'endpoints have alerts of it, and it is not configured: nobody is told by it');
  }
  return Object.keys(channels).length === 0 ? undefined : { channels, catch_all: false, routes };
}

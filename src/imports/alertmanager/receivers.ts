import { channelVariable } from '../../config/notify/secrets.ts';
import { freeId } from '../channels.ts';
import { type Fields, fieldsOf, given, isYes, type Keys, listOf, nameOf, type Reporter, textOf } from '../report.ts';
import { templateOf } from './templates.ts';

/** The channels of all receivers, and which of them each receiver has. */
export interface ImportedReceivers {
  readonly channels: Fields;
  readonly channelsOf: ReadonlyMap<string, readonly string[]>;
}

/** What one integration of a receiver is made of. */
interface Integration {
  readonly fields: Fields;
  readonly global: Fields;
  readonly id: string;
  readonly keys: Keys;
  readonly reporter: Reporter;
  /** The reference to a secret, from the field of that name or its `_file`, or a global one; undefined where it is nowhere. */
  secret(option: string, field: string, globalField?: string): string | undefined;
}

interface Kind {
  readonly type: string;
  /** Whether ends are told unless the file says. */
  readonly tellsEnds: boolean;
  readonly known: readonly string[];
  make(one: Integration): Fields;
}

const COMMON = ['send_resolved', 'http_config'];
const template = ({ fields, keys, reporter }: Integration, field: string) =>
  templateOf(fields[field], [...keys, field], reporter);
const texts = (one: Integration, title: string, text: string) => ({
  title: template(one, title),
  text: template(one, text),
});

const KINDS: Readonly<Record<string, Kind>> = {
  slack_configs: {
    ...{
      type: 'slack',
      tellsEnds: false,
      known: ['api_url', 'channel', 'title', 'text'],
    },
    make: (one) => {
      if (one.fields.channel !== undefined)
        one.reporter.lose(
          [...one.keys, 'channel'],
          'a webhook of Slack has its channel; for another use a bot token and its channel',
        );
      return { url: one.secret('url', 'api_url', 'slack_api_url'), ...texts(one, 'title', 'text') };
    },
  },
  pagerduty_configs: {
    ...{
      type: 'pagerduty',
      tellsEnds: true,
      known: ['routing_key', 'service_key', 'url', 'description'],
    },
    make: (one) => {
      const { fields, keys, reporter } = one;
      if (fields.service_key !== undefined || fields.service_key_file !== undefined)
        reporter.lose(
          [...keys, 'service_key'],
          'a key of the Events API v1: make an integration of the Events API v2 and set its key',
        );
      return {
        routing_key: one.secret('routing_key', 'routing_key') ?? one.secret('routing_key', 'service_key'),
        base_url: serverOf(fields.url ?? one.global.pagerduty_url),
        title: template(one, 'description'),
      };
    },
  },
  opsgenie_configs: {
    ...{ type: 'opsgenie', tellsEnds: true, known: ['api_key', 'api_url', 'message', 'description'] },
    make: (one) => ({
      api_key: one.secret('api_key', 'api_key', 'opsgenie_api_key'),
      base_url: base(one.fields.api_url ?? one.global.opsgenie_api_url),
      ...texts(one, 'message', 'description'),
    }),
  },
  email_configs: {
    ...{
      type: 'email',
      tellsEnds: false,
      known: ['to', 'from', 'smarthost', 'auth_username', 'auth_password', 'require_tls', 'html', 'text', 'headers'],
    },
    make: (one) => email(one),
  },
  webhook_configs: {
    ...{ type: 'webhook', tellsEnds: true, known: ['url', 'max_alerts', 'timeout'] },
    make: (one) => {
      const { fields, keys, reporter } = one;
      if (fields.max_alerts !== undefined && fields.max_alerts !== 0)
        reporter.lose([...keys, 'max_alerts'], 'has no counterpart here');
      return { url: one.secret('url', 'url'), timeout: textOf(fields.timeout), ...access(one) };
    },
  },
  telegram_configs: {
    ...{
      type: 'telegram',
      tellsEnds: true,
      known: ['bot_token', 'chat_id', 'message_thread_id', 'message', 'api_url'],
    },
    make: (one) => ({
      token: one.secret('token', 'bot_token', 'telegram_bot_token'),
      ...{
        chat: one.fields.chat_id,
        topic: one.fields.message_thread_id,
        base_url: base(one.fields.api_url),
        text: template(one, 'message'),
      },
    }),
  },
  discord_configs: {
    ...{
      type: 'discord',
      tellsEnds: true,
      known: ['webhook_url', 'title', 'message', 'username'],
    },
    make: (one) => ({
      url: one.secret('url', 'webhook_url'),
      username: textOf(one.fields.username),
      ...texts(one, 'title', 'message'),
    }),
  },
  msteams_configs: {
    ...{ type: 'teams', tellsEnds: true, known: ['webhook_url', 'title', 'text'] },
    make: (one) => {
      one.reporter.lose(one.keys, 'connectors of Office 365 have ended: make a flow of Workflows and set its address');
      return { url: one.secret('url', 'webhook_url'), ...texts(one, 'title', 'text') };
    },
  },
  msteamsv2_configs: {
    ...{ type: 'teams', tellsEnds: true, known: ['webhook_url', 'title', 'text'] },
    make: (one) => ({ url: one.secret('url', 'webhook_url'), ...texts(one, 'title', 'text') }),
  },
  mattermost_configs: {
    ...{ type: 'mattermost', tellsEnds: true, known: ['webhook_url', 'channel', 'username', 'text'] },
    make: (one) => ({
      url: one.secret('url', 'webhook_url', 'mattermost_webhook_url'),
      channel: textOf(one.fields.channel),
      username: textOf(one.fields.username),
      text: template(one, 'text'),
    }),
  },
  pushover_configs: {
    ...{
      type: 'pushover',
      tellsEnds: true,
      known: ['user_key', 'token', 'title', 'message', 'priority', 'sound', 'device'],
    },
    make: (one) => ({
      ...{ user: one.secret('user', 'user_key'), token: one.secret('token', 'token') },
      // There, what fires is an emergency unless the file says.
      emergency: [undefined, '2'].includes(textOf(one.fields.priority)) ? true : undefined,
      ...{ sound: textOf(one.fields.sound), device: textOf(one.fields.device), ...texts(one, 'title', 'message') },
    }),
  },
};

/** The receivers of a configuration of Alertmanager as channels. */
export function importReceivers(file: Fields, reporter: Reporter): ImportedReceivers {
  const channels: Record<string, Fields> = {};
  const channelsOf = new Map<string, readonly string[]>();
  for (const [index, entry] of listOf(file.receivers).entries()) {
    const { name: written, ...kinds } = fieldsOf(entry);
    const name = textOf(written) ?? '';
    const all = Object.entries(kinds).flatMap(([kind, list]) =>
      listOf(list).map((one, at) => ({ kind, fields: fieldsOf(one), keys: ['receivers', index, kind, at] })),
    );
    const ids: string[] = [];
    for (const { kind, fields, keys } of all) {
      const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
      if (known === undefined) {
        reporter.lose(keys, `there is no channel for ${kind}; nobody is told by it`);
        continue;
      }
      const id = freeId(all.length === 1 ? nameOf(name) : nameOf(`${name}-${known.type}`), channels);
      channels[id] = channelOf(known, integration(fields, fieldsOf(file.global), id, keys, reporter));
      ids.push(id);
    }
    channelsOf.set(name, ids);
  }
  return { channels, channelsOf };
}

function channelOf({ type, tellsEnds, known, make }: Kind, one: Integration): Fields {
  const { fields, keys, reporter } = one;
  const files = known.map((key) => `${key}_file`);
  reporter.rest(keys, fields, [...known, ...files, ...COMMON]);
  if (type !== 'webhook' && fields.http_config !== undefined)
    reporter.lose([...keys, 'http_config'], 'has no counterpart here; proxies and authorities are settings of monitor');
  const ends = fields.send_resolved ?? tellsEnds;
  return { type, ...given(make(one)), ...(isYes(ends) ? {} : { on_resolved: 'none' }) };
}

function integration(fields: Fields, global: Fields, id: string, keys: Keys, reporter: Reporter): Integration {
  return {
    ...{ fields, global, id, keys, reporter },
    secret: (option, field, globalField) => {
      const path = textOf(fields[`${field}_file`]);
      if (path !== undefined) return `file:${path}`;
      if (textOf(fields[field]) !== undefined) {
        reporter.variable(channelVariable(id, option), `${field} of ${keys.join('.')}`);
        return undefined;
      }
      const shared = globalField === undefined ? undefined : textOf(global[`${globalField}_file`]);
      if (shared !== undefined) return `file:${shared}`;
      if (globalField === undefined || textOf(global[globalField]) === undefined) return undefined;
      reporter.variable(globalField.toUpperCase(), `global.${globalField}`);
      return `env:${globalField.toUpperCase()}`;
    },
  };
}

function email(one: Integration): Fields {
  const { fields, global, keys, reporter } = one;
  const of = (field: string) => fields[field] ?? global[`smtp_${field}`];
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(textOf(of('smarthost')) ?? '') ?? [];
  const user = textOf(of('auth_username'));
  const [, fromName, from] = /^\s*"?([^"<]*?)"?\s*<([^>]+)>\s*$/.exec(textOf(of('from')) ?? '') ?? [];
  if (fields.headers !== undefined) reporter.lose([...keys, 'headers'], 'has no counterpart here');
  const tls = of('require_tls');
  const needsTls = tls === undefined || isYes(tls);
  return {
    to: (textOf(fields.to) ?? '').split(',').map((to) => to.replace(/^.*<([^>]+)>\s*$/, '$1').trim()),
    from: from ?? textOf(of('from')),
    from_name: fromName === '' ? undefined : fromName,
    ...{ host, port: port === undefined ? undefined : Number(port), user },
    tls: needsTls || Number(port) === 465 ? undefined : user === undefined ? 'none' : 'opportunistic',
    password: user === undefined ? undefined : one.secret('password', 'auth_password', 'smtp_auth_password'),
    ...{ text: template(one, 'text'), html: template(one, 'html') },
  };
}

function access({ fields, id, keys, reporter }: Integration): Fields {
  const {
    basic_auth: basic,
    authorization,
    bearer_token: bearer,
    bearer_token_file: bearerFile,
    follow_redirects: _,
    enable_http2: __,
    ...rest
  } = fieldsOf(fields.http_config);
  reporter.rest([...keys, 'http_config'], rest, []);
  const { username, password_file: passwordFile } = fieldsOf(basic);
  const { type = 'Bearer', credentials_file: file } = fieldsOf(authorization);
  if (authorization !== undefined && type !== 'Bearer')
    reporter.lose(
      [...keys, 'http_config', 'authorization'],
      'only Bearer is possible here, or a header of your own in headers',
    );
  const secret = (option: string, path: string | undefined) => {
    if (path !== undefined) return `file:${path}`;
    reporter.variable(channelVariable(id, option), `http_config of ${keys.join('.')}`);
    return undefined;
  };
  if (basic !== undefined) return { user: textOf(username), password: secret('password', textOf(passwordFile)) };
  const isBearer =
    bearer !== undefined || bearerFile !== undefined || (authorization !== undefined && type === 'Bearer');
  return isBearer ? { bearer: secret('bearer', textOf(file) ?? textOf(bearerFile)) } : {};
}

function base(url: unknown): string | undefined {
  return textOf(url)?.replace(/\/+$/, '');
}

function serverOf(url: unknown): string | undefined {
  const text = textOf(url) ?? '';
  return URL.canParse(text) ? new URL(text).origin : undefined;
}

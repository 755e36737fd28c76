import { type ChannelKind, createChannels } from '../channels.ts';
import {
  createReporter,
  type Fields,
  fieldsOf,
  given,
  type Imported,
  listOf,
  type Reporter,
  textOf,
} from '../report.ts';
import { importWatches, type Watch } from '../watch.ts';
import { watchOf } from './monitor.ts';
import { isOn, jsonOf } from './values.ts';

/** What there is to import of Uptime Kuma, from its backup or its database: rows in the form of the backup. */
export interface KumaState {
  readonly monitors: readonly Fields[];
  readonly notifications: readonly Fields[];
  readonly maintenance: readonly Fields[];
  readonly statusPages: readonly Fields[];
}

const TOKEN = (token: string, server?: string): Pick<ChannelKind, 'plain' | 'secret'> => ({
  plain: server === undefined ? {} : { [server]: 'base_url' },
  secret: { [token]: 'token' },
});
// By the type of a notification there; every notification also has these.
const IGNORED = ['name', 'type', 'isDefault', 'applyExisting', 'active', 'id', 'userId'];
const KINDS: Readonly<Record<string, ChannelKind>> = {
  discord: {
    type: 'discord',
    plain: { discordUsername: 'username', threadId: 'thread_id' },
    secret: { discordWebhookUrl: 'url' },
  },
  googlechat: { type: 'googlechat', secret: { googleChatWebhookURL: 'url' } },
  gotify: { type: 'gotify', ...TOKEN('gotifyapplicationToken', 'gotifyserverurl') },
  matrix: {
    type: 'matrix',
    plain: { homeserverUrl: 'base_url', internalRoomId: 'room' },
    secret: { accessToken: 'token' },
  },
  mattermost: {
    type: 'mattermost',
    plain: { mattermostchannel: 'channel', mattermostusername: 'username' },
    secret: { mattermostWebhookUrl: 'url' },
  },
  ntfy: {
    type: 'ntfy',
    plain: { ntfyserverurl: 'base_url', ntfytopic: 'topic' },
    secret: { ntfyaccesstoken: 'token' },
    ignored: ['ntfyAuthenticationMethod'],
  },
  Opsgenie: { type: 'opsgenie', secret: { opsgenieApiKey: 'api_key' } },
  PagerDuty: { type: 'pagerduty', secret: { pagerdutyIntegrationKey: 'routing_key' } },
  pushover: {
    type: 'pushover',
    plain: { pushoverdevice: 'device', pushoversounds: 'sound' },
    secret: { pushoverapptoken: 'token', pushoveruserkey: 'user' },
  },
  slack: { type: 'slack', secret: { slackwebhookURL: 'url' } },
  smtp: {
    type: 'email',
    plain: { smtpFrom: 'from', smtpHost: 'host', smtpPort: 'port', smtpTo: 'to', smtpUsername: 'user' },
    secret: { smtpPassword: 'password' },
    ignored: ['smtpSecure'],
  },
  teams: {
    type: 'teams',
    secret: { webhookUrl: 'url' },
    remark: 'connectors of Office 365 have ended: make a flow of Workflows and set its address',
  },
  telegram: {
    type: 'telegram',
    plain: { telegramChatID: 'chat', telegramMessageThreadID: 'topic', telegramServerUrl: 'base_url' },
    secret: { telegramBotToken: 'token' },
  },
  twilio: {
    type: 'twilio',
    plain: { twilioAccountSID: 'account', twilioApiKey: 'key', twilioFromNumber: 'from', twilioToNumber: 'to' },
    secret: { twilioAuthToken: 'secret' },
  },
  webhook: {
    type: 'webhook',
    secret: { webhookURL: 'url' },
    remark: 'is sent the body of Alertmanager; write another as a template, in body',
    ignored: ['webhookContentType'],
  },
};

/** Turns what Uptime Kuma looks at, and whom it tells, into our configuration. `source` names the file. */
export function importKuma(state: KumaState, source: string): Imported {
  const reporter = createReporter(() => source);
  const monitors = state.monitors.toSorted((a, b) => Number(a.id) - Number(b.id));
  const watches = monitors.flatMap((monitor, index) => {
    const watch = watchOf(monitor, { monitors, keys: ['monitorList', index], reporter });
    return watch === null ? [] : [{ watch, monitor }];
  });
  if (monitors.length === 0) reporter.refuse(['monitorList'], 'there are none: this is no backup of Uptime Kuma');
  warnOfExpiry(watches, reporter);
  const { endpoints, pushEndpoints, keys } = importWatches(
    watches.map(({ watch }) => watch),
    reporter,
  );
  const told = watches.map(({ monitor }, index) => ({ key: keys[index] ?? '', ids: notificationsOf(monitor) }));
  for (const window of state.maintenance) {
    reporter.lose(['maintenance', textOf(window.title) ?? ''], 'write it anew as a window: notify.windows');
  }
  for (const page of state.statusPages)
    reporter.lose(['status_page', textOf(page.slug) ?? ''], 'has no counterpart here');
  const some = (list: readonly Fields[]) => (list.length === 0 ? undefined : list);
  const notify = importNotifications(state.notifications, told, reporter);
  return {
    ...reporter,
    configuration: given({ endpoints: some(endpoints), push_endpoints: some(pushEndpoints), notify }),
  };
}

function notificationsOf({ notificationIDList }: Fields): readonly string[] {
  return Object.entries(fieldsOf(notificationIDList)).flatMap(([id, on]) => (isOn(on) ? [id] : []));
}

/** A certificate that expires soon is told there beside whether the site is up, which one endpoint cannot say here. */
function warnOfExpiry(
  watches: readonly { readonly watch: Watch; readonly monitor: Fields }[],
  reporter: Reporter,
): void {
  const count = watches.filter(
    ({ watch, monitor }) => watch.url.startsWith('https:') && isOn(monitor.expiryNotification),
  ).length;
  if (count === 0) return;
  const whose = count === 1 ? 'of one monitor' : `of ${count} monitors`;
  const fix = 'add an endpoint with severity warning and the condition "[CERTIFICATE_EXPIRATION] > 336h"';
  reporter.lose(['monitorList', 'expiryNotification'], `${whose}: ${fix}`);
}

function importNotifications(
  notifications: readonly Fields[],
  told: readonly { readonly key: string; readonly ids: readonly string[] }[],
  reporter: Reporter,
): Fields | undefined {
  const channels = createChannels(KINDS, reporter);
  for (const [index, notification] of notifications.entries()) {
    const keys = ['notificationList', index];
    const { config: _, ...own }: Fields = { ...notification, ...fieldsOf(jsonOf(notification.config)) };
    const kind = channels.kindOf(textOf(own.type) ?? '', keys);
    if (kind === undefined) continue;
    const filled = Object.fromEntries(Object.entries(own).filter(([, value]) => isFilled(value)));
    const those = told.filter(({ ids }) => ids.includes(String(notification.id))).map(({ key }) => key);
    const ignored = [...IGNORED, ...(kind.ignored ?? [])];
    channels.add({ ...kind, ignored }, textOf(notification.name) ?? kind.type, filled, keys, those);
  }
  return channels.notify();
}

/** What says something: not what was left empty or off in a form. */
function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== false && listOf(value).length > 0;
}

import { channelUrls, networks, programs } from './kinds.ts';
import { setting } from './setting.ts';

/** Settings of telling people. */
export const NOTIFY = {
  url: setting({
    env: 'MONITOR_NOTIFY_URL',
    yaml: 'notify.url',
    kind: channelUrls(),
    secret: true,
    example: 'slack://T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
    description:
      'Who is told of every incident: one or more addresses of channels, separated by blanks. An https address is sent ' +
      "Alertmanager's body. Unset, nobody is told.",
  }),
  allowPrivateTargets: setting({
    env: 'MONITOR_ALLOW_PRIVATE_TARGETS',
    yaml: 'notify.allow_private_targets',
    kind: networks(),
    default: [],
    example: '10.0.0.0/8,fd00::/8',
    description: 'Networks that are not public and that notices may be sent to; none unless they are listed.',
  }),
  allowPrograms: setting({
    env: 'MONITOR_ALLOW_PROGRAMS',
    yaml: 'notify.allow_programs',
    kind: programs(),
    default: [],
    example: '/usr/local/bin/tell-ops',
    description: 'Programs, by absolute path, that the channel command may start; none unless they are listed.',
  }),
};

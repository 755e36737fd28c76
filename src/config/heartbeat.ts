import { password, secretUrl } from './kinds.ts';
import { setting } from './setting.ts';

/** Settings of who tells another program that all is well: a job that tells a push endpoint, and a hub. */
export const HEARTBEAT = {
  key: setting({
    env: 'MONITOR_HEARTBEAT_KEY',
    yaml: 'heartbeat.key',
    kind: password(),
    secret: true,
    example: '5f0c2a7e-9f3d-4a55-8d8e-2f6f0c1b7a10',
    description: 'Token of the push endpoint that `monitor heartbeat run` tells how its command began and ended.',
  }),
  url: setting({
    env: 'MONITOR_HEARTBEAT_URL',
    yaml: 'heartbeat.url',
    kind: secretUrl(),
    secret: true,
    example: 'https://hc.example.com/ping/5f0c2a7e-9f3d-4a55-8d8e-2f6f0c1b7a10',
    description:
      'Address that a hub asks once a minute while its whole way works: its store can be written, what was committed is followed, and messages are handed over. Who watches it elsewhere tells when that ends.',
  }),
};

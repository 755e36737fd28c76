import { password } from './kinds.ts';
import { setting } from './setting.ts';

/** Settings of a job that tells a push endpoint how it goes. */
export const HEARTBEAT = {
  key: setting({
    env: 'MONITOR_HEARTBEAT_KEY',
    yaml: 'heartbeat.key',
    kind: password(),
    secret: true,
    example: '5f0c2a7e-9f3d-4a55-8d8e-2f6f0c1b7a10',
    description: 'Token of the push endpoint that `monitor heartbeat run` tells how its command began and ended.',
  }),
};

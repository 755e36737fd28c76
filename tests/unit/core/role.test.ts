import { expect, test } from '@jest/globals';
import { roleOf } from '../../../src/core/role.ts';

test.each([
  [undefined, false, 'standalone', 'HUB_URL is not set and CLUSTER_ENABLED is not 1'],
  ['https://hub', false, 'agent', 'HUB_URL is set and CLUSTER_ENABLED is not 1'],
  [undefined, true, 'hub', 'HUB_URL is not set and CLUSTER_ENABLED=1'],
  ['https://hub', true, 'hub + agent', 'HUB_URL is set and CLUSTER_ENABLED=1'],
] as const)('HUB_URL %s, CLUSTER_ENABLED %s: %s', (hubUrl, enabled, role, reason) => {
  expect(roleOf(hubUrl, enabled)).toEqual({ role, reason });
});

test.each(['probe', 'agent'] as const)('MONITOR_MODE=%s: a probe, whatever else is set', (mode) => {
  expect(roleOf('https://hub', true, mode)).toEqual({ role: 'probe', reason: `MONITOR_MODE=${mode}` });
});

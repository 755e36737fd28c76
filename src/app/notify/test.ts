import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../../lib/clock.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import { createUuids } from '../../lib/crypto/ids.ts';
import { NO_CHANNELS, type TestReport, type TestRequest, testNotices } from '../../notify/test-notices.ts';
import { prepareNotify } from './prepare.ts';

/** Tries the way to people by the configuration of this process, without a hub. Throws ConfigError. */
export async function testByConfiguration(settings: Settings, clock: Clock, request: TestRequest): Promise<TestReport> {
  const prepared = await prepareNotify(settings, clock);
  if (prepared === null) return { ok: false, problem: NO_CHANNELS };
  const newId = createUuids(clock.now);
  const { policy, channels } = prepared;
  const hub = { name: settings.instanceId, url: settings.links.publicUrl ?? '', marker: '' };
  return testNotices({ policy, channels, hub, clock, newKey: () => sha256(newId()) }, request);
}

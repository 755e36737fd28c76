import type { PassOutcome } from '../../app/pass.ts';
import { iso } from '../../core/iso-time.ts';

type Ended = Extract<PassOutcome, { status: 'ended' }>;

/** The document that `run --json` prints. */
export function passDocument({ push, telling, told, failures, waiting, nextAt }: Ended, instanceId: string) {
  const { status, reason, checks, spooled } = push;
  return {
    status,
    reason,
    instance_id: instanceId,
    checks,
    spooled,
    notices: { telling, told, failed: failures, waiting, next_at: nextAt === null ? null : iso(nextAt) },
  };
}

/** What a pass came to, for people. */
export function passLines({ push, telling, told, failures, waiting, nextAt }: Ended): string[] {
  const states = Object.entries(push.checks).filter(([, count]) => count > 0);
  const count = states.reduce((sum, [, one]) => sum + one, 0);
  const found = states.map(([state, one]) => `${one} ${state}`).join(', ');
  const checked = count === 0 ? `Checked nothing: ${push.reason}` : `Checked ${things(count, 'check')} (${found})`;
  if (telling === 'nobody') return [`${checked}; nobody is told`];
  const parts = [
    told > 0 ? `told ${things(told, 'message')}` : '',
    failures.length > 0 ? `${things(failures.length, 'attempt')} failed` : '',
    waiting > 0
      ? `${waiting} ${waiting === 1 ? 'waits' : 'wait'}${nextAt === null ? '' : ` until ${iso(nextAt)}`}`
      : '',
    telling === 'elsewhere' ? 'another process tells people' : '',
    telling === 'late' ? 'the time was over' : '',
  ].filter((part) => part !== '');
  return [`${checked}; ${parts.length === 0 ? 'nothing to tell' : parts.join(', ')}`];
}

function things(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

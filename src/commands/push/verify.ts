import type { AgentLog } from '../../agent/state-file.ts';
import { verifyHub } from '../../app/agent.ts';
import type { Settings } from '../../config/settings.ts';
import { systemClock } from '../../lib/clock.ts';
import { Exit, type Terminal } from '../contract.ts';
import { untilSignal } from '../signals.ts';

// Less is the way to the hub and back.
const CLOCK_TOLD_MS = 2000;

/** Asks the hub whether it would accept a push, and prints what it says. */
export async function verify(
  settings: Settings & { readonly hubUrl: string },
  json: boolean,
  terminal: Terminal,
  log: AgentLog,
): Promise<void> {
  const { hubUrl, instanceId } = settings;
  const { isAccepted, reason, credential, clockOffsetMs, answer } = await untilSignal((signal) =>
    verifyHub(settings, systemClock, signal),
  );
  const status = isAccepted ? 'accepted' : 'refused';
  if (json) {
    const offset = { clock_offset_ms: clockOffsetMs, http_status: answer?.status ?? null };
    terminal.out(JSON.stringify({ status, reason, hub_url: hubUrl, instance_id: instanceId, credential, ...offset }));
  } else if (isAccepted) {
    terminal.out(`${hubUrl} accepts pushes of ${instanceId}${provenBy(credential)}${clockWords(clockOffsetMs)}`);
  }
  if (isAccepted) return;
  log.error({ hub_url: hubUrl, reason }, 'the hub would not accept a push');
  throw new Exit(1);
}

function provenBy(credential: string | null): string {
  const [kind, name = ''] = (credential ?? '').split(':', 2);
  if (kind === 'key') return ` with the key ${name}`;
  if (kind === 'secret') return ' with the shared secret';
  return kind === 'local' ? ' without a proof: it asks for none from here' : '';
}

function clockWords(offsetMs: number | null): string {
  if (offsetMs === null || Math.abs(offsetMs) < CLOCK_TOLD_MS) return '';
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  return `; the clock of this machine is ${seconds} s ${offsetMs > 0 ? 'ahead of' : 'behind'} the hub's`;
}

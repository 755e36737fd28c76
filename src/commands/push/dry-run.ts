import type { AgentLog } from '../../agent/state-file.ts';
import { previewPush, targetOf } from '../../app/agent.ts';
import type { Settings } from '../../config/settings.ts';
import { systemClock } from '../../lib/clock.ts';
import type { Terminal } from '../contract.ts';

/** Prints what a push would send; where it would go, with which proof, and what speaks against it, goes to the log. */
export async function dryRun(
  settings: Settings,
  names: readonly string[] | undefined,
  json: boolean,
  terminal: Terminal,
  log: AgentLog,
): Promise<void> {
  const target = targetOf(settings);
  if (target === null) log.warn({ setting: 'HUB_URL' }, 'HUB_URL is not set, so nothing can be pushed');
  else {
    for (const warning of target.warnings) log.warn({ warning }, 'the connection to the hub is not secure');
    log.info({ hub: settings.hubUrl, proof: target.proof }, 'this would be pushed, and is not');
  }
  const { payload, waiting } = await previewPush(settings, systemClock, names);
  if (waiting > 0) log.info({ waiting }, 'alerts of earlier runs are in the spool and would be sent first');
  terminal.out(JSON.stringify(payload, null, json ? undefined : 2));
}

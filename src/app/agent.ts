import { hostname } from 'node:os';
import { type Preview, preview } from '../agent/preview.ts';
import { type PushOutcome, pushOnce } from '../agent/push.ts';
import { type Receipt, receiptOf } from '../agent/receipt.ts';
import { createSchedule } from '../agent/schedule.ts';
import type { Findings } from '../agent/spool-results.ts';
import type { Clocks } from '../agent/state.ts';
import type { AgentLog } from '../agent/state-file.ts';
import { proofHeaders, proofName, pushUrl, verificationHeaders, warningsOf } from '../agent/target.ts';
import { type Verification, verificationOf } from '../agent/verification.ts';
import { SelectionError, selectChecks } from '../checkers/registry.ts';
import { runChecks } from '../checkers/run.ts';
import type { Settings } from '../config/settings.ts';
import { AT_ONCE, type PushBody, type Sender } from '../core/cluster/payload.ts';
import type { Clock } from '../lib/clock.ts';
import { createExec } from '../lib/exec.ts';
import type { HttpSettings } from '../lib/http/client.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/log/logger.ts';
import { readBoot } from '../lib/machine/boot.ts';
import { lookupBy } from '../lib/net/names.ts';

/** The settings that an agent lives by. */
export type AgentSettings = Pick<
  Settings,
  | 'hubUrl'
  | 'allowPlainHttp'
  | 'instanceId'
  | 'stateDir'
  | 'clusterSecret'
  | 'clusterKey'
  | 'hubApiKey'
  | 'caFile'
  | 'proxy'
  | 'pushTimeoutMs'
  | 'pushIntervalMs'
  | 'spool'
  | 'checkers'
  | 'checkersEnabled'
  | 'version'
>;

/** An agent of this machine. */
export interface Agent {
  /** Its hub's base address. */
  readonly hubUrl: string;
  /** What a person should know about the connection to the hub, see `warningsOf`. */
  readonly warnings: readonly string[];
  push(signal?: AbortSignal): Promise<PushOutcome>;
}

/** How long being connected may take, within the time of the whole request. */
const CONNECT_MS = 10_000;
/** Bytes of an answer: one that names every alert of a push as invalid must still be whole to be read. */
const ANSWER_LIMIT = 1024 * 1024;
/** How long a push may go on when the process is to stop. */
const GRACE_MS = 5_000;

/**
 * Puts an agent together. `names` are the checkers to run instead of those configured. Throws SelectionError, and an
 * Error where HUB_URL is not set.
 */
export function createAgent(
  settings: AgentSettings,
  clock: Clock,
  log: AgentLog,
  names: readonly string[] | undefined = settings.checkersEnabled,
): Agent {
  const { hubUrl, pushTimeoutMs, stateDir, spool } = settings;
  if (hubUrl === undefined) throw new Error('an agent needs HUB_URL');
  const url = pushUrl(hubUrl);
  const collect = collector(settings, clock, names);
  return {
    hubUrl,
    warnings: warningsOf(url, settings, settings.allowPlainHttp),
    push: (signal) =>
      pushOnce({
        sender: senderOf(settings),
        clock,
        stateDir,
        owner: 'agent',
        spool,
        // Long enough for another run to finish the request that it is at.
        lockWaitMs: 2 * pushTimeoutMs,
        log,
        clocks: () => readClocks(clock),
        collect: (remembered) => collect(remembered, signal),
        post: (push) => post(url, push, settings, clock, signal),
        ...(signal !== undefined && { signal }),
      }),
  };
}

/** Where pushes go, by which proof, and what a person should know of the connection; null where HUB_URL is not set. */
export function targetOf(
  settings: AgentSettings,
): { readonly proof: string; readonly warnings: readonly string[] } | null {
  if (settings.hubUrl === undefined) return null;
  return {
    proof: proofName(settings),
    warnings: warningsOf(pushUrl(settings.hubUrl), settings, settings.allowPlainHttp),
  };
}

/** What a push of this machine would send; needs no HUB_URL, sends and writes nothing. Throws SelectionError. */
export function previewPush(
  settings: AgentSettings,
  clock: Clock,
  names: readonly string[] | undefined = settings.checkersEnabled,
): Promise<Preview> {
  return preview({
    sender: senderOf(settings),
    stateDir: settings.stateDir,
    clocks: () => readClocks(clock),
    collect: collector(settings, clock, names),
  });
}

/**
 * Asks the hub whether it would accept a push of this machine: whether it can be reached, the signature, the clock and the
 * key. Pushes nothing, runs no check, and changes nothing on either side. Throws an Error where HUB_URL is not set.
 */
export async function verifyHub(settings: AgentSettings, clock: Clock, signal?: AbortSignal): Promise<Verification> {
  if (settings.hubUrl === undefined) throw new Error('an agent needs HUB_URL');
  const url = pushUrl(settings.hubUrl);
  const { getJson } = await import('../lib/http/client.ts');
  const sentAt = clock.now();
  const result = await getJson(
    { url, signal, headers: verificationHeaders(settings, clock) },
    howOf(settings, clock, signal),
  );
  return verificationOf(result, { instanceId: settings.instanceId, sentAt, answeredAt: clock.now() });
}

/** The agent of a process that serves: pushes at once and then at every interval. `onPush` is called with the outcome of each push. */
export function createAgentPart(
  settings: AgentSettings,
  clock: Clock,
  logger: Logger,
  onPush: (outcome: PushOutcome) => void = () => {},
): Part {
  const log = logger.child({ part: 'agent' });
  const agent = createAgent(settings, clock, log);
  for (const warning of agent.warnings) log.warn({ warning }, 'the connection to the hub is not secure');
  return createSchedule({
    name: 'agent',
    intervalMs: settings.pushIntervalMs,
    graceMs: GRACE_MS,
    clock,
    run: async (signal) => {
      const outcome = await agent.push(signal);
      logOutcome(outcome, log);
      onPush(outcome);
    },
    onError: (error) => log.error({ error }, 'push failed'),
  });
}

/** Writes what a push came to on the log. */
export function logOutcome(outcome: PushOutcome, log: AgentLog): void {
  const { status, reason, checks, sent, spooled, hub } = outcome;
  for (const { alert, reason: why } of outcome.refused) {
    log.error({ fingerprint: alert.fingerprint, reason: why }, 'the hub rejected an alert; it is set aside');
  }
  if (status === 'delivered') log.info({ checks, sent, ...hub?.counts }, 'pushed');
  else if (status === 'stopped') log.info({ spooled }, 'push cancelled');
  else log.error({ status, reason, sent, spooled, answer: hub?.body?.slice(0, 1000) }, 'push failed');
}

type Collect = (remembered: Readonly<Record<string, unknown>>, signal?: AbortSignal) => Promise<Findings>;

/** Runs the checks that the settings and `names` choose. Throws SelectionError. */
export function collector(settings: AgentSettings, clock: Clock, names: readonly string[] | undefined): Collect {
  const checks = selectChecks({ names, options: settings.checkers });
  const titles = new Map(checks.map(({ check }) => [check.name, check.title]));
  const confirmations = new Map(checks.map(({ check }) => [check.name, check.confirmation ?? AT_ONCE]));
  const whole = names === settings.checkersEnabled;
  const exec = createExec(clock);
  return async (remembered, signal) => {
    const outcome = await runChecks({ checks, clock, exec, remembered, ...(signal !== undefined && { signal }) });
    if (outcome.results.length === 0) {
      throw new SelectionError(['checkers: none is enabled; name one, or remove a "false" from monitor.yaml']);
    }
    return { ...outcome, titles, confirmations, whole };
  };
}

/** Both clocks of this machine; where the other one is not told, of no start, so that nothing follows from it. */
export async function readClocks(clock: Clock): Promise<Clocks> {
  const boot = await readBoot({ proc: '/proc', exec: createExec(clock) }).catch(() => ({ id: null, uptimeMs: 0 }));
  const { id, uptimeMs } = boot;
  return { at: clock.now(), uptimeMs, boot: id ?? '' };
}

function senderOf({ instanceId }: AgentSettings): Sender {
  return { instanceId, hostname: hostname() };
}

async function post(
  url: URL,
  push: PushBody,
  settings: AgentSettings,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Receipt> {
  const body = JSON.stringify(push);
  // Loaded only here: most of what it costs is spent before the checks are done otherwise.
  const { postJson } = await import('../lib/http/client.ts');
  return receiptOf(
    await postJson({ url, body, signal, headers: proofHeaders(body, settings, clock) }, howOf(settings, clock, signal)),
  );
}

function howOf(settings: AgentSettings, clock: Clock, signal = new AbortController().signal): HttpSettings {
  const timeMs = settings.pushTimeoutMs;
  const connectMs = Math.min(CONNECT_MS, timeMs);
  return {
    // A name server that says nothing must not hold up the end of a run.
    lookup: lookupBy(createExec(clock), { timeoutMs: connectMs, signal }),
    userAgent: `monitor/${settings.version}`,
    proxy: settings.proxy,
    caFile: settings.caFile,
    // The address is the operator's own, and a hub often stands in a private network.
    allow: 'any',
    bodyLimit: ANSWER_LIMIT,
    timeouts: { connectMs, headersMs: timeMs, bodyMs: timeMs },
  };
}

import { ZodError } from 'zod';
import { createLookWorld } from '../../app/endpoints/world.ts';
import { readEndpoints } from '../../config/endpoints/read.ts';
import { loadSettings } from '../../config/load.ts';
import type { Settings } from '../../config/settings.ts';
import { parseCondition, showFault } from '../../core/endpoint/condition/parse.ts';
import { parseDuration } from '../../core/figures.ts';
import { createTarget, type LookTarget, lookAt, type TargetSource } from '../../endpoints/look.ts';
import { lookDocument } from '../../endpoints/look-document.ts';
import { systemClock } from '../../lib/clock.ts';
import { issueText } from '../../lib/issue-text.ts';
import { TargetError } from '../../protocols/contract.ts';
import { Exit, type Terminal, UsageError } from '../contract.ts';
import { lookLines } from './text.ts';

/** Options of `monitor endpoints try`. */
export interface TryFlags {
  readonly json?: boolean;
  readonly config?: string;
  readonly condition?: readonly string[];
  readonly timeout: string;
  readonly method?: string;
  readonly header?: readonly string[];
  readonly body?: string;
  readonly insecure?: boolean;
  readonly caFile?: string;
  readonly httpVersion?: string;
  readonly follow: boolean;
}

/** Looks once at an address, or at an endpoint of the configuration. Exits 1 when it is not as it should be. */
export async function tryEndpoint(url: string, flags: TryFlags, terminal: Terminal): Promise<void> {
  const settings = loadSettings({ configFile: flags.config });
  checkConditions(flags.condition ?? []);
  const entry = configured(url, settings);
  const source = entry ?? sourceOf(url, flags);
  const given = flags.condition === undefined ? source : { ...source, conditions: flags.condition };
  const target = targetOf(given);
  const found = await lookAt(target, createLookWorld(settings, systemClock));
  if (flags.json) terminal.out(JSON.stringify(lookDocument(target.url, found)));
  else {
    for (const line of lookLines(target.url, found, terminal)) terminal.out(line);
    // What the error says of settings is an option here.
    if (entry === null && TRUSTED_BY.includes(found.look.error?.reason ?? ''))
      terminal.out('  hint   here that is --ca-file FILE; --insecure accepts any certificate');
  }
  if (!found.success) throw new Exit(1);
}

const TRUSTED_BY: readonly string[] = ['tls_self_signed', 'tls_incomplete_chain', 'tls_unknown_authority'];

function checkConditions(conditions: readonly string[]): void {
  const faults = conditions.flatMap((text) => {
    const parsed = parseCondition(text);
    return parsed.ok ? [] : [`--condition: ${showFault(text, parsed)}`];
  });
  if (faults.length > 0) throw new UsageError('a condition cannot be read', faults);
}

/** An endpoint that the configuration names by this word; null for a URL. */
function configured(word: string, settings: Settings): TargetSource | null {
  if (word.includes('://')) return null;
  const read = readEndpoints(settings);
  const found = read?.document.endpoints.find(
    ({ key, name, group }) => word === key || word === `${group}/${name}` || (group === '' && word === name),
  );
  if (found === undefined) return null;
  if ((read?.problems.length ?? 0) > 0) throw new UsageError('the configuration has problems', read?.problems);
  const { url, options, conditions, timeoutMs, ui } = found;
  return {
    ...{ url, conditions, timeoutMs },
    options: JSON.parse(options.reveal()) as object,
    conditionsAsWritten: ui.conditionsAsWritten,
    conditionsResolved: ui.conditionsResolved,
  };
}

function sourceOf(url: string, flags: TryFlags): TargetSource {
  const timeoutMs = parseDuration(/^\d+$/.test(flags.timeout) ? Number(flags.timeout) : flags.timeout);
  if (timeoutMs === null || timeoutMs < 100 || timeoutMs > 600_000) {
    throw new UsageError(`--timeout must be a time from 100ms to 10m, such as 5s, not "${flags.timeout}"`);
  }
  const headers = (flags.header ?? []).map((text) => {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/s.exec(text) ?? [];
    if (name === undefined) throw new UsageError(`--header must be "Name: value", not "${text}"`);
    return [name, value ?? ''];
  });
  const client = {
    ...(flags.insecure && { insecure: true }),
    ...(flags.follow ? {} : { ignore_redirect: true }),
    ...(flags.httpVersion !== undefined && { http_version: flags.httpVersion }),
    ...(flags.caFile !== undefined && { tls: { ca_file: flags.caFile } }),
  };
  const options = {
    ...(flags.method !== undefined && { method: flags.method }),
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(flags.body !== undefined && { body: flags.body }),
    ...(Object.keys(client).length > 0 && { client }),
  };
  return { url, options, conditions: [], timeoutMs };
}

function targetOf(source: TargetSource): LookTarget {
  try {
    return createTarget(source);
  } catch (error) {
    if (error instanceof TargetError) throw new UsageError(`the url ${error.message}`);
    if (!(error instanceof ZodError)) throw error;
    const problems = error.issues.map((issue) => `${issue.path.join('.')}: ${issueText(issue)}`);
    throw new UsageError('this cannot be looked at so', problems);
  }
}

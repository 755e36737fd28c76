import { type Labels, SEVERITIES, type Severity } from '../core/alert/alert.ts';
import { nearest } from '../core/nearest.ts';
import type { DeliveryResult } from '../core/notice/delivery.ts';
import type { NoticeMessage } from '../core/notice/message.ts';
import { TEST_NAME, testMessage } from '../core/notice/test-message.ts';
import type { NotifyPolicy } from '../core/policy/policy.ts';
import { hopsOf, type RouteNode } from '../core/policy/route.ts';
import { OWN_SOURCE } from '../core/submission.ts';
import type { Clock } from '../lib/clock.ts';

/** What is tried. */
export interface TestRequest {
  /** Names of channels and routes, or places of routes such as `routes[0]`; none for what the labels reach. */
  readonly targets: readonly string[];
  /** Every channel. */
  readonly all: boolean;
  /** Labels of the alert that is made up, by which its routes are found where no target is given. */
  readonly labels: Labels;
}

/** What one channel made of its test. */
export interface TestResult {
  readonly channel: string;
  /** Where it sends, for people. */
  readonly place: string;
  /** The places in the configuration, or the words of the request, that chose it. */
  readonly chosenBy: readonly string[];
  readonly ok: boolean;
  /** What the target answered, or why it failed; never with a secret. */
  readonly answer: string;
  /** Whether it is no use to try again. */
  readonly permanent: boolean;
  readonly tookMs: number;
}

/** What a test came to: results by channel, or what is wrong with the request. */
export type TestReport =
  | { readonly ok: true; readonly results: readonly TestResult[] }
  | { readonly ok: false; readonly problem: string };

/** A channel as a test needs it. */
interface TestedChannel {
  readonly place: string;
  deliver(message: NoticeMessage, attempt: { readonly signal: AbortSignal }): Promise<DeliveryResult>;
}

/** What tests run on. */
export interface TestParts {
  readonly policy: NotifyPolicy;
  readonly channels: ReadonlyMap<string, TestedChannel>;
  readonly hub: NoticeMessage['hub'];
  readonly clock: Clock;
  /** Hex of 32 signs or more, no two the same. */
  readonly newKey: () => string;
}

/** What is wrong where nobody can be told. */
export const NO_CHANNELS = 'no channel is configured: set MONITOR_NOTIFY_URL, or notify in monitor.yaml';

type Chosen = ReadonlyMap<string, readonly string[]>;

/** Goes the whole way without an incident: finds the channels, sends each a test at once, and gives their answers. */
export async function testNotices(parts: TestParts, request: TestRequest): Promise<TestReport> {
  const { severity } = request.labels;
  if (severity !== undefined && !SEVERITIES.some((one) => one === severity)) {
    return { ok: false, problem: `the severity of a test must be one of ${SEVERITIES.join(', ')}, not "${severity}"` };
  }
  const chosen = choose(parts, request);
  if (typeof chosen === 'string') return { ok: false, problem: chosen };
  const results = [...chosen].map(([channel, chosenBy]) => tryChannel(parts, channel, chosenBy, request.labels));
  return { ok: true, results: await Promise.all(results) };
}

/** The channels that a request reaches and what chose each, or what is wrong with it. */
function choose({ policy, channels, clock }: TestParts, { targets, all, labels }: TestRequest): Chosen | string {
  const chosen = new Map<string, readonly string[]>();
  const add = (names: readonly string[], by: string) => {
    for (const name of names) chosen.set(name, [...new Set([...(chosen.get(name) ?? []), by])]);
  };
  if (channels.size === 0) return NO_CHANNELS;
  if (all) add([...channels.keys()], 'all channels');
  for (const target of targets) {
    const route = channels.has(target) ? undefined : findRoute(policy.root, target, []);
    if (channels.has(target)) add([target], 'its name');
    else if (route === undefined) return unknownTarget(target, [...channels.keys()], policy.root);
    else if (route.channels.length === 0) return `the route ${route.node.place} names no channel`;
    else add(route.channels, route.node.place);
  }
  if (all || targets.length > 0) return chosen;
  const seen = { alertname: TEST_NAME, severity: 'info', source: OWN_SOURCE, ...labels };
  for (const hop of hopsOf(policy.root, seen, clock.now())) add(hop.channels.value, hop.channels.place);
  if (chosen.size > 0) return chosen;
  const shown = Object.entries(seen).map(([name, value]) => `${name}="${value}"`);
  return `no route names a channel for ${shown.join(', ')}`;
}

interface FoundRoute {
  readonly node: RouteNode;
  readonly channels: readonly string[];
}

/** A route by its name or its place, with its channels or those that it inherits. */
function findRoute(node: RouteNode, target: string, above: readonly string[]): FoundRoute | undefined {
  const channels = node.settings.channels ?? above;
  const path = node.place.replace(/^notify\./, '').split(' ')[0];
  if (node.shown?.name === target || node.place === target || path === target.replace(/^notify\./, '')) {
    return { node, channels };
  }
  for (const child of node.routes) {
    const found = findRoute(child, target, channels);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unknownTarget(target: string, channels: readonly string[], root: RouteNode): string {
  const routes = routeNames(root);
  const known = [...channels, ...routes];
  const word = nearest(target, known);
  const hint = word === null ? `there are ${known.join(', ')}` : `did you mean ${word}?`;
  return `there is no channel or route "${target}"; ${hint}`;
}

function routeNames({ shown, routes }: RouteNode): readonly string[] {
  return [...(shown?.name ? [shown.name] : []), ...routes.flatMap(routeNames)];
}

async function tryChannel(
  { policy, channels, hub, clock, newKey }: TestParts,
  id: string,
  chosenBy: readonly string[],
  labels: Labels,
): Promise<TestResult> {
  const channel = channels.get(id);
  const begun = clock.monotonic();
  const result = (ok: boolean, answer: string, permanent: boolean): TestResult => ({
    ...{ channel: id, place: channel?.place ?? '', chosenBy, ok, answer, permanent },
    tookMs: Math.round(clock.monotonic() - begun),
  });
  if (channel === undefined) return result(false, 'it is not configured', true);
  const severity = (labels.severity ?? 'info') as Severity;
  const message = testMessage({ hub, channel: id, labels, severity, at: clock.now(), key: newKey() });
  const timeout = new AbortController();
  const ms = policy.channels.get(id)?.timeoutMs ?? TIMEOUT_MS;
  const late = new DOMException(`did not answer within ${ms / 1000} s`, 'TimeoutError');
  const cancel = clock.after(ms, () => timeout.abort(late));
  try {
    const delivery = await channel.deliver(message, { signal: timeout.signal });
    if (delivery.ok) return result(true, delivery.answer ?? 'accepted', false);
    return result(false, delivery.reason, delivery.permanent);
  } finally {
    cancel();
  }
}

const TIMEOUT_MS = 30_000;

import { hostname } from 'node:os';
import { bindChannel, loadChannel, optionsOf } from '../../channels/registry.ts';
import { ConfigError } from '../../config/error.ts';
import { readNotify } from '../../config/notify/read.ts';
import type { Settings } from '../../config/settings.ts';
import type { NoticeMessage } from '../../core/notice/message.ts';
import type { RouteNode, RouteTemplates } from '../../core/policy/route.ts';
import type { Clock } from '../../lib/clock.ts';
import { redactor, secretsIn } from '../../lib/crypto/redact.ts';
import { createRecordedDoors, type Recorded } from '../../lib/net/recorded.ts';
import { unknownName } from '../../notify/policy/compiler.ts';
import { NO_CHANNELS } from '../../notify/test-notices.ts';
import { namesOf, optionProblems } from './channels.ts';
import { prepareRoutes } from './prepare.ts';

/** What a channel would send, and what went wrong with its templates. */
export interface Preview {
  /** With every secret masked. */
  readonly sent: readonly Recorded[];
  readonly problems: readonly string[];
}

const PATIENCE_MS = 10_000;
const FAILED = /The template of the (title|text|html) failed, this is the built-in one: [^\n"<]*/g;

/** What a channel of the configuration would send, by a route where one is given by its name or place. Throws ConfigError where it is not there or its options are at fault. */
export async function previewChannel(
  settings: Settings,
  id: string,
  message: NoticeMessage,
  clock: Clock,
  route?: string,
): Promise<Preview> {
  const { type, given, places } = await optionsFor(settings, id);
  const templates = route === undefined ? {} : await templatesOf(settings, route);
  try {
    return await previewOf(type, { ...given, ...templates }, message, clock, settings.notify.allowPrograms);
  } catch (error) {
    throw new ConfigError(optionProblems(places, ['channels', id], error));
  }
}

/**
 * Lets a channel of that kind send a message to nowhere: nothing leaves this machine, and no program is started. Rejects
 * with ChannelOptionsError.
 */
export async function previewOf(
  type: string,
  given: Readonly<Record<string, unknown>>,
  message: NoticeMessage,
  clock: Clock,
  programs: readonly string[],
): Promise<Preview> {
  // A mail server that is not there proves nothing: the mail is the same.
  const { user: _, password: __, ...mail } = given;
  const options = type === 'email' ? { ...mail, tls: 'none' } : given;
  const doors = createRecordedDoors();
  const channel = await bindChannel(type, options, { ...doors, clock, programs, hostname: hostname() });
  const kind = await loadChannel(type);
  const redact = redactor(kind === undefined ? [] : secretsIn(optionsOf(kind).parse(given)));
  const result = await channel.deliver(message, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const sent = doors.recorded.map((one) => masked(one, redact));
  const faults = sent.flatMap((one) => textOf(one).match(FAILED) ?? []);
  if (sent.length === 0 && !result.ok) faults.push(result.reason);
  return { sent, problems: [...new Set(faults)] };
}

async function templatesOf(settings: Settings, route: string): Promise<RouteTemplates> {
  const prepared = await prepareRoutes(settings);
  const all = prepared === null ? [] : nodesOf(prepared.policy.root);
  const wordsOf = ({ place, shown }: RouteNode) => [
    shown?.name ?? '',
    (place.split(' ')[0] ?? '').replace('notify.', ''),
  ];
  const word = route.replace(/^notify\./, '');
  const found = all.find((node) => wordsOf(node).includes(word));
  if (found !== undefined) return found.templates ?? {};
  throw new ConfigError([
    unknownName(
      'route',
      route,
      all.flatMap(wordsOf).filter((one) => one !== ''),
    ),
  ]);
}

function nodesOf({ routes }: RouteNode): readonly RouteNode[] {
  return routes.flatMap((node) => [node, ...nodesOf(node)]);
}

async function optionsFor(settings: Settings, id: string) {
  const read = await readNotify(settings);
  if (read === null) throw new ConfigError([NO_CHANNELS]);
  const { places, channels } = read.document;
  const named = await namesOf(read.document);
  const own = read.problems.filter((problem) => problem.includes(`notify.channels.${id}`));
  if (own.length > 0) throw new ConfigError(own);
  const entry = channels.find((one) => one.id === id);
  if (entry !== undefined) {
    return { type: entry.type, given: JSON.parse(entry.options.reveal()) as Record<string, unknown>, places };
  }
  const addressed = named.addressed.find((one) => one.id === id);
  if (addressed === undefined) throw new ConfigError([unknownName('channel', id, named.known)]);
  return { type: addressed.name, given: { ...addressed.options }, places };
}

function textOf(one: Recorded): string {
  if (one.kind === 'request') return one.body;
  return one.kind === 'bytes' ? one.text : one.input;
}

function masked(one: Recorded, redact: (text: string) => string): Recorded {
  const map = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        // Encoded with a user before it, a password does not look like itself.
        /^authorization$/i.test(name) ? value.replace(/^(\w+ ).*$/s, '$1[secret]') : redact(value),
      ]),
    );
  if (one.kind === 'request') {
    const url = redact(one.url);
    // Of an address that is a secret as a whole, the server is none.
    const shown = url.startsWith('[secret]') ? `${new URL(one.url).origin}/[secret]` : url;
    return { ...one, url: shown, headers: map(one.headers), body: redact(one.body) };
  }
  if (one.kind === 'bytes') return { ...one, text: redact(one.text) };
  return { ...one, argv: one.argv.map(redact), env: map(one.env), input: redact(one.input) };
}

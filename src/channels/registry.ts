import * as z from 'zod';
import { nearest } from '../core/nearest.ts';
import { wellFormed } from '../core/notice/clip.ts';
import { type DeliveryResult, notDelivered } from '../core/notice/delivery.ts';
import { ESCAPES, type Markup } from '../core/notice/markup.ts';
import { isOver, type NoticeMessage } from '../core/notice/message.ts';
import { templateData } from '../core/notice/template-data.ts';
import { type Wording, wordingOf } from '../core/notice/wording.ts';
import { oneLine } from '../core/one-line.ts';
import { redactor, secretsIn } from '../lib/crypto/redact.ts';
import { issueText } from '../lib/issue-text.ts';
import {
  AddressError,
  type Attempt,
  type Channel,
  type ChannelTraits,
  type ChannelWorld,
  OptionError,
  type Rendered,
} from './contract.ts';
import { LIST } from './list.ts';

/** A channel with its options and its doors: what delivers. */
export interface BoundChannel {
  /** Of the plug-in: `slack`. */
  readonly name: string;
  /** Where it sends, for people; holds no secret. */
  readonly place: string;
  readonly traits: ChannelTraits;
  /** Whether it is sent reminders. */
  readonly reminders: boolean;
  /** One attempt. Never rejects, retries nothing, and tells no secret. */
  deliver(message: NoticeMessage, attempt: Attempt): Promise<DeliveryResult>;
  /** The same channel with other templates in place of its own. Rejects with ChannelOptionsError. */
  templated(templates: { readonly [K in keyof Rendered]?: string }): Promise<BoundChannel>;
}

/** Options that a channel does not accept; `problems` name each with its path. */
export class ChannelOptionsError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`a problem with the options of a channel: ${problems.join('; ')}`);
    this.name = 'ChannelOptionsError';
    this.problems = problems;
  }
}

const REASON_LENGTH = 500;
const WORDS = 'must be one of tell, edit, none';

/** Options that every channel has beside its own. */
const COMMON = {
  on_resolved: z
    .enum(['tell', 'edit', 'none'], { error: WORDS })
    .optional()
    .describe('What the end of an incident becomes: a message, an edit of the first one, or nothing'),
  reminders: z.boolean({ error: 'must be true or false' }).optional().describe('Whether it is sent reminders'),
  rate: z
    .strictObject({ per_second: z.number().positive().max(1000), burst: z.int().min(1).max(10_000) })
    .optional()
    .describe('How many messages it is sent at most: a bucket that is refilled evenly'),
};

const template = (what: string) =>
  z.string({ error: 'must be a template' }).min(1).max(50_000).optional().describe(`Template of ${what}, in Liquid`);
const TEMPLATES = {
  title: template('the first line, without markup'),
  text: template("the text, in the target's markup; values are escaped"),
  html: template('the HTML, for mail and Matrix; values are escaped'),
};

/** The names of all channels. */
export const CHANNEL_NAMES: readonly string[] = Object.keys(LIST);

/** A channel by its name; undefined when there is none. */
export async function loadChannel(name: string): Promise<Channel | undefined> {
  return Object.hasOwn(LIST, name) ? LIST[name as keyof typeof LIST]() : undefined;
}

/** Shape of all options of a channel: its own, and those that every channel has. */
export function optionsOf(channel: Channel): z.ZodObject {
  // A body in JSON has a template of its own.
  return channel.options.extend({ ...COMMON, ...(channel.traits.markup === 'json' ? {} : TEMPLATES) });
}

/** Gives a channel its options, as they stand in the configuration. Rejects with ChannelOptionsError. */
export async function bindChannel(name: string, given: unknown, world: ChannelWorld): Promise<BoundChannel> {
  const channel = await loadChannel(name);
  if (channel === undefined) {
    throw new ChannelOptionsError([
      `type: there is no channel ${oneLine(name, 40)}; use one of ${CHANNEL_NAMES.join(', ')}`,
    ]);
  }
  const read = optionsOf(channel).safeParse(given);
  if (!read.success) {
    const known = Object.keys(optionsOf(channel).shape);
    throw new ChannelOptionsError(read.error.issues.flatMap((issue) => problemsOf(issue, known)));
  }
  const { on_resolved: onResolved, reminders, rate } = read.data as z.output<z.ZodObject<typeof COMMON>>;
  const redact = redactor(secretsIn(read.data));
  const binding = await bindOrExplain(channel, read.data, world);
  const traits: ChannelTraits = { ...channel.traits, ...binding.traits };
  const chosen: ChannelTraits = {
    ...traits,
    onResolved: onResolved ?? traits.onResolved,
    rate: rate === undefined ? traits.rate : { perSecond: rate.per_second, burst: rate.burst },
  };
  if (chosen.onResolved === 'edit' && !chosen.edits) {
    throw new ChannelOptionsError([`on_resolved: ${name} cannot edit what it has sent here; use tell or none`]);
  }
  const templated = (render: Render): BoundChannel => ({
    name,
    place: redact(binding.place),
    traits: chosen,
    reminders: reminders ?? !chosen.keepsIncidents,
    async deliver(given, attempt) {
      const message = wellFormed(given);
      const isEdit = chosen.onResolved === 'edit' && (message.amends || isOver(message));
      const { firstRef } = message;
      const context = {
        ...{ signal: attempt.signal, progress: attempt.progress },
        ...{ edit: isEdit ? firstRef : null, thread: chosen.threads ? firstRef : null },
        ...render(message),
      };
      try {
        return withoutSecrets(await binding.deliver(message, context), redact);
      } catch (error) {
        const reason = `the channel ${name} failed: ${error instanceof Error ? error.message : String(error)}`;
        return withoutSecrets(notDelivered('invalid', false, reason), redact);
      }
    },
    templated: async (templates) => {
      if (traits.markup === 'json') {
        throw new ChannelOptionsError([`the channel ${name} has a body of its own in place of title and text`]);
      }
      return templated(await rendererOf({ ...read.data, ...templates }, traits.markup));
    },
  });
  return templated(await rendererOf(read.data, traits.markup));
}

async function bindOrExplain(channel: Channel, options: unknown, world: ChannelWorld) {
  try {
    return await channel.bind(options as never, world);
  } catch (error) {
    if (error instanceof OptionError) throw new ChannelOptionsError([error.message]);
    throw error;
  }
}

function problemsOf(issue: z.core.$ZodIssue, known: readonly string[]): readonly string[] {
  const { path } = issue;
  if (issue.code !== 'unrecognized_keys')
    return [path.length === 0 ? issueText(issue) : `${path.join('.')}: ${issueText(issue)}`];
  return issue.keys.map((key) => {
    const word = path.length === 0 ? nearest(key, known) : null;
    const all = path.length === 0 ? `; there are ${known.join(', ')}` : '';
    return `${[...path, oneLine(key, 40)].join('.')}: unknown option${word === null ? all : `; did you mean ${word}?`}`;
  });
}

function withoutSecrets(result: DeliveryResult, redact: (text: string) => string): DeliveryResult {
  if (!result.ok) return { ...result, reason: oneLine(redact(result.reason), REASON_LENGTH) };
  return result.answer === undefined ? result : { ...result, answer: oneLine(redact(result.answer), REASON_LENGTH) };
}

/** Schemes of addresses beside the names of the channels. */
const SCHEMES: Readonly<Record<string, string>> = {
  http: 'webhook',
  https: 'webhook',
  mailto: 'email',
  smtp: 'email',
  smtps: 'email',
};

/** A channel as an address names it: its name, and its options as they would stand in the configuration. */
export interface AddressedChannel {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Reads an address: `slack://…`, `mailto:…`, and `https://…` for Alertmanager's body. What follows `+` in a scheme is
 * the channel's business (`ntfy+http://…`). Rejects with AddressError, which repeats nothing of the address but its scheme.
 */
export async function channelOfUrl(text: string): Promise<AddressedChannel> {
  const scheme = /^([a-z][a-z0-9]*)(?:\+[a-z0-9]+)?:/i.exec(text.trim())?.[1]?.toLowerCase();
  const name = scheme === undefined ? undefined : (SCHEMES[scheme] ?? scheme);
  const channel = name === undefined ? undefined : await loadChannel(name);
  if (scheme === undefined || channel?.fromUrl === undefined || !URL.canParse(text.trim())) {
    const known = [...Object.keys(SCHEMES), ...CHANNEL_NAMES].filter((one) => one !== 'webhook' && one !== 'email');
    const what = scheme === undefined ? 'an address begins with a scheme' : `${scheme}: is no address of a channel`;
    throw new AddressError(`${what}; use one of ${known.map((one) => `${one}:`).join(', ')}`);
  }
  const options = Object.entries(channel.fromUrl(new URL(text.trim())));
  const { shape } = optionsOf(channel);
  const typed = options.map(([key, value]) => [key, typeof value === 'string' ? typedAs(shape[key], value) : value]);
  return { name: channel.name, options: Object.fromEntries(typed) };
}

/** Text of an address as the number or truth value that an option wants. */
function typedAs(schema: unknown, text: string): unknown {
  const accepts = (value: unknown) => schema instanceof z.ZodType && schema.safeParse(value).success;
  if (!/^(true|false|-?\d{1,15}(\.\d{1,6})?)$/.test(text) || accepts(text)) return text;
  const value: unknown = JSON.parse(text.replace(/^(-?)0+(?=\d)/, '$1'));
  return accepts(value) ? value : text;
}

type Render = (message: NoticeMessage) => { readonly wording: Wording; readonly rendered: Rendered };

/** Reads the operator's templates. A fault in one is a problem of the configuration; one that shows later is told in the message. */
async function rendererOf(options: Readonly<Record<string, unknown>>, markup: Markup): Promise<Render> {
  const given = (Object.keys(TEMPLATES) as (keyof Rendered)[]).filter((name) => options[name] !== undefined);
  if (given.length === 0) return (message) => ({ wording: wordingOf(message), rendered: {} });
  const { readTemplate, TemplateError } = await import('../lib/template.ts');
  const markups = { title: 'plain', text: markup, html: 'html' } as const;
  const templates = given.map((name) => {
    try {
      return [name, readTemplate(String(options[name]), ESCAPES[markups[name]])] as const;
    } catch (error) {
      throw new ChannelOptionsError([`${name}: ${(error as Error).message}`]);
    }
  });
  return (message) => {
    const words = wordingOf(message);
    const data = templateData(message, words);
    const remarks = [...words.remarks];
    const texts = templates.flatMap(([name, one]) => {
      try {
        return [[name, one.render(data)] as const];
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        remarks.push(`The template of the ${name} failed, this is the built-in one: ${oneLine(error.message)}`);
        return [];
      }
    });
    const rendered: Rendered = Object.fromEntries(texts);
    const title = oneLine(rendered.title ?? '', 300);
    return { wording: { ...words, remarks, ...(title !== '' && { title, headline: title }) }, rendered };
  };
}

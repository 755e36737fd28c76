import * as z from 'zod';
import { clip, utf8Bytes } from '../core/notice/clip.ts';
import { MARKDOWN, PLAIN, textOr } from '../core/notice/compose.ts';
import type { Tone } from '../core/notice/wording.ts';
import {
  type DeliveryContext,
  defineChannel,
  failureOf,
  OptionError,
  secretUrl,
  sendJson,
  webAddressOf,
} from './contract.ts';

const options = z.strictObject({
  url: secretUrl().describe('Address of the flow "Post to a channel when a webhook request is received"'),
  bare_card: z.boolean().default(false).describe('Send the card alone, for flows that post it without "for each"'),
});

// A message of Teams has about 28 KB, of which the flow takes a part.
const BUDGET = 20_000;

/** Microsoft Teams, by a flow of Power Automate ("Workflows") that posts an Adaptive Card. */
export const teams = defineChannel({
  name: 'teams',
  summary: 'Microsoft Teams, by a workflow that posts an Adaptive Card',
  traits: {
    ...{ edits: false, threads: false, keepsIncidents: false, idempotent: false, onResolved: 'tell' },
    ...{ markup: 'markdown', rate: { perSecond: 0.5, burst: 4 } },
  },
  options,
  fromUrl: (url) => ({ url: webAddressOf(url) }),
  bind({ url: secret, bare_card: isBare }, world) {
    const url = new URL(secret.reveal());
    if (/(^|\.)webhook\.office\.com$/.test(url.hostname)) {
      const fix = 'create a workflow "Post to a channel when a webhook request is received" and use its address';
      throw new OptionError(`url: Microsoft has switched connectors (webhook.office.com) off; ${fix}`);
    }
    return {
      place: url.host,
      async deliver(_, context) {
        const card = cardOf(context);
        const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card };
        const value = isBare ? card : { type: 'message', attachments: [attachment] };
        const result = await sendJson(world, url, value, context.signal);
        // Accepted: what the flow makes of it, and when, it tells nobody.
        return result.ok ? { ok: true, answer: `HTTP ${result.status}` } : failureOf(result);
      },
    };
  },
});

const COLOURS: Readonly<Record<Tone, string>> = {
  critical: 'Attention',
  warning: 'Warning',
  info: 'Accent',
  resolved: 'Good',
  neutral: 'Default',
};

function cardOf({ wording, rendered }: DeliveryContext) {
  const { headline, facts, links, tone, footer } = wording;
  const block = (text: string, more: object = {}) => ({ type: 'TextBlock', text, wrap: true, ...more });
  // A paragraph of Markdown ends at an empty line.
  const style = { ...MARKDOWN, link: PLAIN.link };
  const measure = (text: string) => utf8Bytes(JSON.stringify(text));
  const body = textOr(rendered.text, { ...wording, links: [] }, style, { most: BUDGET / 2, measure }, 'none');
  const shown = rendered.text === undefined ? facts.slice(0, 12) : [];
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.2',
    body: [
      block(style.escape(clip(headline, 500)), { weight: 'Bolder', size: 'Medium', color: COLOURS[tone] }),
      ...(body === '' ? [] : [block(body.replaceAll('\n', '\n\n'))]),
      ...(shown.length > 0
        ? [
            {
              type: 'FactSet',
              facts: shown.map(({ name, value }) => ({ title: clip(name, 60), value: style.escape(value) })),
            },
          ]
        : []),
      block(style.escape(footer), { isSubtle: true, size: 'Small' }),
    ],
    actions: links.map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url })),
    msteams: { width: 'Full' },
  };
}

import { afterEach, expect, test } from '@jest/globals';
import { bindChannel } from '../../src/channels/registry.ts';
import { channelCases, replaced } from '../support/channel-fixtures.ts';
import { channelWorld } from '../support/channel-world.ts';
import { startHttpReceiver } from '../support/http-receiver.ts';
import { sampleAlert, sampleMessage } from '../support/notice.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

// biome-ignore lint/suspicious/noExplicitAny: bodies of vendors, taken apart below
type Body = any;
const points = (text: string) => [...text].length;
const bytes = (text: string) => Buffer.byteLength(text);
const json = (value: unknown) => bytes(JSON.stringify(value));

/** For each element of a body its size, and the most that its target takes (vendors' documentation). */
const ELEMENTS: Readonly<Record<string, (body: Body) => readonly (readonly [string, number, number])[]>> = {
  slack: ({ text, attachments }) =>
    attachments[0].blocks.flatMap((block: Body) => [
      ['text', points(text), 4000],
      ['blocks', attachments[0].blocks.length, 50],
      ['section', points(block.text?.text ?? 'x'), 3000],
      ['fields', (block.fields ?? []).length, 10],
      ...(block.fields ?? []).map((field: Body) => ['field', points(field.text), 2000]),
      ...(block.elements ?? []).map((one: Body) => ['button', points(one.text?.text ?? ''), 75]),
    ]),
  teams: (body) => [['message', json(body), 28_000]],
  discord: ({ embeds: [embed] }) => [
    ['title', embed.title.length, 256],
    ['description', embed.description.length, 4096],
    ['fields', (embed.fields ?? []).length, 25],
    ...(embed.fields ?? []).flatMap((field: Body) => [
      ['name', field.name.length, 256],
      ['value', field.value.length, 1024],
      ['nothing', field.value === '' || field.name === '' ? 1 : 0, 0],
    ]),
    ['footer', embed.footer.text.length, 2048],
    [
      'all',
      [
        embed.title,
        embed.description,
        embed.footer.text,
        ...(embed.fields ?? []).flatMap((field: Body) => [field.name, field.value]),
      ].join('').length,
      6000,
    ],
  ],
  pagerduty: (body) => [
    ['summary', points(body.payload.summary), 1024],
    ['dedup_key', points(body.dedup_key), 255],
    ['event', json(body), 512_000],
  ],
  opsgenie: (body) => [
    ['message', points(body.message), 130],
    ['alias', points(body.alias), 512],
    ['description', points(body.description), 15_000],
    ['entity', points(body.entity), 512],
    ['source', points(body.source), 100],
    ['tags', body.tags.length, 20],
    ['details', points(Object.entries(body.details).flat().join('')), 8000],
  ],
  telegram: ({ text }) => [['text', text.replace(/<[^>]*>/g, '').length, 4096]],
  ntfy: ({ message, title, actions }) => [
    ['message', bytes(message), 4096],
    ['title', points(title), 250],
    ['actions', actions.length, 3],
  ],
  mattermost: ({ text, attachments }) => [
    ['text', points(text), 16_383],
    ['attachments', points(JSON.stringify(attachments)), 7_900],
  ],
  gotify: ({ message }) => [['message', points(message), 8000]],
  pushover: (body) => [
    ['message', points(body.message), 1024],
    ['title', points(body.title), 250],
    ['url', points(body.url ?? ''), 512],
    ['url_title', points(body.url_title ?? ''), 100],
  ],
  matrix: (body) => [['event', json(body), 60_000]],
  googlechat: (body) => [
    ['text', bytes(body.text), 4000],
    ['message', json(body), 32_000],
  ],
  twilio: ({ Body: text }) => {
    const isGsm = /^[\n\r !-~£¥§¿¡ÄÖÑÜäöñüàèéùìòÇØøÅåÆæßÉ€¤ΔΦΓΛΩΠΨΣΘΞ]*$/u.test(text);
    return [['text', isGsm ? text.replace(/[[\]{}\\~^|€]/g, 'xx').length : text.length, isGsm ? 306 : 134]];
  },
};

const WORDS = ['a', 'é', '😀', '<&>"', '*_`[]()~|', '\u0000\u2028'];
const SIZES = [0, 1, 60, 120, 127, 128, 129, 240, 250, 255, 256, 257, 1000, 1023, 1024, 1025, 3000, 9000];

test.each(Object.keys(ELEMENTS))(
  '%s keeps the limit of each element, whatever the size and the letters of what is told',
  async (name) => {
    const server = await startHttpReceiver();
    const [, first] = channelCases(name).find(([file]) => file === 'firing.json') ?? [];
    server.reply = () => first?.replies?.[0] ?? {};
    const world = channelWorld();
    open.push(
      () => server.close(),
      () => world.http.close(),
    );
    const channel = await bindChannel(name, replaced(first?.options ?? {}, '{server}', server.url), world);
    const broken: string[] = [];
    for (const word of WORDS) {
      for (const size of SIZES) {
        const text = word.repeat(Math.ceil(size / word.length)).slice(0, size);
        server.requests.length = 0;
        const message = sampleMessage({
          incident: { title: text },
          remarks: [text],
          evidence: Array.from({ length: 12 }, () => ({ name: text, value: text })),
          alerts: Array.from({ length: 12 }, (_, index) =>
            sampleAlert({
              name: text || 'x',
              origin: `${text}${index}`,
              labels: { [text || 'x']: text, hostname: text },
              annotations: { message: text },
            }),
          ),
          groupLabels: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${text}${index}`, text])),
          more: 5,
          hub: { name: text, url: 'https://hub.example.com', marker: 'mh-0123456789ab' },
        });
        expect(await channel.deliver(message, { signal: AbortSignal.timeout(120_000) })).toMatchObject({ ok: true });
        const raw = server.requests[0]?.body ?? '';
        const body = raw.startsWith('{') ? JSON.parse(raw) : Object.fromEntries(new URLSearchParams(raw));
        for (const [element, is, most] of ELEMENTS[name]?.(body) ?? [])
          if (is > most) broken.push(`${JSON.stringify(word)} × ${size}: ${element} has ${is} of ${most}`);
      }
    }
    expect(broken).toEqual([]);
  },
);

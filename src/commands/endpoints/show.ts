import type * as z from 'zod';
import { loadSettings } from '../../config/load.ts';
import { endpointTitle } from '../../core/endpoint/watched.ts';
import type { WHOLE_ENDPOINT } from '../../web/endpoints/schemas.ts';
import { fields } from '../columns.ts';
import { Exit, type Terminal } from '../contract.ts';
import { askHub } from '../hub-client.ts';
import type { Page } from '../screen/pages.ts';
import { agoText, type Screen, screenOf, spanText } from '../screen/screen.ts';
import { type Column, table } from '../screen/table.ts';
import { type EndpointJson, uptimeText } from './list.ts';

type WholeEndpoint = z.infer<typeof WHOLE_ENDPOINT>;

/** Prints one endpoint with its witnesses and its last looks. */
export async function showEndpoint(
  word: string,
  { json, config }: { readonly json?: boolean; readonly config?: string },
  terminal: Terminal,
): Promise<void> {
  const settings = loadSettings({ configFile: config });
  const key = await keyOf(word, async (q) => {
    const page = (await askHub(settings, '/api/v1/endpoints', { q, limit: '500' })) as Page<EndpointJson>;
    return page.items;
  });
  const found = (await askHub(settings, `/api/v1/endpoints/${encodeURIComponent(key)}`)) as WholeEndpoint;
  if (json) terminal.out(JSON.stringify(found));
  else for (const line of pageLines(found, screenOf(terminal))) terminal.out(line);
}

/** The key of an endpoint that is named by its key, or as `group/name`, or by a name that only one has. */
async function keyOf(word: string, search: (words: string) => Promise<readonly EndpointJson[]>): Promise<string> {
  const found = await search(word.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim());
  const exact = found.filter((one) => one.key === word || endpointTitle(one) === word);
  const named = exact.length > 0 ? exact : found.filter(({ name }) => name === word);
  const [only] = named;
  if (only !== undefined && named.length === 1) return only.key;
  if (named.length > 1)
    throw new Exit(
      1,
      `several endpoints are named ${word}: ${named.map(endpointTitle).join(', ')}; name one with its group`,
    );
  throw new Exit(1, `there is no endpoint ${word}: list them with monitor endpoints`);
}

function pageLines(one: WholeEndpoint, screen: Screen): readonly string[] {
  const { votes, uptime, certificate_ends_at: ends, response_ms: ms } = one;
  return [
    ...fields([
      ['endpoint', endpointTitle(one)],
      ['key', one.key],
      ['url', one.url || null],
      ['state', `${one.state}${one.since === null ? '' : ` for ${spanText(screen.now - Date.parse(one.since))}`}`],
      ['votes', `${votes.down} of ${votes.up + votes.down} down, ${votes.needed} needed (${one.strategy})`],
      ['outage since', one.outage_since],
      ['maintenance', one.maintenance ? 'now' : null],
      ['conditions', one.conditions.join('; ') || null],
      ['every', one.interval_ms === null ? null : spanText(one.interval_ms)],
      ['uptime', `24h ${uptimeText(uptime['24h'])}, 7d ${uptimeText(uptime['7d'])}, 30d ${uptimeText(uptime['30d'])}`],
      ['answers in', ms === null ? null : `${ms} ms`],
      ['certificate ends', ends],
      ['depends on', one.depends_on.join(', ') || null],
    ]),
    '',
    ...table(WITNESSES, one.probes, screen),
    '',
    ...table(LOOKS, one.looks, screen),
  ];
}

const WITNESSES: readonly Column<WholeEndpoint['probes'][number]>[] = [
  { header: 'PROBE', cell: ({ id }) => id },
  { header: 'REGION', cell: ({ region }) => region, leaves: 1 },
  { header: 'SAYS', cell: ({ state }) => state, tone: ({ state }) => (state === 'down' ? 'critical' : null) },
  { header: 'LOOKED', cell: ({ seen_at: at }, screen) => agoText(at, screen) },
  { header: 'TOOK', cell: ({ duration_ms: ms }) => (ms === null ? '—' : `${ms} ms`), align: 'right' },
  { header: 'ERROR', cell: ({ error }) => error, least: 20, wraps: true },
];

const LOOKS: readonly Column<WholeEndpoint['looks'][number]>[] = [
  { header: 'LOOK', cell: ({ at }, screen) => agoText(at, screen) },
  { header: 'PROBE', cell: ({ probe }) => probe },
  {
    header: 'RESULT',
    cell: ({ success, abstains }) => (abstains ? 'abstains' : success ? 'up' : 'down'),
    tone: ({ success, abstains }) => (success || abstains ? null : 'critical'),
  },
  { header: 'TOOK', cell: ({ duration_ms: ms }) => `${ms} ms`, align: 'right' },
  { header: 'SEEN', cell: seenText, least: 20, wraps: true },
];

function seenText({ errors, conditions }: WholeEndpoint['looks'][number]): string {
  const failed = conditions.filter(({ success }) => !success).map(({ condition }) => condition);
  return (errors.length > 0 ? errors : failed).join('; ');
}

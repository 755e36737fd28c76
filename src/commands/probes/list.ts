import { loadSettings } from '../../config/load.ts';
import { endpointTitle } from '../../core/endpoint/watched.ts';
import { fields } from '../columns.ts';
import { Exit, type Terminal } from '../contract.ts';
import type { EndpointJson } from '../endpoints/list.ts';
import { askHub } from '../hub-client.ts';
import { printList } from '../screen/output.ts';
import type { Page } from '../screen/pages.ts';
import { agoText, type Screen, screenOf } from '../screen/screen.ts';
import { type Column, table } from '../screen/table.ts';

/** A probe as the API gives it. */
interface ProbeJson {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly version: string;
  readonly last_seen_at: string | null;
  readonly is_stale: boolean;
  readonly clock_offset_ms: number | null;
  readonly assigned: number;
}

interface Flags {
  readonly json?: boolean;
  readonly output?: string;
  readonly watch?: boolean;
  readonly config?: string;
}

/** Prints the probes of a hub. */
export async function listProbes({ json, output, watch, config }: Flags, terminal: Terminal): Promise<void> {
  const settings = loadSettings({ configFile: config });
  await printList<ProbeJson>(
    terminal,
    { json, output, watch },
    {
      ask: async () => (await askHub(settings, '/api/v1/probes')) as Page<ProbeJson>,
      lines: ({ items }) =>
        items.length === 0
          ? ['No probes: the hub looks by itself. Add one with monitor probes add ID.']
          : table(COLUMNS, items, screenOf(terminal)),
    },
  );
}

/** Prints one of them with what it looks at. */
export async function showProbe(id: string, { json, config }: Flags, terminal: Terminal): Promise<void> {
  const settings = loadSettings({ configFile: config });
  const { items } = (await askHub(settings, '/api/v1/probes')) as Page<ProbeJson>;
  const probe = items.find((one) => one.id === id);
  if (probe === undefined) throw new Exit(1, `there is no probe ${id}: list them with monitor probes`);
  const query = { probe: id, limit: '500' };
  const endpoints = (await askHub(settings, '/api/v1/endpoints', query)) as Page<EndpointJson>;
  const looks = endpoints.items.map(({ probes, ...one }) => ({ ...one, own: probes.find((own) => own.id === id) }));
  const screen = screenOf(terminal);
  if (json) terminal.out(JSON.stringify({ ...probe, endpoints: endpoints.items.map(({ key }) => key) }));
  else for (const line of [...probeFields(probe, screen), '', ...table(LOOKS, looks, screen)]) terminal.out(line);
}

function probeFields(one: ProbeJson, screen: Screen): string[] {
  return fields([
    ['probe', one.id],
    ['name', one.name],
    ['region', one.region],
    ['state', stateText(one)],
    ['version', one.version],
    ['last seen', agoText(one.last_seen_at, screen)],
    ['clock off by', clockText(one)],
    ['looks at', String(one.assigned)],
  ]);
}

function stateText({ is_stale: isStale, last_seen_at: seen }: ProbeJson): string {
  return seen === null ? 'never heard' : isStale ? 'silent' : 'healthy';
}

function clockText({ clock_offset_ms: offset }: ProbeJson): string {
  return offset === null || offset === 0 ? '' : `${(offset / 1000).toFixed(1)}s`;
}

const COLUMNS: readonly Column<ProbeJson>[] = [
  { header: 'STATE', cell: stateText, tone: ({ is_stale: isStale }) => (isStale ? 'unknown' : null) },
  { header: 'PROBE', cell: ({ id }) => id, least: 12 },
  { header: 'NAME', cell: ({ name }) => name, least: 12, leaves: 2 },
  { header: 'REGION', cell: ({ region }) => region, least: 8 },
  { header: 'SEEN', cell: ({ last_seen_at: at }, screen) => agoText(at, screen) },
  { header: 'LOOKS AT', cell: ({ assigned }) => String(assigned), align: 'right' },
  { header: 'VERSION', cell: ({ version }) => version, leaves: 1 },
  { header: 'CLOCK OFF BY', cell: clockText },
];

type ProbeLook = Omit<EndpointJson, 'probes'> & { readonly own: EndpointJson['probes'][number] | undefined };

const LOOKS: readonly Column<ProbeLook>[] = [
  { header: 'ENDPOINT', cell: endpointTitle, least: 20 },
  {
    header: 'SAYS',
    cell: ({ own }) => own?.state ?? '',
    tone: ({ own }) => (own?.state === 'down' ? 'critical' : null),
  },
  { header: 'LOOKED', cell: ({ own }, screen) => agoText(own?.seen_at ?? null, screen) },
  { header: 'VERDICT', cell: ({ state }) => state },
  { header: 'ERROR', cell: ({ own }) => own?.error ?? '', least: 20, wraps: true },
];

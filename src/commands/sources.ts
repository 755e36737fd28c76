import { loadSettings } from '../config/load.ts';
import type { sourceJson } from '../web/api/views.ts';
import type { CommandModule } from './contract.ts';
import { askHub } from './hub-client.ts';
import { agoText, type Screen, screenOf, spanText } from './screen/screen.ts';
import { type Column, table } from './screen/table.ts';

type SourceJson = ReturnType<typeof sourceJson>;

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
}

const EXAMPLES = `
Examples:
  monitor sources                  did the test of my tool arrive? why is it refused?
  monitor sources --json | jq '.items[] | select(.last_refusal != null)'`;

/** `monitor sources`: when each tool was last heard, and what the hub had to say of it. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .option('--json', 'print the answer of the hub, one JSON document')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action(async ({ json, config }: Flags) => {
        const page = await askHub(loadSettings({ configFile: config }), '/api/v1/sources');
        if (json) return terminal.out(JSON.stringify(page));
        const { items } = page as { items: readonly SourceJson[] };
        for (const line of table(COLUMNS, items, screenOf(terminal))) terminal.out(line);
      });
  },
};

const COLUMNS: readonly Column<SourceJson>[] = [
  { header: 'SOURCE', cell: ({ source }) => source },
  { header: 'HEARD', cell: ({ last_heard_at: at }, screen) => (at === null ? 'never' : agoText(at, screen)) },
  { header: 'REMARKS AND REFUSALS', cell: wordsOf, least: 24, wraps: true },
];

function wordsOf(source: SourceJson, screen: Screen): string {
  const said = (text: string | null, time: string | null, what: string) =>
    text === null ? [] : [`${what}${spanText(screen.now - Date.parse(time ?? ''))} ago: ${text}`];
  const remark = said(source.last_remark, source.last_remark_at, '');
  const own = source.own_notices === 0 ? [] : [`${source.own_notices} of its own notices came back`];
  return [...remark, ...own, ...said(source.last_refusal, source.last_refused_at, 'refused ')].join('; ');
}

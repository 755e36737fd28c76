import { loadSettings } from '../config/load.ts';
import { systemClock } from '../lib/clock.ts';
import type { sourceJson } from '../web/api/views.ts';
import { ago, columns } from './columns.ts';
import type { CommandModule } from './contract.ts';
import { askHub } from './hub-client.ts';

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
        for (const line of sourceTable(items, systemClock.now())) terminal.out(line);
      });
  },
};

function sourceTable(sources: readonly SourceJson[], now: number): string[] {
  const since = (time: string | null) => (time === null ? 'never' : ago(time, now));
  const said = (text: string | null, time: string | null) => (text === null ? '' : `${since(time)} ago: ${text}`);
  const rows = sources.map((one) => {
    const remark = said(one.last_remark, one.last_remark_at);
    const refusal = said(one.last_refusal, one.last_refused_at);
    const own = one.own_notices === 0 ? '' : `${one.own_notices} of its own notices came back`;
    const words = [remark, own, refusal === '' ? '' : `refused ${refusal}`].filter((text) => text !== '');
    return [one.source, since(one.last_heard_at), words.join('; ')];
  });
  return columns(['SOURCE', 'HEARD', 'REMARKS AND REFUSALS'], rows);
}

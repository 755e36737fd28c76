import { loadSettings } from '../config/load.ts';
import { PAGES } from '../dashboard/model/address.ts';
import { type CommandModule, UsageError } from './contract.ts';
import { askHub, type ClientSettings } from './hub-client.ts';

const EXAMPLES = `
Examples:
  monitor open                       the address of the dashboard
  monitor open 5b1a7c44              the page of that incident or alert
  monitor open instances web-3       the page of an instance
  xdg-open "$(monitor open alerts)"`;

/** `monitor open`: prints the address of the page of anything. */
export const command: CommandModule = {
  define(program, terminal) {
    program
      .argument('[what]', 'a page such as alerts, or the id of an incident or alert')
      .argument('[name]', 'what of that page: an id, the name of an instance or a channel')
      .option('--json', 'print one JSON document')
      .option('--config <file>', 'configuration file (MONITOR_CONFIG)')
      .addHelpText('after', EXAMPLES)
      .action(
        async (what: string | undefined, name: string | undefined, flags: { json?: boolean; config?: string }) => {
          const settings = loadSettings({ configFile: flags.config });
          const base = (settings.links.publicUrl ?? settings.url).replace(/\/+$/, '');
          const url = `${base}${await pathOf(what, name, settings)}`;
          terminal.out(flags.json ? JSON.stringify({ url }) : url);
        },
      );
  },
};

async function pathOf(what: string | undefined, name: string | undefined, settings: ClientSettings): Promise<string> {
  if (what === undefined || what === 'now') return '/';
  if (PAGES.some((page) => page === what)) return `/${what}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
  if (name !== undefined) throw new UsageError(`there is no page "${what}"; there are ${PAGES.join(', ')}`);
  // An incident first: the alert that opened it often ends alike.
  for (const page of ['incidents', 'alerts'] as const) {
    const found = await askHub(settings, `/api/v1/${page}/${encodeURIComponent(what)}`).catch(() => null);
    if (found !== null) return `/${page}/${encodeURIComponent((found as { readonly id: string }).id)}`;
  }
  throw new Error(`the hub knows no incident or alert "${what}", and there is no such page: ${PAGES.join(', ')}`);
}

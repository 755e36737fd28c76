// `npm run screenshots`: pictures of every page of the dashboard with the data of a made-up fleet, in both colours and two
// widths, into ./screenshots. Needs Chromium (Debian: apt-get install chromium), and the built program.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsImport } from 'tsx/esm/api';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const load = (name) => tsImport(`../tests/support/${name}.ts`, import.meta.url);
const { findChromium, startBrowser } = await load('browser');
const { fillDashboardWorld, pushMany, startDashboardWorld } = await load('dashboard-world');
const { ENDPOINTS_YAML, fillEndpoints } = await load('endpoint-world');
const { axeFindings, settled, watchPage } = await load('dashboard-page');
const { items } = await load('cluster-push');

const chromium = findChromium();
if (chromium === null) {
  console.error('Chromium is not installed: apt-get install chromium');
  process.exit(1);
}
const folder = join(root, 'screenshots');
mkdirSync(folder, { recursive: true });
const world = await startDashboardWorld({}, ENDPOINTS_YAML);
const browser = await startBrowser(chromium);
let findings = 0;
try {
  const { url } = world.hub;
  await take('first', [['now', '/']]);
  await fillDashboardWorld(world);
  await fillEndpoints(url, join(world.home.folder, 'state', 'monitor.db'), 90);
  const open = await items(url, 'incidents?limit=50');
  const incident = open.find(({ key }) => String(key).includes('db-primary-01'))?.id;
  const alert = (await items(url, 'alerts?name=Disk*'))[0]?.id;
  await take('', [
    ['now', '/'],
    ['incidents', '/incidents'],
    ['incident', `/incidents/${incident}`],
    ['silence', `/incidents/${incident}`, 's'],
    ['keys', '/', '?'],
    ['search', '/', '/'],
    ['alerts', '/alerts'],
    ['alert', `/alerts/${alert}`],
    ['instances', '/instances'],
    ['instance', '/instances/db-primary-01'],
    ...['endpoints', 'silences', 'channels', 'rules', 'probes', 'peers', 'sources', 'people', 'audit'].map((page) => [
      page,
      `/${page}`,
    ]),
    ['endpoint-cards', '/endpoints?view=cards'],
    ['endpoint', '/endpoints/core_web'],
    ['endpoint-push', '/endpoints/jobs_nightly-backup'],
    ['endpoint-month', '/endpoints/internal_checkout-service-readiness?range=30d'],
    ['endpoints-nothing', '/endpoints?q=nothing'],
    ['tokens', '/people?tab=tokens'],
    ['channel', '/channels/teams-ops'],
    ['missing', '/incidents/nothing'],
  ]);
  await pushMany(url, 10_000);
  await take('many', [
    ['now', '/'],
    ['alerts', '/alerts'],
  ]);
} finally {
  await browser.close();
  await world.stop();
}
console.log(`Pictures are in ${folder}; axe-core found ${findings === 0 ? 'nothing' : `${findings} things`}`);
process.exitCode = findings === 0 ? 0 : 1;

/** Takes each page in both colours and two widths. */
async function take(prefix, pages) {
  for (const isPhone of [false, true]) {
    for (const isDark of [false, true]) {
      const watched = await watchPage(browser, { isPhone, isDark }, /./);
      for (const [name, path, key] of pages) {
        await watched.page.goto(`${world.hub.url}${path}`);
        await settled(watched.page);
        await watched.page.waitForTimeout(400);
        if (key !== undefined) await watched.page.keyboard.press(key);
        await watched.page.waitForTimeout(200);
        const file = [prefix, name, isPhone ? 'phone' : '', isDark ? 'dark' : ''].filter(Boolean).join('-');
        await watched.page.screenshot({ path: join(folder, `${file}.png`), fullPage: !isPhone && key === undefined });
        for (const finding of await axeFindings(watched.page)) {
          findings += 1;
          console.log(`${file}: ${finding}`);
        }
      }
      for (const fault of watched.faults) console.log(fault);
      await watched.close();
    }
  }
}

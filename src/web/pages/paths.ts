// Lists with a page for each of their items, named by an id.
const WITH_ITEMS = ['incidents', 'instances', 'endpoints', 'silences', 'channels', 'rules'];
const ALONE = ['probes', 'peers', 'people', 'audit', 'sources'];

const ONE = new RegExp(`^/(?:${[...WITH_ITEMS, ...ALONE].join('|')}|alerts)/?$`);
const ITEM = new RegExp(`^/(?:${WITH_ITEMS.join('|')})/[^/]+/?$`);
// Behind /alerts stands the webhook of every driver, too: only ids are pages there.
const ALERT = /^\/alerts\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\/?$/;

/** Whether an address is one of the dashboard's. Which page it means, the dashboard decides. */
export function isPagePath(path: string): boolean {
  return path === '/' || ONE.test(path) || ITEM.test(path) || ALERT.test(path);
}

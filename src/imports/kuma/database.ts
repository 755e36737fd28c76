import { type Fields, textOf } from '../report.ts';
import type { KumaState } from './convert.ts';
import { isOn } from './values.ts';

type Rows = readonly Fields[];

/** The tables of `kuma.db` that say what is looked at and who is told. */
export const KUMA_TABLES = [
  ...['monitor', 'notification', 'monitor_notification', 'tag', 'monitor_tag', 'maintenance', 'status_page'],
] as const;

// Their backup has these as the table has them.
const AS_THEY_ARE = /^(basic_auth|dns_|docker_|remote_browser|oauth_)/;

/** Rows of `kuma.db` in the form of the backup, which versions from 2 on no longer make. */
export function kumaStateOf(tables: Readonly<Record<(typeof KUMA_TABLES)[number], Rows>>): KumaState {
  const tags = new Map(tables.tag.map((tag) => [String(tag.id), tag]));
  const monitors = tables.monitor.map((row) => {
    const own = (rows: Rows) => rows.filter(({ monitor_id: id }) => String(id) === String(row.id));
    const told = own(tables.monitor_notification).map(({ notification_id: id }) => [String(id), true]);
    const marked = own(tables.monitor_tag).map(({ tag_id: id, value }) => ({
      name: tags.get(String(id))?.name,
      value,
    }));
    return { ...respelt(row), notificationIDList: Object.fromEntries(told), tags: marked };
  });
  return {
    monitors,
    notifications: tables.notification,
    maintenance: tables.maintenance.filter(({ active }) => isOn(active)),
    statusPages: tables.status_page,
  };
}

/** What a backup holds: `monitorList`, `notificationList`. */
export function kumaBackupOf(backup: Fields): KumaState {
  const list = (value: unknown) => (Array.isArray(value) ? (value as Rows) : []);
  return {
    monitors: list(backup.monitorList),
    notifications: list(backup.notificationList),
    maintenance: list(backup.maintenanceList),
    statusPages: [],
  };
}

function respelt(row: Fields): Fields {
  const entries = Object.entries(row).map(([column, value]) => {
    if (column === 'accepted_statuscodes_json') return ['accepted_statuscodes', textOf(value)];
    const isKept = AS_THEY_ARE.test(column);
    return [isKept ? column : column.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), value];
  });
  return Object.fromEntries(entries);
}

import { bool, list, text, words } from './kinds.ts';
import { setting } from './setting.ts';

/** What the public status page may tell of an endpoint beside its name, its group and whether it is up. */
export const STATUS_FIELDS = ['uptime', 'history', 'incidents', 'response_time'] as const;

/** A part of an endpoint that the page may tell. */
export type StatusField = (typeof STATUS_FIELDS)[number];

/** Settings of the public status page and of the badges beside it. */
export const STATUS_PAGE = {
  enabled: setting({
    env: 'MONITOR_STATUS_PAGE',
    yaml: 'status_page.enabled',
    kind: bool(),
    default: false,
    example: '1',
    description:
      'Whether /status, /api/v1/status-page and the badges of the endpoints that it names are open to everybody, without a login.',
  }),
  title: setting({
    env: 'MONITOR_STATUS_PAGE_TITLE',
    yaml: 'status_page.title',
    kind: text(100),
    default: 'Status',
    example: 'Status of Example',
    description: 'The heading of the public status page.',
  }),
  endpoints: setting({
    env: 'MONITOR_STATUS_PAGE_ENDPOINTS',
    yaml: 'status_page.endpoints',
    kind: list(),
    default: [],
    example: 'core/web,public/*',
    description:
      'Endpoints that the public status page shows, by `group/name`, with `*` for any characters. None is shown unless it is listed.',
  }),
  fields: setting({
    env: 'MONITOR_STATUS_PAGE_FIELDS',
    yaml: 'status_page.fields',
    kind: words(STATUS_FIELDS),
    default: ['uptime', 'history', 'incidents'] as readonly StatusField[],
    defaultText: 'uptime,history,incidents',
    example: 'uptime,history,incidents,response_time',
    description:
      'What the public status page tells of an endpoint beside its name, its group and its state: `uptime`, `history` (a bar for each of 90 days), `incidents` (outages) and `response_time`. Badges tell no more.',
  }),
};

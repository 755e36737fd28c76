import type { CommandEntry } from './contract.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'check', summary: 'check this machine and report what is wrong', load: () => import('./check.ts') },
  {
    name: 'push-to-hub',
    summary: 'check this machine and push the results to the hub',
    load: () => import('./push-to-hub.ts'),
  },
  { name: 'run', summary: 'check this machine and tell people what is due, once', load: () => import('./run.ts') },
  { name: 'serve', summary: 'run as a hub, as an agent, or as both, until stopped', load: () => import('./serve.ts') },
  { name: 'status', summary: 'what is wrong, silent and stuck, on one screen', load: () => import('./status.ts') },
  { name: 'alerts', summary: 'list the alerts of a hub, or show one', load: () => import('./alerts.ts') },
  { name: 'incidents', summary: 'list the incidents of a hub, or show one', load: () => import('./incidents.ts') },
  {
    name: 'silences',
    summary: 'hold back notices of what is known, for a time',
    load: () => import('./silences.ts'),
  },
  {
    name: 'maintenance',
    summary: 'windows for work on machines, and around a command',
    load: () => import('./maintenance.ts'),
  },
  { name: 'instances', summary: 'list the machines that push to a hub', load: () => import('./instances.ts') },
  {
    name: 'endpoints',
    summary: 'look at servers, certificates and name servers from outside',
    load: () => import('./endpoints.ts'),
  },
  {
    name: 'probes',
    summary: 'list, add and remove who looks at endpoints for a hub',
    load: () => import('./probes.ts'),
  },
  {
    name: 'peers',
    summary: 'list, pause and resync other hubs that are told what happens',
    load: () => import('./peers.ts'),
  },
  { name: 'probe', summary: 'look at endpoints for a hub, until stopped', load: () => import('./probe.ts') },
  {
    name: 'heartbeat',
    summary: 'run a command, and tell a push endpoint of a hub how it ends',
    load: () => import('./heartbeat.ts'),
  },
  { name: 'emit', summary: 'tell a hub a figure, from a script', load: () => import('./emit.ts') },
  { name: 'events', summary: 'follow the history of a hub as it is written', load: () => import('./events.ts') },
  { name: 'open', summary: 'print the address of the page of anything', load: () => import('./open.ts') },
  {
    name: 'explain',
    summary: 'explain an alert or an incident: who was told, and why not',
    load: () => import('./explain.ts'),
  },
  {
    name: 'routes',
    summary: 'show who would be told of what, and why',
    load: () => import('./routes.ts'),
  },
  { name: 'metrics', summary: 'show the figures of an instance over time', load: () => import('./metrics.ts') },
  {
    name: 'rules',
    summary: 'check and try the rules that raise alerts by figures',
    load: () => import('./rules.ts'),
  },
  {
    name: 'templates',
    summary: 'print what a channel would send, without sending it',
    load: () => import('./templates.ts'),
  },
  {
    name: 'import',
    summary: 'turn the configuration of another program into that of monitor',
    load: () => import('./import.ts'),
  },
  {
    name: 'outbox',
    summary: 'list what waits to be told and what failed, and send it again',
    load: () => import('./outbox.ts'),
  },
  {
    name: 'config',
    summary: 'check, show, compare and apply the configuration',
    load: () => import('./config.ts'),
  },
  {
    name: 'doctor',
    summary: 'say what is wrong with this installation, and what mends it',
    load: () => import('./doctor.ts'),
  },
  { name: 'sources', summary: 'when each source last sent, and what was refused', load: () => import('./sources.ts') },
  { name: 'drivers', summary: 'list the drivers, and try them on a body', load: () => import('./drivers.ts') },
  { name: 'notify', summary: 'try how people are told, without an incident', load: () => import('./notify.ts') },
  { name: 'standby', summary: 'who of several hubs leads, and hand over', load: () => import('./standby.ts') },
  { name: 'keys', summary: 'create, list and revoke the keys of instances', load: () => import('./keys.ts') },
  {
    name: 'links',
    summary: 'list, rotate and revoke the keys of links in messages',
    load: () => import('./links.ts'),
  },
  { name: 'tokens', summary: 'create, list and revoke tokens for the API', load: () => import('./tokens.ts') },
  { name: 'people', summary: 'add, list and remove people who may log in', load: () => import('./people.ts') },
  { name: 'audit', summary: 'say whether the history is as it was written', load: () => import('./audit.ts') },
  { name: 'store', summary: 'back up, move and check the store of the hub', load: () => import('./store.ts') },
  {
    name: 'deploy',
    summary: 'make units of systemd, or lines of cron, for this machine',
    load: () => import('./deploy.ts'),
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    load: () => import('./completion.ts'),
  },
  { name: 'manual', summary: 'print or write the pages of man', load: () => import('./manual.ts') },
  { name: 'start', summary: 'try monitor: a hub and its agent on this machine', load: () => import('./start.ts') },
];

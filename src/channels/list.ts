/**
 * Every channel there is, one line each, in alphabetical order: its name, and where it stands. Each is loaded only
 * where it is used, and its libraries with it.
 */
export const LIST = {
  command: async () => (await import('./command.ts')).command,
  discord: async () => (await import('./discord.ts')).discord,
  email: async () => (await import('./email.ts')).email,
  googlechat: async () => (await import('./googlechat.ts')).googlechat,
  gotify: async () => (await import('./gotify.ts')).gotify,
  matrix: async () => (await import('./matrix.ts')).matrix,
  mattermost: async () => (await import('./mattermost.ts')).mattermost,
  ntfy: async () => (await import('./ntfy.ts')).ntfy,
  opsgenie: async () => (await import('./opsgenie.ts')).opsgenie,
  pagerduty: async () => (await import('./pagerduty.ts')).pagerduty,
  pushover: async () => (await import('./pushover.ts')).pushover,
  slack: async () => (await import('./slack.ts')).slack,
  syslog: async () => (await import('./syslog.ts')).syslog,
  teams: async () => (await import('./teams.ts')).teams,
  telegram: async () => (await import('./telegram.ts')).telegram,
  twilio: async () => (await import('./twilio.ts')).twilio,
  webhook: async () => (await import('./webhook.ts')).webhook,
};

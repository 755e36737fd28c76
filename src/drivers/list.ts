/**
 * Every driver there is, one line each, in alphabetical order: its name, and where it stands. Loaded by what reads
 * webhooks only; an agent needs no more than the names.
 */
export const LIST = {
  alertmanager: async () => (await import('./alertmanager.ts')).alertmanager,
  cluster: async () => (await import('./cluster.ts')).cluster,
  datadog: async () => (await import('./datadog.ts')).datadog,
  generic: async () => (await import('./generic.ts')).generic,
  grafana: async () => (await import('./grafana.ts')).grafana,
  newrelic: async () => (await import('./newrelic.ts')).newrelic,
  opsgenie: async () => (await import('./opsgenie.ts')).opsgenie,
  pagerduty: async () => (await import('./pagerduty.ts')).pagerduty,
  'pagerduty-events': async () => (await import('./pagerduty-events.ts')).pagerdutyEvents,
  prometheus: async () => (await import('./prometheus.ts')).prometheus,
  zabbix: async () => (await import('./zabbix.ts')).zabbix,
};

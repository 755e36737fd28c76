// Every driver there is, one line each, in alphabetical order.
export { alertmanager } from './alertmanager.ts';
export { cluster } from './cluster.ts';
export { datadog } from './datadog.ts';
export { generic } from './generic.ts';
export { grafana } from './grafana.ts';
export { newrelic } from './newrelic.ts';
export { opsgenie } from './opsgenie.ts';
export { pagerduty } from './pagerduty.ts';
export { pagerdutyEvents } from './pagerduty-events.ts';
export { prometheus } from './prometheus.ts';
export { zabbix } from './zabbix.ts';

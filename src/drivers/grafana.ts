import * as z from 'zod';
import { presentText } from '../core/reading/absent.ts';
import { isPush, unreadable } from '../core/reading/incoming.ts';
import type { PrometheusAlert } from '../core/reading/prometheus-alert.ts';
import { sharedText } from '../core/reading/prometheus-envelope.ts';
import { readPrometheusGroup } from '../core/reading/prometheus-group.ts';
import { isObject, type JsonObject, setOwn } from '../core/reading/read.ts';
import { identityByLabels, keyOf } from '../lib/crypto/digest.ts';
import type { Driver, Parsed, Unreadable } from './contract.ts';
import { isLegacy, readLegacy } from './grafana/legacy.ts';
import { grafanaSignature, type SignatureHeaders } from './grafana/signature.ts';

const header = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, { error: 'must be the name of a header' });
const options = z.strictObject({
  signature_header: header
    .default('X-Grafana-Alerting-Signature')
    .describe('Header with the HMAC signature, as the contact point names it'),
  timestamp_header: header
    .optional()
    .describe('Header with the timestamp of the signature; once it is set, a signature without it is refused'),
});

/**
 * Grafana: the webhook contact point of unified alerting (grafana/alerting `receivers/webhook`), and the webhook of
 * dashboard alerting up to Grafana 10 (`grafana-legacy.ts`).
 *
 * | Grafana | here |
 * |---|---|
 * | `alerts[].status` | status; without one, an `endsAt` that has passed, else the envelope's `status` |
 * | `orgId`, `alerts[].fingerprint` | identity, `<org>/<fingerprint>`; without a fingerprint the hash of the labels |
 * | label `alertname`, else annotation `summary`, else `title` | name |
 * | `DatasourceNoData`, `DatasourceError` | alerts of their own, label `alert_kind`, name `No data: <rulename>` |
 * | label `severity` | severity |
 * | annotation `grafana_state_reason` of a resolved alert | resolution: `rule_changed`, `paused`, `rule_deleted`, … |
 * | `startsAt`, `endsAt` | times of start and end, order (`toldTime`) |
 * | `values`, `valueString` | metrics, annotation `value_string` |
 * | `groupKey` | incident, as `grafana:<org>:<groupKey>` |
 * | `ruleUID`, or the rule in a link; `orgId` | labels `rule_uid`, `org_id` |
 * | test button (`TestAlert`, group key `test-…`) | remark |
 */
export const grafana: Driver = driverWith({ signature: 'X-Grafana-Alerting-Signature' });

function driverWith(names: SignatureHeaders): Driver {
  return {
    name: 'grafana',
    summary: 'Webhooks of Grafana: unified alerting, and dashboard alerting up to Grafana 10',
    schemes: ['bearer', 'basic', 'header', 'path'],
    // The contact point offers both.
    methods: ['POST', 'PUT'],
    // It gives a flush up after any refusal; 503 says that it may come back.
    statuses: { 429: 503 },
    signature: grafanaSignature(names),
    options,
    bind(given) {
      const bound = options.parse(given);
      return driverWith({ signature: bound.signature_header, timestamp: bound.timestamp_header });
    },
    claims: (body) => isObject(body) && !isPush(body) && (isUnified(body) || isLegacy(body)),
    parse(body, { receivedAt }) {
      if (!isObject(body)) return unreadable('', 'the body must be a JSON object');
      if (isLegacy(body)) return readLegacy(body, receivedAt);
      if ('alerts' in body) return readUnified(body, receivedAt);
      return unreadable(
        'alerts',
        'there is no alerts and no ruleId: a custom payload goes to /alerts/webhook/generic/',
      );
    },
  };
}

function isUnified(body: JsonObject): boolean {
  return Array.isArray(body.alerts) && body.version === '1' && ('orgId' in body || 'state' in body || 'title' in body);
}

function readUnified(body: JsonObject, receivedAt: number): Parsed | Unreadable {
  const key = presentText(body.groupKey);
  const groupOrg = sharedText(body.orgId);
  const groupKey =
    key === undefined ? undefined : `grafana:${keyOf(groupOrg === undefined ? key : `${groupOrg}:${key}`)}`;
  const parsed = readPrometheusGroup(body, receivedAt, ({ given, identity, ...alert }, value) => {
    const org = groupOrg ?? presentText(value.orgId);
    const { fingerprint: print, isGuessed } = identityByLabels(given, alert.name, identity);
    const labels = { ...alert.labels };
    const rule = ruleOf(value);
    if (rule !== undefined && labels.rule_uid === undefined) setOwn(labels, 'rule_uid', rule);
    if (org !== undefined && labels.org_id === undefined) setOwn(labels, 'org_id', org);
    // Before Grafana 9 there are no values, only this text.
    const figures = isObject(value.values) ? undefined : presentText(value.valueString);
    return {
      ...alert,
      labels,
      annotations: figures === undefined ? alert.annotations : { ...alert.annotations, value_string: figures },
      fingerprint: org === undefined ? print : keyOf(`${org}/${print}`),
      isGuessed,
      metrics: isObject(value.values) ? value.values : {},
      groupKey,
    };
  });
  if (!parsed.ok) return parsed;
  const isTest = (labels: PrometheusAlert['labels']) =>
    labels.alertname === 'TestAlert' && (labels.instance === 'Grafana' || labels.org_id === '0');
  const isWholeTest = /^[a-z]+-[0-9a-f]{16}-\d{9,11}$/.test(key ?? '');
  const alerts = parsed.alerts.filter(({ labels }) => !isWholeTest && !isTest(labels));
  if (alerts.length === parsed.alerts.length) return parsed;
  const remark = 'a test notification of Grafana: it arrived, and opens nothing';
  return { ...parsed, alerts, remarks: [...parsed.remarks, remark] };
}

/** The rule's UID: a field of newer versions, else a part of a link. */
function ruleOf(alert: JsonObject): string | undefined {
  const silence = /[?&]matchers?=__alert_rule_uid__%3D([\w-]+)/.exec(presentText(alert.silenceURL) ?? '')?.[1];
  const link = /\/alerting\/grafana\/([\w-]+)\/view/.exec(presentText(alert.generatorURL) ?? '')?.[1];
  return presentText(alert.ruleUID) ?? silence ?? link;
}

import type { AlertStatus, Labels } from '../../core/alert/alert.ts';
import { presentMap, presentText } from '../../core/reading/absent.ts';
import { type AlertDraft, incomingAlert, unreadable, type Word } from '../../core/reading/incoming.ts';
import { isObject, type JsonObject } from '../../core/reading/read.ts';
import { identityBy, identityOf } from '../../lib/crypto/digest.ts';
import type { Parsed, Unreadable } from '../contract.ts';

/** Whether a body is of Grafana's dashboard alerting. */
export function isLegacy(body: JsonObject): boolean {
  return 'ruleId' in body && ('evalMatches' in body || 'ruleName' in body || 'ruleUrl' in body);
}

const WITH_DATA = ['alerting', 'ok', 'paused'];

/**
 * Dashboard alerting, Grafana up to 10. A body is one rule without times: the arrival orders it. The rule's alert and
 * the gap in its data (`no_data`) are two alerts; a state in which the rule has data, or is not asked, ends the gap.
 */
export function readLegacy(body: JsonObject, receivedAt: number): Parsed | Unreadable {
  for (const field of ['ruleId', 'orgId', 'ruleName', 'state']) {
    if (typeof body[field] === 'object' && body[field] !== null) return unreadable(field, `${field} must be text`);
  }
  const state = presentText(body.state)?.toLowerCase();
  const rule = presentText(body.ruleName) ?? presentText(body.title) ?? 'unknown rule';
  const said = (remark: string): Parsed => ({ ok: true, origin: '', alerts: [], errors: [], remarks: [remark] });
  if (presentText(body.ruleId) === '0') return said('a test notification of Grafana: it arrived, and opens nothing');
  if (state === 'pending' || state === 'unknown')
    return said(`a rule in state "${state}": neither firing nor resolved`);
  const draft = draftOf(body, rule);
  const make = (more: Partial<AlertDraft>) => incomingAlert({ ...draft, ...more }, receivedAt);
  const gap = (status: AlertStatus) =>
    make({
      fingerprint: identityOf(`${draft.fingerprint}/no_data`, rule, {}),
      name: `No data: ${rule}`,
      labels: { ...draft.labels, alert_kind: 'no_data' },
      annotations: textsOf(body),
      metrics: {},
      status: status === 'firing' ? { word: 'no_data', means: status } : status,
      isImplied: true,
    });
  if (state === 'no_data') return { ok: true, origin: '', alerts: [gap('firing')], errors: [] };
  const own = make(state === 'paused' ? { resolution: 'paused' } : {});
  const hasData = state !== undefined && WITH_DATA.includes(state);
  return { ok: true, origin: '', alerts: hasData ? [own, gap('resolved')] : [own], errors: [] };
}

function draftOf(body: JsonObject, rule: string): AlertDraft {
  const state = presentText(body.state);
  const labels = presentMap(body.tags);
  const annotations = { ...textsOf(body), ...presentMap({ matches: matchesOf(body.evalMatches) }) };
  const ruleId = presentText(body.ruleId);
  const org = presentText(body.orgId) ?? /[?&]orgId=(\d+)/.exec(presentText(body.ruleUrl) ?? '')?.[1];
  const given = ruleId === undefined ? undefined : org === undefined ? ruleId : `${org}/${ruleId}`;
  const status: Word<AlertStatus> | undefined =
    state?.toLowerCase() === 'paused' ? { word: state, means: 'resolved' } : state;
  return {
    ...identityBy(given, rule, {}),
    name: rule,
    status,
    severity: labels.severity,
    labels,
    annotations,
    metrics: metricsOf(body),
  };
}

function textsOf(body: JsonObject): Labels {
  return presentMap({
    summary: presentText(body.title),
    message: presentText(body.message),
    generator_url: presentText(body.ruleUrl),
    image_url: presentText(body.imageUrl),
  });
}

/** Of several series with one name the first counts. */
function metricsOf(body: JsonObject): Record<string, unknown> {
  const figures = listOf(body.evalMatches).filter((match) => typeof match.value === 'number');
  return Object.fromEntries(figures.map((match) => [presentText(match.metric) ?? 'value', match.value]).toReversed());
}

/** At most twenty series for a person to read: `user {instance=zeta} 97.0`, one a line. */
function matchesOf(value: unknown): string {
  return listOf(value)
    .slice(0, 20)
    .map((match) => {
      const tags = Object.entries(presentMap(match.tags)).map((pair) => pair.join('='));
      return `${presentText(match.metric) ?? 'value'} {${tags.join(', ')}} ${presentText(match.value) ?? 'no value'}`;
    })
    .join('\n');
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

import { ALERTA_ACTIONS, NORMAL, PREVIOUS, SHELVE_S, STATUSES, severityRanks, TIMEOUT_S } from './words.ts';

/** What clients of Alerta ask before anything else: the model of its alerts, and its times in seconds. */
export function configOf() {
  return {
    ...{ endpoint: '', provider: 'basic', auth_required: true, customer_views: false, signup_enabled: false },
    ...{ client_id: null, site_logo_url: '', tracking_id: null, allow_readonly: false, readonly_scopes: ['read'] },
    actions: ALERTA_ACTIONS,
    alarm_model: {
      name: 'ALERTA',
      severity: severityRanks(),
      colors: { severity: {}, status: {}, text: 'black', highlight: 'skyblue ' },
      status: STATUSES,
      defaults: { status: 'open', normal_severity: NORMAL, previous_severity: PREVIOUS },
    },
    ...{ severity: severityRanks(), colors: {}, environments: [], blackouts: { duration: 3600 } },
    timeouts: { alert: TIMEOUT_S, heartbeat: TIMEOUT_S, ack: 0, shelve: SHELVE_S },
    ...{ dates: { longDate: 'ddd D MMM, YYYY HH:mm:ss.SSS Z', mediumDate: 'ddd D MMM HH:mm', shortTime: 'HH:mm' } },
    ...{ columns: [], sort_by: ['severity', 'lastReceiveTime'], filter: { status: ['open', 'ack'] }, indicators: {} },
    ...{ audio: {}, font: {}, google_tracking_id: null, refresh_interval: 5000, debug: false },
  };
}

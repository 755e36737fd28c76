import {
  createReporter,
  type Fields,
  fieldsOf,
  given,
  type Imported,
  type Keys,
  listOf,
  nameOf,
  type Reporter,
  textOf,
} from '../report.ts';
import { importIntervals } from './intervals.ts';
import { importReceivers } from './receivers.ts';
import { importMatchers, importRoutes } from './routes.ts';

const SECTIONS = [
  'global',
  'route',
  'receivers',
  'inhibit_rules',
  'time_intervals',
  'mute_time_intervals',
  'templates',
];
// What only fills in for receivers, and is dealt with there.
const GLOBAL =
  /^(smtp_(from|smarthost|auth_username|auth_password|require_tls)|slack_api_url|opsgenie_api_(key|url)|pagerduty_url|telegram_bot_token|mattermost_webhook_url)(_file)?$/;

/** Turns a configuration of Alertmanager into ours. `at` gives the line of a place in the file. */
export function importAlertmanager(file: Fields, at: (keys: readonly string[]) => string): Imported {
  const reporter = createReporter(at);
  reporter.rest([], file, SECTIONS);
  for (const key of Object.keys(fieldsOf(file.global)).filter((name) => !GLOBAL.test(name))) {
    reporter.lose(
      ['global', key],
      key === 'resolve_timeout' ? 'set MONITOR_RESOLVE_TIMEOUT if it is not 5m' : 'has no counterpart here',
    );
  }
  if (listOf(file.templates).length > 0)
    reporter.lose(['templates'], 'templates of Go are not read; write title and text of a channel in Liquid');
  if (file.route === undefined) reporter.refuse(['route'], 'is missing: this is no configuration of Alertmanager');
  const { channels, channelsOf } = importReceivers(file, reporter);
  const { catchAll, defaults, routes, groupBy } = importRoutes(file, channelsOf, reporter);
  const intervals = importIntervals(file, reporter);
  const inhibit = listOf(file.inhibit_rules).flatMap((rule, index) =>
    inhibitionOf(fieldsOf(rule), ['inhibit_rules', index], reporter),
  );
  const notify = {
    channels,
    catch_all: catchAll.length === 0 ? false : catchAll,
    ...(Object.keys(defaults).length > 0 && { defaults }),
    ...(routes.length > 0 && { routes }),
    ...(Object.keys(intervals).length > 0 && { intervals }),
    ...(inhibit.length > 0 && { inhibit }),
  };
  return { ...reporter, configuration: given({ incidents: groupBy && { group_by: groupBy }, notify }) };
}

function inhibitionOf(rule: Fields, keys: Keys, reporter: Reporter): readonly Fields[] {
  const sides = ['match', 'match_re', 'matchers'].flatMap((word) => [`source_${word}`, `target_${word}`]);
  reporter.rest(keys, rule, [...sides, 'equal', 'name']);
  const source = importMatchers(rule, keys, 'source_', reporter);
  const target = importMatchers(rule, keys, 'target_', reporter);
  if (source.length === 0 || target.length === 0) {
    reporter.lose(keys, 'a rule without matchers on one side holds back everything: it is left out');
    return [];
  }
  const equal = listOf(rule.equal).map(String);
  return [
    given({
      name: textOf(rule.name) && nameOf(String(rule.name)),
      source,
      target,
      equal: equal.length === 0 ? undefined : equal,
    }),
  ];
}

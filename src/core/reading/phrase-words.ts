/** Words of states, of their ends and of what turns them round, all in lower case, as `statusOfPhrase` weighs them. */

/** Parts of a word that mean "over" wherever they stand in it, as in "ResolvedCritical" and "AUTOCLEARED". */
export const GLUED = /resolved|recovered|recovery|cleared|successful|operational|healthy/;

/** Words of an end: they count beside the name of what ended, as in "critical alarm cleared". */
export const ENDS = wordSet(
  'resolve resolves recover recovers clear clears closed close closes fixed solved ended restored healed normalized',
  'normalised stabilized stabilised mitigated remediated repaired corrected rectified subsided cured rtn',
  'restore restores restoration',
);

/**
 * Words of an end where nothing but the name of a problem stands beside them: "completed", "endAlert", "it is over".
 * "Backup done", "front end" and "over the limit" end nothing.
 */
export const ENDS_ALONE = wordSet(
  'completed complete completes finished done over end ends dismissed dismiss deactivated deactivate deactivates',
  'deasserted deassert settled',
);

/** Words of an end only beside the name of a problem: "alarm off", "alert cancelled". Alone they may tell of a service. */
export const ENDS_OF_TOPICS = wordSet(
  'off stop stops stopped cancel cancels canceled cancelled deleted removed withdrawn expired gone lifted vanished',
);

/** Words of a state in which all is well: beside one of trouble they say nothing, as in "OK/CRITICAL". */
export const WELL = wordSet(
  'ok okay normal up passing passed pass success succeeded inactive online good available reachable alive green fine',
);

/** The same where nothing but words such as "is" and "host" stands beside them: a job that is running is no end. */
export const WELL_ALONE = wordSet(
  'nominal stable steady optimal running working works ready connected responding responsive accessible serving',
  'functioning functional operating safe',
);

/** What there may be none of, and then all is well: "no problems", "not firing". */
export const TROUBLE = wordSet(
  'firing alerting alarming triggered active open opened down failing failed failure failures error errors fault faults',
  'outage degraded offline dead broken unhealthy unreachable faulty wrong',
);

/** Names of what is wrong, which do not say that it is: "alarm ended", "problem: ok". */
export const TOPICS = wordSet('alert alerts alarm alarms problem problems issue issues incident incidents');

/** Words that change nothing of what stands beside them. */
export const FILLERS = wordSet(
  'is are it its has have been now the all a this and again back by everything auto automatically itself event',
  'condition state status normally',
);

/** Words of a problem that is there. */
export const FIRING = wordSet(
  'raise raised raises activate activated activates reactivated asserted assert start fire fired alerted trigger',
  'triggers opens reopened reopen created started new critical crit warning warn bad red yellow amber fail fails',
  'breached breach exceeded unknown pending acknowledged ack acked suppressed flapping investigating identified',
  'recovering resolving clearing closing timeout emergency major minor fatal severe renotify retriggered escalated',
  'unprocessed high nok ko unstable disconnected unresponsive inaccessible incomplete unfinished undone ongoing',
);

/** What came back after an end: with one, both are told. */
export const REOPENED = wordSet('reopened reopen reopens refired retriggered');

/** Within two words before: "not yet ok", "no longer healthy", "partially recovered", "will be closed". */
export const NEGATORS = wordSet(
  'not no non never nor neither un isnt wasnt arent hasnt hadnt havent didnt doesnt dont cannot cant couldnt wont aint',
  'without awaiting until partially stopped stops ceased lost partly partial almost nearly be await needs hardly barely',
  'before unless if',
);

/** Before "to" or a noun: "failed to recover", "unable to clear", "failed recovery", "waiting for recovery". */
export const FAILURES = wordSet('failed fails failing fail unable impossible waiting pending trying');

/** Names of what may fail: they say that it is over only where it did not. */
export const NOUNS = wordSet('recovery resolve recover clear close success pass autorecovery end restore restoration');

/** Right after a noun: "recovery failed", "recovery in progress". */
export const UNDOERS = wordSet(
  'failed fails failing failure pending unsuccessful impossible expected required needed started aborted timeout attempt',
  'in error',
);

/** Right after anything: "resolved: false". */
export const DENIALS = wordSet('false no not never');

/** Before a word of trouble: "not firing", "no longer firing", "stopped alerting", "0 alerts". */
export const BEFORE_TROUBLE = wordSet('no not isnt longer without nothing stopped stops ceased 0 zero');

/** What may stand before "up" where it is a state: "backed up", "follow up" are none. */
export const BEFORE_UP = wordSet(
  'is are now back again came comes host service node server system site monitor instance interface link state status',
  'target check longer yet to',
);

/** What may stand after "up" where it begins: "up again", "up and running"; "up to 95%" and "up 12%" are none. */
export const AFTER_UP = wordSet('again and now since hard soft');

function wordSet(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.join(' ').split(' '));
}

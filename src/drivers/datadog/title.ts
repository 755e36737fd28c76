import { cutText } from '../../core/reading/json.ts';

/** What Datadog writes before the name of a monitor in the title of a notice. */
export interface Title {
  /** The rest: the monitor's name. */
  readonly name: string;
  readonly priority?: string;
  readonly transition?: string;
  /** Tags of the group that the notice is about, such as `host:web-1,env:prod`. */
  readonly scope?: string;
  /** From the button "Test Notifications". */
  readonly isTest: boolean;
}

/** Far beyond any title; what is longer is no title, and not worth the time. */
const LONGEST = 4096;
const BRACKET = /^\s*\[([^\]]*)\]\s*/;
const TRANSITION =
  /^((?:re-?)?(?:triggered|no data|warn|renotif\w*|notified)|recovered[^{]*?|resolved)(?: on \{(.*)\})?$/i;

/** Reads a title such as `[P1] [Triggered on {host:web-1}] Disk is full`; other brackets belong to the name. */
export function readTitle(title: string): Title {
  let rest = cutText(title, LONGEST);
  let isTest = false;
  const found: { priority?: string; transition?: string; scope?: string } = {};
  for (let match = BRACKET.exec(rest); match !== null; match = BRACKET.exec(rest)) {
    const inner = (match[1] ?? '').trim();
    const [, transition, scope] = TRANSITION.exec(inner) ?? [];
    if (/^P[1-5]$/i.test(inner)) found.priority = inner;
    else if (/^test$/i.test(inner)) isTest = true;
    else if (transition !== undefined) {
      found.transition = transition;
      if (scope) found.scope = scope;
    } else break;
    rest = rest.slice(match[0].length);
  }
  return { ...found, isTest, name: rest.trim() || cutText(title, LONGEST).trim() };
}

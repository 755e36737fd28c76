import { userInfo } from 'node:os';

/** The name of who calls, for the history; '' for a user without an entry, as in some containers. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

import type { Grant, Person, Session, Token } from './account.ts';

/** Something done to who has access: one value from wherever it comes. It holds hashes, never what they are of. */
export type AccessChange = {
  /** Who did it, for the history. */
  readonly actor: string;
} & (
  | { readonly type: 'create_token'; readonly token: Token }
  | { readonly type: 'revoke_token'; readonly id: string }
  | { readonly type: 'add_person'; readonly person: Person }
  /** What is left out stays as it is. A new password ends all sessions but one. */
  | {
      readonly type: 'change_person';
      readonly name: string;
      readonly changes: Partial<Grant & Pick<Person, 'password'>>;
      readonly exceptSession?: string;
    }
  | { readonly type: 'remove_person'; readonly name: string }
  /** Somebody whose password was right; it is refused when that has been changed meanwhile. */
  | {
      readonly type: 'log_in';
      readonly name: string;
      readonly password: string | null;
      readonly session: Session;
      /** Hash of the session that the browser had before. */
      readonly replaces: string | null;
    }
  /** Somebody whom single sign-on has told of: with the role that their groups have now. */
  | {
      readonly type: 'sign_on';
      readonly person: Person;
      readonly session: Session;
      readonly replaces: string | null;
    }
  | { readonly type: 'log_out'; readonly sessionId: string }
  /** Ends the sessions of somebody, all of them or all but one. */
  | { readonly type: 'end_sessions'; readonly name: string; readonly exceptSession?: string }
  /** A token was used, or a session seen. */
  | { readonly type: 'touch'; readonly what: 'token' | 'session'; readonly id: string; readonly at: number }
);

/** What it came to. */
export type AccessResult =
  | {
      readonly outcome: 'done';
      /** Sessions that it ended. */
      readonly endedSessions: number;
    }
  | {
      readonly outcome: 'refused';
      readonly reason:
        | 'not_found'
        | 'name_taken'
        /** The name belongs to somebody who comes by another way. */
        | 'other_way'
        /** They come by single sign-on, and have no password here. */
        | 'no_password'
        /** The password was changed, or the person removed, while they logged in. */
        | 'changed_meanwhile';
    };

// What the API says of people, tokens and sessions.

/** Somebody who may log in. */
export interface PersonJson {
  readonly name: string;
  readonly role: string;
  readonly confined_to: string | null;
  readonly by: 'password' | 'single_sign_on';
  readonly sessions: number;
  readonly last_seen_at: string | null;
  readonly created_at: string;
  readonly created_by: string;
}

/** A token, without its secret; one that was just made has it in `token`. */
export interface TokenJson {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly confined_to: string | null;
  readonly status: 'active' | 'ended';
  readonly created_at: string;
  readonly created_by: string;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
  readonly token?: string;
}

/** A browser that is logged in. */
export interface SessionJson {
  readonly id: string;
  readonly name: string;
  /** The one that asks. */
  readonly is_this: boolean;
  readonly address: string;
  readonly agent: string;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly expires_at: string;
}

import type { Confinement } from './confinement.ts';
import type { AccessRole } from './role.ts';

/** What a token or a person may do. */
export interface Grant {
  readonly role: AccessRole;
  /** null for everything. */
  readonly confinement: Confinement | null;
}

/** A token for the API, as it is kept. Times are UTC milliseconds. */
export interface Token extends Grant {
  readonly id: string;
  /** What it is for. */
  readonly name: string;
  /** Lower-case hex SHA-256 of its secret. */
  readonly hash: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** From then on it is refused; null while it has no end. */
  readonly expiresAt: number | null;
  /** To the minute; null while it has not been used. */
  readonly lastUsedAt: number | null;
}

/** Somebody who logs in. */
export interface Person extends Grant {
  readonly id: string;
  /** Lower case. */
  readonly name: string;
  /** Hash of the password with its parameters; null for those who come by single sign-on. */
  readonly password: string | null;
  /** Issuer and subject of single sign-on; null for those who come by password. */
  readonly subject: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
}

/** Somebody who is logged in, on one device. */
export interface Session {
  /** Lower-case hex SHA-256 of the secret that the browser keeps. */
  readonly id: string;
  readonly personId: string;
  readonly createdAt: number;
  /** To the minute. */
  readonly lastSeenAt: number;
  /** Its end, however much it is used. */
  readonly expiresAt: number;
  readonly address: string;
  /** What the browser calls itself. */
  readonly agent: string;
}

/** A session with the person whose it is. */
export interface OpenSession {
  readonly session: Session;
  readonly person: Person;
}

/** A name of a person: letters, digits and what e-mail addresses hold. */
export const PERSON_NAME = /^[\p{Ll}\p{Lo}\p{N}][\p{Ll}\p{Lo}\p{N}._@+-]{0,99}$/u;

/** A name as it is kept and compared. */
export function personName(given: string): string {
  return given.normalize('NFKC').trim().toLowerCase();
}

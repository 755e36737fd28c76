import type { OpenSession, Person, Session, Token } from '../../core/access/account.ts';
import type { NewEvent } from '../../core/history.ts';

/** What is read of tokens, people and sessions. */
export interface AccessReads {
  findToken(id: string): Promise<Token | undefined>;
  /** All of them, newest first. */
  listTokens(): Promise<readonly Token[]>;
  /** By name. */
  findPerson(name: string): Promise<Person | undefined>;
  /** All of them, by name. */
  listPeople(): Promise<readonly Person[]>;
  /** A session by the hash of its secret, with the person whose it is. */
  findSession(id: string): Promise<OpenSession | undefined>;
  /** All of them, those last seen first; with `personId`, of that person. */
  listSessions(personId?: string): Promise<readonly Session[]>;
}

/** A transaction that changes who has access. */
export interface AccessTransaction {
  findToken(id: string): Promise<Token | undefined>;
  findPerson(name: string): Promise<Person | undefined>;
  /** By issuer and subject of single sign-on. */
  findSubject(subject: string): Promise<Person | undefined>;
  findSession(id: string): Promise<OpenSession | undefined>;
  /** A whole row, by id: inserted or replaced. */
  saveToken(token: Token): Promise<void>;
  removeToken(id: string): Promise<void>;
  /** A whole row, by id: inserted or replaced. */
  savePerson(person: Person): Promise<void>;
  /** Removes somebody with their sessions. */
  removePerson(id: string): Promise<void>;
  /** Adds one, and forgets what has ended by its beginning; of one person only so many stay, those seen last. */
  addSession(session: Session, most: number): Promise<void>;
  removeSession(id: string): Promise<void>;
  /** Ends all sessions of somebody but one; gives how many. */
  removeSessions(personId: string, except: string | null): Promise<number>;
  /** Says when a token was used, or a session was seen, last. */
  touch(what: 'token' | 'session', id: string, at: number): Promise<void>;
  /** Gives the highest number of them; null for none. */
  addEvents(events: readonly NewEvent[]): Promise<number | null>;
}

/** What keeps tokens, people and sessions. */
export interface AccessStore extends AccessReads {
  /** Runs `work` and commits what it wrote; when it throws, nothing is kept. */
  changeAccess<T>(work: (tx: AccessTransaction) => Promise<T>): Promise<T>;
}

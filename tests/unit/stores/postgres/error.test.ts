import { describe, expect, test } from '@jest/globals';
import { FencedError, StoreError } from '../../../../src/stores/contract/error.ts';
import { isLost, storeError, WriteConflict } from '../../../../src/stores/postgres/error.ts';

const AT = { host: 'db-1', port: 5432, user: 'monitor', database: 'alerts' };
const failed = (code: string, message = 'as the engine says') => Object.assign(new Error(message), { code });

describe('an error that says that its connection is gone', () => {
  test.each([
    ['of the network', failed('ECONNRESET'), true],
    ['of a name', failed('EAI_AGAIN'), true],
    ['of a stream that has ended', failed('ERR_STREAM_WRITE_AFTER_END'), true],
    ['of a program that calls Node.js wrongly', failed('ERR_INVALID_ARG_TYPE'), false],
    ['of the driver', new Error('Connection terminated unexpectedly'), true],
    ['of a server that stops', failed('57P01'), true],
    ['of a session ended in its transaction', failed('25P03'), true],
    ['of a statement', failed('23505'), false],
    ['of a program', new TypeError('x is not a function'), false],
    ['that is none', undefined, false],
  ])('%s', (_, error, lost) => {
    expect(isLost(error)).toBe(lost);
  });
});

describe('what the store says of it, and whether whatever is tried next fails too', () => {
  test.each([
    ['the server is away', failed('ECONNREFUSED'), true, /nothing listens at db-1:5432/],
    ['its disk is full', failed('53100'), true, /disk is full \(53100\)/],
    ['a lock is not to be had', failed('55P03'), true, /held a lock for too long \(55P03\)/],
    ['it is too slow', failed('57014'), true, /took too long for a statement \(57014\)/],
    [
      'a circle of waiting does not end',
      failed('40P01'),
      true,
      /deadlocked with other transactions repeatedly \(40P01\)/,
    ],
    ['others are always faster', failed('40001'), true, /conflicted with it repeatedly \(40001\)/],
    [
      'it cannot be trusted',
      failed('ERR_TLS_CERT_ALTNAME_INVALID', 'does not match'),
      true,
      /TLS failed: does not match/,
    ],
    ['one statement is wrong, whatever it quotes', failed('22P02', 'not for "TLS certificate"'), false, /not for "TLS/],
    [
      'it requires TLS',
      failed('28000', 'no pg_hba.conf entry for host "10.0.0.1", user "hub", database "monitor", no encryption'),
      true,
      /requires TLS of .*MONITOR_DATABASE_TLS=require/,
    ],
    [
      'the role has a limit',
      failed('53300', 'too many connections for role "hub"'),
      true,
      /ALTER ROLE .* CONNECTION LIMIT …\), or lower MONITOR_DATABASE_POOL \(53300\)/,
    ],
    ['another program has its tables there', failed('42P07'), false, /a database of its own: CREATE DATABASE/],
    ['one statement is wrong', failed('54000'), false, /as the engine says \(54000\)/],
    ['another was faster', new WriteConflict('there already'), false, /there already \(23505\)/],
  ])('%s', (_, error, unavailable, message) => {
    const told = storeError(error, AT);
    expect(told).toBeInstanceOf(StoreError);
    expect(told).toMatchObject({ unavailable, message: expect.stringMatching(message) });
  });

  test.each([
    ['of the store', new StoreError('as it is')],
    ['of a lease', new FencedError({ work: 'sweep', holder: 'hub-1', number: 7 })],
    ['of a program', new TypeError('x is not a function')],
    ['of a program that calls Node.js wrongly', failed('ERR_INVALID_ARG_TYPE')],
  ])('an error %s stays what it is', (_, error) => {
    expect(storeError(error, AT)).toBe(error);
  });
});

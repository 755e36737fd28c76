import { describe, expect, test } from '@jest/globals';
import { readAddress } from '../../../../src/stores/postgres/address.ts';
import { numberArray, textArray } from '../../../../src/stores/postgres/array.ts';

describe('an address of PostgreSQL', () => {
  const local = { host: 'db', port: 5432, user: 'u', password: undefined, database: 'm', tls: undefined };
  test.each([
    ['postgres://u@db/m', local],
    ['postgresql://u@db:5433/m', { ...local, port: 5433 }],
    ['postgres://u:p%40ss%2F%25@db/m', { ...local, password: 'p@ss/%' }],
    ['postgres://u@db', { ...local, database: 'u' }],
    ['postgres://u@[::1]:5/m', { ...local, host: '::1', port: 5 }],
    ['postgres://u@%2Fvar%2Frun%2Fpostgresql/m', { ...local, host: '/var/run/postgresql' }],
    ['postgres:///m?host=/tmp/x&user=u&port=6', { ...local, host: '/tmp/x', port: 6 }],
    ['postgres://u@db/m?sslmode=disable', { ...local, tls: 'off' }],
    ['postgres://u@db/m?sslmode=require&channel_binding=require&connect_timeout=9', { ...local, tls: 'require' }],
    ['postgres://u@db/m?sslmode=verify-ca', { ...local, tls: 'verify' }],
    ['postgres://u@db/m?sslmode=verify-full', { ...local, tls: 'verify' }],
  ])('%s', (text, address) => {
    expect(readAddress(text)).toEqual(address);
  });

  test.each([
    ['mysql://u:canary@db/m', /no address such as postgres:/],
    ['postgres://', /names no host/],
    ['postgres://db/m', /names no user/],
    ['postgres://u:canary%zz@db/m', /% in its password.*%25/],
    ['postgres://u:canary@db/m?sslmode=prefer', /sslmode that is none of disable, require, verify-ca and verify-full/],
    ['postgres://u:canary@db/m?sslmode=toString', /sslmode that is none of/],
    ['postgres://u:canary@db/m?schema=x', /parameter schema, which is unknown; remove it/],
    ['postgres://u:canary@db/m?sslrootcert=/ca.pem', /parameter sslrootcert/],
    ['postgres:///m?host=db&user=u&port=0x', /invalid port/],
  ])('%s is refused by name, without its password', (text, message) => {
    let told = '';
    try {
      readAddress(text);
    } catch (error) {
      told = (error as Error).message;
    }
    expect(told).toMatch(message);
    expect(told).toMatch(/^DATABASE_URL /);
    expect(told).not.toContain('canary');
  });
});

test('arrays as the server reads them', () => {
  expect(numberArray([1, null, -4503599627370496])).toBe('{1,NULL,-4503599627370496}');
  expect(textArray(['a', null, '', 'NULL', '{",\\}', 'x\0\ud800'])).toBe(
    '{"a",NULL,"","NULL","{\\",\\\\}","x{U+0000}{U+D800}"}',
  );
});

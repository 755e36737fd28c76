import { describe, expect, test } from '@jest/globals';
import { createPasswords, PasswordsBusyError } from '../../../../src/lib/crypto/password.ts';

const cheap = () => createPasswords({ logN: 4, r: 8, p: 1 });

test('a hash tells its parameters, is never the same, and is matched by its password alone', async () => {
  const passwords = cheap();
  const [one, two] = [await passwords.hash('correct horse'), await passwords.hash('correct horse')];
  expect(one).toMatch(/^scrypt\$4\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  expect(one).not.toBe(two);
  expect(await passwords.matches('correct horse', one)).toBe(true);
  expect(await passwords.matches('correct horsf', one)).toBe(false);
  expect(await passwords.matches('', one)).toBe(false);
});

test('a hash is checked with the parameters it was made with', async () => {
  const old = await createPasswords({ logN: 5, r: 4, p: 2 }).hash('correct horse');
  expect(await cheap().matches('correct horse', old)).toBe(true);
});

test('the same characters are the same password, however they are composed', async () => {
  const hash = await cheap().hash('cafe\u0301 au lait');
  expect(await cheap().matches('caf\u00e9 au lait', hash)).toBe(true);
});

test('nobody has a password', async () => {
  expect(await cheap().matches('correct horse', null)).toBe(false);
});

test('the cost for real is that of 32 MiB', async () => {
  expect(await createPasswords().hash('correct horse')).toMatch(/^scrypt\$15\$8\$3\$/);
});

describe('many at once', () => {
  test('wait for one another up to a bound, and then are refused', async () => {
    const passwords = cheap();
    const asked = Array.from({ length: 70 }, () => passwords.matches('x', null));
    const settled = await Promise.allSettled(asked);
    const refused = settled.filter((one) => one.status === 'rejected');
    expect(refused.length).toBe(4);
    expect(refused[0]).toMatchObject({ reason: expect.any(PasswordsBusyError) });
    expect(await passwords.matches('x', null)).toBe(false);
  });
});

import { expect, test } from '@jest/globals';
import { remarksOnDoubts } from '../../../../src/core/reading/doubts.ts';
import { incomingAlert } from '../../../../src/core/reading/incoming.ts';

const alert = (name: string, status: string | undefined, isGuessed = false) =>
  incomingAlert({ fingerprint: name, name, status, severity: 'info', labels: {}, annotations: {}, isGuessed }, 1000);

test('nothing is doubtful about alerts with a known status', () => {
  expect(remarksOnDoubts([alert('a', 'ok'), alert('b', 'firing')])).toEqual([]);
});

test('each doubt is told once, with how many alerts it is about', () => {
  expect(remarksOnDoubts([alert('a', undefined), alert('b', undefined), alert('c', 'wobbly', true)])).toEqual([
    'no status was told, so this was taken to fire: 2 alerts, such as "a"',
    'the status "wobbly" is not known, so this was taken to fire: "c"',
    'nothing tells this problem apart but its text, which may change; send an id with it: "c"',
  ]);
});

test('a thousand words of their own are a few lines', () => {
  expect(remarksOnDoubts(Array.from({ length: 1000 }, (_, at) => alert(`a${at}`, `w${at}`)))).toHaveLength(5);
});

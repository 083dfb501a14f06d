import { expect, test } from 'vitest';
import { confusedMost } from '../../src/features/evaluations/confusedMost';

test('the most frequent wrong decisions come first, each as a share of its label', () => {
  const counts = [
    [90, 10, 0, 0],
    [1, 3, 16, 0],
    [0, 0, 5, 5],
  ];

  expect(confusedMost(['bird', 'cat', 'dog'], counts, 2)).toEqual([
    { label: 'cat', decision: 'dog', rows: 16, share: 0.8 },
    { label: 'bird', decision: 'cat', rows: 10, share: 0.1 },
  ]);
});

test('rows without a decision are confused with nothing, and no label with itself', () => {
  expect(confusedMost(['no', 'yes'], [[4, 0, 7], [0, 2, 1]], 10)).toEqual([]);
});

import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { ReceiptShown } from '../../src/features/predictions/explorer/ReceiptShown';
import { becomes } from '../../src/features/predictions/explorer/sending';
import { shown } from '../shown';

const RECEIPT = { accepted: 3, duplicates: 0, corrected: 0, waiting: 0, rejected: [{ row: 1, column: 'age', reason: 'must be a number' }], rejectedCount: 1 };

test('who is told of rejected rows is told what became of the others', () => {
  const { unmount } = shown(<ReceiptShown receipt={RECEIPT} kind="predictions" />);
  expect(screen.getByText(/those that are in stay/)).toBeTruthy();
  expect(screen.queryByText('Of these, marked')).toBeNull();
  unmount();
  shown(<ReceiptShown receipt={{ ...RECEIPT, accepted: 0, batchRejected: true }} kind="predictions" />);
  expect(screen.getByText(/Nothing of the file was taken in/)).toBeTruthy();
});

test('marked rows are told apart from those that came whole', () => {
  shown(<ReceiptShown receipt={{ ...RECEIPT, marked: 2 }} kind="predictions" />);
  expect(screen.getByText('Of these, marked').nextSibling?.textContent).toBe('2');
});

test('a look at a file says what the policy would make of its rows', () => {
  const found = { rows: 3, good: 2, rejected: [], rejectedCount: 1, accepted: 2 };
  expect(becomes(found)).toBe('the rows that fit are taken in.');
  expect(becomes({ ...found, accepted: 3, marked: 1 })).toBe('3 rows are taken in, 1 of them marked and without the cells that are wrong.');
  expect(becomes({ ...found, accepted: 0, batchRejected: true })).toMatch(/^none is taken in/);
});

import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { ReceiptShown } from '../../src/features/predictions/explorer/ReceiptShown';
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

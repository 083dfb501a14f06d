import { expect, test } from 'vitest';
import { cellsOf, mended, sentenceOf, type RowShape } from '../../src/features/predictions/quarantine/cells';
import type { QuarantineFiguresFragment } from '../../src/gql/graphql';

const COLUMNS: RowShape = { decides: true, columns: [{ name: 'age', kind: 'NUMBER' }, { name: 'plan', kind: 'CATEGORY' }, { name: 'score', kind: 'NUMBER' }] };

function row(sent: unknown, reasons: [string | null, string][] = [], kind: 'PREDICTIONS' | 'LABELS' = 'PREDICTIONS'): QuarantineFiguresFragment {
  return {
    number: '1', kind, state: 'OPEN', key: null, row: 0, sent, reasons: reasons.map(([column, reason]) => ({ column, kind: 'TYPE', reason })),
    predictionId: null, predictedAt: null, receivedAt: '2026-03-01T12:00:00Z', settledAt: null, resolvedBy: null, discardedBy: null,
  };
}

const SENT = { prediction_id: 'a', predicted_at: '2026', decision: 'yes', score: 0.5, more: [1], features: { age: 'old', plan: null, score: 7, town: 'Ulm' } };

test('the wrong cells of a row come first, each with what is wrong', () => {
  const cells = cellsOf(row(SENT, [['age', 'must be a number'], ['more', 'is not among the columns']]), COLUMNS);
  expect(cells.map(({ column, text }) => [column, text])).toEqual([
    ['age', 'old'], ['more', '[1]'], ['prediction_id', 'a'], ['predicted_at', '2026'], ['decision', 'yes'], ['score', '0.5'],
    ['plan', ''], ['features.score', '7'], ['town', 'Ulm'],
  ]);
  expect(cells.filter((cell) => cell.isForeign).map(({ column }) => column)).toEqual(['more', 'town']);
  expect(cells[0]?.problem).toBe('must be a number');
});

test('what was changed is sent as its column holds it, and what was not is left alone', () => {
  const edits = { age: '41', plan: '7', score: '', 'features.score': '1e3', decision: 'yes', prediction_id: '12', predicted_at: ' ', town: '' };
  expect(mended(row(SENT), edits, COLUMNS)).toEqual([
    { column: 'age', value: 41 }, { column: 'plan', value: '7' }, { column: 'score', value: null }, { column: 'features.score', value: 1000 },
    { column: 'prediction_id', value: '12' }, { column: 'predicted_at', value: null }, { column: 'town', isRemoved: true },
  ]);
  expect(mended(row(SENT), { age: 'young' }, COLUMNS)).toEqual([{ column: 'age', value: 'young' }]);
  expect(mended(row(SENT), undefined, COLUMNS)).toEqual([]);
});

test('a label has its own cells, and what is no row has none', () => {
  expect(cellsOf(row({ prediction_id: 'a', label: '?' }, [], 'LABELS'), COLUMNS).map(({ column }) => column)).toEqual(['prediction_id', 'label', 'predicted_at', 'reason']);
  for (const sent of ['a,b', null, [1]]) expect(cellsOf(row(sent), COLUMNS)).toEqual([]);
});

test('the first glance says how many rows wait', () => {
  expect([sentenceOf(0, false), sentenceOf(1, false), sentenceOf(1200, false), sentenceOf(0, true), sentenceOf(2, true)]).toEqual([
    'No rejected row waits', '1 row was rejected and waits to be mended', '1,200 rows were rejected and wait to be mended', 'No row fits', '2 rows that fit',
  ]);
});

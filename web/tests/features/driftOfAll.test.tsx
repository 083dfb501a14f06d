import { screen } from '@testing-library/react';
import { Provider } from 'urql';
import { never } from 'wonka';
import { expect, test, vi } from 'vitest';
import { DriftOfAllPanel } from '../../src/features/evaluations/DriftOfAllPanel';
import { shown } from '../shown';

type Given = Parameters<typeof DriftOfAllPanel>[0]['given'];

const client = { executeMutation: vi.fn(), executeQuery: vi.fn(() => never), executeSubscription: vi.fn() };
const RESULT = {
  measure: 'drift_score', subject: null, value: 0.31, interval: null, rows: 1_000, verdict: 'FAIL', severity: 'HIGH', reason: null, definition: 'a mean', definitionDigest: 'd',
  baseline: null, limit: 0.25,
};
const TESTS = { sentence: '2 of 9 tested columns moved by more than chance.', drifted: ['age', 'hours'] };

function panel(given: unknown) {
  return shown(<Provider value={client}><DriftOfAllPanel given={given as Given} origin={{ evaluationId: null, window: 'May' }} /></Provider>);
}

test('the score stands with how grave it is, and what moved by more than chance by name', () => {
  panel({ results: [RESULT], tests: TESTS });

  expect(screen.getByRole('row', { name: /Drift score/ }).textContent).toMatch(/0\.310.*High/);
  expect(screen.getByText(TESTS.sentence)).toBeTruthy();
  expect(screen.getByText(/By more than chance/).textContent).toBe('By more than chance: age, hours. How far each moved stands below.');
});

test('what cannot be told says why', () => {
  panel({ results: [{ ...RESULT, value: null, severity: null, verdict: 'INCONCLUSIVE', reason: 'only 12 rows' }], tests: null });

  expect(screen.getByRole('row').textContent).toContain('only 12 rows');
  expect(screen.queryByText(/By more than chance/)).toBeNull();
});

test('nothing is shown where the plan asks for none of it', () => {
  for (const given of [null, undefined, { results: [], tests: null }]) panel(given);

  expect(screen.queryByText('All features together')).toBeNull();
});

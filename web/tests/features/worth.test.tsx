import { fireEvent, screen } from '@testing-library/react';
import { Provider } from 'urql';
import { never } from 'wonka';
import { expect, test, vi } from 'vitest';
import { WorthPanel } from '../../src/features/evaluations/WorthPanel';
import { WorthFields } from '../../src/features/registry/WorthFields';
import { worthDraftOf } from '../../src/features/registry/worthDrafts';
import { shown } from '../shown';

const client = { executeMutation: vi.fn(), executeQuery: vi.fn(() => never), executeSubscription: vi.fn() };
const CLASSES = ['no', 'yes'];
const SENTENCE = "Each decision earned 1.30 EUR, 0.20 less than the baseline's; 1,000 decisions came to 1,300.00 EUR.";

test('what decisions were worth stands in one sentence, with its limit and how sure it is', () => {
  const each = {
    measure: 'business_value', subject: null, value: 1.3, interval: { low: 1.2, high: 1.4 }, rows: 1_000, verdict: 'FAIL', severity: null, reason: null, definition: 'a mean',
    definitionDigest: 'd', baseline: 1.5, limit: 1.425,
  };
  const given = { unit: 'EUR', sentence: SENTENCE, total: 1_300, totalInterval: { low: 1_200, high: 1_400 }, perDecision: each } as unknown as Parameters<typeof WorthPanel>[0]['given'];

  shown(<Provider value={client}><WorthPanel given={given} origin={{ evaluationId: null, window: 'May' }} /></Provider>);

  expect(screen.getByText(SENTENCE)).toBeTruthy();
  expect(screen.getByText('1.20 to 1.40')).toBeTruthy();
  expect(screen.getByText('1.425')).toBeTruthy();
});

test('each cell of the form is one pair of label and decision, and what was refused stands at it', () => {
  const onChange = vi.fn();
  const problems = new Map([['businessValue.values.0.1', 'it lies within a bound']]);
  shown(<WorthFields names={CLASSES} draft={worthDraftOf(CLASSES, null)} problems={problems} onChange={onChange} />);

  fireEvent.change(screen.getByLabelText('no decided yes'), { target: { value: '-80' } });

  expect(onChange).toHaveBeenLastCalledWith({ unit: '', values: [['', -80], ['', '']], least: '' });
  expect(screen.getByText('it lies within a bound')).toBeTruthy();
});

test('of many classes no matrix is shown, and of none nothing', () => {
  const many = Array.from({ length: 13 }, (_, place) => `class ${String(place)}`);
  shown(<WorthFields names={many} draft={worthDraftOf(many, null)} problems={new Map()} onChange={vi.fn()} />);
  shown(<WorthFields names={[]} draft={worthDraftOf([], null)} problems={new Map()} onChange={vi.fn()} />);

  expect(screen.getByText(/Of 13 classes it is said through the API/)).toBeTruthy();
  expect(screen.getAllByRole('group')).toHaveLength(1);
});

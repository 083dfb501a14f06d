import { cleanup, fireEvent, screen } from '@testing-library/react';
import { useState } from 'react';
import { Provider } from 'urql';
import { fromValue, never } from 'wonka';
import { afterEach, expect, test, vi } from 'vitest';
import { TriedScore } from '../../src/features/trust/TriedScore';
import { shown } from '../shown';

afterEach(cleanup);

function Trying() {
  const [threshold, setThreshold] = useState(0.7);
  return (
    <>
      <button type="button" onClick={() => setThreshold(0.9)}>stricter</button>
      <TriedScore modelId="m" rules={{ threshold }} />
    </>
  );
}

test('while other rules are tried nothing is said by the former ones', () => {
  const answer = { data: { model: { id: 'm', trust: { value: 0.8, standing: 'TRUSTED' }, trustIf: { value: 0.75, standing: 'TRUSTED', reason: null } } } };
  const executeQuery = vi.fn((request: { variables: { policy: { threshold: number } } }) => (request.variables.policy.threshold === 0.7 ? fromValue(answer) : never));
  const client = { executeQuery, executeMutation: vi.fn(), executeSubscription: vi.fn() };
  shown(<Provider value={client}><Trying /></Provider>);
  screen.getByText('0.75');
  fireEvent.click(screen.getByText('stricter'));
  expect(screen.queryByText('0.75')).toBeNull();
  screen.getByText('Trying them…');
});

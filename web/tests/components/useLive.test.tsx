import { act, render, screen } from '@testing-library/react';
import { Client, CombinedError, gql, Provider, type Exchange } from 'urql';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { filter, fromValue, mergeMap, pipe } from 'wonka';
import { useLiveTrust } from '../../src/features/trust/useLiveTrust';
import { useLive } from '../../src/components/useLive';

const RATE = gql<{ rate: number }>`subscription { rate }`;
const refused = () => new CombinedError({ graphQLErrors: ['There is no such version.'] });

/** A server that ends each subscription with its answer; null is a refusal. */
function aServer(rates: (number | null)[]) {
  let asked = 0;
  const exchange: Exchange = () => (operations) =>
    pipe(
      operations,
      filter(({ kind }) => kind === 'subscription'),
      mergeMap((operation) => {
        const rate = rates[Math.min(asked++, rates.length - 1)] ?? null;
        return fromValue({ operation, data: rate === null ? null : { rate }, error: rate === null ? refused() : undefined, stale: false, hasNext: false });
      }),
    );
  return new Client({ url: 'http://127.0.0.1/graphql', preferGetMethod: false, exchanges: [exchange] });
}

function Rate() {
  const live = useLive({ query: RATE, variables: {} });
  return <p data-testid="rate">{live?.rate ?? 'nothing'}</p>;
}

function Trust() {
  return <p data-testid="trust">{useLiveTrust('m', false) === null ? 'not live' : 'live'}</p>;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = (milliseconds = 0) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

test('what was refused is asked for again until there is something to tell', async () => {
  render(<Provider value={aServer([null, null, 7])}><Rate /></Provider>);
  await settle();
  expect(screen.getByTestId('rate').textContent).toBe('nothing');
  await settle(5_000);
  await settle(5_000);
  expect(screen.getByTestId('rate').textContent).toBe('7');
});

test('a model that has no version yet is not live, and is shown all the same', async () => {
  render(<Provider value={aServer([null])}><Trust /></Provider>);
  await settle();
  expect(screen.getByTestId('trust').textContent).toBe('not live');
});

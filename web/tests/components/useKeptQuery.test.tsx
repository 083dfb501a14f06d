import { act, render, screen } from '@testing-library/react';
import { Client, CombinedError, gql, Provider, type Exchange } from 'urql';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { filter, map, pipe } from 'wonka';
import { useKeptQuery } from '../../src/components/useKeptQuery';

type Answer = { data: { name: string | null }; problem?: string } | { error: Error };

function errorOf(answer: Answer): CombinedError | undefined {
  if ('error' in answer) return new CombinedError({ networkError: answer.error });
  return answer.problem === undefined ? undefined : new CombinedError({ graphQLErrors: [answer.problem] });
}

/** A server that gives one answer until it is told another. */
function aServer(first: Answer) {
  const server = { answer: first };
  const exchange: Exchange = () => (operations) =>
    pipe(
      operations,
      filter((operation) => operation.kind === 'query'),
      map((operation) => {
        const { answer } = server;
        return {
          operation,
          data: 'data' in answer ? answer.data : undefined,
          error: errorOf(answer),
          stale: false,
          hasNext: false,
        };
      }),
    );
  return { server, client: new Client({ url: 'http://127.0.0.1/graphql', preferGetMethod: false, exchanges: [exchange] }) };
}

const NAME = gql<{ name: string }>`{ name }`;

function Name() {
  const [{ data, error }, readAgain] = useKeptQuery({ query: NAME });
  return (
    <>
      <p data-testid="name">{data?.name ?? 'nothing'}</p>
      <p data-testid="state">{error ? 'failing' : 'well'}</p>
      <button type="button" onClick={() => readAgain({ requestPolicy: 'network-only' })}>again</button>
    </>
  );
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const told = () => [screen.getByTestId('name').textContent, screen.getByTestId('state').textContent];
const settle = (milliseconds = 0) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

test('what was read stays while the server is away, and is read anew when it is back', async () => {
  const { server, client } = aServer({ data: { name: 'first' } });
  render(<Provider value={client}><Name /></Provider>);
  await settle();
  expect(told()).toEqual(['first', 'well']);
  server.answer = { error: new Error('gone') };
  screen.getByRole('button').click();
  await settle();
  expect(told()).toEqual(['first', 'failing']);
  server.answer = { data: { name: 'second' } };
  await settle(3_000);
  expect(told()).toEqual(['second', 'well']);
});

test('what is null because it failed is not taken for absent, and the last answer stays', async () => {
  const { server, client } = aServer({ data: { name: 'first' } });
  render(<Provider value={client}><Name /></Provider>);
  await settle();
  server.answer = { data: { name: null }, problem: 'It went wrong.' };
  screen.getByRole('button').click();
  await settle();
  expect(told()).toEqual(['first', 'failing']);
});

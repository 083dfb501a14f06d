import { act, fireEvent, screen } from '@testing-library/react';
import { useState } from 'react';
import { CombinedError, Client, Provider, type AnyVariables, type Operation } from 'urql';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { filter, makeSubject, map, merge, mergeMap, pipe, fromPromise } from 'wonka';
import { useTrail } from '../../src/features/audit/useTrail';
import { shown } from '../shown';

const entry = (position: number) => ({
  position: String(position), recordedAt: '2026-03-03T12:00:00Z', at: '2026-03-03T12:00:00Z', actor: { kind: 'USER', id: 'u', name: 'Ada' },
  action: 'registry.Promoted', subjectKind: 'model', subjectId: 'm', subjectName: 'Churn', changes: [], commandId: 'c', causedBy: null,
});

/** A log of so many entries, in pages of three; `isAway` loses the older ones on their way. */
function aLog(newest: number) {
  const log = { isAway: false, asked: [] as AnyVariables[], tailed: [] as AnyVariables[], waits: 0 };
  const tail = makeSubject<{ operation: Operation; data: unknown; stale: boolean; hasNext: boolean }>();
  let following: Operation | null = null;
  const answer = async (operation: Operation) => {
    const { after } = operation.variables as { after?: string };
    log.asked.push(operation.variables);
    if (log.waits > 0) await new Promise((resolve) => setTimeout(resolve, log.waits));
    const from = after === undefined ? newest : Number(after) - 1;
    const nodes = [from, from - 1, from - 2].filter((position) => position > 0).map(entry);
    const lost = log.isAway && after !== undefined;
    return {
      operation, stale: false, hasNext: false,
      data: lost ? undefined : { auditLog: { nodes, pageInfo: { hasNextPage: from > 3, startCursor: String(from), endCursor: String(from - 2) } } },
      error: lost ? new CombinedError({ networkError: new Error('gone') }) : undefined,
    };
  };
  const client = new Client({
    url: 'http://127.0.0.1/graphql', preferGetMethod: false,
    exchanges: [() => (operations) => merge([
      pipe(operations, filter(({ kind }) => kind === 'query'), mergeMap((operation) => fromPromise(answer(operation)))),
      pipe(operations, filter(({ kind }) => kind === 'subscription'), mergeMap((operation) => {
        following = operation;
        log.tailed.push(operation.variables);
        return pipe(tail.source, map((result) => ({ ...result, operation })));
      })),
    ])],
  });
  const tell = (position: number) => {
    if (following === null) throw new Error('Nobody follows the log.');
    tail.next({ operation: following, data: { auditLog: { cursor: String(position), node: entry(position) } }, stale: false, hasNext: true });
  };
  return { log, client, tell };
}

function Trail() {
  const [action, setAction] = useState<string | null>(null);
  const trail = useTrail({ action }, null, true);
  return (
    <>
      <p data-testid="entries">{trail.entries?.map((each) => each.position).join(' ')}</p>
      <p data-testid="more">{trail.moreError ? 'failing' : trail.isReadingMore ? 'reading' : 'resting'}</p>
      <button type="button" onClick={trail.readMore}>older</button>
      <button type="button" onClick={() => setAction('registry.Promoted')}>filter</button>
    </>
  );
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const told = (of: string) => screen.getByTestId(of).textContent;
const settle = (milliseconds = 0) => act(() => vi.advanceTimersByTimeAsync(milliseconds));
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));

test('what is recorded after the page was read is followed from there, and stands on top once', async () => {
  const { log, client, tell } = aLog(9);
  shown(<Provider value={client}><Trail /></Provider>);
  await settle();
  expect(log.tailed).toEqual([{ filter: { action: null }, after: '9' }]);
  act(() => [10, 11, 10].forEach(tell));
  press('older');
  await settle();
  expect(told('entries')).toBe('11 10 9 8 7 6 5 4');
});

test('older entries that did not come are told, and can be asked for again', async () => {
  const { log, client } = aLog(5);
  shown(<Provider value={client}><Trail /></Provider>);
  await settle();
  log.isAway = true;
  press('older');
  await settle();
  expect([told('entries'), told('more')]).toEqual(['5 4 3', 'failing']);
  log.isAway = false;
  press('older');
  await settle();
  expect([told('entries'), told('more')]).toEqual(['5 4 3 2 1', 'resting']);
});

test('while another filter is read, nothing older is asked for after the entries of the one before', async () => {
  const { log, client } = aLog(9);
  shown(<Provider value={client}><Trail /></Provider>);
  await settle();
  log.waits = 1_000;
  press('filter');
  press('older');
  await settle(1_000);
  expect(log.asked.some((variables) => (variables as { after?: string }).after !== undefined)).toBe(false);
  expect(told('entries')).toBe('9 8 7');
});

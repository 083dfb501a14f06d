import { fireEvent, screen } from '@testing-library/react';
import { CombinedError } from 'urql';
import { expect, test, vi } from 'vitest';
import { failureText, Loaded } from '../../src/components/states';
import { shown } from '../shown';

const IDLE = { fetching: false, stale: false };

function panel(result: Parameters<typeof Loaded<string[]>>[0]['result'], onRetry: () => void = () => undefined) {
  return shown(
    <Loaded what="The list" result={result} onRetry={onRetry} loading={<p>skeleton</p>} isEmpty={(data) => data.length === 0} empty={<p>empty</p>}>
      {(data) => <p>{data.join()}</p>}
    </Loaded>,
  );
}

test('a panel that waits shows the shape of what is coming', () => {
  panel({ ...IDLE, fetching: true });
  expect(screen.getByText('skeleton')).toBeTruthy();
});

test('a panel without content says what will stand there', () => {
  panel({ ...IDLE, data: [] });
  expect(screen.getByText('empty')).toBeTruthy();
});

test('a failing panel says what failed and tries again on demand', () => {
  const onRetry = vi.fn();
  panel({ ...IDLE, error: new CombinedError({ graphQLErrors: ['The database rests.'] }) }, onRetry);
  expect(screen.getByRole('alert').textContent).toContain('The list could not be read');
  expect(screen.getByRole('alert').textContent).toContain('The database rests.');
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(onRetry).toHaveBeenCalledOnce();
});

test('a failure is never shown as emptiness', () => {
  panel({ ...IDLE, data: [], error: new CombinedError({ graphQLErrors: ['The database rests.'] }) });
  expect(screen.queryByText('empty')).toBeNull();
  expect(screen.getByRole('alert')).toBeTruthy();
});

test('what was read before stays under a later failure', () => {
  panel({ ...IDLE, data: ['kept'], error: new CombinedError({ networkError: new Error('gone') }) });
  expect(screen.getByText('kept')).toBeTruthy();
  expect(screen.getByRole('alert')).toBeTruthy();
});

test('a network failure is told without the client’s words', () => {
  expect(failureText(new CombinedError({ networkError: new Error('Failed to fetch') }))).toBe(
    'The server did not answer. It may be starting, or the network is down.',
  );
});

import { fireEvent, screen, waitFor } from '@testing-library/react';
import { print, type DocumentNode } from 'graphql';
import { Provider } from 'urql';
import { never } from 'wonka';
import { afterEach, expect, test, vi } from 'vitest';
import { BaselineDialog } from '../../src/features/registry/BaselineDialog';
import { baselineConsequences, heldAgainst } from '../../src/features/registry/heldAgainst';
import { leftOut, uploadBaseline } from '../../src/features/registry/uploadBaseline';
import type { VersionFiguresFragment } from '../../src/gql/graphql';
import { formOf } from '../../src/lib/forms';
import { shown } from '../shown';

type Baseline = NonNullable<VersionFiguresFragment['baseline']>;

const SET = { source: 'WINDOW', predictedFrom: '2026-01-01T00:00:00Z', predictedTo: '2026-01-04T00:00:00Z', moving: null } as const;
const SOMEBODY = { kind: 'USER', id: 'u', name: 'Ann' } as const;
const moving = (kind: 'TRAILING' | 'SEASONAL', days: number) => ({ kind, days, followedAt: '2026-03-01T00:00:00Z', followedBy: SOMEBODY });
const opener = { onClose: vi.fn(), onDone: vi.fn() };
const aVersion = (given: Partial<Baseline> | null) => ({
  id: 'v', tag: '1.0',
  baseline: given && { ...SET, setAt: '2026-01-05T00:00:00Z', setBy: SOMEBODY, rows: 300, labelledRows: 0, digest: 'd', bodyDigest: null, ...given },
});

const client = { executeMutation: vi.fn(), executeQuery: vi.fn(), executeSubscription: vi.fn() };
const dialogOf = (version: Parameters<typeof BaselineDialog>[0]['version']) => <Provider value={client}><BaselineDialog version={version} {...opener} /></Provider>;
afterEach(() => vi.unstubAllGlobals());

test('what is in force is said in words', () => {
  expect(heldAgainst({ ...SET, moving: moving('TRAILING', 30) })).toBe('The 30 days before each window');
  expect(heldAgainst({ ...SET, moving: moving('SEASONAL', 28) })).toBe('The same weekdays in the 28 days before each window');
  expect(heldAgainst({ ...SET, source: 'UPLOAD', predictedFrom: null, predictedTo: null })).toBe('Uploaded rows');
  expect(heldAgainst(SET)).toMatch(/^Predictions of .*2026/);
});

test('what ends and what stays is said before it is done', () => {
  expect(baselineConsequences({ way: 'upload', hasGrid: true, isMoving: true })).toEqual([
    'hold every later window against the rows of the file, which are counted and not kept',
    'end the baseline that moves',
    'measure the present window anew, and leave what was measured before as it is',
  ]);
  expect(baselineConsequences({ way: 'window', hasGrid: false, isMoving: false })).toEqual([
    'hold every later window against these predictions',
    'choose from these rows how all others are counted',
  ]);
});

test('without a baseline nothing can move yet', () => {
  shown(dialogOf(aVersion(null)));
  expect(screen.getAllByRole('radio').map((each) => each.getAttribute('value'))).toEqual(['window', 'upload']);
});

test('the dialog begins with what is in force', () => {
  shown(dialogOf(aVersion({ moving: moving('SEASONAL', 21) })));
  expect(screen.getByRole<HTMLInputElement>('radio', { checked: true }).value).toBe('seasonal');
  expect(screen.getByLabelText<HTMLInputElement>(/Days before each window/).value).toBe('21');
  fireEvent.click(screen.getByRole('radio', { name: 'A file' }));
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Change it' }).disabled).toBe(true);
});

test('another grid is fitted where somebody asks for one, and what that does is said', async () => {
  client.executeMutation.mockReturnValue(never);
  shown(dialogOf(aVersion({ moving: moving('TRAILING', 30) })));
  fireEvent.click(screen.getByRole('radio', { name: 'A window' }));
  fireEvent.click(screen.getByRole('checkbox', { name: 'Fit the grid anew' }));
  expect(screen.getByText('let the baseline that moves go on, counted likewise')).toBeDefined();
  fireEvent.change(screen.getByLabelText(/Predictions from/), { target: { value: '2026-01-02T00:00:00' } });
  fireEvent.change(screen.getByLabelText(/^before/), { target: { value: '2026-01-03T00:00:00' } });
  fireEvent.click(screen.getByRole('button', { name: 'Change it' }));

  await waitFor(() => expect(client.executeMutation).toHaveBeenCalledTimes(1));
  const [{ query, variables }] = client.executeMutation.mock.calls[0] as [{ query: DocumentNode; variables: { input: Record<string, string> } }];
  expect(print(query)).toContain('refitGrid(input: $input)');
  expect(Date.parse(variables.input.predictedTo ?? '') - Date.parse(variables.input.predictedFrom ?? '')).toBe(86_400_000);
});

test('a version without a grid has none to fit anew', () => {
  shown(dialogOf(aVersion(null)));
  expect(screen.queryByRole('checkbox')).toBeNull();
});

test('a file is sent as its name tells, and what is left out is said', async () => {
  const asked: RequestInit[] = [];
  const answer = { rows: 36, rejectedCount: 4, rejected: [{ row: 3, column: 'age', reason: 'must be a number' }] };
  vi.stubGlobal('fetch', (address: string, given: RequestInit) => {
    asked.push({ ...given, referrer: address });
    return Promise.resolve(Response.json(answer));
  });
  const form = formOf('reference.csv.gz');
  const told = form && await uploadBaseline('v=', new File(['x'], 'reference.csv.gz'), form);

  expect(asked[0]).toMatchObject({ referrer: '/v1/versions/v%3D/baseline', method: 'POST', headers: { 'content-type': 'text/csv', 'content-encoding': 'gzip' } });
  expect(told).toEqual(answer);
  expect(leftOut(answer)).toBe("4 of the file's rows are not in it. The first is row 3, age: must be a number.");
  expect(leftOut({ ...answer, rejected: [], rejectedCount: 0 })).toBeNull();
});

test('a refusal is told in the words of the API, and a break as one', async () => {
  const form = formOf('reference.ndjson');
  if (!form) throw new Error('a form');
  const send = () => uploadBaseline('v', new File(['x'], 'reference.ndjson'), form);
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ message: 'body: it holds 0 good rows' }, { status: 400 })));
  expect(await send()).toBe('body: it holds 0 good rows');
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('<html>', { status: 502 })));
  expect(await send()).toBe('The server answered 502.');
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('gone')));
  expect(await send()).toMatch(/^The connection broke off/);
});

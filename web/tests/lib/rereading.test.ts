import { cacheExchange, Client, gql, type Exchange, type Operation, type OperationResult } from 'urql';
import { expect, test } from 'vitest';
import { filter, makeSubject, merge, pipe, subscribe, tap } from 'wonka';
import { createRereading } from '../../src/lib/rereading';

const READ = gql<{ project: { name: string } }>`{ project { name } }`;
const RENAME = gql<{ rename: { name: string } }>`mutation { rename { name } }`;

/** A server whose answers are given by hand, and a page that shows the project's name. */
function shown({ isWatched = true } = {}) {
  const answers = makeSubject<OperationResult>();
  const waiting: Operation[] = [];
  const server: Exchange = () => (operations) =>
    merge([
      pipe(
        operations,
        tap((operation) => {
          if (operation.kind !== 'teardown') waiting.push(operation);
        }),
        filter((): boolean => false),
      ) as never,
      answers.source,
    ]);
  const rereading = createRereading();
  const exchanges = isWatched ? [cacheExchange, rereading.exchange, server] : [cacheExchange, server];
  const client = new Client({ url: 'http://127.0.0.1/graphql', preferGetMethod: false, exchanges });
  if (isWatched) rereading.watch(client);
  const names: string[] = [];
  const look = () =>
    pipe(
      client.query(READ, {}, { requestPolicy: 'network-only' }),
      subscribe(({ data, stale }) => {
        if (data && !stale) names.push(data.project.name);
      }),
    );
  const page = look();
  const settled = () => new Promise((done) => setTimeout(done));
  return {
    kinds: () => waiting.map(({ kind }) => kind),
    names,
    look,
    leave: () => page.unsubscribe(),
    rename: () => void client.mutation(RENAME, {}).toPromise(),
    /** Answer the oldest that waits, or another. */
    answer: async (name: string, place = 0) => {
      const [operation] = waiting.splice(place, 1);
      if (!operation) throw new Error('nothing waits');
      const thing = { __typename: 'Project', name };
      const data = operation.kind === 'mutation' ? { rename: thing } : { project: thing };
      answers.next({ operation, data, error: undefined, stale: false, hasNext: false });
      await settled();
    },
  };
}

test('what changes while it is being read is read once more', async () => {
  const page = shown();
  await page.answer('Credit');
  page.rename();
  await page.answer('Loans');
  expect(page.kinds()).toEqual(['query']);
  page.rename();
  expect(page.kinds()).toEqual(['query', 'mutation']);
  await page.answer('Mortgages', 1);
  await page.answer('Loans');
  expect(page.kinds()).toEqual(['query']);
  await page.answer('Mortgages');
  expect(page.names.at(-1)).toBe('Mortgages');
  expect(page.kinds()).toEqual([]);
});

test('the client alone keeps the older answer, which is why it is read once more', async () => {
  const page = shown({ isWatched: false });
  await page.answer('Credit');
  page.rename();
  await page.answer('Loans');
  page.rename();
  await page.answer('Mortgages', 1);
  await page.answer('Loans');
  expect(page.kinds()).toEqual([]);
  expect(page.names.at(-1)).toBe('Loans');
});

test('what is asked for again while it is being read is read once more, and no more', async () => {
  const page = shown();
  page.look();
  page.look();
  expect(page.kinds()).toEqual(['query']);
  await page.answer('Credit');
  expect(page.kinds()).toEqual(['query']);
  await page.answer('Loans');
  expect(page.kinds()).toEqual([]);
  expect(page.names.at(-1)).toBe('Loans');
});

test('nothing is read twice where nothing has changed', async () => {
  const page = shown();
  await page.answer('Credit');
  page.look();
  await page.answer('Credit');
  expect(page.kinds()).toEqual([]);
});

test('what nobody looks at any more is not read once more', async () => {
  const page = shown();
  page.rename();
  page.leave();
  await page.answer('Loans', 1);
  await page.answer('Credit');
  expect(page.kinds()).toEqual([]);
  expect(page.names).toEqual([]);
});

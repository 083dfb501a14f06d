import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const WEB = resolve(import.meta.dirname, '..');

/** Each starts programs, which takes a busy machine a while; the limit is for what waits for ever. */
const PATIENCE = { timeout: 120_000 };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'codegen-'));
  mkdirSync(join(folder, 'web/src/gql'), { recursive: true });
  cpSync(join(WEB, 'codegen.js'), join(folder, 'web/codegen.js'));
  symlinkSync(join(WEB, 'node_modules'), join(folder, 'web/node_modules'));
  writeFileSync(join(folder, 'schema.graphql'), 'scalar DateTime type Query { model(id: ID!): String! now: DateTime! }');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const component = (text: string) => {
  writeFileSync(join(folder, 'web/src/Model.tsx'), `export const Name = graphql(${text});\nexport const Model = () => <p />;\n`);
};

function run(...words: string[]): { status: number | null; said: string } {
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'web/codegen.js'), ...words], { encoding: 'utf8' });
  return { status, said: stderr };
}

test('the types of an operation are written once, and are stale when it has become another', PATIENCE, () => {
  component('`query Name($id: ID!) { model(id: $id) now }`');
  expect(run()).toEqual({ status: 0, said: '' });
  expect(readdirSync(join(folder, 'web/src/gql')).sort()).toEqual(['fragment-masking.ts', 'gql.ts', 'graphql.ts', 'index.ts']);
  expect(readFileSync(join(folder, 'web/src/gql/graphql.ts'), 'utf8')).toContain('export type NameQuery = { model: string, now: string };');
  expect(run('--check')).toEqual({ status: 0, said: '' });

  component('`query Name { now }`');
  const stale = ['graphql.ts', 'gql.ts'].map((name) => `web/src/gql/${name} is not what the schema and the operations make: npm run codegen\n`);
  expect(run('--check')).toEqual({ status: 1, said: stale.join('') });
});

test('an operation that the schema does not know, or that is put together, is refused', PATIENCE, () => {
  component('`query Name { weather }`');
  expect(run('--check')).toMatchObject({ status: 1, said: expect.stringContaining('Cannot query field "weather" on type "Query".') as string });
  component('`query Name { ${"now"} }`');
  expect(run('--check')).toMatchObject({ status: 1, said: expect.stringContaining('graphql() takes a literal in backquotes, with nothing put into it.') as string });
});

/**
 * Writes src/gql: the types of every operation in src/, from the schema that the API exports. With --check it writes
 * nothing, and fails when what lies there is another.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { buildSchema, lexicographicSortSchema, parse, printSchema } from 'graphql';
import { parseSync, Visitor } from 'vite';

/** @typedef {Parameters<typeof preset.buildGeneratesSection>[0]['documents'][number]} DocumentFile */

const WEB = import.meta.dirname;
const OUTPUT = 'src/gql/';
const CONFIG = {
  useTypeImports: true,
  enumsAsTypes: true,
  strictScalars: true,
  scalars: { AsOf: 'string', Cursor: 'string', DateTime: 'string', Position: 'string', JSON: 'unknown', Upload: 'File' },
};
const PRESET = { fragmentMasking: { unmaskFunctionName: 'readFragment' } };

/** Each file of src/gql as it ought to be. */
async function generate() {
  const schemaAst = lexicographicSortSchema(buildSchema(readFileSync(resolve(WEB, '../schema.graphql'), 'utf8')));
  const [schema, documents] = [parse(printSchema(schemaAst)), operations()];
  const outputs = await preset.buildGeneratesSection({
    baseOutputDir: OUTPUT, schema, schemaAst, documents, config: CONFIG, presetConfig: PRESET, plugins: [], pluginMap: {},
  });
  return Promise.all(outputs.map(async (output) => ({ path: output.filename, content: await codegen({ schemaAst, ...output }) })));
}

/** What is handed to graphql() anywhere in src/. */
function operations() {
  return readdirSync(resolve(WEB, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => resolve(WEB, 'src', name))
    .filter((path) => /\.tsx?$/.test(path) && !relative(WEB, path).split(sep).join('/').startsWith(OUTPUT))
    .sort()
    .flatMap(operationsOf);
}

/**
 * @param {string} path
 * @returns {DocumentFile[]}
 */
function operationsOf(path) {
  const code = readFileSync(path, 'utf8');
  if (!code.includes('graphql(')) return [];
  /** @type {DocumentFile[]} */
  const found = [];
  const calls = new Visitor({
    CallExpression({ callee, arguments: [given] }) {
      if (callee.type !== 'Identifier' || callee.name !== 'graphql') return;
      const text = given?.type === 'TemplateLiteral' && given.quasis.length === 1 ? given.quasis[0]?.value.cooked : undefined;
      if (typeof text !== 'string') throw new Error(`${path}: graphql() takes a literal in backquotes, with nothing put into it.`);
      found.push({ location: path, rawSDL: text, document: parse(text) });
    },
  });
  calls.visit(parseSync(path, code).program);
  return found;
}

const stale = (await generate()).filter(({ path, content }) => readIfThere(resolve(WEB, path)) !== content);
if (process.argv.includes('--check')) {
  for (const { path } of stale) process.stderr.write(`web/${path} is not what the schema and the operations make: npm run codegen\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const { path, content } of stale) writeFileSync(resolve(WEB, path), content);
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

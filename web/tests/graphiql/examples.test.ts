import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildSchema, getVariableValues, Kind, OperationTypeNode, parse, validate, type OperationDefinitionNode } from 'graphql';
import { expect, test } from 'vitest';
import { EXAMPLES, variablesOf } from '../../graphiql/examples';

const schema = buildSchema(readFileSync(resolve(import.meta.dirname, '../../../schema.graphql'), 'utf8'));
const KNOWN = {
  modelId: 'TW9kZWw6MQ==',
  versionId: 'VmVyc2lvbjox',
  registeredAt: '2026-03-01T00:00:00Z',
  highWater: '2018-12-31T23:59:00Z',
  classes: ['0', '1'],
  columns: [{ name: 'AGEP', kind: 'NUMBER' as const }],
};

test('there are as many examples as GraphiQL opens with', () => {
  expect(EXAMPLES.map((example) => example.name)).toEqual([
    '1-models', '2-trust-score', '3-then-and-now', '4-audit-log', '5-live-trust', '6-ingest-predictions', '7-promote-version',
  ]);
});

test.each(EXAMPLES)('the example $name fits the schema, its variables included', ({ name, query }) => {
  const document = parse(query);
  expect(validate(schema, document).map((error) => error.message)).toEqual([]);
  const operation = document.definitions.find((each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION);
  const variables = JSON.parse(variablesOf(name, KNOWN, new Date('2026-03-03T12:00:00Z')) || '{}') as Record<string, unknown>;
  expect(getVariableValues(schema, operation?.variableDefinitions ?? [], variables).errors).toBeUndefined();
});

test('the row of an example lies outside of the live window, so that trust does not move because of it', () => {
  const { input } = JSON.parse(variablesOf('6-ingest-predictions', KNOWN, new Date('2026-03-03T12:00:00Z'))) as {
    input: { rows: { predictedAt: string }[] };
  };
  expect(input.rows.map((row) => row.predictedAt)).toEqual(['2018-11-01T23:59:00.000Z']);
});

test.each(EXAMPLES)('the example $name says at once whether it writes', ({ query }) => {
  const isMutation = parse(query).definitions.some((each) => each.kind === Kind.OPERATION_DEFINITION && each.operation === OperationTypeNode.MUTATION);
  expect(query.startsWith('# This writes: ')).toBe(isMutation);
});

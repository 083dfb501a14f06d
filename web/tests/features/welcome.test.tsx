import { screen } from '@testing-library/react';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { Provider } from 'urql';
import { expect, test } from 'vitest';
import { fromValue, never } from 'wonka';
import { WelcomePage } from '../../src/features/predictions/WelcomePage';
import { ingestCommand, rowConsequence, rowTime } from '../../src/features/predictions/commands';
import { shown } from '../shown';

const NOW = new Date('2026-03-03T12:00:00Z');
const NEWEST = '2018-12-31T22:00:00.000Z';
const SIGNATURE = { classes: ['no', "it's"], columns: [{ name: 'age', kind: 'NUMBER' as const }, { name: 'region', kind: 'CATEGORY' as const }] };

const MEMBER = ['READ', 'INGEST', 'WRITE_REGISTRY'];

const MODELS = [
  {
    id: 'job', project: { id: 'p', permissions: MEMBER }, name: 'Employment', production: { version: { id: 'y2018' } }, intake: { predictions: 9_000, highWater: NEWEST },
    versions: { nodes: [{ id: 'newer', tag: 'v2', signature: SIGNATURE }, { id: 'y2018', tag: 'v1', signature: SIGNATURE }] },
  },
  {
    id: 'read', project: { id: 'q', permissions: ['READ'] }, name: 'Fraud', production: null, intake: { predictions: 0, highWater: null },
    versions: { nodes: [{ id: 'v', tag: 'v1', signature: SIGNATURE }] },
  },
  {
    id: 'bare', project: { id: 'q', permissions: ['READ'] }, name: 'Bare', production: null, intake: { predictions: 0, highWater: null },
    versions: { nodes: [] },
  },
  { id: 'new', project: { id: 'p', permissions: MEMBER }, name: 'Churn', production: null, intake: { predictions: 0, highWater: null }, versions: { nodes: [] } },
];

function welcome(address: string, permissions = MEMBER) {
  const client = {
    executeQuery: ({ query, variables }: { query: DocumentNode; variables: { id?: string } }) => {
      const [operation] = query.definitions as OperationDefinitionNode[];
      const projects = { nodes: [{ id: 'p', name: 'Credit', archivedAt: null, permissions }] };
      const answers: Record<string, object> = {
        Tenants: { organizations: { nodes: [{ id: 'o', name: 'Bank', permissions: ['READ'], projects }] } },
        WelcomeModel: { model: MODELS.find((each) => each.id === variables.id) ?? null },
        WelcomeScreen: { projects, models: { nodes: MODELS.map(({ id, name }) => ({ id, name })) } },
      };
      return fromValue({ data: answers[operation?.name?.value ?? ''], stale: false, hasNext: false });
    },
    executeSubscription: () => never,
    executeMutation: () => never,
  };
  shown(<Provider value={client}><WelcomePage /></Provider>, address);
}

test('no model is taken that nobody chose', () => {
  welcome('/welcome');
  expect(screen.queryByLabelText('add a version')).toBeNull();
  expect(screen.queryByLabelText('send a prediction')).toBeNull();
  expect(screen.queryByText(/Employment/, { selector: 'p, pre' })).toBeNull();
});

test('a new model is given its version', () => {
  welcome('/welcome?model=new');
  expect(screen.getByLabelText('add a version').textContent).toContain('"modelId": "new"');
  expect(screen.queryByLabelText('send a prediction')).toBeNull();
});

test('a model that serves gets no other version, and a row that leaves its window where it is', () => {
  welcome('/welcome?model=job');
  expect(screen.queryByLabelText('add a version')).toBeNull();
  const command = screen.getByLabelText('send a prediction').textContent;
  expect(command).toContain('/v1/versions/y2018/predictions');
  expect(command).toContain(`"predicted_at":"${NEWEST}"`);
  expect(screen.getByText(/one made-up row into version v1 of Employment, which is in production/)).toBeTruthy();
});

test('who may not send to a model is shown no command to', () => {
  welcome('/welcome?model=read');
  expect(screen.getByText('Your role sends no predictions to Fraud.')).toBeTruthy();
  expect(screen.queryByLabelText('send a prediction')).toBeNull();
});

test('who may not add a version to a model is shown no command to', () => {
  welcome('/welcome?model=bare');
  expect(screen.getByText('Your role adds no version to Bare, which has none yet.')).toBeTruthy();
  expect(screen.queryByLabelText('add a version')).toBeNull();
});

test('who may send nowhere is told so, and shown no command and no token', () => {
  welcome('/welcome?model=job', ['READ', 'READ_AUDIT']);
  expect(screen.getByText('Your role sends no predictions')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Copy the line that sets it' })).toBeNull();
  expect(screen.queryByLabelText('send a prediction')).toBeNull();
});

test('under a past moment nothing can be sent', () => {
  welcome('/welcome?model=new&asOf=12');
  expect(screen.getByText('Nothing can be sent into the past')).toBeTruthy();
  expect(screen.queryByLabelText('add a version')).toBeNull();
});

test('the first row of a version is of now, a later one of its newest row', () => {
  expect([rowTime(null, NOW), rowTime(NEWEST, NOW)]).toEqual([NOW.toISOString(), NEWEST]);
  expect(rowConsequence({ name: 'Churn', tag: '1.0', isServing: false, predictions: 0, highWater: null })).toBe(
    "This sends one made-up row into version 1.0 of Churn. It will be its first row, dated now, and can't be taken back.",
  );
});

test('the command to copy sends every column of the signature and survives a quote', () => {
  const command = ingestCommand('http://127.0.0.1:8765', { id: 'v=', signature: SIGNATURE }, NEWEST, NOW);
  expect(command).toContain('/v1/versions/v%3D/predictions');
  expect(command).toContain('"features":{"age":1,"region":"1"}');
  expect(command).toContain("it'\\''s");
});

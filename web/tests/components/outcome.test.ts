import { CombinedError } from 'urql';
import { expect, test } from 'vitest';
import { problemOf } from '../../src/components/outcome';

test('an answer without a message is done', () => {
  expect(problemOf(undefined, { __typename: 'PromoteVersionPayload' })).toBeNull();
});

test('a failure of the schema is its message, with what is wrong with each field', () => {
  expect(problemOf(undefined, { message: 'Not valid.', fields: [{ path: ['input', 'reason'], message: 'is empty' }] })).toBe(
    'Not valid. · input.reason: is empty',
  );
});

test('what the message says already of the one field is not said twice', () => {
  const answer = { message: 'reason: say why', fields: [{ path: ['reason'], message: 'say why' }] };
  expect(problemOf(undefined, answer)).toBe('reason: say why');
});

test('no answer is not taken for done', () => {
  expect(problemOf(new CombinedError({ graphQLErrors: ['Something failed, id 7.'] }), undefined)).toBe('Something failed, id 7.');
  expect(problemOf(undefined, undefined)).toBe('The server gave no answer. Look again before repeating it.');
});

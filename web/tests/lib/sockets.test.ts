import { expect, test } from 'vitest';
import { rememberCursor, waitBeforeTry } from '../../src/lib/sockets';

test('a mended subscription goes on after the newest cursor that was seen', () => {
  const payload = { query: 'subscription ($after: Cursor) { auditLog(after: $after) { cursor } }', variables: { first: 1 } };
  rememberCursor(payload, { auditLog: { cursor: 'c7' } });
  rememberCursor(payload, { auditLog: { cursor: 'c8' } });
  expect(payload.variables).toEqual({ first: 1, after: 'c8' });
});

test('an operation without after is left as it is', () => {
  const payload = { query: 'subscription { auditLog { cursor } }', variables: {} };
  rememberCursor(payload, { auditLog: { cursor: 'c7' } });
  expect(payload.variables).toEqual({});
});

test('an answer without data changes nothing', () => {
  const payload = { query: 'subscription ($after: Cursor) { x }', variables: { after: 'c1' } };
  rememberCursor(payload, null);
  rememberCursor(payload, { x: null });
  expect(payload.variables).toEqual({ after: 'c1' });
});

test('tries wait longer and longer, never over twelve and a half seconds', () => {
  expect([0, 1, 2, 3].map((tries) => waitBeforeTry(tries, 0.5))).toEqual([500, 1_000, 2_000, 4_000]);
  expect(waitBeforeTry(50, 1)).toBe(12_500);
});

import { expect, test } from 'vitest';
import { isTheSameWorth, worthDraftOf, worthOf, worthText } from '../../src/features/registry/worthDrafts';

const CLASSES = ['no', 'yes'];
const LOANS = { unit: 'EUR', classes: ['yes', 'no'], values: [[20, -5], [-80, 0]], least: null };

test('a plan that says nothing has an empty form, of which nothing is sent', () => {
  const draft = worthDraftOf(CLASSES, null);

  expect(draft).toEqual({ unit: '', values: [['', ''], ['', '']], least: '' });
  expect(worthOf(CLASSES, draft)).toBeNull();
  expect(isTheSameWorth(CLASSES, draft, null)).toBe(true);
});

test('a plan is shown in the order of the version, whatever its own', () => {
  const draft = worthDraftOf(CLASSES, LOANS);

  expect(draft.values).toEqual([[0, -80], [-5, 20]]);
  expect(isTheSameWorth(CLASSES, draft, LOANS)).toBe(true);
});

test('an empty cell is worth nothing, and taking all away takes it from the plan', () => {
  const draft = { unit: ' EUR ', values: [['', '-80'], [-5, 20]], least: '' };
  expect(worthOf(CLASSES, draft)).toEqual({ unit: 'EUR', classes: CLASSES, values: [[0, -80], [-5, 20]], least: null });
  expect(isTheSameWorth(CLASSES, worthDraftOf(CLASSES, null), LOANS)).toBe(false);
});

test('a plan tells it in words, of few classes pair by pair', () => {
  expect(worthText(LOANS, String)).toBe('yes decided yes 20, yes decided no -5, no decided yes -80, no decided no 0 EUR');
  const many = { ...LOANS, classes: ['a', 'b', 'c'], values: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], least: 0.5 };
  expect(worthText(many, String)).toBe('a value for each of 9 pairs of label and decision, in EUR; a decision at least 0.5');
});

import { expect, it } from 'vitest';
import { reasonsByName } from '../../src/features/registry/planReasons';

it('names each field of a plan once, as the form does', () => {
  const told = [
    { field: 'windowSeconds', because: 'many rows come in' },
    { field: 'features', because: "'id' is left out" },
    { field: 'features', because: "'note' is left out" },
    { field: 'plan', because: 'somebody had changed it' },
    { field: 'dreams', because: 'a field that this page does not know yet' },
  ];
  expect(reasonsByName(told)).toEqual([
    ['Window', ['many rows come in']],
    ['Features', ["'id' is left out", "'note' is left out"]],
    ['All of it', ['somebody had changed it']],
    ['dreams', ['a field that this page does not know yet']],
  ]);
  expect(reasonsByName([])).toEqual([]);
});

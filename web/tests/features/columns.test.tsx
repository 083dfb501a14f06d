import { screen } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { ColumnName } from '../../src/components/ColumnName';
import { ColumnMeanings, type Meanings } from '../../src/components/useColumns';
import { described, readValues, written } from '../../src/features/registry/columnTexts';
import { shown } from '../shown';

const MEANINGS: Meanings = new Map([
  ['MAR', { title: 'Marital status', labels: new Map([['1', 'married'], ['5', 'never = not yet']]) }],
  ['AGEP', { title: null, labels: new Map() }],
]);

describe('what a column means', () => {
  test('stands before its own name, which stands alone where nobody has said it', () => {
    shown(<ColumnMeanings.Provider value={MEANINGS}><p><ColumnName name="MAR" /></p><p><ColumnName name="AGEP" /></p></ColumnMeanings.Provider>);
    expect(screen.getAllByRole('paragraph').map((each) => each.textContent)).toEqual(['Marital status MAR', 'AGEP']);
  });

  test('is written as lines and read from them as it was', () => {
    const { title, values } = written(MEANINGS.get('MAR'));
    expect([title, values]).toEqual(['Marital status', '1 = married\n5 = never = not yet']);
    expect(readValues(`\n  ${values} \n`)).toEqual({
      values: [{ value: '1', label: 'married' }, { value: '5', label: 'never = not yet' }],
      wrong: null,
    });
  });

  test.each([['married', 'Write “married” as value = meaning'], ['= married', 'Write “= married” as value = meaning'], ['1 = a\n1 = b', '1 stands there twice']])(
    'is refused in words where a line is none: %s',
    (text, wrong) => expect(readValues(text).wrong).toBe(wrong),
  );

  test('is sent with all that was said before, without what is empty now', () => {
    const draft = new Map([['SEX', { title: ' Sex ', values: '1 = male' }], ['MAR', { title: '', values: ' ' }]]);
    expect(described(new Map([...MEANINGS, ['DIS', { title: 'Disability', labels: new Map() }]]), draft)).toEqual([
      { name: 'DIS', title: 'Disability', values: [] },
      { name: 'SEX', title: 'Sex', values: [{ value: '1', label: 'male' }] },
    ]);
  });
});

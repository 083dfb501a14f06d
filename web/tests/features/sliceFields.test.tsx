import { fireEvent, screen, within } from '@testing-library/react';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { problemsOf } from '../../src/components/outcome';
import { SliceFields } from '../../src/features/registry/SliceFields';
import { draftsOf, MOST_SLICES, type SliceDraft } from '../../src/features/registry/sliceDrafts';
import { shown } from '../shown';

const COLUMNS = [
  { name: 'age', kind: 'NUMBER', categories: null },
  { name: 'sex', kind: 'CATEGORY', categories: ['f', 'm'] },
] as const;
const OLD = draftsOf([{ name: 'old', conditions: [{ column: 'age', values: null, low: 60, high: null }] }]);

function Form({ first, problems = problemsOf(undefined), onChange }: { first: SliceDraft[]; problems?: ReturnType<typeof problemsOf>; onChange: (slices: SliceDraft[]) => void }) {
  const [slices, setSlices] = useState(first);
  return (
    <SliceFields
      slices={slices}
      columns={COLUMNS}
      problems={problems}
      onChange={(changed) => {
        setSlices(changed);
        onChange(changed);
      }}
    />
  );
}

test('slices are added, written and taken away', () => {
  const onChange = vi.fn<(slices: SliceDraft[]) => void>();
  shown(<Form first={OLD} onChange={onChange} />);

  fireEvent.click(screen.getByText('Add a slice'));
  const second = within(screen.getByLabelText('Slice 2'));
  fireEvent.change(second.getByLabelText('Name'), { target: { value: 'women' } });
  fireEvent.change(within(screen.getByLabelText('Slice 1')).getByLabelText('To below'), { target: { value: '70' } });
  expect(onChange.mock.lastCall?.[0]).toMatchObject([{ name: 'old', conditions: [{ column: 'age', low: 60, high: 70 }] }, { name: 'women' }]);

  fireEvent.click(screen.getByLabelText('Remove old'));
  expect(onChange.mock.lastCall?.[0].map((each) => each.name)).toEqual(['women']);
});

test('a slice has one to three conditions', () => {
  const onChange = vi.fn<(slices: SliceDraft[]) => void>();
  shown(<Form first={OLD} onChange={onChange} />);
  expect(screen.queryByLabelText(/Remove the condition/)).toBeNull();

  fireEvent.click(screen.getByText('And also…'));
  fireEvent.click(screen.getByText('And also…'));
  expect(screen.queryByText('And also…')).toBeNull();
  fireEvent.click(screen.getByLabelText('Remove the condition on age'));

  expect(onChange.mock.lastCall?.[0].map((each) => each.conditions.map(({ column }) => column))).toEqual([[null, null]]);
});

test('what was refused stands at its field', () => {
  const refused = ['slices.0.name', 'slices.0.conditions', 'slices.0.conditions.0.low', 'slices'];
  const problems = problemsOf({ fields: refused.map((path) => ({ path: path.split('.'), message: `wrong: ${path}` })) });
  shown(<Form first={OLD} problems={problems} onChange={vi.fn()} />);

  for (const path of refused) expect(screen.getByText(`wrong: ${path}`)).toBeTruthy();
  const low = screen.getByLabelText('From');
  expect(low.getAttribute('aria-invalid')).toBe('true');
  expect(screen.getByLabelText('To below').getAttribute('aria-invalid')).not.toBe('true');
});

test('no more can be added than a plan may have', () => {
  const most = Array.from({ length: MOST_SLICES }, (_, key) => ({ key, name: String(key), conditions: [] }));
  shown(<Form first={most} onChange={vi.fn()} />);
  expect(screen.queryByText('Add a slice')).toBeNull();
});

import { fireEvent, screen } from '@testing-library/react';
import { MantineProvider } from '@mantine/core';
import { expect, test, vi } from 'vitest';
import { FieldForm } from '../../src/components/FieldForm';
import { shown } from '../shown';

const IDLE = { isBusy: false, failure: null };

function form(value: string, mayChange = true, save: (text: string) => unknown = () => undefined) {
  return <FieldForm label="Name" isNeeded maxLength={20} value={value} mayChange={mayChange} command={IDLE} onSave={save} />;
}

test('what is changed is saved once it is, without the blanks around it', () => {
  const save = vi.fn();
  shown(form('Census', true, save));
  const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Save: Name' });
  expect(button.disabled).toBe(true);
  fireEvent.change(screen.getByRole('textbox'), { target: { value: ' Bureau ' } });
  fireEvent.click(button);
  expect(save.mock.calls).toEqual([['Bureau']]);
});

test('a name that is needed can not be emptied', () => {
  shown(form('Census'));
  fireEvent.change(screen.getByRole('textbox'), { target: { value: '  ' } });
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Save: Name' }).disabled).toBe(true);
});

test('who may not change it sees it', () => {
  shown(form('Census', false));
  expect(screen.queryByRole('textbox')).toBeNull();
  expect(screen.getByText('Census')).toBeTruthy();
});

test('what others changed is shown, unless the reader is changing it', () => {
  const { rerender } = shown(form('Census'));
  rerender(<MantineProvider>{form('Bureau')}</MantineProvider>);
  expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('Bureau');
  fireEvent.change(screen.getByRole('textbox'), { target: { value: 'Mine' } });
  rerender(<MantineProvider>{form('Theirs')}</MantineProvider>);
  expect(screen.getByRole<HTMLInputElement>('textbox').value).toBe('Mine');
});

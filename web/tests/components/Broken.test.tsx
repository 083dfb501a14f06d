import { fireEvent, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { Broken } from '../../src/components/Broken';
import { shown } from '../shown';

test('a part that can’t be drawn says so, and is drawn when it can be', () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const state = { isWrong: true };
  function Part() {
    if (state.isWrong) throw new Error('wrong');
    return <p>drawn</p>;
  }
  shown(<><nav>frame</nav><Broken at="/"><Part /></Broken></>);
  expect(screen.getByRole('alert').textContent).toContain('This screen could not be drawn');
  expect(screen.getByText('frame')).toBeTruthy();
  state.isWrong = false;
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(screen.getByText('drawn')).toBeTruthy();
  told.mockRestore();
});

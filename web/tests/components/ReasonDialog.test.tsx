import { fireEvent, screen, waitFor } from '@testing-library/react';
import { Provider } from 'urql';
import { expect, test, vi } from 'vitest';
import { fromPromise, fromValue } from 'wonka';
import { graphql } from '../../src/gql';
import { ReasonDialog } from '../../src/components/ReasonDialog';
import { useCommand } from '../../src/components/useCommand';
import { shown } from '../shown';

const PROMOTE = graphql(`
  mutation PromoteVersion($input: PromoteVersionInput!) {
    promoteVersion(input: $input) {
      __typename
      ... on PromoteVersionPayload {
        position
        lagging
        model {
          id
        }
      }
      ...Refusal
    }
  }
`);

const DONE = { __typename: 'PromoteVersionPayload', position: '17', lagging: false, model: { id: 'm' } };

function Dialog({ onDone }: { onDone: (position: string | null) => void }) {
  const command = useCommand(PROMOTE, ({ position }) => onDone(position));
  return (
    <ReasonDialog
      title="Promote 2.0" onClose={() => undefined} happens={['replace 1.0']} reasonLabel="Why?" action="Promote" command={command}
      onReason={(reason) => command.send({ input: { versionId: 'v2', environment: 'PRODUCTION', role: 'CHAMPION', reason } })}
    />
  );
}

function dialog(...answers: [object, ...object[]]) {
  const next = () => ({ promoteVersion: answers.length > 1 ? answers.shift() : answers[0] });
  const client = { executeMutation: vi.fn<(request: { variables: { input: object } }) => unknown>(() => fromPromise(Promise.resolve({ data: next(), stale: false, hasNext: false }))) };
  const onDone = vi.fn();
  shown(<Provider value={{ ...client, executeQuery: () => fromValue({}), executeSubscription: () => fromValue({}) }}><Dialog onDone={onDone} /></Provider>);
  return { sent: client.executeMutation, onDone, button: screen.getByRole('button', { name: 'Promote' }), reason: screen.getByLabelText(/Why\?/) };
}

test('nothing dangerous is done without a reason', () => {
  const { button } = dialog(DONE);
  expect(screen.getByText('replace 1.0')).toBeTruthy();
  expect(button.hasAttribute('disabled')).toBe(true);
});

test('the reason is sent once, and what was done is handed on', async () => {
  const { button, reason, sent, onDone } = dialog(DONE);
  fireEvent.change(reason, { target: { value: ' Better recall ' } });
  fireEvent.click(button);
  expect(button.hasAttribute('disabled')).toBe(true);
  fireEvent.click(button);
  await waitFor(() => expect(onDone).toHaveBeenCalledExactlyOnceWith('17'));
  expect(sent).toHaveBeenCalledOnce();
  expect(sent).toHaveBeenCalledWith(
    expect.objectContaining({ variables: { input: { versionId: 'v2', environment: 'PRODUCTION', role: 'CHAMPION', reason: 'Better recall' } } }),
    expect.anything(),
  );
});

test('a refusal is told in the dialog with the field that is wrong, and the words stay', async () => {
  const refusal = { __typename: 'InvalidError', message: 'Not valid.', fields: [{ path: ['input', 'reason'], message: 'is too long' }] };
  const { button, reason, onDone } = dialog(refusal);
  fireEvent.change(reason, { target: { value: 'Worse recall' } });
  fireEvent.click(button);
  expect((await screen.findByRole('alert')).textContent).toBe('Not valid. · input.reason: is too long');
  expect(onDone).not.toHaveBeenCalled();
  expect((reason as HTMLTextAreaElement).value).toBe('Worse recall');
});

test('a text that looks personal is sent again as it then stands, once that is confirmed', async () => {
  const warning = {
    __typename: 'InvalidError', code: 'PERSONAL_DATA', message: 'reason: this looks like an e-mail address',
    fields: [{ path: ['reason'], message: 'this looks like an e-mail address' }],
  };
  const { button, reason, sent, onDone } = dialog(warning, warning, DONE);
  fireEvent.change(reason, { target: { value: 'Ask ada@example.org' } });
  fireEvent.click(button);
  expect((await screen.findByRole('alert')).textContent).toContain('This looks like an e-mail address.');
  fireEvent.change(reason, { target: { value: 'Ask bea@example.org' } });
  fireEvent.click(button);
  await waitFor(() => expect(sent).toHaveBeenCalledTimes(2));
  fireEvent.click(await screen.findByRole('button', { name: 'Record it all the same' }));
  await waitFor(() => expect(onDone).toHaveBeenCalledExactlyOnceWith('17'));
  const inputs = sent.mock.calls.map(([{ variables }]) => variables.input);
  const input = { versionId: 'v2', environment: 'PRODUCTION', role: 'CHAMPION', reason: 'Ask bea@example.org' };
  expect(inputs.slice(1)).toEqual([input, { ...input, confirmPersonal: true }]);
});

test('when it is closed, the focus is where it was', () => {
  const opener = document.body.appendChild(document.createElement('button'));
  opener.focus();
  const client = { executeMutation: () => fromValue({}), executeQuery: () => fromValue({}), executeSubscription: () => fromValue({}) };
  const { unmount } = shown(<Provider value={client}><Dialog onDone={() => undefined} /></Provider>);
  screen.getByLabelText(/Why\?/).focus();
  unmount();
  expect(document.activeElement).toBe(opener);
  opener.remove();
});

import type { AnyVariables, TypedDocumentNode } from 'urql';
import { useCommand, type Command } from './useCommand';

/** What whoever opened a dialog is told: that it is to be closed, and that what it asked for was done. */
export interface Opener {
  onClose: () => void;
  onDone: () => void;
}

/** The command of a dialog, which closes once it is done. */
export function useDialogCommand<Data extends object, Variables extends AnyVariables>(
  mutation: TypedDocumentNode<Data, Variables>,
  { onClose, onDone }: Opener,
  changes?: readonly string[],
): Command<Variables> {
  const done = () => {
    onDone();
    onClose();
  };
  return useCommand(mutation, done, changes);
}

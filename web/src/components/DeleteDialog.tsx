import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from './FormDialog';
import { Happens } from './Happens';
import type { Asking } from './useCommand';

/** The end of something: what that means, and its name to be written once more by whoever means it. */
export function DeleteDialog({ kind, name, happens, command, onClose, onDelete }: {
  kind: string;
  name: string;
  happens: readonly string[];
  command: Asking;
  onClose: () => void;
  onDelete: (name: string) => unknown;
}) {
  const [given, setGiven] = useState('');
  return (
    <FormDialog
      title={`Delete the ${kind}`}
      onClose={onClose}
      command={command}
      onSubmit={() => onDelete(given.trim())}
      action={`Delete the ${kind}`}
      isReady={given.trim() === name}
      isDanger
    >
      <Happens says="This can’t be taken back. It will" all={happens} />
      <TextInput
        label={<>Write its name, <strong>{name}</strong>, to confirm</>}
        autoComplete="off"
        data-autofocus
        value={given}
        onChange={(event) => setGiven(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

import { Textarea } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { FormDialog } from './FormDialog';
import { Happens } from './Happens';
import type { Asking } from './useCommand';

/** Something that cannot be taken back silently: it says what will happen, and asks for the words that the record needs. */
export function ReasonDialog({ title, onClose, happens, reasonLabel, isReasonNeeded = true, isReady = true, action, isDanger = false, isWide = false, command, onReason, children }: {
  title: string;
  onClose: () => void;
  happens: readonly string[];
  reasonLabel: string;
  isReasonNeeded?: boolean;
  /** Whether there is something to do, the reason aside. */
  isReady?: boolean;
  action: string;
  isDanger?: boolean;
  isWide?: boolean;
  command: Asking;
  onReason: (reason: string) => unknown;
  children?: ReactNode;
}) {
  const [reason, setReason] = useState('');
  return (
    <FormDialog
      title={title}
      onClose={onClose}
      command={command}
      onSubmit={() => onReason(reason.trim())}
      action={action}
      isDanger={isDanger}
      isWide={isWide}
      isReady={isReady && (!isReasonNeeded || reason.trim() !== '')}
    >
      <Happens says="This will" all={happens} />
      {children}
      <Textarea
        label={reasonLabel}
        description={isReasonNeeded ? 'Kept in the record, for whoever asks later.' : 'Optional; kept in the record.'}
        required={isReasonNeeded}
        autosize
        minRows={2}
        maxLength={500}
        data-autofocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

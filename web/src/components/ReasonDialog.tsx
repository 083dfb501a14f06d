import { Textarea } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { FormDialog } from './FormDialog';
import classes from './FormDialog.module.css';
import type { Asking } from './useCommand';

/** Something that cannot be taken back silently: it says what will happen, and asks for the words that the record needs. */
export function ReasonDialog({ title, onClose, happens, reasonLabel, isReasonNeeded = true, action, isDanger = false, command, onReason, children }: {
  title: string;
  onClose: () => void;
  happens: readonly string[];
  reasonLabel: string;
  isReasonNeeded?: boolean;
  action: string;
  isDanger?: boolean;
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
      isReady={!isReasonNeeded || reason.trim() !== ''}
    >
      <div>
        <p>This will</p>
        <ul className={classes.happens}>
          {happens.map((each) => <li key={each}>{each}</li>)}
        </ul>
      </div>
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

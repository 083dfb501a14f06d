import { Button, Group, Modal, Select } from '@mantine/core';
import { useState } from 'react';
import { CopyBlock } from '../../components/CopyBlock';
import { FormDialog } from '../../components/FormDialog';
import { ReasonDialog } from '../../components/ReasonDialog';
import type { Asking } from '../../components/useCommand';
import { OVERLAPS } from './keys';
import classes from './tenancy.module.css';

/** The only time that a key is seen: it goes when the reader says so, and by no slip of the hand. */
export function ShownKeyDialog({ text, note, onClose }: { text: string; note: string; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={<strong>Copy the key now</strong>} centered closeOnClickOutside={false} closeOnEscape={false} withCloseButton={false}>
      <div className={classes.fields}>
        <CopyBlock label="The key" text={text} />
        <p><strong>It is shown this once.</strong> CDT keeps only its hash: whoever loses it makes another. {note}</p>
        <Group justify="flex-end"><Button onClick={onClose}>I have copied it</Button></Group>
      </div>
    </Modal>
  );
}

export function RotateKeyDialog({ name, command, onClose, onRotate }: {
  name: string;
  command: Asking;
  onClose: () => void;
  onRotate: (overlapHours: number) => unknown;
}) {
  const [hours, setHours] = useState('24');
  return (
    <FormDialog title={`Rotate ${name}`} onClose={onClose} command={command} onSubmit={() => onRotate(Number(hours))} action="Make another secret">
      <p>The key stays what it is and gets another secret, which you see once. A former secret that still admits ends at once.</p>
      <Select label="Does the present secret go on to admit?" description="Until the programs that use it have the new one." allowDeselect={false} data={OVERLAPS} value={hours} onChange={(value) => setHours(value ?? '24')} />
    </FormDialog>
  );
}

export function RevokeKeyDialog({ name, command, onClose, onRevoke }: {
  name: string;
  command: Asking;
  onClose: () => void;
  onRevoke: (reason: string) => unknown;
}) {
  return (
    <ReasonDialog
      title={`Revoke ${name}`}
      onClose={onClose}
      happens={['refuse every program that uses it, within a moment and for good', 'end what they follow live']}
      reasonLabel="Why is it revoked?"
      action="Revoke it"
      isDanger
      command={command}
      onReason={onRevoke}
    />
  );
}

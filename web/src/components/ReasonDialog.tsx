import { Alert, Button, Group, Modal, Textarea } from '@mantine/core';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import classes from './ReasonDialog.module.css';

/** Something that cannot be taken back silently: it says what will happen, and asks for the words that the record needs. */
export function ReasonDialog({ title, isOpen, onClose, happens, reasonLabel, isReasonNeeded = true, action, isDanger = false, onConfirm, children }: {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  happens: readonly string[];
  reasonLabel: string;
  isReasonNeeded?: boolean;
  action: string;
  isDanger?: boolean;
  /** Answers what went wrong as a sentence, or null. */
  onConfirm: (reason: string) => Promise<string | null>;
  children?: ReactNode;
}) {
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const close = () => {
    setReason('');
    setFailure(null);
    onClose();
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    const problem = await onConfirm(reason.trim());
    setBusy(false);
    if (problem === null) close();
    else setFailure(problem);
  };
  return (
    <Modal opened={isOpen} onClose={close} title={title} centered classNames={{ title: classes.title }}>
      <form className={classes.form} onSubmit={(event) => void submit(event)}>
        {happens.length > 0 && (
          <div>
            <p>This will</p>
            <ul className={classes.happens}>
              {happens.map((each) => <li key={each}>{each}</li>)}
            </ul>
          </div>
        )}
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
        {failure !== null && <Alert color="red" variant="light" role="alert" classNames={{ message: classes.failure }}>{failure}</Alert>}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={close}>Cancel</Button>
          <Button type="submit" loading={isBusy} color={isDanger ? 'red' : undefined} disabled={isReasonNeeded && reason.trim() === ''}>
            {action}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

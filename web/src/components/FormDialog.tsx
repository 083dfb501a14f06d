import { Button, Group, Modal } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import classes from './FormDialog.module.css';
import { Refused } from './Refused';
import type { Asking } from './useCommand';

/**
 * A form in a dialog that sends one command: its fields, what went wrong, and the way out. Shown while it is mounted;
 * what was refused before that is not told again.
 */
export function FormDialog({ title, onClose, command, onSubmit, action, isReady = true, isDanger = false, isWide = false, children }: {
  title: string;
  onClose: () => void;
  command: Asking;
  onSubmit: (form: FormData) => unknown;
  action: string;
  isReady?: boolean;
  isDanger?: boolean;
  /** For a form of many fields. */
  isWide?: boolean;
  children: ReactNode;
}) {
  // Mantine gives the focus back to what opened a dialog that is closed, but not where it is taken away.
  const [opener] = useState(() => document.activeElement);
  const [isSent, setSent] = useState(false);
  useEffect(() => () => {
    if (opener instanceof HTMLElement) opener.focus();
  }, [opener]);
  return (
    <Modal opened onClose={onClose} title={title} size={isWide ? 760 : undefined} centered classNames={{ title: classes.title }}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isReady) return;
          setSent(true);
          onSubmit(new FormData(event.currentTarget));
        }}
      >
        {children}
        {isSent && <Refused {...command} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>Cancel</Button>
          <Button type="submit" loading={command.isBusy} color={isDanger ? 'red' : undefined} disabled={!isReady}>{action}</Button>
        </Group>
      </form>
    </Modal>
  );
}

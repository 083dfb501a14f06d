import { Button, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import classes from './FieldForm.module.css';
import { Refused } from './Refused';
import type { Asking } from './useCommand';

/** One thing that can be changed by itself, and is only shown to whoever may not. */
export function FieldForm({ label, description, value, mayChange, isNeeded = false, isLong = false, maxLength, command, onSave }: {
  label: string;
  description?: string;
  value: string;
  mayChange: boolean;
  isNeeded?: boolean;
  isLong?: boolean;
  maxLength: number;
  command: Asking;
  onSave: (value: string) => unknown;
}) {
  const [wanted, setWanted] = useState(value);
  const [shown, setShown] = useState(value);
  // What others changed meanwhile takes the place of what was not begun to be changed here.
  if (shown !== value) {
    setShown(value);
    if (wanted === shown) setWanted(value);
  }
  if (!mayChange) {
    return (
      <dl className={classes.shown}>
        <dt>{label}</dt>
        <dd>{value || <span className="dim">none</span>}</dd>
      </dl>
    );
  }
  const text = wanted.trim();
  const isChanged = text !== value;
  const field = {
    label,
    description,
    required: isNeeded,
    maxLength,
    value: wanted,
    onChange: (event: { currentTarget: { value: string } }) => setWanted(event.currentTarget.value),
  };
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged) onSave(text);
      }}
    >
      <div className={classes.line}>
        {isLong ? <Textarea autosize minRows={2} maxRows={8} {...field} /> : <TextInput {...field} />}
        <Button type="submit" variant={isChanged ? 'filled' : 'default'} loading={command.isBusy} disabled={!isChanged || (isNeeded && text === '')} aria-label={`Save: ${label}`}>
          Save
        </Button>
      </div>
      <Refused {...command} />
    </form>
  );
}

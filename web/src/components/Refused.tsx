import { Alert, Button } from '@mantine/core';
import classes from './FormDialog.module.css';
import type { Asking } from './useCommand';

/** Why a form was not taken, where it was not. A text that looks like personal data is taken once that is confirmed. */
export function Refused({ failure, confirm = null, isBusy = false }: Pick<Asking, 'failure' | 'confirm'> & { isBusy?: boolean }) {
  if (failure === null) return null;
  if (confirm === null) return <Alert color="red" variant="light" role="alert" classNames={{ message: classes.failure }}>{failure}</Alert>;
  return (
    <Alert role="alert" title="Is this about a person?" classNames={{ root: classes.warned, title: classes.warning, message: classes.failure }}>
      <p>{sentence(failure)}</p>
      <p>What is recorded stays in the record, for everybody who may read it. It can be redacted for good, and never changed.</p>
      <Button
        size="xs"
        variant="default"
        mt={8}
        loading={isBusy}
        onClick={({ currentTarget }) => confirm(() => currentTarget.form?.requestSubmit())}
      >
        Record it all the same
      </Button>
    </Alert>
  );
}

/** Without the field's name before it: it is the one text of the form. */
function sentence(failure: string): string {
  const problem = failure.replace(/^[\w.]+: /, '');
  return `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`;
}

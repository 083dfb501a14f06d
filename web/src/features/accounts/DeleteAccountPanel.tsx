import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog';
import { Happens } from '../../components/Happens';
import { Panel } from '../../components/Panel';
import { useCommand } from '../../components/useCommand';
import { graphql } from '../../gql';
import { endSession } from '../../lib/session';
import classes from './account.module.css';

const DeleteAccount = graphql(`
  mutation DeleteAccount($input: DeleteAccountInput!) {
    deleteAccount(input: $input) {
      __typename
      ... on DeleteAccountPayload {
        pseudonym
      }
      ...Refusal
    }
  }
`);

/** The reader's own end here, which nobody can take back. */
export function DeleteAccountPanel() {
  const [isAsked, setAsked] = useState(false);
  return (
    <Panel title="Delete the account" note="Your name and address are forgotten here, in the past too. What you did stays in the record, under a name without meaning.">
      <div className={classes.form}>
        <Button variant="outline" color="red" onClick={() => setAsked(true)}>Delete the account</Button>
      </div>
      {isAsked && <DeleteAccountDialog onClose={() => setAsked(false)} />}
    </Panel>
  );
}

function DeleteAccountDialog({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState('');
  const command = useCommand(DeleteAccount, endSession);
  return (
    <FormDialog
      title="Delete your account"
      onClose={onClose}
      command={command}
      onSubmit={() => command.send({ input: { password } })}
      action="Delete my account"
      isReady={password !== ''}
      isDanger
    >
      <Happens
        says="This can’t be taken back. It will"
        all={[
          'sign you out everywhere, for good',
          'end your membership in every organization',
          'forget your name and your address, also in the record of the past',
        ]}
      />
      <p className="dim">An organization’s last owner has to hand it over or delete it first.</p>
      <PasswordInput label="Your password, to confirm" autoComplete="current-password" required data-autofocus value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
    </FormDialog>
  );
}

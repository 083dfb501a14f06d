import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '../../components/Panel';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import { graphql } from '../../gql';
import classes from './account.module.css';

const ChangePassword = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      __typename
      ... on ViewerPayload {
        viewer {
          id
        }
      }
      ...Refusal
    }
  }
`);

/** Another password, for whoever knows the present one. */
export function ChangePasswordPanel() {
  const [currentPassword, setCurrent] = useState('');
  const [newPassword, setNew] = useState('');
  const [isDone, setDone] = useState(false);
  const { send, isBusy, failure } = useCommand(ChangePassword, () => {
    setCurrent('');
    setNew('');
    setDone(true);
  });
  const begin = (set: (text: string) => void) => (event: { currentTarget: { value: string } }) => {
    set(event.currentTarget.value);
    setDone(false);
  };
  return (
    <Panel title="Password" note="A change signs you out everywhere else.">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void send({ input: { currentPassword, newPassword } });
        }}
      >
        <Refused failure={failure} />
        <PasswordInput label="Present password" autoComplete="current-password" required value={currentPassword} onChange={begin(setCurrent)} />
        <PasswordInput
          label="New password"
          description="At least 10 characters; a few words are easy to keep in mind."
          autoComplete="new-password"
          required
          value={newPassword}
          onChange={begin(setNew)}
        />
        <Button type="submit" loading={isBusy} disabled={currentPassword === '' || newPassword === ''}>Change the password</Button>
        <p role="status">{isDone && 'Your password is changed. Everywhere else you are signed out.'}</p>
      </form>
    </Panel>
  );
}

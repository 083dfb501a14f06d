import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'react-router';
import { paths } from '../../components/paths';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import { graphql } from '../../gql';
import { Card } from './Card';

const ResetPassword = graphql(`
  mutation ResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) {
      __typename
      ...Refusal
    }
  }
`);

/** Where the link of a mail leads that sets another password. */
export function ResetPage() {
  const link = useLocation().hash.slice(1);
  const [newPassword, setNewPassword] = useState('');
  const [isDone, setDone] = useState(false);
  const { send, isBusy, failure } = useCommand(ResetPassword, () => setDone(true));
  if (isDone) {
    return (
      <Card title="Your password is changed">
        <p>Wherever you were signed in, you are signed out.</p>
        <Button component={Link} to={paths.signIn} fullWidth>Sign in with the new one</Button>
      </Card>
    );
  }
  return (
    <Card title="Set a new password" onSubmit={() => void send({ input: { link, newPassword } })}>
      <Refused failure={failure} />
      <PasswordInput
        label="New password"
        description="At least 10 characters; a few words are easy to keep in mind."
        autoComplete="new-password"
        required
        autoFocus
        value={newPassword}
        onChange={(event) => setNewPassword(event.currentTarget.value)}
      />
      <Button type="submit" loading={isBusy} fullWidth>Change the password</Button>
    </Card>
  );
}

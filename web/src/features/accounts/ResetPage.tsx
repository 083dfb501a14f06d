import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { Link, Navigate, useLocation } from 'react-router';
import { Card } from '../../components/Card';
import { paths } from '../../components/paths';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import { graphql } from '../../gql';
import { beginSession } from '../../lib/session';

const ResetPassword = graphql(`
  mutation ResetPassword($input: ResetPasswordInput!) {
    resetPassword(input: $input) {
      __typename
      ... on LinkPayload {
        session {
          accessToken
          expiresAt
          viewer {
            id
            name
            email
          }
        }
      }
      ...Refusal
    }
  }
`);

/** Where the link of a mail leads that sets another password. */
export function ResetPage() {
  const link = useLocation().hash.slice(1);
  const [newPassword, setNewPassword] = useState('');
  const [isDone, setDone] = useState(false);
  const { send, isBusy, failure } = useCommand(ResetPassword, ({ session }) => {
    beginSession(session);
    setDone(true);
  });
  if (isDone) return <Navigate to={paths.models} replace />;
  return (
    <Card title="Set a new password" onSubmit={() => void send({ input: { link, newPassword } })}>
      <Refused failure={failure} />
      <p>Wherever you are signed in, you will be signed out.</p>
      <PasswordInput
        label="New password"
        description="At least 10 characters; a few words are easy to keep in mind."
        autoComplete="new-password"
        required
        autoFocus
        value={newPassword}
        onChange={(event) => setNewPassword(event.currentTarget.value)}
      />
      <Button type="submit" loading={isBusy} fullWidth>Change the password and sign in</Button>
      {failure !== null && <Link to={paths.forgotten}>Ask for another link</Link>}
    </Card>
  );
}

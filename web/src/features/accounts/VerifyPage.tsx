import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { Link, Navigate, useLocation } from 'react-router';
import { Card } from '../../components/Card';
import { paths } from '../../components/paths';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import { graphql } from '../../gql';
import { beginSession } from '../../lib/session';

const VerifyEmail = graphql(`
  mutation VerifyEmail($input: VerifyEmailInput!) {
    verifyEmail(input: $input) {
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

/** Where the link of a mail leads: whoever has the mailbox chooses the password, whoever it was that signed up. */
export function VerifyPage() {
  const link = useLocation().hash.slice(1);
  const [password, setPassword] = useState('');
  const [isDone, setDone] = useState(false);
  const { send, isBusy, failure } = useCommand(VerifyEmail, ({ session }) => {
    beginSession(session);
    setDone(true);
  });
  if (isDone) return <Navigate to={paths.models} replace />;
  return (
    <Card title="Confirm your address" onSubmit={() => void send({ input: { link, password } })}>
      <Refused failure={failure} />
      <p>The mail with this link came to you, so the account is yours. Choose the password that opens it.</p>
      <PasswordInput
        label="Password"
        description="At least 10 characters; a few words are easy to keep in mind."
        autoComplete="new-password"
        required
        autoFocus
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" loading={isBusy} fullWidth>Confirm and sign in</Button>
      {failure !== null && <Link to={paths.signUp}>Sign up again for another link</Link>}
    </Card>
  );
}

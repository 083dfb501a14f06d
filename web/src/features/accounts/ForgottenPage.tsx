import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { Card } from '../../components/Card';
import { paths } from '../../components/paths';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import { useWayBack } from '../../components/useWayBack';
import { graphql } from '../../gql';

const RequestPasswordReset = graphql(`
  mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
    requestPasswordReset(input: $input) {
      __typename
      ...Refusal
    }
  }
`);

/** For whoever forgot the password; what is shown is the same for every address. */
export function ForgottenPage() {
  const wayBack = useWayBack();
  const [email, setEmail] = useState('');
  const [isSent, setSent] = useState(false);
  const { send, isBusy, failure } = useCommand(RequestPasswordReset, () => setSent(true));
  if (isSent) {
    return (
      <Card title="Look at your mail">
        <p>If this address has an account, a mail with a link is on its way. The link is valid for an hour.</p>
        <Link to={paths.signIn} state={wayBack}>Back to signing in</Link>
      </Card>
    );
  }
  return (
    <Card title="Forgotten your password?" onSubmit={() => void send({ input: { email: email.trim() } })}>
      <Refused failure={failure} />
      <TextInput
        label="Email"
        type="email"
        autoComplete="username"
        required
        autoFocus
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <Button type="submit" loading={isBusy} fullWidth>Send a link</Button>
      <Link to={paths.signIn} state={wayBack}>Back to signing in</Link>
    </Card>
  );
}

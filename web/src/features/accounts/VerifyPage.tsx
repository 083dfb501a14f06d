import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'react-router';
import { paths } from '../../components/paths';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import { graphql } from '../../gql';
import { Card } from './Card';

const VerifyEmail = graphql(`
  mutation VerifyEmail($input: VerifyEmailInput!) {
    verifyEmail(input: $input) {
      __typename
      ...Refusal
    }
  }
`);

/** Where the link of a mail leads. A button, since mail programs open links to look at them. */
export function VerifyPage() {
  const link = useLocation().hash.slice(1);
  const [isDone, setDone] = useState(false);
  const { send, isBusy, failure } = useCommand(VerifyEmail, () => setDone(true));
  if (isDone) {
    return (
      <Card title="Your address is confirmed">
        <Button component={Link} to={paths.signIn} fullWidth>Sign in</Button>
      </Card>
    );
  }
  return (
    <Card title="Confirm your address" onSubmit={() => void send({ input: { link } })}>
      <Refused failure={failure} />
      <p>Your account begins when you confirm that the mail with this link came to you.</p>
      <Button type="submit" loading={isBusy} fullWidth>Confirm</Button>
    </Card>
  );
}

import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { Card } from '../../components/Card';
import { paths } from '../../components/paths';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import { useWayBack } from '../../components/useWayBack';
import { graphql } from '../../gql';

const SignUp = graphql(`
  mutation SignUp($input: SignUpInput!) {
    signUp(input: $input) {
      __typename
      ...Refusal
    }
  }
`);

/** An account for whoever wants one; what is shown is the same for an address that has one. */
export function SignUpPage() {
  const wayBack = useWayBack();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [isSent, setSent] = useState(false);
  const { send, isBusy, failure } = useCommand(SignUp, () => setSent(true));
  if (isSent) {
    return (
      <Card title="Look at your mail">
        <p>
          Follow the link in the mail that was sent to {email.trim()}, and choose your password there. It is valid for
          two days.
        </p>
        <Link to={paths.signIn} state={wayBack}>Back to signing in</Link>
      </Card>
    );
  }
  return (
    <Card
      title="Sign up for CDT"
      onSubmit={() => void send({ input: { name: name.trim(), email: email.trim() } })}
    >
      <Refused failure={failure} />
      <TextInput
        label="Name"
        description="What others see."
        autoComplete="name"
        required
        autoFocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="Email"
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <Button type="submit" loading={isBusy} fullWidth>Sign up</Button>
      <Link to={paths.signIn} state={wayBack}>Back to signing in</Link>
    </Card>
  );
}

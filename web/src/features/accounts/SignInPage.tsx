import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { Link, Navigate } from 'react-router';
import { paths } from '../../components/paths';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import { useWayBack } from '../../components/useWayBack';
import { graphql } from '../../gql';
import { beginSession, sessionHasExpired, useSession } from '../../lib/session';
import classes from '../../components/Card.module.css';

const SignIn = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on SignInPayload {
        accessToken
        expiresAt
        viewer {
          id
          name
          email
        }
      }
      ...Refusal
    }
  }
`);

/** Email and password; then back to where the reader came from. */
export function SignInPage() {
  const session = useSession();
  const wayBack = useWayBack();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { send, isBusy, failure } = useCommand(SignIn, beginSession);
  if (session !== null) return <Navigate to={wayBack?.from ?? paths.models} replace />;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(await send({ input: { email: email.trim(), password } }))) setPassword('');
  };

  return (
    <main className={classes.page}>
      <form className={classes.card} onSubmit={(event) => void submit(event)}>
        <div className={classes.brand}>
          <img src="/icon.svg" alt="" width={32} height={32} />
          <h1>Sign in to CDT</h1>
        </div>
        {sessionHasExpired() && failure === null && (
          <Alert color="gray" variant="light" role="status">
            Your session has ended. Sign in again to go on where you were.
          </Alert>
        )}
        <Refused failure={failure} />
        <TextInput
          label="Email"
          type="email"
          name="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={isBusy} fullWidth>Sign in</Button>
        <p className={classes.note}>
          <Link to={paths.forgotten} state={wayBack}>Forgotten your password?</Link> · <Link to={paths.signUp} state={wayBack}>Sign up</Link>
        </p>
        <p className={classes.note}>
          The first owner&rsquo;s email and password were printed where CDT was started.
        </p>
      </form>
    </main>
  );
}

import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { Navigate, useLocation } from 'react-router';
import { useMutation } from 'urql';
import { failureText } from '../../components/states';
import { graphql } from '../../gql';
import { beginSession, sessionHasExpired, useSession } from '../../lib/session';
import classes from './SignInPage.module.css';

const SignIn = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on SignInPayload {
        accessToken
        expiresAt
        viewer {
          name
          email
        }
      }
      ... on Failure {
        code
        message
      }
    }
  }
`);

/** Email and password; then back to where the reader came from. */
export function SignInPage() {
  const session = useSession();
  const location = useLocation();
  const [{ fetching }, signIn] = useMutation(SignIn);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState<string | null>(null);
  if (session !== null) return <Navigate to={placeBefore(location.state)} replace />;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setFailure(null);
    const { data, error } = await signIn({ input: { email: email.trim(), password } });
    const answer = data?.signIn;
    if (answer?.__typename === 'SignInPayload') {
      const { accessToken, expiresAt, viewer } = answer;
      beginSession({ accessToken, expiresAt, name: viewer.name ?? null, email: viewer.email ?? email.trim() });
    } else {
      setFailure(answer?.message ?? (error ? failureText(error) : 'Signing in failed. Try again.'));
      setPassword('');
    }
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
        {failure !== null && (
          <Alert color="red" variant="light" role="alert" classNames={{ message: classes.failure }}>
            {failure}
          </Alert>
        )}
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
        <Button type="submit" loading={fetching} fullWidth>Sign in</Button>
        <p className={classes.note}>
          The first owner&rsquo;s email and password were printed where CDT was started.
        </p>
      </form>
    </main>
  );
}

function placeBefore(state: unknown): string {
  const isPlace = typeof state === 'object' && state !== null && 'from' in state && typeof state.from === 'string';
  return isPlace ? (state.from as string) : '/';
}
